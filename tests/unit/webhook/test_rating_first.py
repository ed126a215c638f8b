"""Half of the check-ins ask for the person's own rating before the model's answer is shown."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.store.check_ins import ReadHistory
from functions.webhook.assignment import asks_rating_first
from tests import updates
from tests.unit.webhook.conftest import data, labels, photo


@pytest.fixture
def number(bot):
    """The number of a check-in of person 7 that asks first."""
    update = photo(asks_first=True)
    bot(update)
    return update["message"]["message_id"]


def test_about_half_of_anybodys_check_ins_ask_first():
    for user_id in (1, 7, 5_000_000_000):
        asked = sum(asks_rating_first(user_id, number) for number in range(2000))

        assert 900 < asked < 1100


def test_two_people_are_asked_at_different_check_ins():
    assert [asks_rating_first(1, number) for number in range(64)] != [
        asks_rating_first(2, number) for number in range(64)
    ]


@given(st.lists(st.tuples(st.integers(1, 2**52), st.integers(0, 2**53)), unique=True), st.randoms())
def test_choice_depends_on_person_and_message_only_and_not_on_the_order(check_ins, shuffle: random.Random):
    chosen = {check_in: asks_rating_first(*check_in) for check_in in check_ins}
    shuffle.shuffle(check_ins)

    assert {check_in: asks_rating_first(*check_in) for check_in in check_ins} == chosen


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


def test_rating_is_asked_in_russian(bot):
    bot(updates.button("v1:lang:ru"))

    (call,) = bot(photo(asks_first=True))

    assert call.params["text"].startswith("Прежде чем я скажу, что увидел на фото: как вы сами себя чувствуете")
    assert labels(call)[1] == ["Показать ответ", "🗑"]


def test_album_that_asks_first_says_that_it_looks_at_one_picture(bot):
    assert "the first picture only" in bot.says(photo(asks_first=True, media_group_id="album"))


def test_rating_shows_the_answer_with_the_rating_marked(bot, number):
    notice, call = bot(updates.button(f"v1:rate:{number}:2"))

    assert notice.params["text"] == "Noted: 2 of 5."
    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert "mostly negative" in call.params["text"]
    assert labels(call) == [["👍", "👎", "🗑"], ["1", "✓ 2", "3", "4", "5"]]
    assert [(day.ratings, day.rating_sum) for day in bot.store(ReadHistory(user_id=7)).days] == [(1, 2)]


def test_answer_can_be_seen_without_a_rating(bot, number):
    _, call = bot(updates.button(f"v1:show:{number}"))

    assert "mostly negative" in call.params["text"]
    assert labels(call) == [["👍", "👎", "🗑"], ["1", "2", "3", "4", "5"]]
    assert [day.ratings for day in bot.store(ReadHistory(user_id=7)).days] == [0]


def test_thumb_that_no_button_offered_shows_the_answer_like_the_button_for_it(bot, number):
    _, call = bot(updates.button(f"v1:up:{number}"))

    assert "mostly negative" in call.params["text"]
    assert "(mostly negative)" in bot.says(updates.text("/undo")), "from now on the answer counts as seen"


def test_other_persons_answer_cannot_be_shown(bot, number):
    bot(updates.button("v1:agree:2:en", 8))

    (call,) = bot(updates.button(f"v1:show:{number}", 8))

    assert call.params["text"] == "This button is too old. Send /help."


def test_the_history_does_not_tell_what_the_answer_still_hides(bot):
    bot(photo(asks_first=True))

    history = bot.says(updates.text("/history"))

    assert "1 check-in on 1 day." in history
    assert "negative" not in history
