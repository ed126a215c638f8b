"""What is in the databases and the bucket, read without any of the store's own code."""

import sqlite3
import struct
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from burnout.emotions import Emotion
from functions.store.schema import shipped_schema

COLUMNS = {  # a setting's name in burnout.store.people.Settings -> its column
    "reports": "reports_on",
    "report_weekday": "report_weekday",
    "report_hour": "report_hour",
    "theme": "theme",
    "alerts": "alerts_on",
    "time_zone": "time_zone",
}


def rows_of(database: Path, user_id: int) -> dict[str, Any]:
    """Everything about a person in the terms of `Model.rows`; empty when no table has a row of theirs."""
    try:
        tables = dict(tables_of(database, user_id))
    except sqlite3.OperationalError:  # the file has no schema yet: only somebody unknown has asked something
        return {}
    if not any(tables.values()):
        return {}
    (person,) = tables["people"] or [{}]
    return {
        "language": person.get("language"),
        "pseudonym": person.get("pseudonym"),
        "reachable": bool(person.get("reachable")),
        "donating": person.get("donating_since_utc") is not None,
        **{
            name: person.get(column) for name, column in COLUMNS.items()
        },  # SQLite has 0 and 1, which equal False and True
        "check_ins": {row["message_id"]: _check_in(row) for row in tables["check_ins"]},
        "feedback": {row["message_id"]: _feedback(row) for row in tables["feedback"]},
        "self_ratings": {row["message_id"]: (row["rating"], row["blind_rating"]) for row in tables["self_ratings"]},
        "moods": {_seconds(row["observed_at_utc"]): row["rating"] for row in tables["moods"]},
        "days": {row["day"]: _day(row) for row in tables["days"]},
        "weekly_answers": {row["week"]: row["answer"] for row in tables["weekly_answers"]},
        "inventories": {row["day"]: row["answers"] for row in tables["inventories"]},
        "seen_updates": {row["update_id"]: row["outcome"] for row in tables["seen_updates"]},
    }


@cache
def tables_of_people() -> tuple[str, ...]:
    """Every table that has a `user_id`, by the schema that is shipped."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("".join(shipped_schema()))
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return tuple(
            n for n in names if any(row[1] == "user_id" for row in connection.execute(f"PRAGMA table_info({n})"))
        )


def tables_of(database: Path, user_id: int | None = None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every table that has a `user_id`, and its rows of one person or of all."""
    if not database.exists():
        return
    where = "" if user_id is None else f" WHERE user_id = {user_id}"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        for name in tables_of_people():
            yield name, [dict(row) for row in connection.execute(f"SELECT * FROM {name}{where}").fetchall()]


def traces(files: Iterable[Path], planted: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Which of the planted values the raw bytes of which files still show."""
    contents = {file.name: file.read_bytes() for file in files}
    return [(name, value) for value in planted for name, content in contents.items() if value in content]


def as_kept(user_id: int) -> bytes:
    """The bytes of a person's number in SQLite's own format: big-endian, six of them from 2^31 on."""
    assert user_id >= 2**31
    return struct.pack(">q", user_id)[2:]


def _check_in(row: dict[str, Any]) -> tuple[int, bool, bool]:
    hidden = bool(row["rating_first"]) and row["revealed_at_utc"] is None
    return row["update_id"], hidden, row["photo_key"] is not None


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _day(row: dict[str, Any]) -> tuple[int | None, int | None, int | None, frozenset[str], str]:
    return row["rating"], row["energy"], row["sleep"], frozenset(row["factors"].split()), row["late"]


def _feedback(row: dict[str, Any]) -> tuple[bool, Emotion | None]:
    return bool(row["agrees"]), row["corrected"] and Emotion(row["corrected"])
