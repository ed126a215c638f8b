"""The schema of a shard: made, brought forward, or refused and left as it is."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from functions.store.database import PRODUCTION, transaction
from functions.store.errors import OldLineageError, SchemaTooNewError
from functions.store.schema import shipped_schema
from tests.integration.store.conftest import read, updates, write
from tests.unit.store.samples import record

KNOWN = len(shipped_schema())  # the schema, and migrations if there are any


@pytest.mark.parametrize("version", [KNOWN + 1, 1000, -1])
def test_a_schema_that_this_code_does_not_know_is_refused_and_left_as_it_is(root, shard, version):
    with sqlite3.connect(shard) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    before = shard.read_bytes()

    with pytest.raises(SchemaTooNewError, match=str(version)):
        write(root, record(102))

    assert shard.read_bytes() == before


def test_a_shard_of_before_this_schema_is_refused_in_one_sentence_and_left_as_it_is(root, shard):
    with sqlite3.connect(shard) as connection:
        connection.execute("PRAGMA application_id = 0")
    connection.close()
    before = shard.read_bytes()

    with pytest.raises(OldLineageError, match="/export") as raised:
        write(root, record(102))

    assert raised.value.code == "old_lineage"
    assert shard.read_bytes() == before


NEXT = """-- a trigger: semicolons inside one statement
ALTER TABLE people ADD COLUMN zone TEXT;
CREATE TRIGGER grow AFTER INSERT ON people BEGIN
    UPDATE people SET zone = 'UTC; or so' WHERE user_id = new.user_id;
END;
-- nothing follows"""


def test_an_older_schema_is_brought_forward_before_the_work(root, clock, tmp_path):
    """Version 2, as a release would ship it: a file beside the schema. Every row of before is still there."""
    folder = shutil.copytree(Path(transaction.__code__.co_filename).parent, tmp_path / "shipped")
    (folder / "migrations").mkdir(exist_ok=True)
    (folder / "migrations" / f"{KNOWN + 1:04d}_made_up.sql").write_text(NEXT)
    newer = clock.access(schema=lambda: shipped_schema(folder))
    before = read(root, "SELECT * FROM check_ins")

    write(root, record(102), newer)

    assert read(root, "SELECT * FROM check_ins WHERE update_id = 101", newer) == before
    assert read(root, "SELECT name FROM pragma_table_info('people') WHERE name = 'zone'", newer) == [("zone",)]
    assert read(root, "PRAGMA user_version", newer) == [(KNOWN + 1,)]
    assert read(root, "SELECT update_id FROM seen_updates", newer) == [(101,), (102,)]
    with pytest.raises(SchemaTooNewError):
        write(root, record(103))


@pytest.mark.parametrize("broken", ["CREATE TABLE half (a);\nCREATE TABLE half (a);", "CREATE TABLE half (a);\nDROP"])
def test_a_migration_that_fails_leaves_the_old_schema_whole(root, clock, broken):
    with pytest.raises(sqlite3.OperationalError):
        write(root, record(102), clock.access(schema=lambda: (*shipped_schema(), broken)))

    assert read(root, "SELECT count(*) FROM sqlite_master WHERE name = 'half'") == [(0,)]
    assert read(root, "PRAGMA user_version") == [(KNOWN,)]
    assert updates(root) == [101]


def test_migrations_are_numbered_without_a_gap():
    folder = Path(transaction.__code__.co_filename).with_name("migrations")

    numbers = sorted(int(path.name[:4]) for path in folder.glob("*"))

    assert numbers == list(range(2, KNOWN + 1))
    assert PRODUCTION.schema() == shipped_schema()
