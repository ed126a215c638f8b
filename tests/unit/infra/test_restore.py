"""After a restore: damaged files are named, every shard is swept until nothing is left."""

import ast
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from burnout.errors import StoreUnavailableError
from burnout.store.privacy import Swept
from infra import integrity, restore

NOW = datetime(2026, 11, 26, tzinfo=UTC)
WELL, BAD = 0, 1


@pytest.fixture
def folder(tmp_path):
    """Two databases with enough rows to fill some pages."""
    for name in ("00", "a7"):
        connection = sqlite3.connect(tmp_path / f"{name}.sqlite")
        connection.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY, words TEXT)")
        connection.executemany("INSERT INTO entries (words) VALUES (?)", [("x" * 200,)] * 500)
        connection.commit()
        connection.close()
    return tmp_path


def test_check_of_whole_databases_is_well(folder, capsys):
    assert integrity.main(folder) == WELL
    assert capsys.readouterr().out == "2 databases checked, 0 are not whole\n"


def test_check_names_a_database_with_a_broken_page(folder, capsys):
    file = folder / "a7.sqlite"
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 6] = bytes(4096)
    file.write_bytes(content)

    assert integrity.main(folder) == BAD

    said = capsys.readouterr().out
    assert "BAD a7.sqlite: " in said
    assert "2 databases checked, 1 are not whole" in said


def test_check_names_a_file_that_is_no_database(folder, capsys):
    (folder / "ff.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 100)

    assert integrity.main(folder) == BAD
    assert "BAD ff.sqlite: file is not a database" in capsys.readouterr().out


def test_check_of_a_folder_without_databases_is_no_success(tmp_path, capsys):
    assert integrity.main(tmp_path) == BAD
    assert "has no databases" in capsys.readouterr().out


def test_every_shard_is_swept_until_a_sweep_finds_nothing(capsys):
    left = {7: [Swept(people=2), Swept(people=1, rows=3)]}
    asked = []

    def ask(sweep):
        asked.append(sweep.shard)
        assert sweep.at_utc == NOW
        waiting = left.get(sweep.shard)
        return waiting.pop(0) if waiting else Swept()

    assert restore.sweep_all(ask, NOW) == WELL
    assert set(asked) == set(range(256))
    assert asked.count(7) == 3
    assert "256 of 256 shards swept; 3 people forgotten again" in capsys.readouterr().out


def test_shard_that_cannot_be_swept_is_named_and_the_others_are_swept(capsys):
    def ask(sweep):
        if sweep.shard == 0xA7:
            raise StoreUnavailableError("store: damaged")
        return Swept()

    assert restore.sweep_all(ask, NOW) == BAD

    said = capsys.readouterr().out
    assert "BAD shard a7: store: damaged" in said
    assert "255 of 256 shards swept" in said


def test_shard_that_never_gets_empty_is_no_endless_loop():
    with pytest.raises(StoreUnavailableError, match="still something to remove"):
        restore.forgotten(lambda _: Swept(rows=1), 3, NOW)


def test_check_needs_nothing_but_an_old_python_and_itself():
    source = Path(integrity.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 9))

    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {"__future__", "sqlite3", "sys", "contextlib", "pathlib"}
