"""A photo too near the threshold: no side is named, the person rates first, and a word may be given."""

import msgspec
import pytest

from burnout.store.check_ins import ReadHistory
from tests import updates
from tests.fakes import face, inference, prediction
from tests.unit.webhook.conftest import data, labels, photo

SIDE = ("mostly", "sure", "скорее", "уверенность", "%")


@pytest.fixture
def unsure(bot):
    """The bot, to whom every face looks half sad and half happy."""
    bot.infer.answer = inference(face(mvp=prediction(0.52, sure=False)))
    return bot


@pytest.fixture
def number(unsure):
    """The number of a check-in of person 7 that names no side."""
    update = photo()
    unsure(update)
    return update["message"]["message_id"]


@pytest.mark.parametrize("assigned", [True, False])
def test_rating_is_asked_at_once_whatever_the_lot_says_and_no_side_is_named(unsure, assigned):
    update = photo(asks_first=assigned)
    number = update["message"]["message_id"]

    (call,) = unsure(update)

    assert call.params["text"] == (
        "This photo alone does not tell me whether your expression looks more negative or more positive."
        " How do you feel? 1 is very bad, 5 is very good."
    )
    assert labels(call) == [["1", "2", "3", "4", "5"], ["Show what I saw", "🗑"]]
    assert data(call) == [
        *(f"v1:rate:{number}:{n}" for n in range(1, 6)),
        f"v1:show:{number}",
        f"v1:bin:{number}:unsure",
    ]
    assert unsure(update) == [call], "a repeated update says the same"
    assert unsure.outcome == "duplicate"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_words_never_name_a_side_or_how_sure_it_is(unsure, number, language):
    unsure(updates.button(f"v1:lang:{language}"))
    (asked,) = unsure(photo())
    _, shown = unsure(updates.button(f"v1:show:{number}"))
    _, rated = unsure(updates.button(f"v1:rate:{number}:2"))

    side, _, rest = shown.params["text"].partition("\n")
    for words in (asked.params["text"], side, rated.params["text"]):
        assert not any(part in words for part in SIDE), words
    assert "52" in rest, "what was seen most is told, below"


def test_a_press_shows_that_the_photo_did_not_tell_and_what_was_seen_most(unsure, number):
    _, call = unsure(updates.button(f"v1:show:{number}"))

    assert call.params["text"].startswith(
        "🌥 The photo alone did not tell whether the expression looks more negative or more positive.\n"
        "What I saw most: sad (52%), happy (48%).\n\n"
    )
    assert labels(call) == [["✏️ Tell me what it was", "🗑"], ["1", "2", "3", "4", "5"]]


def test_a_rating_counts_where_the_photo_did_not_tell(unsure, number):
    notice, call = unsure(updates.button(f"v1:rate:{number}:3"))

    assert notice.params["text"] == "Noted: 3 of 5."
    assert "The photo alone did not tell. Your word counts." in call.params["text"]
    assert labels(call) == [["✏️ Tell me what it was", "🗑"], ["✏️ 3 of 5", "➕ Energy and day"]]


def test_word_is_given_in_two_taps_and_can_be_changed(unsure, number):
    _, asked = unsure(updates.button(f"v1:name:{number}"))

    assert asked.params["text"].endswith("<b>What does the face show?</b>")
    assert [len(row) for row in labels(asked)] == [2, 3, 2, 2, 5]
    (day,) = unsure.store(ReadHistory(user_id=7)).days
    assert (day.read, day.unsure) == (1, 1), "to be asked is not to call it wrong"

    notice, noted = unsure(updates.button(f"v1:is:{number}:sad"))

    assert notice.params["text"] == "Thank you. Noted: sad."
    assert labels(noted)[0] == ["✓ sad", "🗑"]
    assert data(noted)[0] == f"v1:name:{number}"
    _, again = unsure(updates.button(f"v1:name:{number}"))
    assert "✓ sad" in [label for row in labels(again)[1:] for label in row]


def test_way_back_from_the_bin_is_the_same_question(unsure, number):
    (asked,) = unsure(photo())
    button = next(each for each in data(asked) if ":bin:" in each)
    other = button.split(":")[2]

    _, choice = unsure(updates.button(button))
    _, back = unsure(updates.button(data(choice)[-1]))

    assert data(choice)[-1] == f"v1:unsure:{other}"
    assert (back.params["text"], labels(back)) == (asked.params["text"], labels(asked))


def test_album_says_that_one_picture_was_looked_at(unsure):
    said = unsure.says(photo(media_group_id="album"))

    assert said.startswith("This photo alone does not tell")
    assert said.endswith("From an album I read the first photo.")
    assert unsure(photo(media_group_id="album")) == []


def test_undo_says_that_the_photo_did_not_tell_once_that_was_read(unsure, number):
    assert "?" in unsure.says(updates.text("/undo"))
    unsure(updates.button(f"v1:rate:{number}:2"))

    assert "(the photo did not tell, your rating 2)?" in unsure.says(updates.text("/undo"))
    unsure(updates.button(f"v1:undo:{number}"))
    assert unsure.store(ReadHistory(user_id=7)).days == ()


def test_history_counts_it_for_neither_side(bot):
    numbers = []
    for seen in (prediction(0.9), prediction(0.1), prediction(0.52, sure=False)):
        bot.infer.answer = inference(face(mvp=seen))
        update = photo()
        bot(update)
        numbers.append(update["message"]["message_id"])
    bot(updates.button(f"v1:rate:{numbers[-1]}:3"))

    history = bot.says(updates.text("/history"))

    assert "Looked negative: 1 of 2 (50%)." in history
    assert "The photo alone did not tell: 1." in history
    (day,) = bot.store(ReadHistory(user_id=7)).days
    assert day.mean_negative == pytest.approx((0.9 + 0.1 + 0.52) / 3), "its probability counts like any other"


def test_history_of_nothing_but_such_photos_has_no_share_and_tells_only_what_was_read(unsure, number):
    assert "did not tell" not in unsure.says(updates.text("/history"))
    unsure(updates.button(f"v1:show:{number}"))

    history = unsure.says(updates.text("/history"))

    assert "The photo alone did not tell: 1." in history
    assert "Looked negative" not in history


def test_only_the_shown_model_decides(bot):
    """mvp is sure and baseline is not: who reads mvp's answer gets a side."""
    seen = face()
    unsure_baseline = seen.models | {"baseline": prediction(0.5, sure=False)}
    bot.infer.answer = inference(msgspec.structs.replace(seen, models=unsure_baseline))
    bot.baseline_shadow_percent = 100

    assert "mostly negative" in bot.says(photo())
