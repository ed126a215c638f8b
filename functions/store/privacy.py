"""A person's rights, as far as rows go: everything exported, everything deleted, photos donated or taken back.

Every function is `(connection, operation, now_utc) -> answer`, as `functions.store.operations` says. What goes with
them in S3 is in `functions.store.erasure`.
"""

from datetime import datetime
from sqlite3 import Connection
from typing import Final

from burnout.photos import DONATED, folder_of
from burnout.store import privacy
from burnout.values import PhotoFolder
from functions.store import choices
from functions.store.people import person_of
from functions.store.rows import UnstorableError, one, text

# What tells a person's rows of a table apart, and what comes before the first of them. Complete by test.
_KEYS: Final[dict[privacy.Table, tuple[str, int | str]]] = {
    "people": ("user_id", 0),
    "check_ins": ("message_id", -(2**63)),
    "feedback": ("message_id", -(2**63)),
    "self_ratings": ("message_id", -(2**63)),
    "moods": ("observed_at_utc", ""),
    "days": ("day", ""),
    "weekly_answers": ("week", ""),
    "inventories": ("day", ""),
    "choices": ("subject", ""),
    "reports": ("key", ""),
    "seen_updates": ("update_id", -(2**63)),
    "failures": ("update_id", -(2**63)),
}


def read_rows(connection: Connection, operation: privacy.ReadRows, now_utc: datetime) -> privacy.Rows:
    """The rows that follow `after`, as they are kept. Raises: UnstorableError for an `after` that was never given."""
    key, first = _KEYS[operation.table]
    query = f"SELECT * FROM {operation.table} WHERE user_id = ? AND {key} > ? ORDER BY {key} LIMIT ?"  # noqa: S608  (names of ours)
    cursor = connection.execute(query, (operation.user_id, _after(operation, first), operation.most + 1))
    rows = cursor.fetchall()
    columns = tuple(column for column, *_ in cursor.description)
    page = rows[: operation.most]
    after = str(page[-1][columns.index(key)]) if len(rows) > len(page) else None
    return privacy.Rows(columns=columns, rows=tuple(page), after=after)


def _after(operation: privacy.ReadRows, first: int | str) -> int | str:
    if operation.after is None or isinstance(first, str):
        return operation.after or first
    try:
        return int(operation.after)
    except ValueError as error:
        raise UnstorableError("after is none that was given") from error


def erase(connection: Connection, operation: privacy.Erase, now_utc: datetime) -> int | None:
    """How many check-ins were deleted; no table has a row of the person any more, nor will by an older agreement."""
    choices.keep_erasure(connection, operation.update_id, now_utc)
    return forget(connection, operation.user_id)


def forget(connection: Connection, user_id: int) -> int:
    """How many check-ins were deleted, photos, moods and rated days, with all the other rows of a person."""
    rated = one(connection, "SELECT count(rating) FROM days WHERE user_id = ?", (user_id,)) or (0,)
    gone = {
        table: connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,)).rowcount  # noqa: S608  (ours)
        for table in privacy.TABLES
    }
    _rebuild_people(connection)
    return gone["check_ins"] + gone["moods"] + int(rated[0])


def _rebuild_people(connection: Connection) -> None:
    """The table has the same rows as before, in new pages.

    Its key is the person's id, and SQLite may keep the key of a deleted row in an inner page of the tree, where no
    deletion reaches it. The table is small: 80 people a page.
    """
    rows = connection.execute("SELECT * FROM people ORDER BY user_id").fetchall()
    connection.execute("DELETE FROM people")
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO people VALUES ({marks})", rows)  # noqa: S608  (question marks)


def set_donating(connection: Connection, operation: privacy.SetDonating, now_utc: datetime) -> PhotoFolder | None:
    """A known person's choice is kept. Taken back, no check-in has a photo, and the folder is named each time."""
    user_id = operation.user_id
    if operation.donating:
        connection.execute(
            "UPDATE people SET donating_since_utc = ? WHERE user_id = ? AND donating_since_utc IS NULL",
            (text(now_utc), user_id),
        )
        return None
    connection.execute(
        "UPDATE people SET donating_since_utc = NULL WHERE user_id = ? AND donating_since_utc IS NOT NULL", (user_id,)
    )
    connection.execute("UPDATE check_ins SET photo_key = NULL WHERE user_id = ? AND photo_key IS NOT NULL", (user_id,))
    person = person_of(connection, user_id)
    return folder_of(DONATED, person.pseudonym) if person else None
