"""What a history and a report are made of: check-ins with a photo, moods, and what was told of days.

Every function that answers an operation is `(connection, operation, now_utc) -> answer`, as
`functions.store.operations` says.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from sqlite3 import Connection
from statistics import fmean
from typing import Any, Final
from zoneinfo import ZoneInfo

from burnout.emotions import NEGATIVE, Emotion
from burnout.schedule import at_hour, local_day
from burnout.store.check_ins import History, HistoryDay, ReadHistory
from burnout.store.days import NOON
from burnout.store.inventories import Inventory
from burnout.store.reports import Course, CourseCheckIn, CourseDay, LastReport, ReadCourse, Side, WeeklyAnswer
from functions.store.calendar import zone_of_person
from functions.store.check_ins import prediction_of
from functions.store.people import person_of, settings_of
from functions.store.rows import moment, one, text

# An answer that waits for its rating is not told on its own day, or who looks at their history would not rate blindly.
_PHOTOS: Final = (
    "SELECT observed_at_utc, shown_model, models_json, corrected, iif(waits, NULL, counted), read AND NOT waits, rating"
    " FROM (SELECT *, hidden AND observed_at_utc >= :today AS waits FROM rated_check_ins)"
    " WHERE user_id = :user_id AND observed_at_utc >= :since ORDER BY observed_at_utc, message_id"
)
_MOODS: Final = "SELECT observed_at_utc, rating FROM moods WHERE user_id = :user_id AND observed_at_utc >= :since"
_TOLD: Final = "SELECT day, rating, energy, sleep FROM days WHERE user_id = ? AND day >= ?"


def read_history(connection: Connection, operation: ReadHistory, now_utc: datetime) -> History:
    """The days of the person's own calendar with check-ins or anything told, oldest first."""
    zone = zone_of_person(connection, operation.user_id)
    today = local_day(now_utc, zone)
    first = today - timedelta(days=operation.days - 1) if operation.days else None
    asked = {
        "user_id": operation.user_id,
        "since": text(at_hour(first, 0, zone)) if first else "",
        "today": text(at_hour(today, 0, zone)),
    }
    photos, moods = (_by_day(connection.execute(query, asked).fetchall(), zone) for query in (_PHOTOS, _MOODS))
    rows = connection.execute(_TOLD, (operation.user_id, first.isoformat() if first else "")).fetchall()
    told = {day: tuple(facts) for day, *facts in rows}
    days = (
        _day(day, photos[day], moods[day], told.get(day, (None, None, None)))
        for day in sorted({*photos, *moods, *told})
    )
    return History(days=tuple(days), today=today.isoformat())


def _by_day(rows: list[tuple[Any, ...]], zone: ZoneInfo) -> defaultdict[str, list[tuple[Any, ...]]]:
    """The rows without their moment, by the day of it."""
    days: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for at, *row in rows:
        days[local_day(moment(at), zone).isoformat()].append(tuple(row))
    return days


def _day(day: str, photos: list[tuple[Any, ...]], moods: list[tuple[Any, ...]], told: tuple[Any, ...]) -> HistoryDay:
    late, energy, sleep = told
    ratings = [rating for *_, rating in (*photos, *moods, (late,)) if rating is not None]
    counted = [negative for _, _, _, negative, *_ in photos if negative is not None]
    sides = [_side(*said) for *said, _, _ in photos]
    read = sum(seen for *_, seen, _ in photos)
    return HistoryDay(
        day=day,
        check_ins=len(photos) + len(moods) + (late is not None),
        photos=len(photos),
        read=read,
        negative=sides.count("negative"),
        unsure=read - sides.count("negative") - sides.count("positive"),
        mean_negative=fmean(counted) if counted else None,
        ratings=len(ratings),
        rating_sum=sum(ratings),
        energy=energy,
        sleep=sleep,
    )


def _side(shown_model: str, models_json: str, corrected: Emotion | None, counted: float | None) -> Side | None:
    """On which side a photo counts: as the person corrected it, else as it was read; None where it does not count."""
    if counted is None:
        return None
    if corrected is not None:
        return "negative" if corrected in NEGATIVE else "positive"
    prediction = prediction_of(models_json, shown_model)
    return prediction.label if prediction.sure else "unsure"


