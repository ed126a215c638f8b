"""A person's course in numbers, and one day of it, as the page shows them. Pure.

It tells what the chat's own pictures of a course tell: an answer that waits for its rating is counted, and neither a
load nor the index has it.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Final

import msgspec

from burnout.schedule import at_hour, local_day
from burnout.store.days import NOON, Day
from burnout.store.reports import Course, CourseCheckIn, Side
from burnout.strain.findings import LISTED, REPORT_DAYS, findings, found_of
from burnout.strain.index import (
    BEGINNING_DAYS,
    HIGH_FROM,
    RAISED_FROM,
    WINDOW_DAYS,
    DayLoad,
    Strain,
    day_loads,
    own_beginning,
    strains_on,
    without_waiting,
)
from burnout.strain.wording import said, sentence_of
from burnout.values import Band, Rating

_DAY: Final = timedelta(days=1)


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the person's own calendar with a check-in, or with its energy; the index is that at its end."""

    day: str  # YYYY-MM-DD
    check_ins: int
    rating: float | None  # mean, 1 (very bad) to 5 (very good)
    load: float | None  # [0, 1]
    index: float | None  # [0, 100]
    band: Band | None


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """The days, oldest first, and what they are compared with."""

    days: tuple[Point, ...]
    bands: tuple[int, int] = (RAISED_FROM, HIGH_FROM)  # where "raised" and "high" begin
    beginning: float | None  # the mean load of the person's own beginning as of today, [0, 100]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One check-in of a day."""

    at: str  # HH:MM on the person's own clock
    rating: Rating | None  # None: a photo that is not rated
    side: Side | None


def points_from(first: date, today: date) -> date:
    """From which day on a course must be read, so that the points from the first one on come out as in a report."""
    return min(first - (WINDOW_DAYS - 1) * _DAY, today - (BEGINNING_DAYS - 1) * _DAY)


def points_of(course: Course, first: date, today: date) -> Points:
    """The days from the first one until today."""
    told, zone = without_waiting(course), course.settings.zone
    check_ins = Counter(local_day(each.observed_at_utc, zone) for each in course.check_ins)
    loads = {each.day: each for each in day_loads(told.check_ins, zone, told.days)}
    shown = sorted(day for day in check_ins.keys() | loads.keys() if first <= day <= today)
    strains = strains_on(shown, told, zone)
    beginning = own_beginning(today, tuple(loads.values()))
    return Points(
        days=tuple(_point(each, loads.get(each.day), check_ins[each.day]) for each in strains),
        beginning=100 * fmean(each.load for each in beginning) if beginning else None,
    )


def _point(strain: Strain, load: DayLoad | None, check_ins: int) -> Point:
    return Point(
        day=strain.day.isoformat(),
        check_ins=check_ins,
        rating=load.rating if load else None,
        load=load.load if load else None,
        index=strain.index,
        band=strain.band,
    )


def moments_of(course: Course, day: Day) -> tuple[Moment, ...]:
    """The day's check-ins, oldest first, without the rating of the whole day, which is no moment's."""
    zone, on = course.settings.zone, date.fromisoformat(day.day)
    check_ins = [each for each in course.check_ins if local_day(each.observed_at_utc, zone) == on]
    whole = CourseCheckIn(observed_at_utc=at_hour(on, NOON, zone), negative=None, rating=day.rating)
    if day.rating is not None and whole in check_ins:
        check_ins.remove(whole)
    return tuple(
        Moment(at=f"{each.observed_at_utc.astimezone(zone):%H:%M}", rating=each.rating, side=each.side)
        for each in check_ins
    )


def goes_with(course: Course, on: date, now_utc: datetime) -> tuple[str, ...]:
    """What this day has of what /why would say now, the likeliest first; the last sentence says what they are not."""
    language, zone, since_utc = course.settings.language, course.settings.zone, now_utc - REPORT_DAYS * _DAY
    check_ins = [each for each in course.check_ins if each.observed_at_utc >= since_utc]
    told = [each for each in course.days if each.day >= local_day(since_utc, zone).isoformat()]
    found = found_of(on, findings(check_ins, told, zone), course.days)[:LISTED]
    sentences = [said(each, language) for each in found[:-1]]
    return (*sentences, *(sentence_of(each, language) for each in found[-1:]))
