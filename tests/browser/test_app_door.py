"""Who is let into the Mini App, what the others see, and that nobody else's page can use it."""

from datetime import timedelta

import pytest

from functions.app.files import HEADERS
from tests.browser.own_app import ANN, BEN, OwnApp
from tests.browser.test_app import FAILED, button, came, days_ago, open_day, pressed, told, words

STRANGER = 9
CSP = "Content Security Policy"


def older(app):
    """A launch from before an erasure and a new agreement."""
    launch = app.launch()
    app.bot.now_utc += timedelta(seconds=2)
    app.erases()
    app.agrees()
    app.writes("4")
    return launch


def twelve_hours_pass(app):
    app.bot.now_utc += timedelta(hours=12, seconds=1)


LAUNCHES = {
    "none": lambda _: "",
    "of another's name": lambda app: app.launch(BEN).replace("%3A+8", "%3A+7"),
    "without a signature": lambda app: app.launch().partition("&hash=")[0],
    "stale": lambda app: app.launch(ago=timedelta(hours=12, seconds=1)),
    "of tomorrow": lambda app: app.launch(ago=-timedelta(days=1)),
    "another bot's": lambda app: app.launch(token="654321:" + "b" * 35),
    "of somebody who never agreed": lambda app: app.launch(STRANGER),
    "replayed after an erasure": older,
}


def shows_that_it_is_closed(tab, key="page_app_closed_how"):
    tab.get_by_text(words(key)).wait_for()
    assert tab.locator("body").inner_text().split("\n\n") == [words("page_closed"), words(key)]


def asked(tab, app, launch, op, **body):
    """The status of a request that somebody made by hand, and its word."""
    headers = {"Authorization": f"tma {launch}"}
    answer = tab.context.request.post(f"{app.origin}/app/api/{op}", data=body, headers=headers)
    return answer.status, answer.json().get("error")


@pytest.mark.parametrize("made", LAUNCHES.values(), ids=LAUNCHES)
def test_a_launch_that_is_not_good_is_told_how_to_come_in_and_nothing_else(app, open_tab, made):
    app.lives(3)
    app.agrees(BEN)
    launch = made(app)
    before = app.rows()
    tab = open_tab(address=app.address(launch) if launch else f"{app.origin}/app")
    tab.expected = (FAILED,)
    shows_that_it_is_closed(tab, "page_app_closed_how" if launch else "page_app_closed_tab")
    day = str(days_ago(app, 1))
    for op, body in (("open", {}), ("day", {"day": day}), ("tell", {"day": day, "fact": "rest", "value": 1})):
        assert asked(tab, app, launch, op, **body) == (401, "closed")
    assert app.rows() == before


@pytest.mark.parametrize("meanwhile", [OwnApp.erases, twelve_hours_pass])
def test_a_tab_that_was_left_open_closes_and_writes_nothing_anew(app, open_tab, meanwhile):
    app.lives(3)
    tab = came(open_tab(address=app.address()))
    tab.expected = (FAILED,)
    open_day(tab, days_ago(app, 1))
    meanwhile(app)
    before = app.rows()
    button(tab, words("factor_rest")).click()
    shows_that_it_is_closed(tab)
    assert app.rows() == before


def test_two_people_at_once_see_and_write_their_own(app, open_tab):
    app.agrees(BEN)
    app.lives(3)
    yesterday = days_ago(app, 1)
    app.bot.now_utc -= timedelta(days=1)
    app.writes("1", BEN)
    app.bot.now_utc += timedelta(days=1)
    anns, bens = (came(open_tab(address=app.address(app.launch(who)))) for who in (ANN, BEN))
    for tab in (anns, bens):
        open_day(tab, yesterday)
    seen = [tab.locator(".check-ins li").all_inner_texts() for tab in (anns, bens)]
    assert seen == [["12:06: 3 of 5, so-so"], ["11:06: 1 of 5, very bad"]]
    button(anns, words("factor_rest")).click()
    button(bens, words("factor_conflict")).click()
    pressed(anns, words("factor_rest"))
    pressed(bens, words("factor_conflict"))
    for tab, own, others in ((anns, "rest", "conflict"), (bens, "conflict", "rest")):
        tab.reload()
        pressed(tab, words(f"factor_{own}"))
        assert button(tab, words(f"factor_{others}")).get_attribute("aria-pressed") == "false"
    assert (told(app, yesterday).factors, told(app, yesterday, BEN).factors) == (("rest",), ("conflict",))


