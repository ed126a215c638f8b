"""Where a page is empty, by SQLite's file format: what the scrub zeroes."""

import sqlite3
from contextlib import closing
from itertools import islice

import pytest

from functions.store.files import unallocated
from tests.integration.store.test_erased_bytes import dump


@pytest.mark.parametrize("page_bytes", [4096, 16384])
def test_every_unallocated_byte_of_a_page_is_found_and_no_other(tmp_path, page_bytes):
    """Without secure_delete whatever was deleted stays: in free blocks, before the rows, in the first page's schema."""
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {page_bytes}")
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute('CREATE TABLE "<gone>" (a)')
        connection.execute("CREATE TABLE kept (a)")
        connection.execute('DROP TABLE "<gone>"')
        texts = [(("<kept>" if turn % 3 or turn > 800 else "<gone>") * (1 + turn % 20),) for turn in range(1000)]
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO kept VALUES (?)", texts)
        connection.execute("DELETE FROM kept WHERE a LIKE '<gone>%'")
        connection.execute("COMMIT")
        assert connection.execute("PRAGMA freelist_count").fetchall() == [(0,)]  # whole pages are secure_delete's
    before, content = dump(path), bytearray(path.read_bytes())
    assert content.count(b"<gone>") > 100

    for at in range(0, len(content), page_bytes):
        page = bytes(content[at : at + page_bytes])
        for first, end in unallocated(page, at // page_bytes):
            content[at + first : at + end] = bytes(end - first)
    path.write_bytes(content)

    assert b"<gone>" not in content
    assert dump(path) == before


def leaf(free=0, content=60, row_at=60, following=0):
    """A leaf of 100 bytes with one row of 40, and a free block of 20 behind it where `free` is 80."""
    page = bytearray(100)
    page[0] = 13
    for at, value in ((1, free), (3, 1), (5, content), (8, row_at), (80, following), (82, 20)):
        page[at : at + 2] = value.to_bytes(2, "big")
    return bytes(page)


def test_a_damaged_page_has_no_unallocated_bytes_and_no_end_of_them_is_sought_in_vain():
    """Its rows may still be rescued, and whoever scrubs has the shard's locks."""
    found = [
        leaf(free=80),
        leaf(free=80, following=80),
        leaf(free=80, following=70),
        leaf(free=99),
        leaf(content=90),
        leaf(content=5),
        leaf(content=110, row_at=110),
        leaf(row_at=30),
    ]

    assert [list(islice(unallocated(page, 1), 9)) for page in found] == [[(10, 60), (84, 100)], *[[]] * 7]
