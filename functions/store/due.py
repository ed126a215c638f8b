"""What is due on a shard at a moment: weekly reports, each claimed for one run, reminders and alerts, taken for good.

`claim_due` is `(connection, operation, now_utc) -> answer`, as `functions.store.operations` says; it sees everybody on
the shard. The moment is the run's own (`at_utc`), which a simulation may choose. Reminders and alerts go by the clock
where it is later: a tick that comes hours late must not write to people at night.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final, Literal

from burnout import schedule
from burnout.store.people import Settings
from burnout.store.reports import ClaimDue, Due, DueAlert, DueReminder, DueReport, StartAlert
from functions.store.check_ins import NewestCheckIn, newest
from functions.store.people import ALERT_EVERY, pass_report, settings_of
from functions.store.rows import moment, one, text

REMINDER_LATE: Final = timedelta(minutes=60)  # later than that it is no reminder of that hour any more
UNANSWERED: Final = 3  # reminders in a row without a check-in, and they stop

# of a week's report, for one run: to be claimed, to be taken over, in another run's hands, or done with
ClaimState = Literal["free", "unfinished", "held", "settled"]


@dataclass(frozen=True)
class _Reminded:
    """Somebody whose reminder is due, as it is kept."""

    user_id: int
    chat_id: int
    due: str
    reminded: str | None
    unanswered: int


def claim_due(connection: Connection, operation: ClaimDue, now_utc: datetime) -> Due:
    """The reports that are now this run's, earliest due first, the reminders to send, and who may need an alert."""
    claimed, more = _claim_reports(connection, operation)
    at_utc = max(operation.at_utc, now_utc)
    reminders = _take_reminders(connection, at_utc)
    return Due(reports=tuple(claimed), reminders=reminders, alerts=_take_alerts(connection, at_utc), more=more)


def _claim_reports(connection: Connection, operation: ClaimDue) -> tuple[list[DueReport], bool]:
    rows = connection.execute(
        "SELECT user_id, chat_id, language, time_zone, next_report_at_utc FROM people"
        " WHERE next_report_at_utc <= ? ORDER BY next_report_at_utc, user_id",
        (text(operation.at_utc),),
    ).fetchall()
    claimed: list[DueReport] = []
    for user_id, chat_id, language, time_zone, due in rows:
        due_at_utc = moment(due)
        zone = schedule.zone_of(time_zone, language)
        key = _begun(connection, user_id, due) or schedule.iso_week(schedule.local_day(due_at_utc, zone))
        state_of_claim = _state_of_claim(connection, operation, user_id, key)
        if state_of_claim == "settled":
            pass_report(connection, user_id, operation.at_utc)
        elif state_of_claim != "held":
            if len(claimed) == operation.most:
                return claimed, True
            _claim(connection, operation, user_id, key)
            unfinished = state_of_claim == "unfinished"
            claimed.append(
                DueReport(user_id=user_id, chat_id=chat_id, key=key, due_at_utc=due_at_utc, unfinished=unfinished)
            )
    return claimed, False


def _begun(connection: Connection, user_id: int, due: str) -> str | None:
    """The week under which a run began this very report: another zone since then must not make it another week's."""
    row = one(
        connection,
        "SELECT key FROM reports WHERE user_id = ? AND kind = 'weekly' AND state IN ('claimed', 'sending')"
        " AND at_utc >= ? ORDER BY key DESC LIMIT 1",
        (user_id, due),
    )
    return None if row is None else str(row[0])


def _state_of_claim(connection: Connection, operation: ClaimDue, user_id: int, key: str) -> ClaimState:
    row = one(
        connection,
        "SELECT state, run_id, claimed_until_utc FROM reports WHERE user_id = ? AND kind = 'weekly' AND key = ?",
        (user_id, key),
    )
    if row is None:
        return "free"
    state, run_id, until = row
    is_over = until is None or until <= text(operation.at_utc)
    if state == "claimed":
        return "free" if is_over or run_id == operation.run_id else "held"
    if state == "sending":
        return "unfinished" if is_over else "held"
    return "settled"


def _claim(connection: Connection, operation: ClaimDue, user_id: int, key: str) -> None:
    """The report is this run's until the claim ends. One that another run began to send stays in that state."""
    connection.execute(
        "INSERT INTO reports (user_id, kind, key, state, run_id, claimed_until_utc, at_utc)"
        " VALUES (?, 'weekly', ?, 'claimed', ?, ?, ?)"
        " ON CONFLICT (user_id, kind, key) DO UPDATE SET run_id = excluded.run_id,"
        " claimed_until_utc = excluded.claimed_until_utc, at_utc = excluded.at_utc, unfinished = state = 'sending'",
        (user_id, key, operation.run_id, text(operation.until_utc), text(operation.at_utc)),
    )


