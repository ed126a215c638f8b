"""Moods without a photo, and what people tell of a day.

Every function that answers an operation is `(connection, operation, now_utc) -> answer`, as
`functions.store.operations` says.
"""

from datetime import date, datetime, timedelta
from sqlite3 import Connection
from typing import Final
from zoneinfo import ZoneInfo

from burnout.schedule import at_hour, local_day
from burnout.store.days import BACK_DAYS, FACTORS, ONE_MOOD, Day, ForgetMood, KeepMood, Mood, ReadDay, TellDay
from burnout.values import Rating
from functions.store.people import count_low, low_ratings_of, plan_alert, settings_of, zone_of_person
from functions.store.rows import UnstorableError, moment, one, text

_LONGEST: Final = {"rating": 5, "energy": 5, "sleep": 3}


def keep_mood(connection: Connection, operation: KeepMood, now_utc: datetime) -> Mood | None:
    """The mood that stands at the moment, new or changed. The same again keeps its time."""
    if settings_of(connection, operation.user_id) is None:
        return None
    user_id, rating = operation.user_id, operation.rating
    observed_at, before = _near(connection, operation) or (text(operation.observed_at_utc), None)
    if rating != before:
        connection.execute(
            "INSERT INTO moods (user_id, observed_at_utc, recorded_at_utc, rating) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (user_id, observed_at_utc) DO UPDATE SET rating = excluded.rating",
            (user_id, observed_at, text(now_utc), rating),
        )
        count_low(connection, user_id, before, rating)
        plan_alert(connection, user_id, now_utc)
    return mood_at(connection, user_id, observed_at, rating, now_utc)


def mood_of(connection: Connection, operation: KeepMood | ForgetMood, now_utc: datetime) -> Mood | None:
    """The mood that stands at the moment."""
    near = _near(connection, operation)
    return None if near is None else mood_at(connection, operation.user_id, *near, now_utc)


def newest_mood(connection: Connection, user_id: int) -> tuple[str, Rating] | None:
    """When the person's newest mood was, and its rating; None without any."""
    row = one(
        connection,
        "SELECT observed_at_utc, rating FROM moods WHERE user_id = ? ORDER BY observed_at_utc DESC LIMIT 1",
        (user_id,),
    )
    return None if row is None else (row[0], row[1])


def mood_at(connection: Connection, user_id: int, observed: str, rating: Rating, now_utc: datetime) -> Mood | None:
    """The mood that is kept so, with its day; None of somebody who has not agreed."""
    settings = settings_of(connection, user_id)
    if settings is None:
        return None
    observed_at = moment(observed)
    local = observed_at.astimezone(settings.zone)
    begins, _ = _bounds(local.date(), settings.zone)
    earlier = one(
        connection,
        "SELECT 1 FROM moods WHERE user_id = ? AND observed_at_utc >= ? AND observed_at_utc < ? LIMIT 1",
        (user_id, begins, observed),
    )
    day = read_day(connection, ReadDay(user_id=user_id, day=local.date().isoformat()), now_utc)
    assert day is not None  # noqa: S101  (there are settings, so there is a person)
    return Mood(
        observed_at_utc=observed_at,
        at_local=f"{local:%Y-%m-%dT%H:%M}",
        rating=rating,
        first=earlier is None,
        low_ratings=low_ratings_of(connection, user_id),
        day=day,
    )


def forget_mood(connection: Connection, operation: ForgetMood, now_utc: datetime) -> Mood | None:
    """None: the mood of that moment is gone."""
    connection.execute(
        "DELETE FROM moods WHERE user_id = ? AND observed_at_utc = ?",
        (operation.user_id, text(operation.observed_at_utc)),
    )
    return None


def tell_day(connection: Connection, operation: TellDay, now_utc: datetime) -> Day | None:
    """The day with the fact. Raises: UnstorableError for a value that the fact does not have."""
    if operation.value > _LONGEST.get(operation.fact, 1):
        raise UnstorableError("no such value of the fact")
    settings = settings_of(connection, operation.user_id)
    if settings is None:
        return None
    today = local_day(now_utc, settings.zone)
    if timedelta(0) <= today - _date(operation.day) <= timedelta(days=BACK_DAYS):
        is_told = _tell(connection, operation, is_late=operation.day != today.isoformat(), now=text(now_utc))
        if is_told and operation.fact in ("rating", "energy"):  # what the index reads
            plan_alert(connection, operation.user_id, now_utc)
    return day_of(connection, operation, now_utc)


