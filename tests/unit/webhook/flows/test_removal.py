"""One thing gone: /undo after one more press, and 🗑 under an answer; never another person's."""

import pytest

from burnout.store.privacy import SetDonating
from tests import updates
from tests.unit.webhook.conftest import STALE, check_ins, checked_in, data, labels, photo


def test_undo_says_which_entry_it_is_before_anything_goes(bot, number):
    bot(updates.button(f"v1:rate:{number}:2"))

    (call,) = bot(updates.text("/undo"))

    assert call.params["text"] == "Delete your last entry of 18 Nov, 11:06 (mostly negative, your rating 2)?"
    assert labels(call) == [["🗑 Delete", "Keep"]]
    assert data(call) == [f"v1:undo:{number}", "v1:keep"]
    assert (bot.outcome, check_ins(bot)) == ("undo", 1)


def test_undo_in_russian_on_the_persons_own_clock(bot, number):
    bot(updates.button("v1:lang:ru"))

    assert bot.says(updates.text("/undo")) == "Удалить последнюю отметку от 18 нояб., 14:06 (преобладало негативное)?"


def test_undo_does_not_tell_an_answer_that_was_not_shown_yet(bot):
    checked_in(bot, asks_first=True)

    assert bot.says(updates.text("/undo")) == "Delete your last entry of 18 Nov, 11:06?"


def test_press_deletes_the_entry_and_a_second_press_changes_nothing(bot, number):
    update = updates.button(f"v1:undo:{number}")

    _, call = bot(update)

    assert call.params["text"] == "The entry is deleted. /history shows what is left."
    assert (bot.outcome, check_ins(bot)) == ("undo", 0)
    assert bot(update)[1] == call


def test_press_on_an_older_question_deletes_that_very_entry(bot, number):
    newer = checked_in(bot)

    bot(updates.button(f"v1:undo:{number}"))

    assert check_ins(bot) == 1
    assert data(bot(updates.text("/undo"))[0])[0] == f"v1:undo:{newer}"


def test_buttons_of_a_deleted_entry_are_too_old(bot, number):
    bot(updates.button(f"v1:undo:{number}"))

    (call,) = bot(updates.button(f"v1:rate:{number}:3"))

    assert call.params["text"] == "This button is too old. Send /help."


def test_entry_can_be_kept(bot, number):
    _, call = bot(updates.button("v1:keep"))

    assert call.params["text"] == "All right, the entry stays."
    assert check_ins(bot) == 1


def test_without_entries_there_is_nothing_to_delete(bot):
    assert bot.says(updates.text("/undo")) == "There is no entry to delete."


HOUR_S = 3600


def button_under(date, data, user_id=7):
    """A press of a button under a message of this date."""
    update = updates.button(data, user_id)
    update["callback_query"]["message"]["date"] = date
    return update


def test_bin_under_an_answer_opens_what_can_be_deleted_and_goes_back_to_the_answer(bot):
    update = photo()
    number = update["message"]["message_id"]
    (answer,) = bot(update)

    _, asked = bot(updates.button(f"v1:bin:{number}:answer"))
    _, back = bot(updates.button(data(asked)[-1]))

    assert asked.method == "editMessageText"
    assert labels(asked) == [["Delete this entry"], ["Delete the selfie from this chat"], ["← Back"]]
    assert data(asked) == [f"v1:undo:{number}", f"v1:selfie:{number}", f"v1:show:{number}"]
    assert back.params["text"] == answer.params["text"]
    assert back.params["reply_markup"] == answer.params["reply_markup"]


def test_bin_under_a_question_goes_back_to_it_without_telling_the_answer(bot):
    update = photo(asks_first=True)
    number = update["message"]["message_id"]
    (question,) = bot(update)

    _, asked = bot(updates.button(f"v1:bin:{number}:question"))
    _, back = bot(updates.button(data(asked)[-1]))

    assert "negative" not in asked.params["text"]
    assert back.params["text"] == question.params["text"]
    assert back.params["reply_markup"] == question.params["reply_markup"]
    assert bot.says(updates.text("/undo")) == "Delete your last entry of 18 Nov, 11:06?", "the answer is still hidden"


def test_deleted_entry_says_so_in_the_place_of_its_answer_and_its_given_photo_goes(bot):
    bot.store(SetDonating(user_id=7, donating=True))
    number = checked_in(bot)
    assert len(bot.photos.kept) == 1

    _, call = bot(updates.button(f"v1:undo:{number}"))

    assert (call.method, call.params["message_id"]) == ("editMessageText", 555)
    assert call.params["text"] == "The entry is deleted. /history shows what is left."
    assert (check_ins(bot), bot.photos.kept) == (0, {})


@pytest.mark.parametrize("age_h", [0, 24, 45.9])
def test_selfie_is_deleted_from_the_chat_and_the_entry_stays(bot, age_h):
    number = checked_in(bot)
    bot.later(age_h * HOUR_S)

    notice, call = bot(button_under(updates.DATE, f"v1:selfie:{number}"))

    assert notice.params["text"] == "I am deleting the selfie from this chat. The entry stays."
    assert (call.method, call.params) == ("deleteMessage", {"chat_id": 7, "message_id": number})
    assert check_ins(bot) == 1


@pytest.mark.parametrize("age_h", [46.1, 48, 24 * 365])
def test_selfie_that_is_too_old_stays_and_the_notice_says_why(bot, age_h):
    number = checked_in(bot)
    bot.later(age_h * HOUR_S)

    (call,) = bot(button_under(updates.DATE, f"v1:selfie:{number}"))

    assert call.params["text"].startswith("Telegram lets bots delete messages of the last two days only.")


def test_message_that_telegram_does_not_show_any_more_is_too_old(bot):
    (call,) = bot(button_under(0, "v1:selfie:1"))

    assert call.params["text"].startswith("Telegram lets bots delete messages")


def test_somebody_elses_number_deletes_in_ones_own_chat_only(bot):
    number = checked_in(bot)
    bot(updates.button("v1:agree:2:en", 8))

    _, call = bot(updates.button(f"v1:selfie:{number}", 8))
    (forged,) = bot(updates.button(f"v1:selfie:{number}", 8, chat_id=7))

    assert call.params["chat_id"] == 8
    assert forged.params["text"] == STALE


def test_replayed_deletion_of_an_entry_deletes_no_other(bot):
    number = checked_in(bot)
    update = updates.button(f"v1:undo:{number}")
    bot(update)
    checked_in(bot)

    bot(update)

    assert check_ins(bot) == 1
