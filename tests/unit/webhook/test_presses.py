"""Buttons: what a press keeps and shows, and that a forged press keeps and shows nothing."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from burnout.store.check_ins import ReadHistory
from tests import updates
from tests.fakes import face, inference, prediction
from tests.unit.webhook.conftest import data, labels, photo


@pytest.fixture
def number(bot):
    """The number of a check-in that person 7 just made."""
    update = photo()
    bot(update)
    return update["message"]["message_id"]


def ratings(bot, user_id=7):
    return [(day.ratings, day.rating_sum) for day in bot.store(ReadHistory(user_id=user_id)).days]


def test_thumb_up_is_noted_and_marked(bot, number):
    spinner, call = bot(updates.button(f"v1:up:{number}"))

    assert spinner.params == {"callback_query_id": "42", "text": "Thank you! Noted: I was right."}
    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert labels(call)[0] == ["✓ 👍", "👎", "🗑"]


def test_thumb_down_asks_which_of_the_seven_it_was_and_keeps_it(bot, number):
    _, asked = bot(updates.button(f"v1:down:{number}"))
    assert "What was it instead?" in asked.params["text"]
    assert labels(asked)[1:4] == [["angry", "disgusted", "afraid"], ["happy", "sad"], ["surprised", "calm"]]

    spinner, answered = bot(updates.button(f"v1:is:{number}:neutral"))

    assert spinner.params["text"] == "Thank you! Noted: calm."
    assert labels(answered) == [["👍", "✓ 👎", "🗑"], ["1", "2", "3", "4", "5"]]


def test_self_rating_is_kept_and_the_last_press_counts(bot, number):
    bot(updates.button(f"v1:rate:{number}:2"))
    spinner, call = bot(updates.button(f"v1:rate:{number}:4"))

    assert spinner.params["text"] == "Noted: 4 of 5."
    assert labels(call)[-1] == ["1", "2", "3", "✓ 4", "5"]
    assert ratings(bot) == [(1, 4)]


def test_thumb_and_rating_stay_marked_together(bot, number):
    bot(updates.button(f"v1:rate:{number}:4"))
    _, call = bot(updates.button(f"v1:up:{number}"))

    assert labels(call) == [["✓ 👍", "👎", "🗑"], ["1", "2", "3", "✓ 4", "5"]]


def test_other_persons_check_in_cannot_be_rated(bot, number):
    bot(updates.button("v1:agree:2:en", 8))

    (call,) = bot(updates.button(f"v1:rate:{number}:1", 8))

    assert call.params["text"] == "This button is too old. Send /help."
    assert (ratings(bot), ratings(bot, 8)) == ([(0, 0)], [])


def test_button_under_a_message_of_another_chat_is_ignored(bot, number):
    (call,) = bot(updates.button(f"v1:rate:{number}:1", chat_id=-5))

    assert call.method == "answerCallbackQuery"
    assert bot.outcome == "forged_button"


@pytest.mark.parametrize(
    "forged", [None, "", "v1:hist:9 OR 1=1--", "v1:hist:8", "v1:rate:1:6", "v1:is:1:joy", "v1:agree:3:en", "x" * 64]
)
def test_forged_data_is_answered_safely_and_changes_nothing(bot, number, forged):
    (call,) = bot(updates.button(forged))

    assert call.method == "answerCallbackQuery"
    assert ratings(bot) == [(0, 0)]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=64))
def test_any_data_at_all_is_answered(bot, forged):
    assert bot(updates.button(forged))[0].method == "answerCallbackQuery"


def test_history_of_7_days_30_days_and_all(bot):
    for negative, rating in ((0.9, 1), (0.2, 4)):
        bot.infer.answer = inference(face(mvp=prediction(negative)))
        update = photo()
        bot(update)
        bot(updates.button(f"v1:rate:{update['message']['message_id']}:{rating}"))

    (call,) = bot(updates.text("/history"))

    assert call.params["text"] == (
        "<b>Last 7 days</b>\n"
        "2 check-ins on 1 day.\n"
        "Looked mostly negative: 1 of 2 (50%).\n"
        "Your own rating: 2.5 of 5 on average, 2 ratings.\n"
        "How negative the expression looked, by day (▁ little, █ much, · no photo):\n"
        "<code>······▅</code>\n12 Nov – 18 Nov"
    )
    assert data(call) == ["v1:hist:7", "v1:hist:30", "v1:hist:0", "v1:chart:course", "v1:chart:calendar"]
    _, month = bot(updates.button("v1:hist:30"))
    assert month.method == "editMessageText"
    assert f"<code>{'·' * 29}▅</code>" in month.params["text"]
    _, everything = bot(updates.button("v1:hist:0"))
    assert everything.params["text"].endswith("<code>▅</code>\n18 Nov")


def test_history_leaves_out_what_is_older(bot):
    bot(photo())
    bot.later(8 * 24 * 3600)

    assert "There is no check-in in this time" in bot.says(updates.text("/history"))


def test_history_of_more_than_a_year_says_the_years(bot):
    bot(photo())
    bot.later(400 * 24 * 3600)

    _, everything = bot(updates.button("v1:hist:0"))

    assert re.search(r"\n\d+ Nov 2026 – \d+ Dec 2027$", everything.params["text"])


def test_history_before_consent_asks_for_it(stranger):
    assert "before you agree" in stranger.says(updates.text("/history"))
    (call,) = stranger(updates.button("v1:hist:7"))
    assert call.method == "answerCallbackQuery"


def test_history_days_are_of_the_persons_own_calendar(bot):
    bot(photo())  # at 11:06 UTC on the 18th: in New Zealand that is already the 19th
    bot(updates.button("v1:zone:Pacific/Auckland"))

    assert "19 Nov" in bot.says(updates.text("/history"))


def test_button_under_a_picture_answers_with_a_new_message(bot):
    update = updates.button("v1:hist:7")
    del update["callback_query"]["message"]["text"]

    _, call = bot(update)

    assert call.method == "sendMessage"
