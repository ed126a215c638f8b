"""The app's page with answers that a test decides: what the real store would take weeks to come to, or never says."""

from datetime import date, timedelta
from urllib.parse import urlsplit

from functions.app.files import HEADERS, static

TODAY = date(2026, 11, 29)
SETTINGS = {
    "language": "en", "time_zone": "Europe/Berlin", "reports": True, "report_weekday": 6, "report_hour": 18,
    "reminder_hour": None, "quiet_from": 21, "quiet_to": 9, "theme": "light", "alerts": False, "hidden_factors": [],
}  # fmt: skip
DAY = {
    "day": str(TODAY), "today": str(TODAY), "ratings": [], "rating": None, "energy": None, "sleep": None, "factors": [],
    "hidden_factors": [],
}  # fmt: skip


def point(ago, load=0.5, index=None, band=None):
    """A day of the course, so many days ago."""
    day = str(TODAY - timedelta(ago))
    return {"day": day, "check_ins": 1, "rating": 3, "load": load, "index": index, "band": band}


class PlayedApp:
    """A browser whose pages have the app at `origin`. `answers` has what each operation is told: (status, content).

    None: the network is away; a function answers each content. What is `held` waits for `release`.
    `asked` has what came: (operation, content, authorization).
    """

    def __init__(self, browser, origin="http://app.test"):
        self.origin, self._browser, self.asked = origin, browser, []
        self.held, self._waiting = set(), []
        self.answers = {
            "open": (200, {"today": str(TODAY), "first_day": None, "settings": SETTINGS}),
            "month": (200, {"days": [], "today": str(TODAY)}),
            "tell": (200, DAY),
        }
        self.course(*(point(ago) for ago in range(60, -1, -1)))
        self.day()

    def course(self, *points, beginning=None):
        """What is told of the course from now on."""
        self.answers["course"] = (200, {"days": points, "bands": [40, 55], "beginning": beginning})

    def day(self, *check_ins, goes_with=()):
        """What is told of today from now on."""
        self.answers["day"] = (200, {"day": DAY, "check_ins": check_ins, "goes_with": goes_with})

    def release(self, *ops):
        """Answers what has waited, or these operations of it, as it would have been then."""
        ops = set(ops) or self.held
        waited, self._waiting = self._waiting, [each for each in self._waiting if each[0] not in ops]
        self.held = self.held - ops
        for op, route, answer in waited:
            if op in ops:
                self._tell(route, answer)

    @property
    def address(self):
        return f"{self.origin}/app#tgWebAppData=signed"

    def new_context(self, **options):
        """As the browser's own."""
        context = self._browser.new_context(**options)
        for path in ("/app", "/app/**"):
            context.route(self.origin + path, self._answer)
        return context

    def _answer(self, route):
        path, request = urlsplit(route.request.url).path, route.request
        if request.method == "GET":
            file = static(path)
            route.fulfill(body=file.content, headers={**HEADERS, "Content-Type": file.kind})
            return
        op = path.removeprefix("/app/api/")
        self.asked.append((op, request.post_data_json, request.headers["authorization"]))
        if op in self.held:
            self._waiting.append((op, route, self.answers[op]))
        else:
            self._tell(route, self.answers[op])

    def _tell(self, route, answer):
        if callable(answer):
            answer = answer(route.request.post_data_json)
        if answer is None:
            route.abort()
        else:
            route.fulfill(status=answer[0], json=answer[1])
