"""A face that is covered or seen from the side: the photo says nothing, and only the person's own rating counts."""

from datetime import timedelta

import msgspec
import pytest

from burnout.store.check_ins import ReadHistory
from burnout.store.reports import ReadCourse
from burnout.texts import text
from tests import updates
from tests.fakes import face, inference
from tests.unit.webhook.conftest import START, data, labels, photo

SEES = {"covered": "it looks as if something covers part of your face", "profile": "it looks as if your face is turned"}


@pytest.fixture(params=SEES)
def view(bot, request):
    """How much of every face is seen, though a model would name a side of it."""
    bot.infer.answer = inference(msgspec.structs.replace(face(), view=request.param))
    return request.param


@pytest.mark.parametrize("assigned", [True, False])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_own_sentence_asks_for_the_rating_and_tells_nothing_that_a_model_said(bot, view, language, assigned):
    bot(updates.button(f"v1:lang:{language}"))
    update = photo(asks_first=assigned)

    (call,) = bot(update)

    assert call.params["text"] == text(f"rating_{view}", language)
    assert language == "ru" or SEES[view] in call.params["text"]
    assert not any(part in call.params["text"] for part in ("mostly", "sure", "скорее", "%"))
    assert labels(call) == [["1", "2", "3", "4", "5"], ["🗑"]]
    assert bot(update) == [call], "a repeated update says the same"


# The last four are offered by no button of such an answer.
@pytest.mark.parametrize("press", ["show:{}", "up:{}", "down:{}", "name:{}", "is:{}:sad"])
def test_every_button_leaves_the_same_sentence_and_question(bot, view, press):
    update = photo()
    (asked,) = bot(update)

    _, call = bot(updates.button(f"v1:{press.format(update['message']['message_id'])}"))

    assert call.params["text"] == asked.params["text"]
    assert labels(call) == [["1", "2", "3", "4", "5"], ["🗑"]]


@pytest.mark.parametrize("in_caption", [True, False])
def test_a_rating_is_what_the_answer_repeats_and_a_model_adds_nothing(bot, view, in_caption):
    if in_caption:
        (call,) = bot(photo(caption="4"))
    else:
        update = photo()
        bot(update)
        _, call = bot(updates.button(f"v1:rate:{update['message']['message_id']}:4"))

    said, seen = call.params["text"].split("\n\n")
    assert said == "You said: <b>4 of 5, good</b>."
    assert (seen.startswith("The photo alone did not tell: it looks as if"), "%" in seen) == (True, False)
    assert labels(call) == [["✏️ 4 of 5", "➕ Energy and day"], ["🗑"]]


def test_way_back_from_the_bin_is_the_same_sentence(bot, view):
    (asked,) = bot(photo())
    _, choice = bot(updates.button(data(asked)[-1]))

    _, back = bot(updates.button(data(choice)[-1]))

    assert (back.params["text"], data(back)) == (asked.params["text"], data(asked))


def test_album_says_that_one_picture_was_looked_at(bot, view):
    assert bot.says(photo(media_group_id="album")).endswith("From an album I read the first photo.")


def test_only_the_rating_counts_and_history_says_that_the_photo_did_not_tell(bot, view):
    update = photo(asks_first=True)
    bot(update)
    assert "The photo alone did not tell: 1." in bot.says(updates.text("/history")), "nothing is hidden until a rating"
    bot(updates.button(f"v1:rate:{update['message']['message_id']}:2"))

    (day,) = bot.store(ReadHistory(user_id=7)).days
    assert (day.check_ins, day.read, day.unsure, day.negative, day.mean_negative) == (1, 1, 1, 0, None)
    history = bot.says(updates.text("/history"))
    assert "The photo alone did not tell: 1." in history
    assert "Mood: 2.0 of 5 on average" in history
    assert "Looked negative" not in history
    course = bot.store(ReadCourse(user_id=7, since_utc=START - timedelta(days=1), before_utc=START + timedelta(days=1)))
    assert [(each.negative, each.rating) for each in course.check_ins] == [(None, 2)]
    assert "(the photo did not tell, your rating 2)?" in bot.says(updates.text("/undo"))
