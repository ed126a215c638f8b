"""/privacy, /developer_info, /export, /delete and /stop: everybody's own, and nobody else's."""

from html import unescape

import pytest

from burnout.errors import PhotoStorageError, TransientError
from burnout.report_requests import ReportRequest
from burnout.store.privacy import TABLES
from functions.store.database import shard_path
from functions.store.erasure import is_settled
from tests import updates
from tests.unit.webhook.conftest import STALE, check_ins, checked_in, data, labels, rows

RECEIPT = "Everything is deleted."


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
    bot.baseline_shown_percent = 10
    compared = unescape(bot.says(updates.text("/privacy")))
    assert ["decides whose answers you read" in text for text in (told, compared)] == [False, True]


def test_what_the_bot_can_see_is_one_tap_from_privacy(stranger):
    (sees,) = data(stranger(updates.text("/privacy"))[0])

    assert "My silence means nothing" in str(stranger(updates.button(sees)))


def test_place_is_the_region_when_the_data_lie_at_aws(stranger):
    stranger.data_place = "eu-west-1"

    for command in ("/privacy", "/start"):
        assert "at Amazon (AWS), eu-west-1" in stranger.says(updates.text(command))
        assert "в Amazon (AWS), eu-west-1" in stranger.says(updates.text(command, language="ru"))


def test_developer_info_says_who_runs_the_bot(stranger):
    stranger.operator_contact = "@anna"

    assert "@anna" in stranger.says(updates.text("/developer_info"))
    assert "@anna" in stranger.says(updates.text("/developer_info", language="ru"))


def test_export_is_ordered_and_said_to_be_coming_also_after_a_failure(bot):
    bot.reports.failures.append(ZeroDivisionError())
    update = updates.text("/export")
    with pytest.raises(TransientError):
        bot(update)

    said, action = bot(update)

    assert said.params["text"].startswith("I am putting together everything that I keep about you.")
    assert (action.method, action.params) == ("sendChatAction", {"chat_id": 7, "action": "upload_document"})
    assert bot.reports.requests == [ReportRequest(user_id=7, update_id=update["update_id"], show="export")]


@pytest.mark.parametrize("command", ["delete", "stop"])
def test_deletion_reaches_a_database_that_was_set_aside_and_still_has_who_is_unknown_now(stranger, command):
    shard = shard_path(stranger.store.root, 7)
    aside = shard.with_name(f"{shard.name}.damaged-20260302T120000Z")
    aside.parent.mkdir(exist_ok=True)
    aside.touch()

    stranger.says(updates.text(f"/{command}"))

    assert is_settled(aside, 7)


@pytest.mark.parametrize("command", ["delete", "stop"])
def test_everything_is_deleted_after_one_confirmation(bot, command):
    bot(updates.button("v1:donate:on"))
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
