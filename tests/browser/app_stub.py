"""The app's door as the page knows it, with a person whose days a test decides."""

import gzip
import json
import threading
from datetime import date, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from tests.browser.stub import CSP, TYPES

STATIC = Path(__file__).parents[2] / "functions" / "app" / "static"
TODAY = date(2026, 11, 29)
LAUNCH = "user=%7B%22id%22%3A7%7D&hash=0a"
OWN_CSP = CSP.replace("frame-ancestors 'none'", "frame-ancestors https://web.telegram.org")
SETTINGS = {
    "time_zone": "Europe/Berlin", "reports": True, "report_weekday": 6, "report_hour": 18, "reminder_hour": None,
    "quiet_from": 21, "quiet_to": 9, "theme": "light", "alerts": False, "hidden_factors": ["no_say"],
}  # fmt: skip


class StubApp:
    """One person since 90 days. `heard` has what was written, `wrong` answers an operation with a status and a word."""

    def __init__(self):
        self.heard, self.launches, self.wrong = [], set(), {}
        self.settings = {"language": "en", **SETTINGS}
        self.told = {}
        self.strain = {"bands": [40, 55], "baseline": 33}
        self.course = [_point(ago) for ago in range(90, -1, -1) if ago % 7]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def address(self, launch=LAUNCH, **theme):
        return f"{self.origin}/app#tgWebAppData={quote(launch)}&tgWebAppThemeParams={quote(json.dumps(theme))}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, op, body):
        if op in ("tell", "settings", "export"):
            self.heard.append((op, body))
        return getattr(self, f"_{op}")(**body)

    def _open(self):
        first = self.course[0]["day"] if self.course else None
        named = {"language": self.settings["language"], "theme": "light", "zone": "Europe/Berlin"}
        return named | {"today": str(TODAY), "settings": self.settings, "first_day": first}

    def _course(self, days):
        since = str(TODAY - timedelta(days))
        return {"days": [each for each in self.course if each["day"] > since], **self.strain}

    def _month(self, days):
        since = str(TODAY - timedelta(days))
        return {"days": [_history(each) for each in self.course if each["day"] > since], "today": str(TODAY)}

    def _day(self, day):
        told = {"rating": None, "energy": None, "sleep": None, "factors": []} | self.told.get(day, {})
        told |= {"day": day, "today": str(TODAY), "ratings": [], "hidden_factors": self.settings["hidden_factors"]}
        check_ins = [{"at": "08:05", "rating": 2, "photo": False}, {"at": "19:40", "rating": None, "photo": True}]
        known = any(each["day"] == day for each in self.course)
        return {"day": told, "check_ins": check_ins if known else [], "goes_with": []}

    def _tell(self, day, fact, value):
        told = self.told.setdefault(day, {"factors": []})
        if fact in ("rating", "energy", "sleep"):
            told[fact] = value or None
        else:
            told["factors"] = [each for each in told["factors"] if each != fact] + [fact] * value
        return self._day(day)["day"]

    def _settings(self, **changed):
        self.settings = {**self.settings, **changed}
        return self.settings

    def _export(self, number):
        return {}


def _point(ago):
    load = 0.3 + 0.25 * ((90 - ago) / 90) + 0.02 * (ago % 5)
    index = round(load * 100) - 2
    band = "calm" if index < 40 else "raised" if index < 55 else "high"
    seen = {
        "day": str(TODAY - timedelta(ago)),
        "load": load,
        "rating": 1 + ago % 5,
        "photos": 0.5,
        "check_ins": 1 + ago % 3,
    }
    return seen | ({"index": index, "band": band} if ago < 83 else {})


def _history(point):
    return {
        "day": point["day"], "check_ins": point["check_ins"], "photos": 1, "ratings": 2,
        "rating_sum": 2 * point["rating"], "energy": None, "sleep": None,
    }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, app, *connection):
        self.app = app
        super().__init__(*connection)

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = STATIC / ("app.html" if self.path == "/app" else self.path.removeprefix("/app/"))
        if path.is_file():
            self._send(200, gzip.compress(path.read_bytes()), TYPES[path.suffix], {"Content-Encoding": "gzip"})
        else:
            self._send(404, b"")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        op = self.path.removeprefix("/app/api/")
        self.app.launches.add(self.headers["Authorization"])
        if op in self.app.wrong:
            status, why = self.app.wrong[op]
            self._send(status, json.dumps({"error": why}).encode())
        elif self.headers["Authorization"] != f"tma {LAUNCH}":
            self._send(401, b'{"error": "closed"}')
        else:
            self._send(200, json.dumps(self.app.answer(op, body)).encode())

    def _send(self, status, body, kind="application/json", more=None):
        self.send_response(status)
        for name, value in {
            "Content-Security-Policy": OWN_CSP,
            "Permissions-Policy": "camera=()",
            "X-Content-Type-Options": "nosniff",
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(more or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
