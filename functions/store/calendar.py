"""A person's own calendar: their zone, when a day of it begins, and which moments are one mood."""

from datetime import date, datetime, timedelta
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from burnout import schedule
from burnout.store.days import ONE_MOOD
from functions.store.rows import one


def zone_of_person(connection: Connection, user_id: int) -> ZoneInfo:
    """The zone of a person's calendar; for somebody who has not agreed, the default of English."""
    row = one(connection, "SELECT time_zone, language FROM people WHERE user_id = ?", (user_id,))
    return schedule.zone_of(*(row or (None, "en")))


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the day begins, and the next one."""
    return schedule.at_hour(day, 0, zone), schedule.at_hour(day + timedelta(days=1), 0, zone)


def one_mood(connection: Connection, user_id: int, at_utc: datetime) -> tuple[datetime, datetime]:
    """The first and the last second whose press corrects one of this moment, or is corrected by it.

    They are of the same day: the first minutes of a day say nothing of the one before.
    """
    zone, second = zone_of_person(connection, user_id), timedelta(seconds=1)
    begins, ends = bounds(schedule.local_day(at_utc, zone), zone)
    return max(begins, at_utc - ONE_MOOD + second), min(ends, at_utc + ONE_MOOD) - second