def test_a_request_made_by_hand_gets_no_further_than_the_page(app, open_tab):
    app.lives(3)
    app.agrees(BEN)
    tab = came(open_tab(address=app.address()))
    before, launch = app.rows(), app.launch()
    tomorrow, today, long_ago = (str(days_ago(app, days)) for days in (-1, 0, 8))
    for body, why in (
        ({"day": tomorrow, "fact": "rest", "value": 1}, "future_day"),
        ({"day": long_ago, "fact": "rest", "value": 1}, "too_late"),
        ({"day": "2026-02-30", "fact": "rest", "value": 1}, "bad"),
        ({"day": today, "fact": "rating", "value": 5}, "bad"),
        ({"day": today, "fact": "rest", "value": 1, "user_id": BEN}, "bad"),
    ):
        assert asked(tab, app, launch, "tell", **body) == (400, why)
    assert asked(tab, app, launch, "day", day=tomorrow) == (400, "future_day")
    assert app.rows() == before


def test_every_answer_has_the_headers_of_the_real_files(app, open_tab):
    app.lives(3)
    tab, answers = open_tab(address=app.address()), []
    tab.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  (Playwright marks what it is given)
    tab.reload()
    came(tab)
    kinds = {answer.header_value("content-type") for answer in answers}
    assert len(kinds) == 5  # page, script, style, icon, JSON
    packed = [answer.url for answer in answers if answer.header_value("content-encoding") == "gzip"]
    assert packed == [answer.url for answer in answers if answer.request.method == "GET"]
    for answer in answers:
        assert HEADERS.items() - {("cache-control", "no-store")} <= answer.all_headers().items()
    stored = "[document.cookie, localStorage.length, sessionStorage.length, caches && (await caches.keys()).length]"
    assert tab.evaluate(f"(async () => {stored})()") == ["", 0, 0, 0]


@pytest.mark.parametrize(
    "element",
    [
        "<script src=https://elsewhere.test/a.js>",
        "<script>window.ran = 1</script>",
        "<img src=https://elsewhere.test/a.png>",
    ],
)
def test_nothing_of_anybody_elses_is_loaded_or_run(app, open_tab, element):
    app.agrees()
    tab = open_tab(address=app.address())
    tab.expected, asked = (CSP,), []
    tab.context.route(
        "https://elsewhere.test/**", lambda route: (asked.append(route), route.fulfill(body="window.ran = 1"))
    )
    blocked = """html => new Promise(done => {
        addEventListener("securitypolicyviolation", event => done(event.disposition));
        setTimeout(done, 5000, "nothing was blocked");
        document.body.append(document.createRange().createContextualFragment(html));
    })"""
    assert tab.evaluate(blocked, element) == "enforce"
    assert tab.evaluate("window.ran") is None
    assert asked == []
    tab.asked.clear()  # has what was blocked, too


@pytest.mark.parametrize(("host", "is_let"), [("https://web.telegram.org", True), ("https://elsewhere.test", False)])
def test_telegrams_web_client_alone_may_frame_the_page(app, open_tab, host, is_let):
    app.lives(3)
    page = app.address().replace(app.origin, "https://app.test").replace("&", "&amp;")
    heard = "<script>heard = []; addEventListener('message', ({data}) => heard.push(data))</script>"
    tab = open_tab(address="about:blank")
    tab.expected = ("frame",)
    framing = {"body": f'{heard}<iframe src="{page}"></iframe>', "content_type": "text/html"}
    tab.route(f"{host}/", lambda route: route.fulfill(**framing))
    here = lambda route: route.request.url.replace("https://app.test", app.origin)  # noqa: E731
    tab.route("https://app.test/**", lambda route: route.fulfill(response=route.fetch(url=here(route))))
    tab.goto(f"{host}/")
    if is_let:
        tab.frame_locator("iframe").locator("canvas").wait_for()
        assert any("web_app_ready" in each for each in tab.evaluate("heard"))
    else:
        tab.frames[1].wait_for_url("chrome-error://**")
        assert any("frame-ancestors https://web.telegram.org" in each for each in tab.said)
        assert (tab.evaluate("heard"), tab.asked) == ([], [f"{host}/", "https://app.test/app"])
    tab.asked.clear()  # nothing of this is ours
