"""The weekly question: asked and answered in one message, with warmth and help at once where it is needed."""

from datetime import timedelta

import pytest

from burnout.helplines import lines_for
from burnout.store.reports import ReadCourse
from burnout.texts import text
from tests import updates
from tests.unit.webhook.conftest import STALE, START, data, labels

WEEK = "2026-W47"  # of Wednesday 18 November 2026


def answers(bot, user_id=7):
    read = ReadCourse(user_id=user_id, since_utc=START - timedelta(days=30), before_utc=START + timedelta(days=90))
    return [answer.answer for answer in bot.store(read).weekly]


def test_question_has_five_full_answers_and_five_buttons_and_is_a_new_message_only_below_a_report(bot):
    below_a_report = updates.button(f"v1:ask:{WEEK}")
    del below_a_report["callback_query"]["message"]["text"]  # a picture
    _, call = bot(below_a_report)
    _, again = bot(updates.button(f"v1:ask:{WEEK}"))

    assert (call.method, again.method) == ("sendMessage", "editMessageText")
    assert again.params["text"] == call.params["text"]
    lines = call.params["text"].split("\n\n")
    assert lines[0] == (
        "<b>Overall, based on your definition of burnout, how would you rate your level of burnout?</b>"
    )
    assert lines[1] == "1. I enjoy my work. I have no symptoms of burnout."
    assert [line[:2] for line in lines[1:]] == ["1.", "2.", "3.", "4.", "5."]
    assert labels(call) == [["1", "2", "3", "4", "5"]]
    assert data(call) == [f"v1:week:{WEEK}:{answer}" for answer in range(1, 6)]
    assert bot.outcome == "week"


def test_last_answer_is_kept_and_said_with_thanks(bot):
    bot(updates.button(f"v1:week:{WEEK}:5"))

    notice, call = bot(updates.button(f"v1:week:{WEEK}:2"))

    assert notice.params["text"] == "Noted: 2 of 5."
    assert call.method == "editMessageText"
    assert call.params["text"] == "Your answer: <b>2 of 5</b>.\n\nThank you. It counts in your next report."
    assert data(call) == [f"v1:ask:{WEEK}"]
    assert answers(bot) == [2]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("answer", [3, 4, 5])
def test_third_weekly_answer_gets_warmth_and_lines(bot, language, answer):
    bot(updates.button(f"v1:lang:{language}"))
    bot(updates.button("v1:zone:America/New_York"))

    _, call = bot(updates.button(f"v1:week:{WEEK}:{answer}"))

    kind = text({3: "week_burning", 4: "week_hard", 5: "week_lost"}[answer], language)
    chosen = text("week_answer", language, answer=answer)
    assert call.params["text"] == f"{chosen}\n{kind}\n\n{lines_for('US', language)}"
    assert data(call) == [f"v1:ask:{WEEK}", "v1:support"]


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
    assert [call.method for call in asked[1:]] == ["editMessageText" if kept else "sendMessage"]
    assert [data(calls[1])[0] == "v1:mood:1" for calls in (asked, answered)] == [not kept] * 2, "the home screen"
    assert (answers(bot), answered[0].params["text"]) == (kept, "Noted: 3 of 5." if kept else STALE)
