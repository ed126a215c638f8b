"""What is due on a shard at a moment: weekly reports, each claimed for one run; reminders; alerts.

A run asks for the right to send a reminder or an alert right before it sends it.

Every function that answers an operation is `(connection, operation, now_utc) -> answer`, as
`functions.store.operations` says; `claim_due` sees everybody on the shard. The moment is the run's own (`at_utc`),
which a simulation may choose. Reminders and alerts go by the clock where it is later: a tick that is hours late must
not write to people at night.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final, Literal

from burnout import schedule
from burnout.store.days import BACK_DAYS
from burnout.store.people import Settings
from burnout.store.reports import ClaimDue, Due, DueAlert, DueReminder, DueReport, Reminder, StartAlert, StartReminder
from functions.store.people import ALERT_EVERY, pass_report, plan_alert, settings_of
from functions.store.rows import moment, one, text

REMINDER_LATE: Final = timedelta(minutes=60)  # a reminder that is later than this is not sent
UNANSWERED: Final = 3  # after this many reminders in a row without an answer they stop

# Leaves out people for whose chat Telegram failed, until they are due again.
_NOT_POSTPONED: Final = "coalesce(send_after_utc, '') <= :now"
_REMINDED: Final = "user_id, chat_id, next_reminder_at_utc, reminded_at_utc, reminders_unanswered"
_NEWEST: Final = (
    "SELECT observed_at_utc, recorded_at_utc FROM check_ins WHERE user_id = ? ORDER BY message_id DESC LIMIT 1",
    "SELECT observed_at_utc, recorded_at_utc FROM moods WHERE user_id = ? ORDER BY observed_at_utc DESC LIMIT 1",
)

# of a week's report, for one run: to be claimed, to be taken over, another run's, or finished
ClaimState = Literal["free", "unfinished", "held", "settled"]


@dataclass(frozen=True)
class _Heard:
    """What a person has let the bot know last."""

    day: str  # the newest day of their own calendar with a check-in or anything told; "" without any
    at: str  # when the newest of it came in; "" without any


@dataclass(frozen=True)
class _Reminded:
    """Somebody whose reminder is due, as it is kept."""

    user_id: int
    chat_id: int
    due: str
    reminded: str | None
    unanswered: int


def claim_due(connection: Connection, operation: ClaimDue, now_utc: datetime) -> Due:
    """The reports that this run holds from now on, and the people whose reminder is due or who may need an alert.

    The earliest due comes first; people for whom Telegram failed come last.
    """
    at_utc = max(operation.at_utc, now_utc)
    claimed, more = _claim_reports(connection, operation, at_utc)
    reminders = _due_reminders(connection, at_utc)
    return Due(reports=tuple(claimed), reminders=reminders, alerts=_take_alerts(connection, at_utc), more=more)


def _claim_reports(connection: Connection, operation: ClaimDue, now_utc: datetime) -> tuple[list[DueReport], bool]:
    rows = connection.execute(
        "SELECT user_id, chat_id, language, time_zone, next_report_at_utc FROM people"  # noqa: S608  (ours)
        f" WHERE next_report_at_utc <= :at AND {_NOT_POSTPONED}"
        " ORDER BY send_after_utc IS NOT NULL, next_report_at_utc, user_id",
        {"at": text(operation.at_utc), "now": text(now_utc)},
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
    """The week under which a run began this very report: a changed time zone must not make it another week's."""
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


def _due_reminders(connection: Connection, at_utc: datetime) -> tuple[DueReminder, ...]:
    """Whose reminder may be sent now. One that is due and not wanted is passed over, for the next day's."""
    rows = connection.execute(
        f"SELECT {_REMINDED} FROM people WHERE next_reminder_at_utc <= :now AND {_NOT_POSTPONED}"  # noqa: S608  (ours)
        " ORDER BY next_reminder_at_utc, user_id",
        {"now": text(at_utc)},
    ).fetchall()
    due = []
    for person in (_Reminded(*row) for row in rows):
        settings = _settings_of(connection, person)
        if _is_wanted(settings, at_utc, person, _heard(connection, person.user_id, settings)):
            due.append(DueReminder(user_id=person.user_id, chat_id=person.chat_id))
        else:
            connection.execute(
                "UPDATE people SET next_reminder_at_utc = ? WHERE user_id = ?",
                (_following(settings, at_utc), person.user_id),
            )
    return tuple(due)


def start_reminder(connection: Connection, operation: StartReminder, now_utc: datetime) -> Reminder | None:
    """The reminder that the caller may send now, granted to one caller: it is settled by that."""
    at_utc = max(operation.at_utc, now_utc)
    row = one(
        connection,
        f"SELECT {_REMINDED} FROM people WHERE user_id = ? AND next_reminder_at_utc <= ?",  # noqa: S608  (ours)
        (operation.user_id, text(at_utc)),
    )
    if row is None:
        return None
    person = _Reminded(*row)
    settings = _settings_of(connection, person)
    heard = _heard(connection, operation.user_id, settings)
    if settings.reminder_hour is None or not _is_wanted(settings, at_utc, person, heard):
        return None
    is_answered = person.reminded is not None and heard.at > person.reminded
    unanswered = 1 if is_answered else person.unanswered + 1
    last = unanswered >= UNANSWERED
    connection.execute(
        "UPDATE people SET reminded_at_utc = ?, reminders_unanswered = ?, next_reminder_at_utc = ?,"
        " reminder_hour = ? WHERE user_id = ?",
        (
            *(text(at_utc), unanswered, None if last else _following(settings, at_utc)),
            *(None if last else settings.reminder_hour, person.user_id),
        ),
    )
    return Reminder(language=settings.language, hour=settings.reminder_hour, last=last)


