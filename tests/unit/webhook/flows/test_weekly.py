"""The weekly question: asked in a new message, answered by one press, with help at once where it is needed."""

from datetime import timedelta

import pytest

from burnout.helplines import help_card
from burnout.store.reports import ReadCourse
from tests import updates
from tests.unit.webhook.conftest import STALE, START, data, labels

WEEK = "2026-W47"  # of Wednesday 18 November 2026


def answers(bot, user_id=7):
    read = ReadCourse(user_id=user_id, since_utc=START - timedelta(days=30), before_utc=START + timedelta(days=90))
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


@pytest.mark.parametrize(
    ("days_later", "week", "kept"),
    [
        (0, "2026-W46", [3]),
        (0, "2026-W47", [3]),
        (0, "2026-W48", [3]),
        (0, "2026-W45", []),
        (0, "2026-W49", []),
        (0, "2020-W47", []),
        (44, "2026-W53", [3]),  # Friday 1 January 2027, still week 53
        (44, "2027-W01", [3]),
        (44, "2027-W02", []),
    ],
)
def test_answer_and_question_of_a_week_that_is_not_near_are_stale_buttons(bot, days_later, week, kept):
    bot.later(days_later * 24 * 3600)

    asked, answered = bot(updates.button(f"v1:ask:{week}")), bot(updates.button(f"v1:week:{week}:3"))

    assert [call.method for call in answered[1:]] == ["editMessageText" if kept else "sendMessage"]
    assert [data(calls[1])[0] == "v1:mood:1" for calls in (asked, answered)] == [not kept] * 2, "the home screen"
    assert (answers(bot), answered[0].params["text"]) == (kept, "Noted: 3 of 5." if kept else STALE)
