"""The Copenhagen Burnout Inventory's personal scale, at most once in four weeks.

Every function that answers an operation is `(connection, operation, now_utc) -> answer`, as
`functions.store.operations` says.
"""

from datetime import datetime
from sqlite3 import Connection

from burnout.schedule import local_day
from burnout.store.inventories import EVERY, Inventory, KeepInventory, ReadInventories
from functions.store.calendar import zone_of_person
from functions.store.rows import text


def keep_inventory(connection: Connection, operation: KeepInventory, now_utc: datetime) -> Inventory | None:
    """The newest that stands. The same again keeps its time; a press that comes again the next day changes nothing."""
    today = local_day(now_utc, zone_of_person(connection, operation.user_id))
    connection.execute(
        "INSERT INTO inventories (user_id, day, answers, at_utc) SELECT user_id, :day, :answers, :now FROM people"
        " WHERE user_id = :user_id AND NOT EXISTS"
        " (SELECT 1 FROM inventories WHERE user_id = :user_id AND day > :since AND day <> :day)"
        " ON CONFLICT (user_id, day) DO UPDATE SET answers = excluded.answers, at_utc = excluded.at_utc"
        " WHERE answers <> excluded.answers",
        {
            "user_id": operation.user_id,
            "day": today.isoformat(),
            "since": (today - EVERY).isoformat(),
            "answers": operation.answers,
            "now": text(now_utc),
        },
    )
    return newest_inventory(connection, operation, now_utc)


def newest_inventory(connection: Connection, operation: KeepInventory, now_utc: datetime) -> Inventory | None:
    """The newest that stands."""
    kept = read_inventories(connection, ReadInventories(user_id=operation.user_id), now_utc)
    return kept[-1] if kept else None


def read_inventories(connection: Connection, operation: ReadInventories, now_utc: datetime) -> tuple[Inventory, ...]:
    """All of the person's, oldest first: one in four weeks, so 15 at most."""
    rows = connection.execute(
        "SELECT day, answers FROM inventories WHERE user_id = ? ORDER BY day", (operation.user_id,)
    ).fetchall()
    return tuple(Inventory(day=day, answers=answers) for day, answers in rows)
