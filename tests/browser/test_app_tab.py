"""The chat page's second tab: the app of the same person, with the token that the browser's tab already has."""

import pytest

from burnout.texts import text
from tests.browser.conftest import PICTURES
from tests.browser.played import PlayedApp
from tests.browser.stub import TOKEN
from tests.browser.test_app import FAILED
from tests.browser.test_chat import write
from tests.browser.test_looks import is_wider_than_the_window, serious


@pytest.fixture
def played(browser, bot):
    return PlayedApp(browser, bot.origin)


def link(tab, key, language="en"):
    return tab.get_by_role("navigation").get_by_role("link", name=text(key, language), exact=True)


def at(tab):
    return tab.url.removeprefix(tab.origin)


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 320), ("ru", "dark", 360), ("en", "dark", 768)]
)
def test_a_tab_shows_ones_days_and_leads_back_to_the_chat(bot, played, open_tab, language, theme, width):
    bot.language = language
    played.answers["open"][1]["settings"] = {**played.answers["open"][1]["settings"], "language": language}
    bot.say("Here")
    tab = open_tab(width, theme=theme, within=played)
    tab.get_by_text("Here").wait_for()
    assert link(tab, "page_tab_chat", language).get_attribute("aria-current") == "page"
    tab.screenshot(path=PICTURES / f"tab-chat-{language}-{theme}-{width}.png")
    assert serious(tab) == []
    assert not is_wider_than_the_window(tab)

    link(tab, "page_tab_days", language).press("Enter")
    tab.locator("canvas").wait_for()
    assert {authorization for *_, authorization in played.asked} == {f"Bearer {TOKEN}"}
    tab.reload()
    tab.locator("canvas").wait_for()
    assert (at(tab), link(tab, "page_tab_days", language).get_attribute("aria-current")) == ("/app", "page")
    tab.screenshot(path=PICTURES / f"tab-days-{language}-{theme}-{width}.png")
    assert serious(tab) == []
    assert not is_wider_than_the_window(tab)

    tab.go_back()
    tab.get_by_text("Here").wait_for()
    link(tab, "page_tab_days", language).click()
    tab.locator("canvas").wait_for()
    link(tab, "page_tab_chat", language).click()
    tab.get_by_text("Here").wait_for()
    assert at(tab) == "/"


def test_the_tabs_follow_the_language_that_is_chosen(bot, played, open_tab):
    tab = open_tab(within=played)
    link(tab, "page_tab_days").click()
    tab.get_by_role("button", name=text("page_app_settings", "en")).click()
    played.answers["settings"] = (200, played.answers["open"][1]["settings"] | {"language": "ru"})
    tab.get_by_label(text("settings_button_language", "en")).select_option("ru")
    link(tab, "page_tab_days", "ru").wait_for()


def test_a_button_of_the_bot_opens_the_same_page(bot, played, open_tab):
    bot.say("Your days", rows=[[{"label": "Look at them", "page": True}, {"label": "4", "data": "v1:4"}]])
    tab = open_tab(within=played)
    opens = tab.get_by_role("link", name="Look at them")
    opens.wait_for()
    tab.screenshot(path=PICTURES / "tab-button.png")
    assert serious(tab) == []
    opens.click()
    tab.locator("canvas").wait_for()
    assert at(tab) == "/app"


def test_words_that_were_begun_wait_in_the_chat(bot, played, open_tab):
    tab = open_tab(within=played)
    tab.get_by_role("textbox").fill("I am")
    link(tab, "page_tab_days").click()
    tab.locator("canvas").wait_for()
    tab.go_back()
    tab.get_by_text(text("page_intro", "en")).wait_for()
    assert tab.get_by_role("textbox").input_value() == "I am"
    write(tab, "I am well")
    tab.locator(".message").wait_for()
    tab.reload()
    tab.locator(".message").wait_for()
    assert tab.get_by_role("textbox").input_value() == ""


def test_the_chat_is_not_left_while_the_bot_is_away_or_something_is_not_sent(bot, played, open_tab):
    tab = open_tab(within=played)
    tab.expected = (FAILED,)
    tab.get_by_text(text("page_intro", "en")).wait_for()
    bot.refuse = {"/chat/words": 500}
    write(tab, "4")
    tab.get_by_role("button", name=text("page_discard", "en")).wait_for()
    asked = []
    tab.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    link(tab, "page_tab_days").click(no_wait_after=True)
    tab.get_by_role("button", name=text("page_discard", "en")).click()
    assert (asked, at(tab)) == (["beforeunload"], "/")

    bot.stop()
    tab.locator(".offline").wait_for()
    assert link(tab, "page_tab_days").get_attribute("href") is None
    assert serious(tab) == []
    bot.start(bot.port)
    tab.locator(".offline").wait_for(state="detached")
    link(tab, "page_tab_days").click()
    tab.locator("canvas").wait_for()


def test_who_has_not_agreed_is_led_to_the_chat(bot, played, open_tab):
    played.answers["open"] = played.answers["course"] = (401, {"error": "closed"})
    tab = open_tab(within=played)
    tab.expected = (FAILED,)
    link(tab, "page_tab_days").click()
    tab.get_by_role("heading", name=text("page_app_closed_yet", "en")).wait_for()
    tab.get_by_text(text("page_app_closed_how", "en")).wait_for()
    link(tab, "page_tab_chat").click()
    tab.get_by_text(text("page_intro", "en")).wait_for()


def test_in_telegram_there_is_one_page_alone_and_it_needs_no_storage(browser, open_tab):
    played = PlayedApp(browser)
    refused = "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    tab = open_tab(address=played.address, within=played, before=refused)
    tab.locator("canvas").wait_for()
    assert link(tab, "page_tab_chat").count() == 0
