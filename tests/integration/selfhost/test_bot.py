"""An update and all that it asks for, in one process: what is sent once, what comes again, what waits for the disk."""

import subprocess
from datetime import timedelta

import pytest

from burnout.errors import (
    FunctionUnavailableError,
    TelegramRejectedError,
    TelegramSilentError,
    TelegramUnavailableError,
    TransientError,
)
from selfhost import RefusedError
from selfhost import bot as bot_module
from selfhost import folder as folder_module
from tests import updates
from tests.integration.selfhost.conftest import Hosted
from tests.integration.store.test_full_disk import disk, fill  # noqa: F401  (a fixture)


def test_a_photo_is_answered_and_gone(hosted):
    hosted.agree()

    status, calls = hosted.take(updates.photo())

    assert (status, [call.method for call in calls]) == (200, ["sendMessage"])
    assert hosted.reader.read_bytes == [b"bytes of size800"]
    assert hosted.objects() == []


def test_an_answer_that_telegram_did_not_take_comes_again_whole(hosted):
    hosted.agree()
    update = updates.photo()
    hosted.telegram.refusals.append(TelegramUnavailableError("sendMessage: 429", retry_after_s=7))

    later = hosted.bot.take(update)
    again = hosted.take(update)

    assert (later.status, later.retry_after_s, again[0]) == (503, 7, 200)
    assert hosted.telegram.calls[-2] == hosted.telegram.calls[-1]
    assert len(hosted.reader.read_bytes) == 1


@pytest.mark.parametrize(
    "refusal", [TelegramSilentError("sendMessage: ReadTimeout"), TelegramRejectedError("sendMessage", 403, "blocked")]
)
def test_an_answer_that_was_perhaps_sent_or_never_will_be_is_not_sent_again(hosted, refusal):
    hosted.agree()
    hosted.telegram.refusals.append(refusal)

    assert hosted.take(updates.photo())[0] == 200


def test_an_update_that_fails_comes_again(hosted):
    hosted.agree()
    working, hosted.reader.read = hosted.reader.read, lambda *_: (_ for _ in ()).throw(FunctionUnavailableError("x"))
    update = updates.photo()

    later = hosted.bot.take(update)
    hosted.reader.read = working

    assert (later.status, later.retry_after_s) == (503, 5)
    assert hosted.take(update)[0] == 200
    assert hosted.objects() == []


@pytest.mark.parametrize("odd", [{"update_id": "x"}, {"update_id": 5, "message": 7}, {}])
def test_what_is_no_update_does_not_come_again(hosted, odd):
    assert hosted.take(odd) == (200, [])


def test_a_report_is_sent_before_its_update_counts_as_answered_and_only_once(hosted):
    hosted.agree()
    update = updates.text("/export")

    first, second = hosted.take(update), hosted.take(update)

    assert [call.method for call in first[1]] == ["sendMessage", "sendChatAction", "sendDocument"]
    assert "sendDocument" not in [call.method for call in second[1]]


def test_a_report_that_fails_is_tried_three_times(hosted, monkeypatch):
    hosted.agree()
    tried = []

    def failing(request, *_):
        tried.append(request.show)
        raise TransientError("nothing was sent")

    monkeypatch.setattr(bot_module, "answer", failing)
    monkeypatch.setattr(bot_module, "AGAIN_AFTER_S", (0.0, 0.0))

    assert hosted.take(updates.text("/export"))[0] == 200
    assert tried == ["export"] * 3


def test_what_is_due_is_sent_by_the_tick_once(hosted):
    hosted.agree()
    hosted.take(updates.button("v1:zone:Europe/London"))
    hosted.take(updates.button("v1:remind:20"))
    before = len(hosted.telegram.calls)
    (hosted.folder.root / "copies" / "no note").mkdir(parents=True)  # whatever becomes of the copies

    for hours in (8, 1, 0, 1):  # from 11:06 to 19:06, 20:06 and 21:06
        hosted.now += timedelta(hours=hours)
        hosted.bot.tick(hosted.now)

    assert len(hosted.telegram.calls) == before + 1


def test_on_a_full_disk_photos_wait_and_who_wants_it_is_erased(disk):  # noqa: F811
    hosted = Hosted(disk / "data")
    hosted.agree()
    hosted.agree(user_id=162)  # on the same shard
    hosted.bot.tick(hosted.now)  # it makes the reserve
    while not (hosted.folder.store / "reserve").exists():
        hosted.now += timedelta(minutes=15)
        hosted.bot.tick(hosted.now)
    fill(disk)
    photo = updates.photo(162)

    waiting = hosted.take(photo)[0]
    erased, _ = hosted.take(updates.button("v1:erase"))
    (disk / "filling").unlink()

    assert (waiting, erased, hosted.take(photo)[0]) == (503, 200, 200)
    assert [name for name in hosted.objects() if name.startswith("erasures")]


def test_on_a_disk_that_becomes_read_only_everything_waits_and_the_next_start_says_so(disk):  # noqa: F811
    hosted = Hosted(disk / "data")
    hosted.agree()
    photo = updates.photo()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    waiting = hosted.take(photo)[0]
    with (
        pytest.raises(RefusedError, match="cannot be used: Read-only file system"),
        folder_module.opened(disk / "data"),
    ):
        pass
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)

    assert (waiting, hosted.take(photo)[0]) == (503, 200)