def read_course(connection: Connection, operation: ReadCourse, now_utc: datetime) -> Course | None:
    """What a report is made of; none for somebody who has not agreed, or was erased meanwhile."""
    person, settings = person_of(connection, operation.user_id), settings_of(connection, operation.user_id)
    if person is None or settings is None:
        return None
    window = (operation.user_id, text(operation.since_utc), text(operation.before_utc))
    today = text(at_hour(local_day(now_utc, settings.zone), 0, settings.zone))
    weekly = connection.execute(
        "SELECT week, at_utc, answer FROM weekly_answers"
        " WHERE user_id = ? AND at_utc >= ? AND at_utc < ? ORDER BY at_utc, week",
        window,
    ).fetchall()
    return Course(
        pseudonym=person.pseudonym,
        settings=settings,
        check_ins=tuple(
            sorted(
                (*_of_moments(connection, window, today), *_of_days(connection, operation, settings.zone)),
                key=lambda check_in: check_in.observed_at_utc,
            )
        ),
        weekly=tuple(WeeklyAnswer(week=week, answered_at_utc=moment(at), answer=answer) for week, at, answer in weekly),
        last_report=_last_report(connection, operation),
        days=tuple(_told_days(connection, operation, settings.zone)),
        inventories=tuple(_inventories(connection, operation, settings.zone)),
        told_too_little=_told_too_little(connection, operation),
        alerted_at_utc=moment(person.alerted_at_utc) if person.alerted_at_utc else None,
    )


def _of_moments(connection: Connection, window: tuple[int, str, str], today: str) -> Iterator[CourseCheckIn]:
    """The check-ins with a photo, then the moods."""
    rows = connection.execute(
        "SELECT observed_at_utc, rating, hidden AND observed_at_utc >= ?, shown_model, models_json, corrected, counted"
        " FROM rated_check_ins WHERE user_id = ? AND observed_at_utc >= ? AND observed_at_utc < ?"
        " UNION ALL SELECT observed_at_utc, rating, 0, NULL, NULL, NULL, NULL FROM moods"
        " WHERE user_id = ? AND observed_at_utc >= ? AND observed_at_utc < ?",
        (today, *window * 2),
    ).fetchall()
    for at, rating, waits, shown_model, models_json, corrected, counted in rows:
        yield CourseCheckIn(
            observed_at_utc=moment(at),
            negative=counted,
            rating=rating,
            waits=bool(waits),
            corrected=corrected is not None and counted is not None,
            photo=shown_model is not None,
            side=None if waits else _side(shown_model, models_json, corrected, counted),
        )


def _of_days(connection: Connection, operation: ReadCourse, zone: ZoneInfo) -> Iterator[CourseCheckIn]:
    """The ratings of whole days, each at its noon."""
    rows = connection.execute(
        "SELECT day, rating FROM days WHERE user_id = ? AND day BETWEEN ? AND ? AND rating IS NOT NULL",
        (operation.user_id, *_days_between(operation, zone)),
    ).fetchall()
    for day, rating in rows:
        noon = at_hour(date.fromisoformat(day), NOON, zone)
        if operation.since_utc <= noon < operation.before_utc:
            yield CourseCheckIn(observed_at_utc=noon, negative=None, rating=rating)


def _told_days(connection: Connection, operation: ReadCourse, zone: ZoneInfo) -> Iterator[CourseDay]:
    """What was told of each day between the moments, both days included, but for its rating."""
    rows = connection.execute(
        "SELECT day, energy, sleep, factors, late FROM days WHERE user_id = ? AND day BETWEEN ? AND ? ORDER BY day",
        (operation.user_id, *_days_between(operation, zone)),
    ).fetchall()
    for day, energy, sleep, factors, late in rows:
        told = {"energy": energy, "sleep": sleep, "factors": tuple(factors.split()), "late": tuple(late.split())}
        yield CourseDay(day=day, **told)


def _inventories(connection: Connection, operation: ReadCourse, zone: ZoneInfo) -> Iterator[Inventory]:
    """Those of the days between the moments, both days included."""
    rows = connection.execute(
        "SELECT day, answers FROM inventories WHERE user_id = ? AND day BETWEEN ? AND ? ORDER BY day",
        (operation.user_id, *_days_between(operation, zone)),
    ).fetchall()
    return (Inventory(day=day, answers=answers) for day, answers in rows)


def _days_between(operation: ReadCourse, zone: ZoneInfo) -> tuple[str, str]:
    return local_day(operation.since_utc, zone).isoformat(), local_day(operation.before_utc, zone).isoformat()


def _last_report(connection: Connection, operation: ReadCourse) -> LastReport | None:
    """The newest weekly report with an index that was sent before the course ends."""
    row = one(
        connection,
        "SELECT at_utc, index_value FROM reports WHERE user_id = ? AND kind = 'weekly' AND state = 'sent'"
        " AND index_value IS NOT NULL AND at_utc < ? ORDER BY key DESC LIMIT 1",
        (operation.user_id, text(operation.before_utc)),
    )
    return None if row is None else LastReport(sent_at_utc=moment(row[0]), index=row[1])


def _told_too_little(connection: Connection, operation: ReadCourse) -> bool:
    """Whether the newest weekly report that ended before the course does was a skipped one."""
    row = one(
        connection,
        "SELECT state FROM reports WHERE user_id = ? AND kind = 'weekly' AND state IN ('sent', 'noted', 'skipped')"
        " AND at_utc < ? ORDER BY key DESC LIMIT 1",
        (operation.user_id, text(operation.before_utc)),
    )
    return row is not None and row[0] == "skipped"
