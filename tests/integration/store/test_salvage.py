"""A real shard is damaged and set aside: what is readable comes back, and the rest is named."""

import re
import sqlite3
from contextlib import closing

import pytest

from burnout.store.check_ins import Begin
from burnout.store.privacy import TABLES
from functions.store.erasure import set_aside_of
from functions.store.errors import DamagedError
from functions.store.files import journal_of
from infra import rescue
from infra.salvage import RescueError
from tests.integration.store.processes import die_in_a_commit
from tests.integration.store.rescuing import ME, PAGE, SHARD, overwritten, rows_of


def pages_of_check_ins(path):
    """The numbers of the pages with nothing but check-ins, from 0, and how many lie on each."""
    content = path.read_bytes()
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    return {n: int.from_bytes(page[3:5], "big") for n, page in enumerate(pages) if page[0] == 10 and b'"mvp"' in page}


@pytest.mark.parametrize("damage", ["header", "first page", "hot journal"])
def test_what_sqlite_can_be_helped_to_open_comes_back_whole(bot, damage):
    before = rows_of(bot.live)
    if damage == "hot journal":
        die_in_a_commit(bot.live)
        pair = bot.live.rename(bot.root / f"{SHARD}.damaged-20260302T120000Z")
        journal_of(bot.live).rename(journal_of(pair))
    else:
        overwritten(bot.live, 0, b"\x11" * (100 if damage == "header" else PAGE))
        with pytest.raises(DamagedError):
            bot(Begin(user_id=ME, update_id=1))
    pair, journal = set_aside_of(bot.live)[0], journal_of(set_aside_of(bot.live)[0])
    kept = pair.read_bytes(), journal.read_bytes()

    said = bot.rescue()

    assert rows_of(bot.live) == before
    assert "not read to the end" not in said
    assert "40 people: merged" in said
    assert (pair.read_bytes(), journal.read_bytes()) == kept


@pytest.mark.parametrize("content", [b"\x11" * PAGE, bytes(PAGE)], ids=["garbage", "zeros"])
def test_lost_pages_cost_their_own_rows_are_named_and_all_others_come_back(bot, content):
    before, pages = rows_of(bot.live), pages_of_check_ins(bot.live)
    lost = sorted(pages)[2:-2:4]
    assert len(lost) > 2
    for number in lost:
        overwritten(bot.live, number * PAGE, content)
    bot.set_aside()

    said = bot.rescue()

    after = rows_of(bot.live)
    gone = before.pop("check_ins") - after["check_ins"]
    assert len(gone) == sum(pages[number] for number in lost)
    assert not after.pop("check_ins") & gone
    assert after == before
    assert f"check_ins: {400 - len(gone)} rows read: {400 - len(gone)} merged" in said
    assert said.count("not read to the end: database disk image is malformed") == 1


def test_a_database_that_was_cut_short_gives_back_what_is_left_of_it(bot):
    before, size = rows_of(bot.live), bot.live.stat().st_size
    with bot.live.open("r+b") as file:
        file.truncate(size * 2 // 3 + 100)
    bot.set_aside()

    said = bot.rescue()

    after = rows_of(bot.live)
    assert all(after[table] <= before[table] for table in TABLES)
    assert len(after["check_ins"]) > 100
    assert after["people"] == before["people"]
    assert "not read to the end" in said


def test_rows_that_the_damage_changed_are_refused_by_the_schema(bot):
    in_a_row = re.search(rb"mvp.{8}negative", bot.live.read_bytes(), re.DOTALL)
    assert in_a_row
    overwritten(bot.live, in_a_row.end() - 8, b"\xff")
    bot.set_aside()

    said = bot.rescue()

    assert "check_ins: 400 rows read: 399 merged, 0 already there, 1 refused" in said


@pytest.mark.parametrize(
    ("pragma", "why"),
    [
        ("journal_mode = WAL", "WAL mode"),
        ("application_id = 5", "none of this store's"),
        ("user_version = 99", "has schema 99"),
    ],
)
def test_a_database_that_is_not_this_codes_is_refused_in_a_sentence(bot, pragma, why, capsys, tmp_path):
    with closing(sqlite3.connect(bot.live)) as connection:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    bot.set_aside()

    with pytest.raises(RescueError, match=why):
        bot.rescue()

    assert rescue.main(["--data", str(bot.root), "--rescue", "79", "--erasures", "/dev/null"]) == 1
    assert why in capsys.readouterr().err
    assert not any(rows_of(bot.live).values())