def _settings_of(connection: Connection, person: _Reminded) -> Settings:
    settings = settings_of(connection, person.user_id)
    if settings is None:
        raise AssertionError("due without a person")
    return settings


def _following(settings: Settings, at_utc: datetime) -> str:
    if settings.reminder_hour is None:
        raise AssertionError("due without an hour")
    return text(schedule.next_reminder(settings.reminder_hour, settings.zone, at_utc))


def _heard(connection: Connection, user_id: int, settings: Settings) -> _Heard:
    """From the ends of the person's ranges: the last photo, the last mood, and the days that can still be told."""
    heard: list[tuple[str, str]] = []
    for query in _NEWEST:
        rows = connection.execute(query, (user_id,)).fetchall()
        heard += [(schedule.local_day(moment(observed), settings.zone).isoformat(), at) for observed, at in rows]
    heard += connection.execute(
        "SELECT day, at_utc FROM days WHERE user_id = ? ORDER BY day DESC LIMIT ?", (user_id, BACK_DAYS + 1)
    ).fetchall()
    return _Heard(day=max((day for day, _ in heard), default=""), at=max((at for _, at in heard), default=""))


def _is_wanted(settings: Settings, at_utc: datetime, person: _Reminded, heard: _Heard) -> bool:
    """Whether it is the hour for a reminder, and this day has had neither one nor a word of the person."""
    if at_utc - moment(person.due) > REMINDER_LATE:
        return False
    if _is_quiet(settings, at_utc):
        return False
    zone = settings.zone
    today = schedule.local_day(at_utc, zone)
    if person.reminded is not None and schedule.local_day(moment(person.reminded), zone) == today:
        return False
    return heard.day != today.isoformat()


def _is_quiet(settings: Settings, at_utc: datetime) -> bool:
    return schedule.is_quiet(at_utc.astimezone(settings.zone).hour, settings.quiet_from, settings.quiet_to)


def _take_alerts(connection: Connection, at_utc: datetime) -> tuple[DueAlert, ...]:
    """The people whose course must be checked. In a person's quiet hours nothing happens, and they stay due."""
    rows = connection.execute(
        "SELECT user_id, chat_id, language, time_zone, quiet_from, quiet_to FROM people"  # noqa: S608  (ours)
        f" WHERE next_alert_at_utc <= :now AND {_NOT_POSTPONED} ORDER BY next_alert_at_utc, user_id",
        {"now": text(at_utc)},
    ).fetchall()
    taken = []
    for user_id, chat_id, language, time_zone, quiet_from, quiet_to in rows:
        hour = at_utc.astimezone(schedule.zone_of(time_zone, language)).hour
        if not schedule.is_quiet(hour, quiet_from, quiet_to):
            connection.execute("UPDATE people SET next_alert_at_utc = NULL WHERE user_id = ?", (user_id,))
            taken.append(DueAlert(user_id=user_id, chat_id=chat_id))
    return tuple(taken)


def start_alert(connection: Connection, operation: StartAlert, now_utc: datetime) -> bool:
    """Whether the caller may send an alert now; granted to one caller in 14 days, and not beside a report."""
    at_utc, settings = max(operation.at_utc, now_utc), settings_of(connection, operation.user_id)
    if settings is None:
        return False
    if _is_quiet(settings, at_utc):
        plan_alert(connection, operation.user_id, at_utc)
        return False
    today = schedule.at_hour(schedule.local_day(at_utc, settings.zone), 0, settings.zone)
    if _has_report(connection, operation.user_id, today):
        plan_alert(connection, operation.user_id, at_utc + timedelta(days=1))
        return False
    started = connection.execute(
        "UPDATE people SET alerted_at_utc = ? WHERE user_id = ? AND pseudonym = ? AND alerts_on AND reachable"
        " AND (alerted_at_utc IS NULL OR alerted_at_utc <= ?)",
        (*(text(operation.at_utc), operation.user_id, operation.pseudonym), text(operation.at_utc - ALERT_EVERY)),
    )
    return bool(started.rowcount)


def _has_report(connection: Connection, user_id: int, since_utc: datetime) -> bool:
    """Whether a report with an index was sent since then, or perhaps: of the week, or one that the person asked for."""
    found = one(
        connection,
        "SELECT 1 FROM reports WHERE user_id = ? AND at_utc >= ?"
        " AND (index_value >= 0 OR state IN ('sending', 'noted'))",
        (user_id, text(since_utc)),
    )
    return found is not None