def _take_reminders(connection: Connection, at_utc: datetime) -> tuple[DueReminder, ...]:
    """The reminders to send. Every one that is due is settled, sent or not."""
    rows = connection.execute(
        "SELECT user_id, chat_id, next_reminder_at_utc, reminded_at_utc, reminders_unanswered FROM people"
        " WHERE next_reminder_at_utc <= ? ORDER BY next_reminder_at_utc, user_id",
        (text(at_utc),),
    ).fetchall()
    taken = (_take_reminder(connection, at_utc, _Reminded(*row)) for row in rows)
    return tuple(reminder for reminder in taken if reminder is not None)


def _take_reminder(connection: Connection, at_utc: datetime, person: _Reminded) -> DueReminder | None:
    settings = settings_of(connection, person.user_id)
    if settings is None or settings.reminder_hour is None:
        raise AssertionError("due without an hour")
    following = text(schedule.next_reminder(settings.reminder_hour, settings.zone, at_utc))
    check_in = newest(connection, person.user_id)
    if not _is_wanted(settings, at_utc, person, check_in):
        connection.execute("UPDATE people SET next_reminder_at_utc = ? WHERE user_id = ?", (following, person.user_id))
        return None
    unanswered = 1 if _is_answered(person, check_in) else person.unanswered + 1
    last = unanswered >= UNANSWERED
    connection.execute(
        "UPDATE people SET reminded_at_utc = ?, reminders_unanswered = ?, next_reminder_at_utc = ?,"
        " reminder_hour = ? WHERE user_id = ?",
        (
            *(text(at_utc), unanswered, None if last else following),
            *(None if last else settings.reminder_hour, person.user_id),
        ),
    )
    return DueReminder(user_id=person.user_id, chat_id=person.chat_id, language=settings.language, last=last)


def _is_wanted(settings: Settings, at_utc: datetime, person: _Reminded, check_in: NewestCheckIn | None) -> bool:
    """Whether it is the hour for a reminder, and this day has had neither one nor a check-in."""
    if at_utc - moment(person.due) > REMINDER_LATE:
        return False
    zone = settings.zone
    if schedule.is_quiet(at_utc.astimezone(zone).hour, settings.quiet_from, settings.quiet_to):
        return False
    today = schedule.local_day(at_utc, zone)
    if person.reminded is not None and schedule.local_day(moment(person.reminded), zone) == today:
        return False
    return check_in is None or schedule.local_day(check_in.observed_at_utc, zone) != today


def _is_answered(person: _Reminded, check_in: NewestCheckIn | None) -> bool:
    return person.reminded is not None and check_in is not None and text(check_in.recorded_at_utc) > person.reminded


def _take_alerts(connection: Connection, at_utc: datetime) -> tuple[DueAlert, ...]:
    """Whose course is to be looked at. In somebody's quiet hours nothing happens, and they stay due."""
    rows = connection.execute(
        "SELECT user_id, chat_id, language, time_zone, quiet_from, quiet_to FROM people"
        " WHERE next_alert_at_utc <= ? ORDER BY next_alert_at_utc, user_id",
        (text(at_utc),),
    ).fetchall()
    taken = []
    for user_id, chat_id, language, time_zone, quiet_from, quiet_to in rows:
        hour = at_utc.astimezone(schedule.zone_of(time_zone, language)).hour
        if not schedule.is_quiet(hour, quiet_from, quiet_to):
            connection.execute("UPDATE people SET next_alert_at_utc = NULL WHERE user_id = ?", (user_id,))
            taken.append(DueAlert(user_id=user_id, chat_id=chat_id))
    return tuple(taken)


def start_alert(connection: Connection, operation: StartAlert, now_utc: datetime) -> bool:
    """Whether the caller, and nobody else, may send an alert now: once in 14 days."""
    started = connection.execute(
        "UPDATE people SET alerted_at_utc = ? WHERE user_id = ? AND alerts_on AND reachable"
        " AND (alerted_at_utc IS NULL OR alerted_at_utc <= ?)",
        (text(operation.at_utc), operation.user_id, text(operation.at_utc - ALERT_EVERY)),
    )
    return bool(started.rowcount)
