"""A writer was killed in the middle of a commit: what it had begun is undone before anybody reads it."""

from types import SimpleNamespace

import pytest

from functions.store.database import transaction
from functions.store.errors import BusyError
from functions.store.files import journal_is_hot, journal_of, locked_journal
from functions.store.operations import run
from tests.integration.store.conftest import USER, read, spying, updates, write
from tests.integration.store.processes import die_in_a_commit
from tests.unit.store.samples import NOON, record, says

KEPT = "SELECT count(*), count(DISTINCT outcome), min(outcome) FROM seen_updates"
WHOLE = [(61, 1, "answered")]


@pytest.fixture
def wounded(root, shard):
    """A shard of 61 answered updates; a killed writer had made some of them refused, in the file, not committed."""
    text = "long enough for many pages " * 30
    many = [record(number, answer=says(text)) for number in range(200, 260)]
    transaction(root, USER, lambda connection: [run(connection, one, NOON) for one in many])
    die_in_a_commit(shard)
    return shard


@pytest.fixture
def hiding(wounded, clock):
    """How a stale NFS cache looks to SQLite: at its first BEGIN the journal "does not exist", right after it does."""
    journal, hidden = journal_of(wounded), wounded.with_name("hidden")
    begun: list[str] = []

    def tell(sql, execute):
        if sql != "BEGIN IMMEDIATE":
            return execute()
        begun.append(sql)
        if len(begun) > 1:
            return execute()
        journal.rename(hidden)
        try:
            return execute()
        finally:
            hidden.rename(journal)

    return SimpleNamespace(access=clock.access(connect=spying(tell)), begun=begun)


def test_a_hot_journal_is_rolled_back_by_the_next_transaction(root, wounded):
    assert read(root, KEPT) == WHOLE

    assert read(root, "PRAGMA integrity_check") == [("ok",)]


def test_a_hot_journal_that_sqlite_missed_is_seen_by_the_guard_and_rolled_back(root, hiding):
    assert read(root, KEPT, hiding.access) == WHOLE

    assert len(hiding.begun) == 2
    assert read(root, "PRAGMA integrity_check") == [("ok",)]


def test_a_write_over_a_missed_hot_journal_keeps_both_the_old_rows_and_the_new_one(root, hiding):
    write(root, record(300), hiding.access)

    assert read(root, KEPT) == [(62, 1, "answered")]
    assert read(root, "PRAGMA integrity_check") == [("ok",)]


def test_without_the_guard_a_missed_hot_journal_would_show_what_was_never_committed(wounded, hiding):
    """The control: in this set-up only the guard can notice."""
    connection = hiding.access.connect(wounded)
    connection.execute("BEGIN IMMEDIATE")

    seen = connection.execute(KEPT).fetchall()
    connection.close()

    assert seen != WHOLE


@pytest.mark.parametrize(
    ("journal", "hot"),
    [
        (None, False),
        (b"", False),
        (bytes(8) + b"\x00\x00\x00\x05" + b"\xff" * 500, False),
        (b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504), True),
    ],
    ids=["none", "empty", "never synced: zero magic, non-zero fields", "synced"],
)
def test_the_guard_reads_one_byte(shard, journal, hot):
    journal_of(shard).unlink()
    if journal is not None:
        journal_of(shard).write_bytes(journal)

    with locked_journal(shard) as locked:
        assert journal_is_hot(locked) is hot


def test_a_journal_that_stays_hot_is_busy_when_the_budget_is_spent(root, shard, clock):
    """SQLite itself finds and clears such a journal; if it ever does not, nothing is written."""

    def tell(sql, execute):
        result = execute()
        if sql == "BEGIN IMMEDIATE":
            journal_of(shard).write_bytes(b"\xd9")
        return result

    with pytest.raises(BusyError, match=r"^79\.sqlite: a hot journal for 1\.2 s$"):
        write(root, record(102), clock.access(connect=spying(tell)))

    assert updates(root) == [101]


def test_a_leftover_that_was_never_synced_is_ignored(root, shard):
    journal_of(shard).write_bytes(bytes(8) + b"\x00\x00\x00\x05" + b"\xff" * 500)

    write(root, record(102))

    assert updates(root) == [101, 102]


def test_a_first_transaction_that_died_before_its_file_had_a_page_leaves_no_trace(root, shard):
    journal = journal_of(shard)
    shard.write_bytes(b"")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))

    write(root, record(102))

    assert updates(root) == [102]
