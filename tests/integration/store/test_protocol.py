"""The order of steps and the files: what one transaction does to a shard on a real disk."""

import errno
import sqlite3

import pytest

from functions.store.database import Access, BusyError, UnsafeDatabaseError, open_database, shard_path, transaction
from functions.store.schema import shipped_schema, statements
from tests.integration.store.conftest import (
    USER,
    open_files,
    read,
    spying,
    sqlite_error,
    updates,
    with_small_pages,
    write,
)
from tests.unit.store.samples import record

KNOWN = len(shipped_schema())  # the schema, and migrations if there are any
STEPS = [
    "PRAGMA page_size = 16384",  # of a file that is made now
    "BEGIN IMMEDIATE",
    "PRAGMA user_version",
    "PRAGMA application_id",  # not of a file that is made now: it has none yet
    "PRAGMA journal_mode",
    "PRAGMA journal_mode = PERSIST",
    "PRAGMA synchronous",
    "PRAGMA mmap_size = 0",
    "PRAGMA secure_delete = ON",
]


@pytest.mark.parametrize(
    ("user_id", "name"), [(1, "6b.sqlite"), (7, "79.sqlite"), (2**53 - 1, "f4.sqlite"), (11, "4f.sqlite")]
)
def test_a_person_s_shard_never_moves(tmp_path, user_id, name):
    """People's data lies under these names: with another hash it would not be found."""
    assert shard_path(tmp_path, user_id) == tmp_path / name


def test_there_are_256_shards_and_all_are_used(tmp_path):
    assert len({shard_path(tmp_path, user_id) for user_id in range(1, 5000)}) == 256


def test_a_connection_never_waits_and_never_begins_by_itself(tmp_path):
    connection = open_database(tmp_path / "a.sqlite")

    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES (1)")

    assert not connection.in_transaction
    assert connection.execute("PRAGMA busy_timeout").fetchall() == [(0,)]
    connection.close()


def test_a_connection_reads_no_page_before_it_has_the_lock(root, shard):
    """A read would need a lock of its own, and another process holds them all."""
    with sqlite3.connect(shard, isolation_level=None) as alone:
        alone.execute("BEGIN EXCLUSIVE")

        connection = open_database(shard)

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            connection.execute("PRAGMA user_version")
        connection.close()
    alone.close()


def statements_of(root, clock):
    """What SQLite is told within a transaction, in order, with the work among it."""
    told = []

    def tell(sql, execute):
        told.append(sql)
        return execute()

    transaction(root, USER, lambda _: told.append("the work"), clock.access(connect=spying(tell)))
    return told


def test_every_page_is_read_under_the_lock_and_the_last_thing_written_is_the_commit(root, clock):
    told = statements_of(root, clock)

    assert told == [*STEPS, "the work", "COMMIT"]


def test_the_first_transaction_of_a_file_makes_the_schema_and_the_second_does_the_work(tmp_path, clock):
    told = statements_of(tmp_path, clock)

    first, second = told[: told.index("COMMIT") + 1], told[told.index("COMMIT") + 1 :]
    of_no_version = [step for step in STEPS if "application_id" not in step]
    assert first[: len(of_no_version)] == of_no_version
    assert first[len(of_no_version) : -3] == [text for script in shipped_schema() for text in statements(script)]
    assert first[-3:] == ["PRAGMA user_version", f"PRAGMA user_version = {KNOWN}", "COMMIT"]
    assert second == [*STEPS, "the work", "COMMIT"]
    assert clock.slept_s == []


def test_the_folder_is_made_for_its_owner_only(tmp_path):
    write(tmp_path / "databases", record(101))

    assert (tmp_path / "databases").stat().st_mode & 0o777 == 0o700
    assert updates(tmp_path / "databases") == [101]


def test_a_missing_mount_is_never_papered_over_with_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "mount" / "databases", record(101))


def test_a_folder_that_is_no_folder_is_busy_until_the_budget_is_spent(tmp_path, clock):
    (tmp_path / shard_path(tmp_path, USER).name).mkdir()

    with pytest.raises(BusyError, match="cannot open"):
        write(tmp_path, record(101), clock.access())


