"""/undo: the newest check-in goes after one more press, and never another one."""

import pytest

from burnout.store.check_ins import ReadHistory
from tests import updates
from tests.unit.webhook.conftest import data, labels, photo


@pytest.fixture
def number(bot):
    """The number of a check-in that person 7 just made."""
    return checked_in(bot)


def checked_in(bot, **content):
    update = photo(**content)
    bot(update)
    return update["message"]["message_id"]


def check_ins(bot, user_id=7):
    return sum(day.check_ins for day in bot.store(ReadHistory(user_id=user_id)).days)


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


def test_other_persons_entry_stays(bot, number):
    bot(updates.button("v1:agree:2:en", 8))

    bot(updates.button(f"v1:undo:{number}", 8))

    assert check_ins(bot) == 1


def test_without_entries_there_is_nothing_to_delete(bot):
    assert bot.says(updates.text("/undo")) == "There is no entry to delete."


def test_stranger_can_delete_nothing(stranger):
    (call,) = stranger(updates.button("v1:undo:1"))

    assert call.params["text"] == "This button is too old. Send /help."
