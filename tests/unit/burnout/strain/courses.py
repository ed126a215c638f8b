"""Check-ins, days and strain indices, one argument away from whatever a test is about."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, get_args
from zoneinfo import ZoneInfo

from burnout.schedule import iso_week
from burnout.store.people import Settings
from burnout.store.reports import Course, CourseCheckIn, CourseDay, WeeklyAnswer
from burnout.strain.index import DayLoad, Part, Strain
from burnout.values import Band

UTC_ZONE = ZoneInfo("Etc/UTC")
TODAY = date(2026, 11, 29)
ZONES = [
    ZoneInfo(name)
    for name in (
        "Etc/UTC",
        "Europe/Berlin",
        "Europe/Moscow",
        "America/St_Johns",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    )
]
BANDS: Final[tuple[Band, ...]] = get_args(Band)
SUNDAY: Final = date(2026, 11, 22)
PARTS: Final[tuple[Part, ...]] = get_args(Part)


def check_in(days_ago=0, *, negative=None, rating=None, at=time(12), zone=UTC_ZONE, corrected=False):
    local = datetime.combine(TODAY - timedelta(days=days_ago), at, tzinfo=zone)
    at_utc = local.astimezone(UTC)
    return CourseCheckIn(observed_at_utc=at_utc, negative=negative, rating=rating, corrected=corrected)


def answered(days_ago, answer):
    at_utc = check_in(days_ago).observed_at_utc
    return WeeklyAnswer(week=iso_week(at_utc.date()), answered_at_utc=at_utc, answer=answer)


def told(days_ago, energy):
    """A day of which only the energy was told."""
    return CourseDay(day=f"{TODAY - timedelta(days=days_ago)}", energy=energy, sleep=None, factors=())


def course(check_ins, *weekly, days=()):
    settings, check_ins = Settings(language="en"), tuple(check_ins)
    return Course(
        pseudonym="p", settings=settings, check_ins=check_ins, weekly=weekly, last_report=None, days=tuple(days)
    )


def photos(loads_by_days_ago):
    return [check_in(days_ago, negative=load) for days_ago, load in sorted(loads_by_days_ago.items(), reverse=True)]


def loads(*values):
    return [a_day(0, load=value, photos=value) for value in values]


def a_day(days_ago, *, load=0.5, rating=None, photos=None):
    return DayLoad(day=SUNDAY - timedelta(days=days_ago), load=load, photos=photos, rating=rating)


def a_strain(index=46.0, band: Band | None = "raised", *, main: Part = "level", **changes):
    parts = dict.fromkeys(PARTS, 4.0) | {main: 22.0}
    days = tuple(a_day(days_ago, rating=3.0) for days_ago in (5, 4, 3, 2, 1, 0))
    facts = {"day": SUNDAY, "days": days, "observed_days": 6, "parts": parts, "above_beginning": False}
    return Strain(**(facts | {"index": index, "band": band} | changes))
