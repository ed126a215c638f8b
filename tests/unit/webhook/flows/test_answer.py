"""What a person says about an answer: 👍, 👎, an emotion, their own rating, which half is asked for first."""

from itertools import product
from random import Random
from typing import get_args

import pytest

from burnout.emotions import Emotion
from burnout.inference import View
from burnout.store.check_ins import CheckIn, ReadHistory
from burnout.telegram.buttons import GRAMMAR
from burnout.texts import LANGUAGES, variants
from functions.webhook.flows.answer import answer
from tests import updates
from tests.fakes import face, inference, prediction
from tests.unit.webhook.conftest import checked_in, data, labels, lines, photo


def ratings(bot, user_id=7):
    return [(day.ratings, day.rating_sum) for day in bot.store(ReadHistory(user_id=user_id)).days]


def test_thumb_up_is_noted_and_marked_beside_the_rating(bot, number):
    bot(updates.button(f"v1:rate:{number}:4"))

    spinner, call = bot(updates.button(f"v1:up:{number}"))

    assert spinner.params == {"callback_query_id": "42", "text": "Thank you. Noted."}
    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert labels(call) == [["✓ 👍", "👎", "🗑"], ["✏️ 4 of 5", "➕ Energy and day"]]


def test_thumb_down_asks_which_of_the_seven_it_was_and_keeps_it(bot, number):
    _, asked = bot(updates.button(f"v1:down:{number}"))
    assert "What does the face show instead?" in asked.params["text"]
    assert labels(asked)[1:4] == [["angry", "disgusted", "afraid"], ["happy", "sad"], ["surprised", "calm"]]

    spinner, answered = bot(updates.button(f"v1:is:{number}:neutral"))

    assert spinner.params["text"] == "Thank you. Noted: calm."
    assert labels(answered) == [["👍", "✓ 👎", "🗑"], ["1", "2", "3", "4", "5"]]


def test_self_rating_is_kept_and_changed_by_the_last_press(bot, number):
    bot(updates.button(f"v1:rate:{number}:3"))
    _, again = bot(updates.button(f"v1:rerate:{number}"))
    spinner, call = bot(updates.button(f"v1:rate:{number}:4"))

    assert labels(again)[1] == ["1", "2", "✓ 3", "4", "5"]
    assert spinner.params["text"] == "Noted: 4 of 5."
    assert data(call)[-2:] == [f"v1:rerate:{number}", "v1:about:2026-11-18"]
    assert ratings(bot) == [(1, 4)]


@pytest.mark.parametrize("press", ["rate:{}:4", "up:{}", "down:{}", "is:{}:happy", "name:{}", "show:{}"])
@pytest.mark.parametrize("seen", [prediction(), prediction(0.52, sure=False)])
def test_who_has_rated_is_not_asked_again(bot, seen, press):
    bot.infer.answer = inference(face(mvp=seen))
    number = checked_in(bot)
    bot(updates.button(f"v1:rate:{number}:4"))

    _, call = bot(updates.button(f"v1:{press.format(number)}"))

    assert call.params["text"].startswith("You said: <b>4 of 5, good</b>.")
    assert "How do you feel" not in call.params["text"]
    assert not any(button.startswith("v1:rate:") for button in data(call))


def test_a_correction_is_what_the_message_says_from_then_on(bot, number):
    _, unrated = bot(updates.button(f"v1:is:{number}:happy"))
    _, rated = bot(updates.button(f"v1:rate:{number}:4"))

    for call in (unrated, rated):
        assert "You called the expression <b>happy</b>. That counts, not my guess." in call.params["text"]
        assert not any(word in call.params["text"] for word in ("negative", "sad", "%", "can be wrong"))
    _, asked = bot(updates.button(data(rated)[1]))
    assert "✓ happy" in labels(asked)[2]
    assert [day.negative for day in bot.store(ReadHistory(user_id=7)).days] == [0], "asked again, it still counts"
    _, agreed = bot(updates.button(f"v1:up:{number}"))
    assert "mostly negative to me (68%)" in agreed.params["text"], "a 👍 takes it back"


def test_what_was_called_wrong_is_not_repeated(bot, number):
    _, unrated = bot(updates.button(f"v1:down:{number}"))
    _, rated = bot(updates.button(f"v1:rate:{number}:4"))

    for call in (unrated, rated):
        assert "You said that I was wrong about the photo, so my guess does not count." in call.params["text"]
        assert not any(word in call.params["text"] for word in ("negative", "sad", "%", "weighs more", "can be wrong"))


def test_very_bad_beside_a_positive_photo_repeats_the_persons_word(bot):
    bot.infer.answer = inference(face(mvp=prediction(0.001)))
    number = checked_in(bot)

    _, call = bot(updates.button(f"v1:rate:{number}:1"))

    word, kind, seen = call.params["text"].split("\n\n")
    assert word == "You said: <b>1 of 5, very bad</b>."
    assert kind == "That is a hard place to be. Thank you for saying so. Nothing has to be solved right now."
    assert seen.startswith("The photo looked mostly positive to me (99%). Your word weighs more.")
    assert ("v1:support" in data(call)) == ("support" in GRAMMAR)


