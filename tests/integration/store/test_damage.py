"""A malformed shard: tried three times, then set aside whole, and never while a process may still use it."""

import shutil
import sqlite3
import sys
from contextlib import closing

import pytest

from functions.store.database import open_database
from functions.store.errors import BusyError, DamagedError
from functions.store.files import journal_of, set_aside
from tests.integration.store.conftest import open_files, spying, sqlite_error, updates, write
from tests.integration.store.processes import HOLD_DAMAGED, HOLD_JOURNAL, holding
from tests.unit.store.samples import record

PAGE = 4096


@pytest.fixture
def garbage(shard):
    """A shard whose header is overwritten."""
    shard.write_bytes(b"\x11" * 3 * PAGE)
    return shard


def moved(root):
    return sorted(file.name for file in root.iterdir() if "damaged" in file.name)


@pytest.mark.parametrize("first_byte", [0, PAGE], ids=["header", "behind the header"])
def test_a_malformed_shard_is_set_aside_whole_at_the_third_try_and_there_is_a_new_one(root, shard, clock, first_byte):
    content = bytearray(shard.read_bytes())
    content[first_byte:] = b"\x11" * (len(content) - first_byte)
    shard.write_bytes(content)
    journal = journal_of(shard).read_bytes()

    with pytest.raises(DamagedError) as raised:
        write(root, record(102), clock.access())

    name = raised.value.set_aside_as
    assert len(clock.slept_s) == 2
    assert raised.value.shard == "79.sqlite"
    assert moved(root) == [name, f"{name}-journal"]
    assert name
    assert name.startswith("79.sqlite.damaged-2")
    assert (root / name).read_bytes() == bytes(content)
    assert (root / f"{name}-journal").read_bytes() == journal
    assert open_files(root) == []
    assert write(root, record(102)).first
    assert updates(root) == [102]


def test_a_set_aside_shard_without_a_journal_gets_an_empty_one(root, garbage, clock):
    journal_of(garbage).unlink()

    with pytest.raises(DamagedError) as raised:
        write(root, record(102), clock.access())

    assert moved(root) == [name := raised.value.set_aside_as, f"{name}-journal"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_shard_that_looked_malformed_once_or_twice_is_used(root, clock, times):
    """A stale page in a cache looks the same and is gone with a new connection."""
    failures = [sqlite_error(sqlite3.SQLITE_CORRUPT, sqlite3.DatabaseError)] * times

    def tell(sql, execute):
        if sql == "PRAGMA user_version" and failures:
            raise failures.pop()
        return execute()

    write(root, record(102), clock.access(connect=spying(tell)))

    assert updates(root) == [101, 102]
    assert moved(root) == []


def test_a_malformed_shard_stays_while_another_process_holds_a_lock_on_it(root, garbage, clock):
    with holding(garbage, HOLD_DAMAGED):
        with pytest.raises(BusyError, match="locked"):
            write(root, record(102), clock.access())

        assert set_aside(garbage, garbage.stat().st_ino) is None
        assert moved(root) == []

    with pytest.raises(DamagedError) as raised:
        write(root, record(102), clock.access())
    assert moved(root)[0] == raised.value.set_aside_as


def test_a_malformed_shard_stays_while_another_process_has_its_journal_locked(root, garbage):
    with holding(garbage, HOLD_JOURNAL):
        assert set_aside(garbage, garbage.stat().st_ino) is None

    assert moved(root) == []


def test_a_shard_that_replaced_the_malformed_one_is_not_set_aside(root, shard):
    malformed = shard.stat().st_ino
    shard.rename(root / "aside by a faster process")
    write(root, record(102))

    assert set_aside(shard, malformed) is None

    assert updates(root) == [102]


def test_a_shard_that_owes_a_recovery_is_not_set_aside(root, garbage):
    journal_of(garbage).write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))

    assert set_aside(garbage, garbage.stat().st_ino) is None

    assert moved(root) == []


def test_a_shard_that_is_gone_is_not_set_aside(root, shard, capfd):
    inode = shard.stat().st_ino
    shard.unlink()

    assert set_aside(shard, inode) is None

    assert "FileNotFoundError" in capfd.readouterr().err


def test_a_shard_that_vanishes_between_the_tries_is_begun_anew(root, garbage, clock):
    clock.then[1] = garbage.unlink

    assert write(root, record(102), clock.access()).first

    assert moved(root) == []


def test_another_process_s_setting_aside_between_two_tries_does_not_count_against_the_new_file(root, garbage, clock):
    names: list[str | None] = []
    clock.then[1] = lambda: names.append(set_aside(garbage, garbage.stat().st_ino))

    assert write(root, record(102), clock.access()).first

    assert updates(root) == [102]
    assert moved(root)[0] == names[0]


def test_a_shard_that_replaced_the_malformed_one_just_after_the_third_try_stays(root, garbage, clock):
    failed: list[Exception] = []

    def tell(sql, execute):
        try:
            return execute()
        except sqlite3.DatabaseError as error:
            failed.append(error)
            if len(failed) == 3:
                garbage.rename(root / "aside by a faster process")
                write(root, record(102))
            raise

    with pytest.raises(DamagedError) as raised:
        write(root, record(103), clock.access(connect=spying(tell)))

    assert raised.value.set_aside_as is None
    assert updates(root) == [102]


def test_who_opened_the_file_before_it_was_set_aside_writes_into_the_new_one(root, shard, clock):
    """Between opening and locking no process holds a lock, so the file can move then."""
    old: list[str | None] = []

    def connect(path):
        connection = open_database(path)
        if not old:
            old.append(set_aside(path, path.stat().st_ino))
        return connection

    assert write(root, record(102), clock.access(connect=connect)).first

    assert old[0] is not None
    assert updates(root) == [102]
    with closing(sqlite3.connect(root / old[0])) as aside:
        assert aside.execute("SELECT update_id FROM seen_updates").fetchall() == [(101,)]


def test_a_budget_that_ends_before_the_third_try_is_busy(root, garbage, clock):
    with pytest.raises(BusyError, match="malformed"):
        write(root, record(102), clock.access(budget_s=0.004))

    assert moved(root) == []


def test_a_helper_process_that_fails_leaves_the_shard_in_place(root, garbage, clock, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))

    with pytest.raises(DamagedError, match=r"^79\.sqlite is malformed, left in place$"):
        write(root, record(102), clock.access())
