"""The steps of one report: started, released, finished; who is postponed; and the lease that lets a single run send.

Every function is `(connection, operation, now_utc) -> answer`, as `functions.store.operations` says. A week's report is
claimed in `functions.store.due`; one that an update asked for exists from its start on.
"""

from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final

from burnout.store.people import SetReachable
from burnout.store.reports import FinishReport, HoldRun, Postpone, ReleaseReport, ReleaseRun, StartSending
from functions.store.choices import newest_of
from functions.store.people import pass_report, set_reachable
from functions.store.rows import one, text

REQUESTED_FOR: Final = timedelta(hours=48)  # a report that was asked for is known: Telegram redelivers for 24 h
_FIRST_S: Final = 600  # the first time, so that the next run tries again; twice as long each further time
_LONGEST_S: Final = 6 * 3600  # a chat that fails for weeks costs four attempts a day, and no day's reminder
# A failure so long after the last wait counts as the first: only a report's end resets the count, and some get none.
_FORGOTTEN_AFTER: Final = timedelta(days=1)
_MOST_ASKED_S: Final = 7 * 86400  # of what Telegram asks for
_LEASE: Final = "run"


def start_sending(connection: Connection, operation: StartSending, now_utc: datetime) -> bool:
    """Whether the caller may send the report now; the right to send it is granted once and never again."""
    values = {name: getattr(operation, name) for name in ("user_id", "key", "run_id", "pseudonym")} | {
        "at": text(operation.at_utc),
        "alerted": text(operation.alerted_at_utc) if operation.alerted_at_utc else None,
    }
    if operation.kind == "weekly":
        started = connection.execute(
            "UPDATE reports SET state = iif(unfinished, 'noted', 'sending'), at_utc = :at"
            " WHERE user_id = :user_id AND kind = 'weekly' AND key = :key AND run_id = :run_id"
            " AND state = iif(unfinished, 'sending', 'claimed') AND EXISTS (SELECT 1 FROM people"
            " WHERE user_id = :user_id AND pseudonym = coalesce(:pseudonym, pseudonym) AND reachable AND reports_on"
            " AND (:pseudonym IS NULL OR alerted_at_utc IS :alerted))"
            " RETURNING state",
            values,
        ).fetchall()
        if started == [("noted",)]:
            pass_report(connection, operation.user_id, operation.at_utc)
        return bool(started)
    asked_for = connection.execute(
        "INSERT INTO reports (user_id, kind, key, state, run_id, at_utc)"
        " SELECT user_id, 'requested', :key, 'sending', :run_id, :at FROM people"
        " WHERE user_id = :user_id AND pseudonym = coalesce(:pseudonym, pseudonym)"
        " AND (reachable OR unreachable_since_utc < :at)"
        " ON CONFLICT (user_id, kind, key) DO NOTHING",
        values,
    )
    return bool(asked_for.rowcount)


def release_report(connection: Connection, operation: ReleaseReport, now_utc: datetime) -> None:
    """The report is due again, for any run of a later time.

    A report that was taken over stays unfinished: this run does not know whether the other one sent it.
    """
    key = (operation.user_id, operation.key, operation.run_id)
    if operation.kind == "weekly":
        connection.execute(
            "UPDATE reports SET state = iif(unfinished, 'sending', 'claimed'), run_id = NULL, claimed_until_utc = ?"
            " WHERE user_id = ? AND kind = 'weekly' AND key = ? AND run_id = ? AND state IN ('claimed', 'sending')",
            (text(operation.at_utc + timedelta(seconds=1)), *key),
        )
    else:
        connection.execute(
            "DELETE FROM reports"
            " WHERE user_id = ? AND kind = 'requested' AND key = ? AND run_id = ? AND state = 'sending'",
            key,
        )


def finish_report(connection: Connection, operation: FinishReport, now_utc: datetime) -> None:
    """How the report ended is kept, if it was still this run's."""
    finished = connection.execute(
        "UPDATE reports SET state = ?, index_value = ?, band = ?, at_utc = ?"
        " WHERE user_id = ? AND kind = ? AND key = ? AND run_id = ? AND state IN ('claimed', 'sending')",
        (
            *(operation.state, operation.index, operation.band, text(operation.at_utc)),
            *(operation.user_id, operation.kind, operation.key, operation.run_id),
        ),
    )
    if not finished.rowcount:
        return
    connection.execute(
        "UPDATE people SET send_after_utc = NULL, send_failures = 0 WHERE user_id = ? AND send_after_utc IS NOT NULL",
        (operation.user_id,),
    )
    if operation.state == "unreachable":
        _block_met(connection, operation, now_utc)
    if operation.kind == "weekly":
        pass_report(connection, operation.user_id, operation.at_utc)
    else:
        connection.execute(
            "DELETE FROM reports WHERE user_id = ? AND kind = 'requested' AND at_utc < ?",
            (operation.user_id, text(operation.at_utc - REQUESTED_FOR)),
        )


def _block_met(connection: Connection, operation: FinishReport, now_utc: datetime) -> None:
    """The person cannot be reached, unless an update said otherwise: they may have come back during the sending."""
    blocked = SetReachable(user_id=operation.user_id, reachable=False)
    if newest_of(connection, blocked, now_utc) is not None:
        set_reachable(connection, blocked, operation.at_utc)


def postpone(connection: Connection, operation: Postpone, now_utc: datetime) -> None:
    """Nothing is due for a known person for a while, longer each time. A person who is postponed already stays so."""
    row = one(
        connection,
        "SELECT iif(send_after_utc > ?, send_failures, 0) FROM people"
        " WHERE user_id = ? AND coalesce(send_after_utc, '') <= ?",
        (text(now_utc - _FORGOTTEN_AFTER), operation.user_id, text(now_utc)),
    )
    if row is None:
        return
    (failures,) = row
    longer_s = min(_FIRST_S * 2 ** min(failures, 10), _LONGEST_S)
    wait_s = max(min(operation.wait_s, _MOST_ASKED_S), longer_s)
    connection.execute(
        "UPDATE people SET send_after_utc = ?, send_failures = ? WHERE user_id = ?",
        (text(now_utc + timedelta(seconds=wait_s)), failures + 1, operation.user_id),
    )


def hold_run(connection: Connection, operation: HoldRun, now_utc: datetime) -> bool:
    """Whether this run holds the lease now: it was free or over, or it was this run's before."""
    held = connection.execute(
        "INSERT INTO leases (name, run_id, until_utc) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
        " SET run_id = excluded.run_id, until_utc = excluded.until_utc"
        " WHERE run_id = excluded.run_id OR until_utc <= ?",
        (_LEASE, operation.run_id, text(operation.until_utc), text(operation.at_utc)),
    )
    return bool(held.rowcount)


def release_run(connection: Connection, operation: ReleaseRun, now_utc: datetime) -> None:
    """The lease is free, if it was still this run's."""
    connection.execute("DELETE FROM leases WHERE name = ? AND run_id = ?", (_LEASE, operation.run_id))
