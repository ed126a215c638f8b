"""/privacy, /developer_info, /export, /delete and /stop, and 🗑 under an answer: everybody's own, and nobody else's."""

from html import unescape

import pytest

from burnout.errors import OvertakenError, PhotoStorageError, TransientError
from burnout.report_requests import ReportRequest
from burnout.store.check_ins import ReadHistory
from burnout.store.people import Consent
from burnout.store.privacy import TABLES, ReadRows, SetDonating
from functions.store.database import transaction
from tests import updates
from tests.unit.webhook.conftest import data, labels, photo

RECEIPT = "Everything is deleted."
NOTHING = "I keep nothing about you, so there is nothing here to hand out or delete."
STALE = "This button is too old. Send /help."
HOUR_S = 3600


@pytest.fixture
def earlier(stranger):
    """A bot whose person 7 agreed to the notice before this one, and has a check-in from then."""
    stranger(updates.button("v1:agree:2:en"))
    stranger(photo())
    stranger.photos.kept.clear()
    assert stranger.store(ReadHistory(user_id=7)).days
    transaction(
        stranger.store.root,
        7,
        lambda connection: connection.execute("UPDATE people SET consent_version = 1"),
    )
    return stranger


def rows(bot, user_id=7):
    """How many rows each table has of a person."""
    return {table: len(bot.store(ReadRows(user_id=user_id, table=table)).rows) for table in TABLES}


def check_ins(bot, user_id=7):
    return sum(day.check_ins for day in bot.store(ReadHistory(user_id=user_id)).days)


def checked_in(bot, *numbers, **content):
    update = photo(*numbers, **content)
    bot(update)
    return update["message"]["message_id"]


def button_under(date, data, user_id=7):
    """A press of a button under a message of this date."""
    update = updates.button(data, user_id)
    update["callback_query"]["message"]["date"] = date
    return update


# ---------------------------------------------------------------- telling


def test_privacy_says_what_where_how_long_who_and_which_right_is_which_command(bot):
    bot.operator_contact = "Anna <anna@example.org> & Co"

    told = unescape(bot.says(updates.text("/privacy")))

    for fact in (
        "Anna <anna@example.org> & Co", "on the operator’s own machine", "entries for 400 days", "180 days after",
        "30 days after you block", "after 1 day", "Never for employers, schools or universities", "computer program",
        "not a medical service", "/export", "/delete", "/stop", "/undo", "/settings", "data protection authority",
    ):  # fmt: skip
        assert fact in told
    assert bot.outcome == "privacy"


def test_place_is_the_region_when_the_data_lie_at_aws(stranger):
    stranger.data_place = "eu-west-1"

    for command in ("/privacy", "/start"):
        assert "at Amazon Web Services, region eu-west-1" in stranger.says(updates.text(command))
        assert "в Amazon Web Services, регион eu-west-1" in stranger.says(updates.text(command, language="ru"))


def test_developer_info_says_who_runs_the_bot(stranger):
    stranger.operator_contact = "@anna"

    assert "@anna" in stranger.says(updates.text("/developer_info"))
    assert "@anna" in stranger.says(updates.text("/developer_info", language="ru"))


# ---------------------------------------------------------------- handing out


def test_export_is_ordered_and_said_to_be_coming(bot):
    update = updates.text("/export")

    said, action = bot(update)

    assert said.params["text"].startswith("I am putting together everything that I keep about you.")
    assert (action.method, action.params) == ("sendChatAction", {"chat_id": 7, "action": "upload_document"})
    assert bot.reports.requests == [ReportRequest(user_id=7, update_id=update["update_id"], show="export")]


@pytest.mark.parametrize("command", ["/export", "/undo", "/delete", "/stop"])
def test_somebody_unknown_is_told_that_there_is_nothing(stranger, command):
    assert stranger.says(updates.text(command)) == NOTHING
    assert stranger.reports.requests == []


