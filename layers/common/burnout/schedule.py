"""When a person's week and day fall: their own weekday, hour and time zone, turned into moments in UTC.

Pure functions. A stored zone that the time zone database no longer has counts as the language's default.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from burnout.values import Language

# A guess, for days and help lines only, until a person says where they are: nothing is scheduled by it.
DEFAULT_ZONES: Final[dict[Language, str]] = {"en": "Etc/UTC", "ru": "Europe/Moscow"}
WEEK_DAYS: Final = 7


def zone_of(name: str | None, language: Language) -> ZoneInfo:
    """The zone of that IANA name, or the language's default when it is none or unknown."""
    return ZoneInfo(name) if name in zone_names() else ZoneInfo(DEFAULT_ZONES[language])


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name that can be chosen: those with a place or an offset, without aliases such as "posix/…"."""
    return frozenset(name for name in available_timezones() if "/" in name)


def local_day(moment_utc: datetime, zone: ZoneInfo) -> date:
    """The date on the person's wall calendar."""
    return moment_utc.astimezone(zone).date()


def iso_week(day: date) -> str:
    """The ISO 8601 week of a day: "2026-W48", "2026-W53"; the days around New Year may belong to the other year."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def next_report(weekday: int, hour: int, zone: ZoneInfo, after_utc: datetime) -> datetime:
    """The first moment after `after_utc`, UTC, at which it is `hour` o'clock on `weekday` (0 = Monday) in the zone.

    An hour that the clock change skips counts as the one after it; of an hour that comes twice the first counts.
    """
    today = local_day(after_utc, zone)
    days_ahead = (weekday - today.weekday()) % WEEK_DAYS
    for days in (days_ahead, days_ahead + WEEK_DAYS):
        moment = at_hour(today + timedelta(days=days), hour, zone)
        if moment > after_utc:
            return moment
    raise AssertionError("a week has passed")


def next_reminder(hour: int, zone: ZoneInfo, after_utc: datetime) -> datetime:
    """The first moment after `after_utc`, UTC, at which it is `hour` o'clock in the zone."""
    today = local_day(after_utc, zone)
    moments = (at_hour(today + timedelta(days=days), hour, zone) for days in (0, 1, 2))
    return next(moment for moment in moments if moment > after_utc)


def at_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment in UTC of a full hour on a person's day; `next_report` says what a clock change does to it."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def is_quiet(hour: int, quiet_from: int, quiet_to: int) -> bool:
    """Whether an hour of the day lies in the quiet hours [from, to), which may span midnight; equal bounds are none."""
    if quiet_from <= quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to
