"""The Mini App as it is seen: four widths, light and dark, both languages, Telegram's colours, a slow phone."""

from itertools import product

import pytest

from burnout.texts import text
from tests.browser.conftest import PICTURES
from tests.browser.test_app import button
from tests.browser.test_looks import WIDTHS, is_wider_than_the_window, serious

NIGHT = {"bg_color": "#17212b", "text_color": "#f5f5f5", "secondary_bg_color": "#232e3c", "hint_color": "#708499"}
GREY = {"bg_color": "#808080", "text_color": "#909090"}


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
    tab.locator("button.cell").nth(25).click()
    button(tab, words("sleep_2")).click()
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()
    yield "day"
    button(tab, words("page_app_settings")).click()
    tab.locator("select").first.wait_for()
    yield "settings"


@pytest.mark.parametrize(("language", "theme", "width"), [*product(["en", "ru"], ["light", "dark"], WIDTHS)])
def test_every_section_can_be_read_by_everybody(app, open_tab, language, theme, width):
    app.settings = {**app.settings, "language": language}
    tab = open_tab(width, 740, theme=theme, address=app.address())
    for name in screens(tab, language):
        tab.screenshot(path=PICTURES / f"app-{name}-{language}-{theme}-{width}.png", full_page=True)
        assert (name, serious(tab)) == (name, [])
        assert (name, is_wider_than_the_window(tab)) == (name, False)


def background(tab):
    return tab.evaluate("getComputedStyle(document.querySelector('nav')).backgroundColor")


def test_telegrams_colours_are_worn_where_they_can_be_read(app, open_tab):
    tab = open_tab(address=app.address(**NIGHT))
    tab.locator("canvas").wait_for()
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
    tab = open_tab(address=app.address(**GREY))
    tab.locator("canvas").wait_for()
    assert background(tab) == "rgb(255, 255, 255)"
    assert serious(tab) == []


def test_a_slow_phone_has_little_to_load(app, open_tab):
    tab = open_tab(address=app.address())
    tab.locator("canvas").wait_for()
    sizes = tab.evaluate("performance.getEntriesByType('resource').map(each => each.encodedBodySize)")
    assert 0 < sum(sizes) < 75_000  # with the answers, which the stub sends as they are
