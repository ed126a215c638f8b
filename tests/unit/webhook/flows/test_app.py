"""The button that opens the page with all days, and what is said where there is no such page."""

import pytest

from burnout.texts import text
from tests import updates
from tests.unit.webhook.conftest import lines

URL = "https://api.example.org/app"


@pytest.fixture
def with_page(bot):
    """A bot in the cloud."""
    bot.around = lambda deps: deps.at(URL)
    return bot


def keyboard(call):
    return call.params.get("reply_markup", {}).get("inline_keyboard", [])


@pytest.mark.parametrize(("language", "label"), [("en", "📖 My days"), ("ru", "📖 Мои дни")])
def test_app_says_what_the_page_has_above_the_button_that_opens_it(with_page, language, label):
    with_page(updates.button(f"v1:lang:{language}"))

    (call,) = with_page(updates.text("/app"))

    assert call.params["text"] == text("app", language)
    assert keyboard(call) == [[{"text": label, "web_app": {"url": URL}}]]
    assert lines(call.params["text"]) <= 4


@pytest.mark.parametrize("update", [updates.text("/history"), updates.button("v1:hist:0")])
def test_the_history_has_the_button_last(with_page, update):
    assert keyboard(with_page(update)[-1])[-1] == [{"text": "📖 My days", "web_app": {"url": URL}}]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_without_a_page_it_is_said_where_there_is_one_and_what_does_the_same(bot, language):
    bot(updates.button(f"v1:lang:{language}"))

    (call,) = bot(updates.text("/app"))
    (history,) = bot(updates.text("/history"))

    assert all(command in call.params["text"] for command in ("/history", "/report", "/export"))
    assert (keyboard(call), lines(call.params["text"]) <= 12) == ([], True)
    assert not any("web_app" in button for row in keyboard(history) for button in row)


def test_whoever_has_not_agreed_gets_the_notice_and_a_group_no_button(stranger):
    stranger.around = lambda deps: deps.at(URL)

    asked = stranger(updates.text("/app"))
    in_a_group = stranger(updates.text("/app", chat={"id": -5, "type": "group"}))

    assert stranger.traces[0].outcome == "no_consent"
    assert URL not in str([asked, in_a_group])
    assert in_a_group[-1].method == "leaveChat"