def _tell(connection: Connection, operation: TellDay, *, is_late: bool, now: str) -> bool:
    """Whether it is news. What was told in time and is only repeated later stays told in time."""
    key = (operation.user_id, operation.day)
    query = "SELECT rating, energy, sleep, factors, late FROM days WHERE user_id = ? AND day = ?"
    *facts, factors, late = one(connection, query, key) or (None, None, None, "", "")
    told, had, lates = dict(zip(_LONGEST, facts, strict=True)), set(factors.split()), set(late.split())
    column = operation.fact if operation.fact in told else "factors"
    if column == "factors":
        (had.add if operation.value else had.discard)(operation.fact)
    else:
        told[column] = operation.value or None
    after = (*told.values(), " ".join(f for f in FACTORS if f in had))
    if after == (*facts, factors):
        return False
    is_there = bool(had) if column == "factors" else told[column] is not None
    (lates.add if is_there and is_late else lates.discard)(column)
    connection.execute("DELETE FROM days WHERE user_id = ? AND day = ?", key)
    if had or any(told.values()):
        connection.execute(
            "INSERT INTO days (user_id, day, rating, energy, sleep, factors, late, at_utc)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*key, *after, " ".join(sorted(lates)), now),
        )
    return True


def day_of(connection: Connection, operation: TellDay, now_utc: datetime) -> Day | None:
    """The day as it stands."""
    return read_day(connection, ReadDay(user_id=operation.user_id, day=operation.day), now_utc)


def read_day(connection: Connection, operation: ReadDay, now_utc: datetime) -> Day | None:
    """The day as the person told it, with the ratings of its check-ins."""
    settings = settings_of(connection, operation.user_id)
    if settings is None:
        return None
    today = local_day(now_utc, settings.zone)
    day = today if operation.day is None else _date(operation.day)
    ratings = connection.execute(
        "SELECT observed_at_utc, rating FROM moods WHERE user_id = ? AND observed_at_utc >= ? AND observed_at_utc < ?"
        " UNION ALL SELECT observed_at_utc, rating FROM check_ins JOIN self_ratings USING (user_id, message_id)"
        " WHERE user_id = ? AND observed_at_utc >= ? AND observed_at_utc < ? ORDER BY observed_at_utc",
        (operation.user_id, *_bounds(day, settings.zone)) * 2,
    ).fetchall()
    rating, energy, sleep, factors = one(
        connection,
        "SELECT rating, energy, sleep, factors FROM days WHERE user_id = ? AND day = ?",
        (operation.user_id, day.isoformat()),
    ) or (None, None, None, "")
    return Day(
        day=day.isoformat(),
        today=today.isoformat(),
        ratings=tuple(each for _, each in ratings),
        rating=rating,
        energy=energy,
        sleep=sleep,
        factors=tuple(factors.split()),
        hidden_factors=settings.hidden_factors,
    )


def _date(day: str) -> date:
    """Raises: UnstorableError for a day that no calendar has, such as 30 February."""
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise UnstorableError("no such day") from error


def _bounds(day: date, zone: ZoneInfo) -> tuple[str, str]:
    """When the day begins, and the next one."""
    return text(at_hour(day, 0, zone)), text(at_hour(day + timedelta(days=1), 0, zone))


def _near(connection: Connection, operation: KeepMood | ForgetMood) -> tuple[str, Rating] | None:
    """When the mood was that a press at this moment would correct, and its rating; the newest of several.

    It is of the same day of the person's calendar: the first minutes of a day say nothing of the one before.
    """
    at_utc, zone = operation.observed_at_utc, zone_of_person(connection, operation.user_id)
    row = one(
        connection,
        "SELECT observed_at_utc, rating FROM moods WHERE user_id = ?"
        " AND observed_at_utc > ? AND observed_at_utc < ? AND observed_at_utc >= ? AND observed_at_utc < ?"
        " ORDER BY observed_at_utc DESC LIMIT 1",
        (operation.user_id, text(at_utc - ONE_MOOD), text(at_utc + ONE_MOOD), *_bounds(local_day(at_utc, zone), zone)),
    )
    return None if row is None else (row[0], row[1])
