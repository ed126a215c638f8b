"""How values are written into rows and read: times and JSON as text, one row or none. It knows no table."""

from collections.abc import Mapping
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

import msgspec

from functions.store.errors import ShardError


class UnstorableError(ShardError):
    """The operation's values contradict each other or the schema; nothing was kept."""

    code = "bad_request"


def one(connection: Connection, query: str, values: tuple[Any, ...] | Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The one row of a query that has at most one, or None. Read to the end, so that no cursor stays open."""
    rows: list[tuple[Any, ...]] = connection.execute(query, values).fetchall()
    return rows[0] if rows else None


def json_text(value: object) -> str:
    """The value as JSON."""
    return msgspec.json.encode(value).decode()


def text(at: datetime) -> str:
    """A moment as it is kept: ISO 8601 in UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def moment(kept: str) -> datetime:
    """A kept moment, in UTC."""
    return datetime.fromisoformat(kept)
