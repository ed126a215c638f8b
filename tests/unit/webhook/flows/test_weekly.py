"""The weekly question: asked in a new message, answered by one press, with help at once where it is needed."""

from datetime import timedelta

import pytest

from burnout.helplines import help_card
from burnout.store.reports import ReadCourse
from tests import updates
from tests.unit.webhook.conftest import START, data, labels

WEEK = "2026-W47"  # of Wednesday 18 November 2026


def answers(bot, user_id=7):
    read = ReadCourse(user_id=user_id, since_utc=START - timedelta(days=30), before_utc=START + timedelta(days=30))
    return [answer.answer for answer in bot.store(read).weekly]


def test_question_is_a_new_message_with_five_full_answers_and_five_buttons(bot):
    _, call = bot(updates.button(f"v1:ask:{WEEK}"))

    assert call.method == "sendMessage"
    lines = call.params["text"].split("\n\n")
    assert lines[0] == (
        "<b>Overall, based on your definition of burnout, how would you rate your level of burnout?</b>"
    )
    assert lines[1] == "1. I enjoy my work. I have no symptoms of burnout."
    assert [line[:2] for line in lines[1:]] == ["1.", "2.", "3.", "4.", "5."]
    assert labels(call) == [["1", "2", "3", "4", "5"]]
    assert data(call) == [f"v1:week:{WEEK}:{answer}" for answer in range(1, 6)]
    assert bot.outcome == "week"


def test_last_answer_is_kept_and_repeated_with_thanks(bot):
    bot(updates.button(f"v1:week:{WEEK}:5"))

    notice, call = bot(updates.button(f"v1:week:{WEEK}:2"))

    assert notice.params["text"] == "Noted: 2 of 5."
    assert call.method == "editMessageText"
    assert call.params["text"].startswith("Your answer: <b>2</b>. “Occasionally I am under stress")
    assert call.params["text"].endswith("Thank you! It counts in your next report.")
    assert data(call) == [f"v1:ask:{WEEK}"]
    assert answers(bot) == [2]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_fifth_answer_shows_at_once_where_help_is(bot, language):
    bot(updates.button(f"v1:lang:{language}"))

    _, call = bot(updates.button(f"v1:week:{WEEK}:5"))

    assert help_card(language) in call.params["text"]


def test_fourth_answer_gets_a_softer_hint_and_the_others_none(bot):
    said = {answer: bot(updates.button(f"v1:week:{WEEK}:{answer}"))[1].params["text"] for answer in (1, 2, 3, 4)}

    assert "somebody close" in said[4]
    assert help_card("en") not in said[4]
    assert not any("somebody close" in said[answer] for answer in (1, 2, 3))


@pytest.mark.parametrize("week", ["2026-W46", "2026-W47", "2026-W48"])
def test_near_week_is_accepted(bot, week):
    bot(updates.button(f"v1:week:{week}:3"))

    assert answers(bot) == [3]


@pytest.mark.parametrize(
    "button", ["v1:week:2026-W45:3", "v1:week:2026-W49:3", "v1:week:2020-W47:3", "v1:ask:2027-W01"]
)
def test_far_week_is_a_stale_button(bot, button):
    (call,) = bot(updates.button(button))

    assert call.params["text"] == "This button is too old. Send /help."
    assert answers(bot) == []


def test_weeks_around_new_year_are_near_each_other(bot):
    bot.later((44 * 24) * 3600)  # Friday 1 January 2027, still week 53

    _, call = bot(updates.button("v1:ask:2026-W53"))
    assert call.method == "sendMessage"
    _, call = bot(updates.button("v1:ask:2027-W01"))
    assert call.method == "sendMessage"
