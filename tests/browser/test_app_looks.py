"""The Mini App as it is seen: four widths, light and dark, both languages, Telegram's colours, a slow phone."""

import re
from datetime import timedelta
from itertools import product
from statistics import fmean

import pytest

from burnout.texts import text
from tests import updates
from tests.browser.conftest import PICTURES
from tests.browser.test_app import DRAWN, button, came, rounded, table_says
from tests.browser.test_looks import WIDTHS, serious

NIGHT = {"bg_color": "#17212b", "text_color": "#f5f5f5", "secondary_bg_color": "#232e3c", "hint_color": "#708499"}
WEEK = ((4,), (3,), (3,), (2,), (2,), (4,), (5, 4))
GREY = {"bg_color": "#808080", "text_color": "#909090"}
PHONE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}

FIRST_PAINT = """new Promise((painted, never) => {
    const first = ({ name, startTime }) => name === "first-contentful-paint" && painted(startTime);
    new PerformanceObserver(all => all.getEntries().forEach(first)).observe({ type: "paint", buffered: true });
    setTimeout(never, 20_000, "nothing is painted without the script");
})"""

# What scrolls sideways, words at the frame of their tab, rows of buttons and labels of selects that break.
CRAMPED = """() => {
    const words = each => (range => (range.selectNodeContents(each), range.getBoundingClientRect()))(new Range());
    const wide = each => each.clientWidth > 1 && each.scrollWidth > each.clientWidth;
    const box = each => each.getBoundingClientRect();
    const tight = each => words(each).left < box(each).left + 6 || words(each).right > innerWidth - 14;
    const broken = each => each.offsetHeight > 46;
    const all = [["*", wide], ["nav button", tight], [".row:not(:has(.whole)), .form label:has(select)", broken]];
    const found = all.flatMap(([where, is]) => [...document.querySelectorAll(where)].filter(is));
    return found.map(each => each.outerHTML.slice(0, 120));
}"""


def screens(tab, language):
    """Each section, the day and its writes, by name."""
    words = lambda key: text(key, language)  # noqa: E731
    tab.locator("canvas").wait_for()
    yield "course"
    tab.get_by_text(words("page_app_table")).click()
    yield "table"
    button(tab, words("page_app_calendar")).click()
    tab.locator("button.cell b").nth(1).wait_for()
    yield "calendar"
    tab.locator("button.cell").nth(7).click()
    button(tab, words("factor_rest")).click()
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()
    tab.evaluate("document.getAnimations().forEach(each => each.finish())")  # it leaves by itself
    yield "day"
    button(tab, words("page_app_settings")).click()
    unchecked = tab.get_by_label(words("page_app_alerts"))
    same = "each => getComputedStyle(each).borderColor === getComputedStyle(document.querySelector('small')).color"
    assert unchecked.evaluate(same)  # and axe reads the small words' contrast
    yield "settings"


def looked_at(tab, picture):
    assert (picture, serious(tab)) == (picture, [])
    assert (picture, tab.evaluate(CRAMPED)) == (picture, [])
    tab.evaluate("scrollTo(0, 0)")
    tab.screenshot(path=PICTURES / f"app-{picture}.png", full_page=True)


@pytest.mark.parametrize(("language", "theme"), [*product(["en", "ru"], ["light", "dark"])])
def test_every_section_can_be_read_by_everybody(app, open_tab, language, theme):
    app.lives(84, language=language)
    tab = open_tab(theme=theme, address=app.address())
    for name in screens(tab, language):
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 740})
            looked_at(tab, f"{name}-{language}-{theme}-{width}")


@pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 360), ("ru", "dark", 320)])
def test_a_week_told_in_the_chat_is_in_course_table_and_calendar(app, open_tab, language, theme, width):
    app.agrees(language=language)
    for ratings in WEEK:
        app.bot.now_utc += timedelta(days=1)
        for rating in ratings:
            app.bot.now_utc += timedelta(minutes=30)
            app.writes(str(rating))
        app.bot(updates.photo(date=int(app.bot.now_utc.timestamp()) - 7200))
    tab = came(open_tab(width, 740, theme=theme, address=app.address()))
    with tab.expect_response("**/course") as answer:
        tab.reload()
    assert came(tab).locator("canvas").evaluate(DRAWN)
    tab.get_by_text(text("page_app_table", language)).click()
    course = answer.value.json()
    told = [(fmean(ratings), len(ratings) + 1) for ratings in WEEK]
    assert [(each["rating"], each["check_ins"]) for each in course["days"]] == told
    table_says(tab, course, language)
    looked_at(tab, f"week-course-{language}")

    button(tab, text("page_app_calendar", language)).click()
    cells = tab.locator("button.cell b:not(:empty)")
    cells.nth(6).wait_for()
    assert cells.all_inner_texts() == [rounded(rating, 1, language) for rating, _ in told]
    looked_at(tab, f"week-calendar-{language}")


def closed(app):
    return app.address("hash=forged"), "page_app_closed_how"


def empty(app):
    app.agrees(language="ru")
    return app.address(), "page_app_course_none"


@pytest.mark.parametrize("screen", [closed, empty])
def test_the_ends_of_the_page_can_be_read_too(app, open_tab, screen):
    address, key = screen(app)
    tab = open_tab(320, 740, theme="dark", address=address, locale="ru")
    tab.expected = ("status of 401",)
    tab.get_by_text(text(key, "ru")).wait_for()
    looked_at(tab, f"{screen.__name__}-ru-dark-320")


def background(tab):
    return tab.evaluate("getComputedStyle(document.querySelector('nav')).backgroundColor")


def test_telegrams_colours_are_worn_where_they_can_be_read(app, open_tab):
    app.lives(20)
    tab = came(open_tab(address=app.address(**NIGHT)))
    assert background(tab) == "rgb(23, 33, 43)"
    assert serious(tab) == []
    tab.screenshot(path=PICTURES / "app-telegram-night.png")

    theme = {"theme_params": {**NIGHT, "bg_color": "#ffffff", "secondary_bg_color": "#f0f0f0", "text_color": "#000000"}}
    tab.evaluate("theme => Telegram.WebView.receiveEvent('theme_changed', theme)", theme)
    assert background(tab) == "rgb(255, 255, 255)"
    assert serious(tab) == []
    event = {"eventType": "theme_changed", "eventData": {"theme_params": NIGHT}}
    post = "new Promise(heard => { addEventListener('message', () => heard()); postMessage(JSON.stringify(event)) })"
    tab.evaluate(f"event => {post}", event)
    assert background(tab) == "rgb(255, 255, 255)"  # not from Telegram


def test_colours_that_cannot_be_read_are_left(app, open_tab):
    app.lives(3)
    tab = came(open_tab(address=app.address(**GREY)))
    assert background(tab) == "rgb(255, 255, 255)"
    assert serious(tab) == []


def test_a_slow_phone_shows_something_before_the_script_and_has_little_to_load(app, open_tab):
    """How long that took here stands in build/browser/app-first-paint.txt."""
    app.lives(399)  # the longest course that is kept
    tab = came(open_tab(address=app.address()))
    phone, loaded, held, released = tab.context.new_cdp_session(tab), [], [], []
    phone.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    phone.send("Network.enable")
    phone.send("Network.setCacheDisabled", {"cacheDisabled": True})
    phone.send("Network.emulateNetworkConditions", PHONE)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.route(re.compile("/api/|[.]js$"), lambda route: route.continue_() if released else held.append(route))
    tab.reload(wait_until="commit")
    paint_ms = tab.evaluate(FIRST_PAINT)
    assert "One moment." in tab.locator("body").inner_text()
    assert sum(loaded) < 6_000, loaded  # the page and its looks, and its icon, which comes when it likes
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "app-first-paint.txt").write_text(f"{paint_ms:.0f} ms")

    held.pop().continue_()
    tab.get_by_role("status").get_by_text(text("page_app_loading", "en")).wait_for()
    assert sum(loaded) < 60_000, loaded
    released.append(True)
    for route in held:
        route.continue_()
    came(tab)
    assert sum(loaded) <= 150_000