# ---------------------------------------------------------------- deleting everything


@pytest.mark.parametrize("command", ["delete", "stop"])
def test_everything_is_deleted_after_one_confirmation(bot, command):
    bot.store(SetDonating(user_id=7, donating=True))
    number = checked_in(bot)
    bot(updates.button(f"v1:rate:{number}:2"))
    bot(updates.button(f"v1:down:{number}"))
    assert [key.split("/")[0] for key in bot.photos.kept] == ["donated"]

    (asked,) = bot(updates.text(f"/{command}"))
    assert (bot.outcome, check_ins(bot)) == (command, 1)
    spinner, receipt = bot(updates.button("v1:erase"))

    assert labels(asked) == [["🗑 Delete everything"], ["Keep everything"]]
    assert data(asked) == ["v1:erase", "v1:stay"]
    assert asked.params["reply_markup"]["inline_keyboard"][0][0]["style"] == "danger"
    assert RECEIPT in receipt.params["text"]
    assert (spinner.method, receipt.method, bot.outcome) == ("answerCallbackQuery", "editMessageText", "erased")
    assert rows(bot) == dict.fromkeys(TABLES, 0)
    assert [key for key in bot.photos.kept if not key.startswith("erasures/")] == []


def test_second_press_and_one_after_the_erasure_give_the_same_receipt(bot):
    update = updates.button("v1:erase")

    assert bot(update) == bot(update) == bot(updates.button("v1:erase"))
    assert rows(bot) == dict.fromkeys(TABLES, 0)


def test_everything_can_be_kept(bot):
    checked_in(bot)

    _, call = bot(updates.button("v1:stay"))

    assert call.params["text"] == "All right, everything stays as it is."
    assert check_ins(bot) == 1


def test_erasure_that_s3_refuses_comes_back_and_is_finished_then(bot):
    checked_in(bot)
    bot.photos.failures.append(PhotoStorageError("put"))
    update = updates.button("v1:erase")

    with pytest.raises(TransientError):
        bot(update)
    assert check_ins(bot) == 1

    assert RECEIPT in bot(update)[1].params["text"]
    assert rows(bot) == dict.fromkeys(TABLES, 0)


def test_nobody_can_erase_somebody_else(bot):
    checked_in(bot)

    bot(updates.button("v1:erase", 8))
    forged = updates.button("v1:erase", 8, chat_id=7)
    (call,) = bot(forged)

    assert (call.params["text"], bot.outcome) == (STALE, "forged_button")
    assert check_ins(bot) == 1


def test_after_an_erasure_consent_is_asked_for_like_the_first_time(bot):
    bot(updates.button("v1:erase"))

    said = bot.says(photo())

    assert said.startswith("Before I look at photos I need your agreement.")
    assert bot.files.downloaded == []


def test_photo_whose_person_is_erased_while_it_is_read_leaves_nothing_and_finds_no_consent_when_it_returns(bot):
    update = photo()
    bot.infer.before = lambda: bot(updates.button("v1:erase"))

    with pytest.raises(OvertakenError):
        bot(update)
    bot.infer.before = lambda: None

    assert [key for key in bot.photos.kept if not key.startswith("erasures/")] == []
    assert rows(bot) == dict.fromkeys(TABLES, 0)
    assert bot.says(update).startswith("Before I look at photos I need your agreement.")


def test_photo_that_fails_for_good_while_its_person_is_erased_gets_its_apology_and_is_not_kept(bot):
    def erased_then_broken():
        bot.infer.before = lambda: None
        bot(updates.button("v1:erase"))
        raise ZeroDivisionError

    bot.infer.before = erased_then_broken

    assert "it is my fault" in bot.says(photo())
    assert rows(bot) == dict.fromkeys(TABLES, 0)
    assert [key for key in bot.photos.kept if not key.startswith("erasures/")] == []