def test_the_journal_stays_with_a_zeroed_header_so_that_a_commit_unlinks_nothing(root, shard):
    journal = shard.with_name(f"{shard.name}-journal")
    before = journal.stat().st_ino

    write(root, record(102))

    assert open_files(root) == []
    assert journal.stat().st_ino == before
    assert journal.read_bytes()[:8] == bytes(8)


def test_a_read_changes_no_byte(root, shard):
    before = [(file.name, file.read_bytes(), file.stat().st_mtime_ns) for file in sorted(root.iterdir())]

    assert updates(root) == [101]

    assert [(file.name, file.read_bytes(), file.stat().st_mtime_ns) for file in sorted(root.iterdir())] == before


def test_work_that_fails_comes_through_is_undone_and_frees_the_lock(root):
    def work(connection):
        connection.execute("DELETE FROM seen_updates")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transaction(root, USER, work)

    assert open_files(root) == []
    assert updates(root) == [101]


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error(sqlite3.SQLITE_BUSY),
        sqlite_error(sqlite3.SQLITE_IOERR_FSYNC),
        sqlite_error(sqlite3.SQLITE_IOERR_READ),
        sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED),
        sqlite_error(sqlite3.SQLITE_CANTOPEN),
        sqlite_error(sqlite3.SQLITE_CORRUPT, sqlite3.DatabaseError),
        OSError(errno.ESTALE, "any text"),
        OSError(errno.EIO, "any text"),
    ],
    ids=lambda error: str(
        getattr(error, "sqlite_errorname", None) or getattr(error, "sqlite_errorcode", error.args[0])
    ),
)
@pytest.mark.parametrize("when", ["BEGIN IMMEDIATE", "INSERT INTO seen_updates", "COMMIT", "after COMMIT"])
def test_a_failure_before_the_acknowledgement_starts_again_with_one_effect(root, clock, error, when):
    failures = [error]

    def tell(sql, execute):
        if sql.startswith(when) and failures:
            raise failures.pop()
        result = execute()
        if f"after {sql}" == when and failures:
            raise failures.pop()
        return result

    recorded = write(root, record(102), clock.access(connect=spying(tell)))

    assert failures == []
    assert recorded.first is (when != "after COMMIT")
    assert recorded.answer == record(102).answer
    assert updates(root) == [101, 102]


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error(sqlite3.SQLITE_ERROR),
        sqlite_error(sqlite3.SQLITE_READONLY),
        sqlite3.ProgrammingError("no code at all"),
        OSError(errno.EACCES, "any text"),
    ],
    ids=repr,
)
def test_what_another_attempt_cannot_mend_comes_through_at_once(root, clock, error):
    def work(_):
        raise error

    with pytest.raises(type(error)) as raised:
        transaction(root, USER, work, clock.access())

    assert raised.value is error
    assert clock.slept_s == []


def test_a_disk_that_keeps_failing_is_busy_when_the_budget_is_spent(root, clock):
    def work(_):
        raise sqlite_error(sqlite3.SQLITE_IOERR)

    with pytest.raises(BusyError, match=r"^79\.sqlite: input or output failed for 1\.2 s$"):
        transaction(root, USER, work, clock.access())


def test_a_database_in_wal_mode_is_refused_and_left_as_it_is(root, shard):
    with sqlite3.connect(shard) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    before = shard.read_bytes()

    with pytest.raises(UnsafeDatabaseError, match="wal"):
        write(root, record(102))

    assert shard.read_bytes() == before
    assert open_files(root) == []


@pytest.mark.parametrize(("pragma", "found"), [("synchronous = NORMAL", 1), ("synchronous = OFF", 0)])
def test_a_sqlite_that_does_not_sync_is_refused(root, clock, pragma, found):
    def connect(path):
        connection = open_database(path)
        connection.execute(f"PRAGMA {pragma}")
        return connection

    with pytest.raises(UnsafeDatabaseError, match=f"PRAGMA synchronous answers {found}"):
        write(root, record(102), clock.access(connect=connect))


def test_a_shard_with_other_pages_is_used_as_it_is(tmp_path):
    write(tmp_path, record(101), Access(connect=with_small_pages))

    write(tmp_path, record(102))

    assert updates(tmp_path) == [101, 102]
    assert read(tmp_path, "PRAGMA page_size") == [(4096,)]
    assert read(tmp_path, "PRAGMA integrity_check") == [("ok",)]
