"""What a curious person sees: every screen at four widths, light and dark, in both languages, looked at by axe-core."""

from itertools import product
from pathlib import Path

import pytest

from burnout.texts import text
from tests.browser.conftest import PICTURES

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SELFIE = Path(__file__).parents[1] / "photos" / "selfie.jpg"
WIDTHS = [320, 360, 768, 1280]


def serious(tab):
    """What axe-core finds that is serious, with the place."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"][:300])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def is_wider_than_the_window(tab):
    return tab.evaluate(
        "[document.documentElement, ...document.querySelectorAll('.scroll, dialog')]"
        ".some(each => each.scrollWidth > each.clientWidth)"
    )


def converse(bot):
    """A day of the bot's own sentences, with everything that it can send."""
    words = lambda key, **values: text(key, bot.language, **values)  # noqa: E731
    bot.files |= {"selfie": SELFIE.read_bytes()}
    bot.say("/start", mine=True)
    lead = words("terms_lead")
    terms = words("terms", lead=lead, kept_for="12 months", place="here", comparison="").strip()
    agree = {"label": words("terms_agree"), "data": "v1:agree"}
    bot.say(terms, rows=[[agree], [{"label": words("terms_read_all"), "data": "v1:all"}]])
    bot.say(words("help_short").strip(), rows=[[{"label": words("button_commands"), "data": "v1:c"}]])
    selfie = bot.say(mine=True, photo="selfie")
    five = [{"label": str(number), "data": f"v1:{number}"} for number in range(1, 6)]
    last = [{"label": "🗑", "data": "v1:undo"}, {"label": words("button_erase"), "data": "v1:e", "danger": True}]
    bot.say(words("home").strip(), rows=[five, last], reply_to=selfie)
    bot.say("<b>⭐</b>", photo="selfie")
    bot.say(file={"id": "selfie", "name": "burnout-2026-11-30.json", "size": 183_000})
    bot.say(f"{words('zone_write')} <code>/timezone Berlin</code>", ask=words("zone_write_hint"))
    bot.types(True)


@pytest.mark.parametrize(("language", "theme", "width"), [*product(["en", "ru"], ["light", "dark"], WIDTHS)])
def test_a_conversation_can_be_read_by_everybody(bot, open_tab, language, theme, width):
    bot.language = language
    converse(bot)
    tab = open_tab(width, 740, theme=theme)
    tab.locator(".photo img").nth(1).wait_for()
    tab.locator(".dots").wait_for()
    bot.notice(text("noted_rating", language, rating=3))
    tab.locator(".notices p").wait_for()

    name = PICTURES / f"chat-{language}-{theme}-{width}.png"
    tab.screenshot(path=name)
    assert serious(tab) == []
    assert not is_wider_than_the_window(tab)
    tab.locator(".scroll").evaluate("e => e.scrollTop = -e.scrollHeight")
    tab.screenshot(path=name.with_name(f"top-{name.name}"))
    assert serious(tab) == []


def screens(tab, bot):
    """The page's other screens, one after another, by name."""
    words = lambda key: tab.get_by_role("button", name=text(key, bot.language), exact=True)  # noqa: E731
    yield "empty"
    words("page_camera").click()
    words("page_camera_take").wait_for()
    yield "camera"
    words("page_camera_take").click()
    tab.get_by_role("img", name=text("page_own_picture", bot.language)).wait_for()
    yield "taken"
    tab.keyboard.press("Escape")
    words("page_forget").click()
    yield "forget"
    tab.keyboard.press("Escape")
    bot.stop()
    tab.locator(".offline").wait_for()
    tab.get_by_role("textbox").fill("3")
    words("page_send").click()
    words("page_discard").wait_for()
    yield "offline"
    bot.start(bot.port)
    tab.locator(".offline").wait_for(state="detached")
    tab.evaluate("sessionStorage.clear(); location.hash = '#key=old'")
    tab.get_by_role("heading", name=text("page_closed", bot.language)).wait_for()
    yield "closed"


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 320), ("ru", "dark", 320), ("ru", "light", 1280), ("en", "dark", 768)],
)
def test_every_other_screen_can_be_read_by_everybody(bot, open_tab, language, theme, width):
    bot.language = language
    tab = open_tab(width, 640, theme=theme, permissions=["camera"])
    tab.expected = ("Failed to load resource",)
    tab.get_by_role("button", name=text("page_begin", language), exact=True).wait_for()

    for name in screens(tab, bot):
        tab.screenshot(path=PICTURES / f"{name}-{language}-{theme}-{width}.png")
        assert (name, serious(tab)) == (name, [])
        assert (name, is_wider_than_the_window(tab)) == (name, False)
