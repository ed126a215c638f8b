"""Courses of check-ins, one argument away from whatever a test of the strain index is about."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from burnout.store.people import Settings
from burnout.store.reports import Course, CourseCheckIn, WeeklyAnswer
from functions.report.strain import DayLoad

BERLIN = ZoneInfo("Europe/Berlin")
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
BANDS = ["calm", "raised", "high"]


def check_in(days_ago=0, *, negative=None, rating=None, at=time(12), zone=UTC_ZONE):
    local = datetime.combine(TODAY - timedelta(days=days_ago), at, tzinfo=zone)
    return CourseCheckIn(observed_at_utc=local.astimezone(UTC), negative=negative, rating=rating)


def answered(days_ago, answer):
    return WeeklyAnswer(answered_at_utc=check_in(days_ago).observed_at_utc, answer=answer)


def course(check_ins, *weekly):
    return Course(settings=Settings(language="en"), check_ins=tuple(check_ins), weekly=weekly, last_report=None)


def photos(loads_by_days_ago):
    return [check_in(days_ago, negative=load) for days_ago, load in sorted(loads_by_days_ago.items(), reverse=True)]


def loads(*values):
    return [DayLoad(day=TODAY, load=value, photos=value, rating=None, check_ins=1, ratings=0) for value in values]
