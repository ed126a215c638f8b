"""What a person says about an answer: 👍, 👎, an emotion, their own rating, which half is asked for first."""

import pytest

from burnout.store.check_ins import ReadHistory
from tests import updates
from tests.unit.webhook.conftest import checked_in, data, labels, photo


def ratings(bot, user_id=7):
    return [(day.ratings, day.rating_sum) for day in bot.store(ReadHistory(user_id=user_id)).days]


def test_thumb_up_is_noted_and_marked_beside_the_rating(bot, number):
    bot(updates.button(f"v1:rate:{number}:4"))

    spinner, call = bot(updates.button(f"v1:up:{number}"))

    assert spinner.params == {"callback_query_id": "42", "text": "Thank you! Noted: I was right."}
    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert labels(call) == [["✓ 👍", "👎", "🗑"], ["1", "2", "3", "✓ 4", "5"]]


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


@pytest.fixture
def hidden(bot):
    """The number of a check-in of person 7 that asks for the rating first."""
    return checked_in(bot, asks_first=True)


def test_rating_is_asked_without_a_word_about_the_answer(bot):
    update = photo(asks_first=True)
    number = update["message"]["message_id"]

    (call,) = bot(update)

    assert call.params["text"] == (
        "Before I say what I saw: how would you say you feel, from 1 (very bad) to 5 (very good)?"
    )
    assert labels(call) == [["1", "2", "3", "4", "5"], ["Show the answer", "🗑"]]
    assert data(call) == [
        *(f"v1:rate:{number}:{n}" for n in range(1, 6)),
        f"v1:show:{number}",
        f"v1:bin:{number}:question",
    ]
    assert bot(update) == [call]


def test_album_that_asks_first_says_that_it_looks_at_one_picture(bot):
    assert "the first picture only" in bot.says(photo(asks_first=True, media_group_id="album"))


@pytest.mark.parametrize(
    ("button", "noted", "marked", "kept"),
    [
        ("v1:rate:{}:2", "Noted: 2 of 5.", [["👍", "👎", "🗑"], ["1", "✓ 2", "3", "4", "5"]], (1, 2)),
        ("v1:show:{}", None, [["👍", "👎", "🗑"], ["1", "2", "3", "4", "5"]], (0, 0)),
        # No button offered this one. From then on the answer counts as seen.
        ("v1:up:{}", "Thank you! Noted: I was right.", [["✓ 👍", "👎", "🗑"], ["1", "2", "3", "4", "5"]], (0, 0)),
    ],
)
def test_hidden_answer_is_shown_by_a_rating_or_without_one(bot, hidden, button, noted, marked, kept):
    notice, call = bot(updates.button(button.format(hidden)))

    assert notice.params.get("text") == noted
    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert "mostly negative" in call.params["text"]
    assert (labels(call), ratings(bot)) == (marked, [kept])
    assert "(mostly negative" in bot.says(updates.text("/undo"))


def test_nothing_tells_what_the_answer_still_hides(bot, hidden):
    history = bot.says(updates.text("/history"))

    assert "1 check-in on 1 day." in history
    assert "negative" not in history
    assert bot.says(updates.text("/undo")) == "Delete your last entry of 18 Nov, 11:06?"
