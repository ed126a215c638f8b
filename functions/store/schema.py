"""The schema that this code has, as scripts: schema.sql, then its migrations. It knows no file of a shard."""

import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

APPLICATION_ID: Final = 0x6275726E  # schema.sql writes it into each database


@cache
def shipped_schema(folder: Path = Path(__file__).parent) -> tuple[str, ...]:
    """The schema and its migrations in the order of their numbers; what saw the first n has user_version n.

    There is no migration yet: the first is migrations/0002_….sql.
    """
    files = [folder / "schema.sql", *sorted((folder / "migrations").glob("[0-9]*.sql"))]
    return tuple(file.read_text(encoding="utf-8") for file in files)


def statements(script: str) -> Iterator[str]:
    """The script's statements one by one: executescript would commit what came before it."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending  # a comment, or half a statement: SQLite then says so
