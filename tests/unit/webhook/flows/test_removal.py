"""One thing deleted: /undo after one more press, and 🗑 under an answer; never another person's."""

import pytest

from tests import updates
from tests.unit.webhook.conftest import check_ins, checked_in, data, labels, photo


def test_undo_says_which_entry_it_is_before_anything_goes(bot, number):
    bot(updates.button(f"v1:rate:{number}:2"))

    (call,) = bot(updates.text("/undo"))

    assert call.params["text"] == "Delete your last entry, from 18 Nov, 11:06 (mostly negative, your rating 2)?"
    assert labels(call) == [["🗑 Delete", "Keep"]]
    assert data(call) == [f"v1:undo:{number}", "v1:keep"]
    assert (bot.outcome, check_ins(bot)) == ("undo", 1)


def test_undo_in_russian_on_the_persons_own_clock(bot, number):
    bot(updates.button("v1:lang:ru"))

    assert bot.says(updates.text("/undo")) == "Удалить последнюю отметку от 18 нояб., 14:06 (скорее негативное)?"


@pytest.mark.parametrize(
    ("press", "details"),
    [("is:{}:happy", " (you said: happy)"), ("down:{}", ""), ("up:{}", " (mostly negative)")],
)
def test_undo_repeats_no_opinion_that_the_person_has_taken_back(bot, number, press, details):
    bot(updates.button(f"v1:{press.format(number)}"))

    assert bot.says(updates.text("/undo")) == f"Delete your last entry, from 18 Nov, 11:06{details}?"


def test_press_deletes_the_very_entry_it_asked_about_and_repeated_no_other(bot, number):
    newer = checked_in(bot)
    update = updates.button(f"v1:undo:{number}")

    first, again = bot(update), bot(update)

    assert first[1].params["text"] == "The entry is deleted. /history shows what is left."
    assert (again, bot.outcome, check_ins(bot)) == (first, "undo", 1)
    assert data(bot(updates.text("/undo"))[0])[0] == f"v1:undo:{newer}"


@pytest.mark.parametrize(
    ("button", "said"),
    [("v1:keep", "All right, the entry stays."), ("v1:stay", "All right, everything stays as it is.")],
)
def test_entry_and_everything_can_be_kept(bot, number, button, said):
    _, call = bot(updates.button(button))

    assert call.params["text"] == said
    assert check_ins(bot) == 1


def test_without_entries_there_is_nothing_to_delete(bot):
    assert bot.says(updates.text("/undo")) == "There is no entry to delete."


HOUR_S = 3600


def button_under(date, data, user_id=7):
    """A press of a button under a message of this date."""
    update = updates.button(data, user_id)
    update["callback_query"]["message"]["date"] = date
    return update


@pytest.mark.parametrize(("asks_first", "under", "way_back"), [(False, "answer", "show"), (True, "question", "back")])
def test_bin_opens_what_can_be_deleted_and_goes_back_to_what_the_message_said(bot, asks_first, under, way_back):
    update = photo(asks_first=asks_first)
    number = update["message"]["message_id"]
    (said,) = bot(update)

    _, asked = bot(updates.button(f"v1:bin:{number}:{under}"))
    _, back = bot(updates.button(data(asked)[-1]))

    assert asked.method == "editMessageText"
    assert "negative" not in asked.params["text"]
    assert labels(asked) == [["Delete this entry"], ["Delete the selfie from this chat"], ["← Back"]]
    assert data(asked) == [f"v1:undo:{number}", f"v1:selfie:{number}", f"v1:{way_back}:{number}"]
    assert back.params["text"] == said.params["text"]
    assert back.params["reply_markup"] == said.params["reply_markup"]
    hidden = bot.says(updates.text("/undo")) == "Delete your last entry, from 18 Nov, 11:06?"
    assert hidden == asks_first, "what was not shown is still not told"


def test_deleted_entry_says_so_in_the_place_of_its_answer_and_its_given_photo_goes(bot):
    bot(updates.button("v1:donate:on"))
    number = checked_in(bot)
    assert len(bot.photos.kept) == 1

    _, call = bot(updates.button(f"v1:undo:{number}"))

    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert call.params["text"] == "The entry is deleted. /history shows what is left."
    assert (check_ins(bot), bot.photos.kept) == (0, {})


@pytest.mark.parametrize("age_h", [0, 24, 45.9])
def test_selfie_is_deleted_from_ones_own_chat_and_the_entry_stays(bot, number, age_h):
    bot.later(age_h * HOUR_S)

    notice, call = bot(button_under(updates.DATE, f"v1:selfie:{number}"))

    assert notice.params["text"] == "I am deleting the selfie from this chat. The entry stays."
    assert (call.method, call.params) == ("deleteMessage", {"chat_id": 7, "message_id": number})
    assert check_ins(bot) == 1


@pytest.mark.parametrize(("date", "age_h"), [(updates.DATE, 46.1), (updates.DATE, 24 * 365), (0, 0)])  # 0: not told
def test_selfie_that_is_too_old_stays_and_the_notice_says_why(bot, number, date, age_h):
    bot.later(age_h * HOUR_S)

    (call,) = bot(button_under(date, f"v1:selfie:{number}"))

    assert call.params["text"].startswith("Telegram lets bots delete messages of the last two days only.")
