"""Everything exported and everything deleted: complete, page by page, and of one person only."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnout.store.check_ins import Fail, GiveFeedback, Rate
from burnout.store.days import KeepMood, TellDay
from burnout.store.inventories import KeepInventory
from burnout.store.privacy import TABLES, Erase, ReadRows
from burnout.store.reports import AnswerWeek
from functions.store.rows import UnstorableError
from tests.unit.store.conftest import Shard
from tests.unit.store.samples import DAY, HOUR, NOON, agree, record
from tests.unit.store.steps import start


def fill(shard, user_id, entries=3):
    """Rows of a person in every table."""
    shard(agree(user_id=user_id))
    for number in range(1, entries + 1):
        update_id = 1000 * user_id + number
        shard(record(update_id, user_id=user_id, message_id=number))
        shard(GiveFeedback(user_id=user_id, message_id=number, agrees=True))
        shard(Rate(user_id=user_id, message_id=number, rating=3))
        shard(Fail(user_id=user_id, update_id=update_id + 500, stage="put", error_type="Timeout"))
        shard(KeepMood(user_id=user_id, observed_at_utc=NOON + number * HOUR, rating=3))
        shard(TellDay(user_id=user_id, day=f"{NOON - number * DAY:%Y-%m-%d}", fact="energy", value=2))
        shard(AnswerWeek(user_id=user_id, week=f"2026-W{number:02d}", answer=4, update_id=update_id))
        shard(KeepInventory(user_id=user_id, answers="012343"), NOON + number * 28 * DAY)
        shard(start(key=str(update_id), user_id=user_id))


def read(shard, table, most=500):
    """All rows of person 7, page after page, and how many pages that took."""
    pages = [shard(ReadRows(user_id=7, table=table, most=most))]
    while pages[-1].after is not None:
        pages.append(shard(ReadRows(user_id=7, table=table, most=most, after=pages[-1].after)))
    return pages[0].columns, [row for page in pages for row in page.rows], len(pages)


def test_the_tables_are_all_that_have_rows_of_a_person(shard):
    tables = [name for (name,) in shard.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]

    with_a_person = {t for t in tables if shard.rows(f"SELECT 1 FROM pragma_table_info('{t}') WHERE name = 'user_id'")}

    assert with_a_person == set(TABLES)
    assert set(tables) - with_a_person == {"leases", "newest_erasure"}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_and_column_comes_out_as_it_is_kept_and_nobody_else_s(shard, table):
    for user_id in (6, 7, 8):
        fill(shard, user_id)

    columns, rows, pages = read(shard, table)

    assert columns == tuple(name for _, name, *_ in shard.rows(f"PRAGMA table_info({table})"))
    assert sorted(rows) == sorted(shard.rows(f"SELECT * FROM {table} WHERE user_id = 7"))
    assert (len(rows), pages) == ((1 if table == "people" else 3), 1)
    assert json.loads(json.dumps(rows)) == [list(row) for row in rows]


@settings(deadline=None, max_examples=20, database=None)
@given(entries=st.integers(0, 7), most=st.integers(1, 4))
def test_pages_hold_every_row_once_in_the_order_of_its_key(entries, most):
    shard = Shard()
    fill(shard, 8, 2)
    fill(shard, 7, entries)

    for table in TABLES:
        _, rows, pages = read(shard, table, most)
        expected = 1 if table == "people" else entries
        assert rows == sorted(rows)
        assert (len(set(rows)), len(rows)) == (expected, expected)
        assert pages == max(1, -(-expected // most))
    shard.connection.close()


@pytest.mark.parametrize("after", ["next", "1; DROP TABLE people", "9" * 60])
def test_an_after_that_was_never_given_is_refused(shard, after):
    with pytest.raises(UnstorableError):
        shard(ReadRows(user_id=7, table="check_ins", after=after))


def test_erase_deletes_every_row_of_the_person_and_no_other(shard):
    fill(shard, 6)
    fill(shard, 8)
    before = sorted(shard.dump())
    fill(shard, 7)

    assert shard(Erase(user_id=7)) == 6  # photos and moods

    assert sorted(shard.dump()) == before
    assert shard(Erase(user_id=7)) == 0
