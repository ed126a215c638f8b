"""A folder that an older version left is refused in one sentence, and kept as it is."""

import sqlite3

import pytest

from local.stack import Options, Stack, StackError


def test_databases_of_before_the_schema_are_refused_with_the_way_out_before_anything_starts(tmp_path):
    (tmp_path / "store").mkdir()
    shard = tmp_path / "store" / "79.sqlite"
    with sqlite3.connect(shard) as connection:
        connection.executescript("CREATE TABLE predictions (user_id INTEGER); PRAGMA user_version = 3;")
    connection.close()
    before = shard.read_bytes()

    with pytest.raises(StackError, match=r"older version.*/export.*start this version anew$"):
        Stack(Options(data_dir=tmp_path)).__enter__()

    assert shard.read_bytes() == before