@pytest.mark.parametrize(
    ("negative", "rating", "agrees"), [(0.1, 5, True), (0.9, 2, True), (0.1, 3, False), (0.9, 4, False)]
)
def test_nothing_is_weighed_where_rating_and_photo_say_the_same(bot, negative, rating, agrees):
    bot.infer.answer = inference(face(mvp=prediction(negative)))

    _, call = bot(updates.button(f"v1:rate:{checked_in(bot)}:{rating}"))

    assert ("weighs more" in call.params["text"]) is not agrees


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_warm_sentence_comes_twice_in_a_row(bot, language):
    """By three ways to give a rating; a change between 1 and 2 is of the other's sentences."""
    bot(updates.button(f"v1:lang:{language}"))
    drawn, before = Random(17), ""
    for _ in range(40):
        rating, way = drawn.choice((1, 1, 2, 3)), drawn.choice(("mood", "caption", "press"))
        bot.later(3600)
        if way == "mood":
            _, call = bot(updates.button(f"v1:mood:{rating}"))
        elif way == "caption":
            (call,) = bot(photo(caption=str(rating)))
        else:
            _, call = bot(updates.button(f"v1:rate:{checked_in(bot)}:{rating}"))
        kind = set(call.params["text"].split("\n\n")) & {*variants("warm_1", language), *variants("warm_2", language)}
        assert len(kind) == (rating < 3)
        assert not kind & {before}
        before = next(iter(kind), before)


def test_every_answer_fits_12_lines_of_38():
    said = [(rating, word) for rating in (None, 1, 2, 5) for word in (None, Emotion.DISGUST)]
    for language, view, (rating, word), low in product(LANGUAGES, get_args(View), said, range(1, 7)):
        for seen, opened in product((prediction(0.999), prediction(0.52, sure=False)), (None, "emotions", "ratings")):
            check_in = CheckIn(
                message_id=1, prediction=seen, agrees=None, corrected=word, self_rating=rating, view=view,
                low_ratings=low, day="2026-11-18",
            )  # fmt: skip
            fresh = word is None and opened is None and (rating is not None or view != "whole" or seen.sure)
            notes = ["caption_unkept"] * (rating is None) + ["answer_album"] if fresh else []
            html = answer(check_in, language, notes=notes, opened=opened).html
            assert lines(html) <= 12, html


@pytest.fixture
def hidden(bot):
    """The number of a check-in of person 7 that asks for the rating first."""
    return checked_in(bot, asks_first=True)


def test_rating_is_asked_without_a_word_about_the_answer(bot):
    update = photo(asks_first=True)
    number = update["message"]["message_id"]

    (call,) = bot(update)

    assert call.params["text"] == ("Before I say what I saw: how do you feel? 1 is very bad, 5 is very good.")
    assert labels(call) == [["1", "2", "3", "4", "5"], ["Show the answer", "🗑"]]
    assert data(call) == [
        *(f"v1:rate:{number}:{n}" for n in range(1, 6)),
        f"v1:show:{number}",
        f"v1:bin:{number}:question",
    ]
    assert bot(update) == [call]


def test_album_that_asks_first_says_that_it_looks_at_one_picture(bot):
    assert "read the first photo" in bot.says(photo(asks_first=True, media_group_id="album"))


@pytest.mark.parametrize(
    ("button", "noted", "marked", "kept"),
    [
        ("v1:rate:{}:2", "Noted: 2 of 5.", [["👍", "👎", "🗑"], ["✏️ 2 of 5", "➕ Energy and day"]], (1, 2)),
        ("v1:show:{}", None, [["👍", "👎", "🗑"], ["1", "2", "3", "4", "5"]], (0, 0)),
        # No button offered this one. From then on the answer counts as seen.
        ("v1:up:{}", "Thank you. Noted.", [["✓ 👍", "👎", "🗑"], ["1", "2", "3", "4", "5"]], (0, 0)),
    ],
)
def test_hidden_answer_is_shown_by_a_rating_or_without_one(bot, hidden, button, noted, marked, kept):
    notice, call = bot(updates.button(button.format(hidden)))

    assert notice.params.get("text") == noted
    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert "mostly negative" in call.params["text"]
    assert (labels(call)[:2], ratings(bot)) == (marked, [kept])
    assert "(mostly negative" in bot.says(updates.text("/undo"))


def test_nothing_tells_what_the_answer_still_hides(bot, hidden):
    history = bot.says(updates.text("/history"))

    assert "1 check-in on 1 day." in history
    assert "negative" not in history
    assert bot.says(updates.text("/undo")) == "Delete your last entry, from 18 Nov, 11:06?"
