"""Who gets in, with what, and how everything ends."""

import pytest

from tests.browser.stub import KEY
from tests.browser.test_chat import button, heard, words


def test_the_key_leaves_the_address_and_the_tab_stays_open_over_a_reload(bot, open_tab):
    tab = open_tab()
    bot.say("Here")
    tab.get_by_text("Here").wait_for()
    assert tab.url == f"{bot.origin}/"
    assert tab.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 2]

    tab.expected = ("status of 401",)
    bot.refuse = {"/enter": 401}  # as the key is good once
    for again in (tab.reload, lambda: tab.goto(f"{bot.origin}/#key={KEY}"), tab.reload):
        again()
        tab.get_by_text("Here").wait_for()


@pytest.mark.parametrize("fragment", ["#", "#key=used"])
def test_without_a_good_key_a_sentence_says_how_to_get_one(bot, open_tab, fragment):
    bot.say("Secret")
    tab = open_tab(address=f"{bot.origin}/{fragment}")
    tab.expected = ("status of 401",)

    tab.get_by_text(words("page_closed_how")).wait_for()
    assert tab.get_by_text("Secret").count() == 0
    tab.evaluate(f"location.hash = '#key={KEY}'")  # a good one, pasted into the same tab
    tab.get_by_text("Secret").wait_for()


def test_a_tab_whose_token_ends_is_closed(bot, open_tab):
    tab = open_tab()
    tab.expected = ("status of 401",)
    bot.say("Here", rows=[[{"label": "3", "data": "v1:3"}]])
    bot.refuse = {"/chat/press": 401}
    tab.get_by_role("button", name="3", exact=True).click()

    tab.get_by_text(words("page_closed_how")).wait_for()
    assert tab.evaluate("sessionStorage.length") == 0


def test_forgetting_asks_first_and_then_ends(bot, open_tab):
    tab = open_tab()
    tab.expected = ("status of 503",)
    bot.say("Kept")
    button(tab, "page_forget").click()
    button(tab, "page_forget_no").click()
    tab.get_by_role("dialog").wait_for(state="detached")
    assert bot.heard.empty()

    button(tab, "page_forget").click()
    confirm = tab.get_by_role("dialog").get_by_role("button", name=words("page_forget"), exact=True)
    bot.refuse = {"/forget": 503}
    confirm.click()
    tab.get_by_text(words("page_forget_failed")).wait_for()
    bot.refuse = {}
    confirm.click()

    assert heard(bot) == ("/forget", {})
    tab.get_by_role("heading", name=words("page_forgotten")).wait_for()
    assert tab.get_by_text("Kept").count() == 0
    assert tab.evaluate("sessionStorage.length") == 0


def test_everything_is_reached_by_the_keyboard_alone(bot, open_tab):
    tab = open_tab()
    button(tab, "page_begin").wait_for()

    def tab_to(name):
        for _ in range(20):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel") == name:
                return
        raise AssertionError(f"the keyboard never came to {name}")

    tab_to(words("page_begin"))
    tab.keyboard.press("Enter")
    assert heard(bot) == ("/chat/words", {"text": "/start"})
    asked = bot.say("How are you?", rows=[[{"label": "3", "data": "v1:3"}]])
    tab.get_by_role("button", name="3", exact=True).wait_for()
    tab_to("3")
    tab.keyboard.press("Space")
    assert heard(bot) == ("/chat/press", {"message": asked, "data": "v1:3"})

    bot.say("You said: 3", number=asked)  # the pressed button goes, and the keyboard goes on from its message
    tab.get_by_text("You said: 3").wait_for()
    assert tab.evaluate("document.activeElement.id") == f"m{asked}"
    tab_to(words("page_message"))
    tab.keyboard.type("hello")
    tab.keyboard.press("Shift+Enter")
    tab.keyboard.type("there")
    tab.keyboard.press("Enter")
    assert heard(bot) == ("/chat/words", {"text": "hello\nthere"})
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")
    tab.get_by_role("dialog").wait_for()
    tab.keyboard.press("Escape")
    tab.get_by_role("dialog").wait_for(state="detached")
    assert tab.evaluate("document.activeElement.ariaLabel") == words("page_camera")
