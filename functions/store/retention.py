"""The rows that are past their time on a shard: all of a person's, check-ins, answers.

`burnout.store.privacy` says when that is. Every function works inside a sweep's transaction and is bounded: what is
left waits for the next sweep.
"""

from collections.abc import Collection
from datetime import datetime
from sqlite3 import Connection
from typing import Final

from burnout.store import privacy
from functions.store.erasure import log_key
from functions.store.privacy import forget
from functions.store.rows import one, text

MOST_PEOPLE: Final = 20  # in one sweep: each takes transactions of its own
MOST_ROWS: Final = 1000  # of a table, in one sweep

_BLOCKED: Final = "NOT reachable AND unreachable_since_utc < :unreachable"
_SILENT: Final = """consented_at_utc < :inactive AND coalesce(day_from_utc, '') < :inactive
  AND NOT EXISTS (SELECT 1 FROM check_ins
                  WHERE check_ins.user_id = people.user_id AND recorded_at_utc >= :inactive)
  AND NOT EXISTS (SELECT 1 FROM feedback WHERE feedback.user_id = people.user_id AND at_utc >= :inactive)
  AND NOT EXISTS (SELECT 1 FROM self_ratings WHERE self_ratings.user_id = people.user_id AND at_utc >= :inactive)
  AND NOT EXISTS (SELECT 1 FROM moods WHERE moods.user_id = people.user_id AND recorded_at_utc >= :inactive)
  AND NOT EXISTS (SELECT 1 FROM days WHERE days.user_id = people.user_id AND at_utc >= :inactive)
  AND NOT EXISTS (SELECT 1 FROM weekly_answers WHERE weekly_answers.user_id = people.user_id AND at_utc >= :inactive)
  AND NOT EXISTS (SELECT 1 FROM inventories WHERE inventories.user_id = people.user_id AND at_utc >= :inactive)"""
_GOING: Final = f"SELECT user_id, pseudonym, ({_BLOCKED}) OR ({_SILENT}) FROM people"  # noqa: S608  (ours)

# Every row past its time. Moods and days are found at the beginning of each person's range; the other tables are read
# as a whole: their rows are short, or kept for two days only.
_OLD_ROWS: Final = (
    "DELETE FROM moods WHERE (user_id, observed_at_utc) IN (SELECT user_id, observed_at_utc FROM people"
    " CROSS JOIN moods USING (user_id) WHERE observed_at_utc < :old LIMIT :most)",
    "DELETE FROM days WHERE (user_id, day) IN (SELECT user_id, day FROM people"
    " CROSS JOIN days USING (user_id) WHERE day < substr(:old, 1, 10) LIMIT :most)",
    "DELETE FROM weekly_answers WHERE (user_id, week) IN"
    " (SELECT user_id, week FROM weekly_answers WHERE at_utc < :old LIMIT :most)",
    "DELETE FROM inventories WHERE (user_id, day) IN"
    " (SELECT user_id, day FROM inventories WHERE at_utc < :old LIMIT :most)",
    "DELETE FROM reports WHERE (user_id, kind, key) IN (SELECT user_id, kind, key FROM reports"
    " WHERE at_utc < iif(kind = 'weekly', :old, :seen) LIMIT :most)",
    "DELETE FROM seen_updates WHERE update_id IN"
    " (SELECT update_id FROM seen_updates WHERE recorded_at_utc < :seen LIMIT :most)",
    "DELETE FROM choices WHERE (user_id, subject) IN"
    " (SELECT user_id, subject FROM choices WHERE at_utc < :seen LIMIT :most)",
    "DELETE FROM newest_erasure WHERE at_utc < :seen",
    "DELETE FROM failures WHERE (user_id, update_id) IN (SELECT user_id, update_id FROM failures"
    " WHERE last_failed_at_utc < iif(dead, :dead_letters, :seen) LIMIT :most)",
)


def going(connection: Connection, at_utc: datetime, logged: Collection[str]) -> list[int]:
    """The first people to be erased: out of reach for 30 days, silent for 180, or in the erasure log."""
    rows = connection.execute(_GOING, _limits(at_utc)).fetchall()
    found = [user_id for user_id, pseudonym, is_over in rows if is_over or log_key(pseudonym) in logged]
    return found[:MOST_PEOPLE]


def forget_if_going(connection: Connection, user_id: int, at_utc: datetime, logged: Collection[str]) -> str | None:
    """The pseudonym of the person, now erased; None if they came back, or were erased, since `going` found them."""
    row = one(connection, f"{_GOING} WHERE user_id = :user_id", _limits(at_utc) | {"user_id": user_id})
    if row is None or not (row[2] or log_key(row[1]) in logged):
        return None
    forget(connection, user_id)
    return str(row[1])


def delete_old_rows(connection: Connection, at_utc: datetime) -> int:
    """How many rows were deleted, of all tables but check-ins with their feedback and ratings."""
    return sum(connection.execute(query, _limits(at_utc)).rowcount for query in _OLD_ROWS)


def with_old_check_ins(connection: Connection, at_utc: datetime) -> list[int]:
    """The first people whose oldest check-in is past its time.

    Telegram numbers a chat's messages in time, so the oldest is the first of a person's range: a page for each person.
    """
    rows = connection.execute(
        "SELECT user_id FROM people WHERE (SELECT observed_at_utc FROM check_ins"
        " WHERE check_ins.user_id = people.user_id ORDER BY message_id LIMIT 1) < :old LIMIT :people",
        _limits(at_utc),
    ).fetchall()
    return [user_id for (user_id,) in rows]


def delete_old_check_ins(connection: Connection, user_id: int, at_utc: datetime) -> int:
    """How many rows were deleted with a person's check-ins, up to the first that is young enough."""
    old = connection.execute(
        "SELECT message_id FROM check_ins WHERE user_id = :user_id AND message_id < coalesce("
        " (SELECT message_id FROM check_ins WHERE user_id = :user_id AND observed_at_utc >= :old"
        "  ORDER BY message_id LIMIT 1), 9223372036854775807) ORDER BY message_id LIMIT :most",
        _limits(at_utc) | {"user_id": user_id},
    ).fetchall()
    if not old:
        return 0
    return sum(
        connection.execute(
            f"DELETE FROM {table} WHERE user_id = ? AND message_id <= ?",  # noqa: S608  (ours)
            (user_id, old[-1][0]),
        ).rowcount
        for table in ("check_ins", "feedback", "self_ratings")
    )


def donated_photos(connection: Connection, pseudonym: str) -> set[str]:
    """The keys of a person's donated photos that belong to a check-in."""
    rows = connection.execute(
        "SELECT photo_key FROM check_ins WHERE photo_key IS NOT NULL"
        " AND user_id = (SELECT user_id FROM people WHERE pseudonym = ? AND donating_since_utc IS NOT NULL)",
        (pseudonym,),
    ).fetchall()
    return {key for (key,) in rows}


def _limits(at_utc: datetime) -> dict[str, str | int]:
    """What is older than these is past its time."""
    return {
        "inactive": text(at_utc - privacy.INACTIVE_FOR),
        "unreachable": text(at_utc - privacy.UNREACHABLE_FOR),
        "old": text(at_utc - privacy.CHECK_INS_FOR),
        "seen": text(at_utc - privacy.SEEN_FOR),
        "dead_letters": text(at_utc - privacy.DEAD_LETTERS_FOR),
        "most": MOST_ROWS,
        "people": MOST_PEOPLE,
    }