def test_failure_of_somebody_unknown_is_an_apology_at_once_and_nothing_is_kept(stranger):
    stranger.store.failures.append(ZeroDivisionError())
    update = updates.text("/start")

    assert stranger.says(update) == "Sorry, that did not work, and it is my fault, not yours. Please try again later."
    assert (stranger.outcome, rows(stranger)) == ("dead_letter", dict.fromkeys(TABLES, 0))
    assert "May I analyse" in stranger.says(update)


# ---------------------------------------------------------------- an older agreement


def test_older_agreement_is_asked_for_again_before_the_next_photo_and_says_why(earlier):
    (call,) = earlier(photo())

    assert call.params["text"].startswith("The notice has changed since you agreed. Please read it again")
    assert data(call)[0] == "v1:agree:2:en"
    assert (len(earlier.files.downloaded), earlier.outcome) == (1, "no_consent")


@pytest.mark.parametrize("command", ["/history", "/report", "/settings", "/timezone Berlin", "/start"])
def test_older_agreement_is_asked_for_again_before_anything_new_is_done(earlier, command):
    assert earlier.says(updates.text(command)).startswith("The notice has changed since you agreed.")
    assert earlier.reports.requests == []


@pytest.mark.parametrize(
    "button", ["v1:hist:7", "v1:report", "v1:set", "v1:rate:1:1", "v1:give:on", "v1:week:2026-W47:3"]
)
def test_button_after_an_older_agreement_asks_again_below_its_message(earlier, button):
    _, call = earlier(updates.button(button))

    assert call.method == "sendMessage"
    assert call.params["text"].startswith("The notice has changed since you agreed.")
    assert (earlier.outcome, earlier.reports.requests) == ("no_consent", [])


def test_older_agreement_suffices_for_every_right(earlier):
    assert "Delete everything?" in earlier.says(updates.text("/delete"))
    assert "Withdraw your agreement?" in earlier.says(updates.text("/stop"))
    assert "Never for employers" in earlier.says(updates.text("/privacy"))
    assert "Delete your last entry" in earlier.says(updates.text("/undo"))
    assert len(earlier(updates.text("/export"))) == 2
    assert RECEIPT in earlier(updates.button("v1:erase"))[1].params["text"]
    assert rows(earlier) == dict.fromkeys(TABLES, 0)


def test_no_to_a_newer_notice_says_that_the_entries_stay(earlier):
    _, call = earlier(updates.button("v1:decline:en"))

    assert call.params["text"].startswith("All right. I look at no new photos.")
    assert check_ins(earlier) == 1


def test_yes_to_the_newer_notice_goes_on(earlier):
    earlier(updates.button("v1:agree:2:en"))

    assert "mostly negative" in earlier.says(photo())


def test_agreement_in_the_database_of_an_older_version_counts_as_older(stranger):
    stranger.store(Consent(user_id=7, chat_id=7, version=1, language="ru"))

    assert stranger.says(photo()).startswith("С тех пор как вы согласились, условия изменились.")
    stranger(updates.button("v1:agree:2:ru"))
    assert "На фото преобладает" in stranger.says(photo())


# ---------------------------------------------------------------- deleting one thing


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


@pytest.mark.parametrize("button", ["v1:bin:1:answer", "v1:back:1", "v1:selfie:1", "v1:undo:1"])
def test_stranger_has_nothing_to_delete(stranger, button):
    (call,) = stranger(updates.button(button))

    assert call.params["text"] == STALE


def test_replayed_deletion_of_an_entry_deletes_no_other(bot):
    number = checked_in(bot)
    update = updates.button(f"v1:undo:{number}")
    bot(update)
    checked_in(bot)

    bot(update)

    assert check_ins(bot) == 1


def test_failing_export_is_asked_for_again(bot):
    bot.reports.failures.append(ZeroDivisionError())
    update = updates.text("/export")

    with pytest.raises(TransientError):
        bot(update)

    assert len(bot(update)) == 2
