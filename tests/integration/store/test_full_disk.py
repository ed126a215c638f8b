"""A full disk: what somebody takes back is taken back, everything else waits and loses nothing."""

import json
import os
import sqlite3
import subprocess
from contextlib import suppress
from itertools import count

import msgspec
import pytest

from burnout.store.check_ins import Begin, ReadHistory, Undo
from burnout.store.people import SetReachable
from burnout.store.privacy import Erase, SetDonating, Sweep
from functions.store.app import lambda_handler, wire
from functions.store.database import shard_path, transaction_on
from functions.store.erasure import is_settled, log_key, set_aside_of
from functions.store.errors import DiskFullError
from functions.store.files import RESERVE, RESERVE_BYTES, set_aside
from functions.store.operations import fulfil
from tests.fakes import FakePhotos
from tests.integration.store.conftest import USER, read, spying, sqlite_error, updates
from tests.log_lines import lines_of
from tests.unit.store.samples import HOUR, NOON, agree, record, says

NEIGHBOUR = 162  # on the same shard
DISK_BYTES = RESERVE_BYTES + 8 * 2**20


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},nr_inodes=64", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk):
    """No byte is left."""
    file = os.open(disk / "filling", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for size in (2**16, 2**12, 1):
        with suppress(OSError):
            while True:
                os.write(file, bytes(size))
    os.close(file)


class Store:
    """Two people with check-ins and donated photos on one shard; a sweep has made the reserve, and the disk is full."""

    def __init__(self, disk):
        self.disk, self.root, self.objects = disk, disk / "databases", FakePhotos()
        for user_id in (USER, NEIGHBOUR):
            self(agree(user_id=user_id))
            self(SetDonating(user_id=user_id, donating=True))
            folder = self(Begin(user_id=user_id, update_id=0)).photo_folder
            for number in range(1, 31):
                key = f"{folder}{user_id * 1000 + number}"
                self.objects.put(key, b"a face")
                self(record(user_id * 1000 + number, user_id=user_id, message_id=number, photo_folder=folder))
        self.sweep()
        assert (self.root / RESERVE).stat().st_size == RESERVE_BYTES
        fill(disk)

    def __call__(self, operation):
        return fulfil(self.root, self.objects, operation, NOON, str)

    def sweep(self):
        return self(Sweep(shard=0x79, at_utc=NOON + HOUR))

    def check_ins(self, user_id):
        return sum(day.check_ins for day in self(ReadHistory(user_id=user_id)).days)

    def is_full(self):
        try:
            self(record(99_999, user_id=NEIGHBOUR, message_id=99_999, answer=says("x" * 500_000)))
        except DiskFullError:
            return True
        return False


@pytest.fixture
def store(disk):
    return Store(disk)


def test_erasures_succeed_one_after_another_and_the_disk_stays_full_for_everything_else(store):
    assert store.is_full()

    assert store(Erase(user_id=USER)) == 30

    assert store.is_full()
    assert (store.check_ins(USER), store.check_ins(NEIGHBOUR)) == (0, 30)
    assert sum(key.startswith("erasures/") for key in store.objects.kept) == 1
    assert store(Erase(user_id=NEIGHBOUR)) == 30


def test_somebody_who_was_out_of_reach_writes_and_is_erased(store):
    (store.disk / "filling").unlink()
    store(SetReachable(user_id=USER, reachable=False))
    store.sweep()
    fill(store.disk)

    store(Begin(user_id=USER, update_id=1))

    assert store(Erase(user_id=USER)) == 30
    assert store.is_full()


def test_an_entry_is_undone_and_photos_are_taken_back(store):
    assert store(Undo(user_id=USER, message_id=3)) is not None
    store(SetDonating(user_id=USER, donating=False))

    assert store.check_ins(USER) == 29
    assert len(store.objects.kept) == 30  # the neighbour's
    assert store.is_full()


def test_an_erasure_that_was_killed_after_its_log_entry_is_finished_by_a_sweep(store):
    pseudonym = store(Begin(user_id=USER, update_id=0)).photo_folder.split("/")[1]
    store.objects.mark(log_key(pseudonym))

    assert store.sweep().people == 1

    assert (store.check_ins(USER), store.check_ins(NEIGHBOUR)) == (0, 30)
    assert len(store.objects.kept) == 31  # the neighbour's photos, the log


def test_an_erasure_that_leaves_a_note_takes_the_last_file_that_the_disk_can_have(store):
    lost = shard_path(store.root, USER)
    assert set_aside(lost, lost.stat().st_ino)
    (store.disk / "filling").unlink()
    store(agree(user_id=USER))
    with suppress(OSError):
        for number in count():
            (store.disk / f"file {number}").touch()

    assert store(Erase(user_id=USER)) == 0
    assert is_settled(*set_aside_of(lost), USER)


def test_without_the_reserve_an_erasure_waits_for_room_and_then_a_sweep_finishes_it(store):
    (store.root / RESERVE).unlink()
    fill(store.disk)

    with pytest.raises(DiskFullError):
        store(Erase(user_id=USER))
    assert store.check_ins(USER) == 30
    (store.disk / "filling").unlink()

    assert store.sweep().people == 1
    assert store.check_ins(USER) == 0
    assert (store.root / RESERVE).stat().st_size == RESERVE_BYTES


def test_a_write_without_room_is_one_clear_line_keeps_nothing_and_works_when_there_is_room(store, monkeypatch):
    monkeypatch.setenv("DATABASE_DIR", str(store.root))
    monkeypatch.setenv("PHOTOS_BUCKET", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    wire.cache_clear()
    event = json.loads(msgspec.json.encode(record(7999, message_id=7999)))
    before = updates(store.root)

    with lines_of(wire()[2]) as lines:
        refused = lambda_handler(event, None)
        assert updates(store.root) == before
        (store.disk / "filling").unlink()
        kept = lambda_handler(event, None)
    wire.cache_clear()

    assert refused["error"] == {"code": "full", "message": "79.sqlite: no room on the disk"}
    assert kept["ok"]["first"]
    assert updates(store.root) == sorted([*before, 7999])
    assert read(store.root, "PRAGMA integrity_check") == [("ok",)]
    assert [one["outcome"] for one in map(json.loads, lines().splitlines())] == ["full", "ok"]


@pytest.mark.parametrize(("erasing", "reserved"), [(True, True), (True, False), (False, True)])
def test_only_an_erasure_may_use_the_reserve(root, shard, clock, erasing, reserved):
    """Without a small disk: SQLite says that the disk is full, once."""
    (root / RESERVE).write_bytes(b"x") if reserved else None
    full = [sqlite_error(sqlite3.SQLITE_FULL)]

    def tell(sql, execute):
        if sql == "COMMIT" and full:
            raise full.pop()
        return execute()

    def work(connection):
        return connection.execute("DELETE FROM check_ins").rowcount

    access = clock.access(connect=spying(tell))
    if erasing and reserved:
        assert transaction_on(shard, work, access, erasing=True) == 1
    else:
        with pytest.raises(DiskFullError):
            transaction_on(shard, work, access, erasing=erasing)
    assert (root / RESERVE).exists() is (reserved and not erasing)
