"""What is still readable of a malformed database: a page that is lost costs the rows on it, and no others.

It is read on copies, so that the database and its journal stay as they were found.
"""

import re
import shutil
import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from burnout.store.privacy import TABLES, Table
from functions.store.database import PAGE_BYTES, transaction_on
from functions.store.files import journal_of
from functions.store.schema import APPLICATION_ID, shipped_schema

_MAGIC: Final = b"SQLite format 3\0"
_WAL_AT, _WAL = 18, 2  # in the header; these too: where SQLite keeps the number of pages, user_version, application_id
_PAGES_AT, _VERSION_AT, _LINEAGE_AT = 28, 60, 68
_PSEUDONYM: Final = re.compile("[0-9a-f]{32}")

Row = Mapping[str, Any]


class RescueError(Exception):
    """Nothing can be rescued. The text says why, in one sentence."""


@dataclass
class Found:
    """What could be read of a database: rows by table and key; of each table that was not read to its end, why."""

    rows: dict[Table, dict[tuple[Any, ...], Row]] = field(default_factory=lambda: {table: {} for table in TABLES})
    troubles: dict[Table, str] = field(default_factory=dict)

    def people(self) -> set[Any]:
        """Whose rows there are."""
        return {row["user_id"] for rows in self.rows.values() for row in rows.values()}

    def of(self, user_id: object) -> list[tuple[Table, Row]]:
        """A person's rows with their tables, in the order in which they may be inserted: the agreement first."""
        return [(table, row) for table in TABLES for row in self.rows[table].values() if row["user_id"] == user_id]

    def pseudonyms(self) -> dict[Any, str]:
        """Those that could be read, by person."""
        found = {row["user_id"]: str(row["pseudonym"]) for row in self.rows["people"].values()}
        return {user_id: pseudonym for user_id, pseudonym in found.items() if _PSEUDONYM.fullmatch(pseudonym)}


def salvaged(aside: Path, folder: Path) -> Found:
    """What is readable of a database and its journal, read on copies in a folder.

    A malformed page ends a query, so such a table is read from both ends, and then person by person.

    Raises: RescueError.
    """
    copy, model, found = folder / aside.name, folder / "model.sqlite", Found()
    shutil.copyfile(aside, copy)
    if journal_of(aside).exists():
        shutil.copyfile(journal_of(aside), journal_of(copy))
    keys = transaction_on(model, lambda connection: {table: _keys(connection, table) for table in TABLES})
    with closing(_opened(copy, model)) as connection:
        for table in TABLES:
            _read(connection, found, table, keys[table])
        for user_id in found.people():
            for table in found.troubles:  # no new one: a table without trouble is not read again
                _read(connection, found, table, keys[table], user_id)
    return found


def _keys(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table,)).fetchall()
    return [name for (name,) in rows]


def _opened(copy: Path, model: Path) -> sqlite3.Connection:
    """A connection to the copy, whose hot journal is rolled back. A first page that is lost becomes a new shard's.

    That page has the header and the whole schema, and each table begins at the same page in every shard.

    Raises: RescueError.
    """
    connection = _connected(copy)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except sqlite3.DatabaseError:
        connection.close()
        _check(copy)
        with copy.open("r+b") as file, model.open("rb") as new:
            file.write(new.read(PAGE_BYTES))
            pages = file.seek(0, 2) // PAGE_BYTES
            file.seek(_PAGES_AT)
            file.write(pages.to_bytes(4, "big"))
        return _connected(copy)
    _check(copy)
    return connection


def _connected(copy: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")  # a file that was cut short is read as far as it goes
    connection.text_factory = lambda content: content.decode(errors="surrogateescape")  # what is no text is refused
    return connection


def _check(copy: Path) -> None:
    """A header that is there is one of this code's. Raises: RescueError."""
    with copy.open("rb") as file:
        header = file.read(100)
    version, lineage = (int.from_bytes(header[at : at + 4], "big") for at in (_VERSION_AT, _LINEAGE_AT))
    if not header.startswith(_MAGIC):
        return
    if header[_WAL_AT] == _WAL:
        raise RescueError(f"{copy.name} is in WAL mode, in which this store never writes")
    if lineage != APPLICATION_ID:
        raise RescueError(f"{copy.name} is none of this store's databases, or of a version before its schema.sql")
    if version > len(shipped_schema()):
        raise RescueError(f"{copy.name} has schema {version}, this code knows {len(shipped_schema())}")


def _read(connection: sqlite3.Connection, found: Found, table: Table, keys: list[str], user_id: object = None) -> None:
    """The table's rows, or those of one person, are in what was found."""

    def keep(query: str) -> Iterator[None]:
        cursor = connection.execute(query, {"user_id": user_id})
        names = [column for column, *_ in cursor.description]
        for values in cursor:
            row = dict(zip(names, values, strict=True))
            found.rows[table][tuple(row[key] for key in keys)] = row
            yield

    where = "" if user_id is None else "WHERE user_id = :user_id"
    for direction in ("ASC", "DESC"):
        query = f"SELECT * FROM {table} {where} ORDER BY {', '.join(f'{key} {direction}' for key in keys)}"  # noqa: S608  (names of ours)
        n = 0
        try:
            for _ in keep(query):
                n += 1
        except sqlite3.Error as error:
            found.troubles.setdefault(table, str(error))
            with suppress(sqlite3.Error):  # Python reads ahead: the error costs the row before it, too
                deque(keep(f"{query} LIMIT 1 OFFSET {n}"))
        else:
            return
