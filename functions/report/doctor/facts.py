"""The numbers on the page for a doctor, from a course. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, pairwise
from statistics import fmean
from typing import Final

from burnout.store.days import BAD_NIGHT, Factor
from burnout.store.reports import Course, CourseCheckIn, CourseDay
from burnout.strain.index import HEAVY_LOAD, DayLoad

PAGE_DAYS: Final = 90
PERIOD_DAYS: Final = 30
_FACTORS: Final = 5


@dataclass(frozen=True)
class Period:
    """Some days in a row. Each list has a number for each day of which there is one."""

    first_day: date
    last_day: date
    ratings: Sequence[float]
    energy: Sequence[int]
    bad_nights: Sequence[bool]
    heavy_days: Sequence[bool]


@dataclass(frozen=True)
class Photos:
    """What the photos added. `own` and `both` are the mean strain of the days that have the person's word as well."""

    sent: int
    counted: int
    days: int
    own: float | None
    both: float | None


def periods(days: Sequence[DayLoad], course: Course, first_day: date, last_day: date) -> tuple[Period, ...]:
    """Thirty days each up to the last day, oldest first; the oldest begins no earlier than the first day."""
    ends = [last_day - timedelta(days=back) for back in range(PAGE_DAYS - PERIOD_DAYS, -1, -PERIOD_DAYS)]
    firsts = [max(end - timedelta(days=PERIOD_DAYS - 1), first_day) for end in ends]
    return tuple(_period(first, end, days, course) for first, end in zip(firsts, ends, strict=True) if first <= end)


def longest_gap(days: Iterable[date], first_day: date, last_day: date) -> int:
    """How many days in a row have no entry, at most, between two days, both included."""
    known = [first_day - timedelta(days=1), *days, last_day + timedelta(days=1)]
    return max((after - before).days - 1 for before, after in pairwise(known))


def factors_of(course: Course, first_day: date, last_day: date) -> tuple[tuple[Factor, int], ...]:
    """What the days had in them most often, five at most, each with its number of days."""
    told = chain.from_iterable(each.factors for each in _told(course, first_day, last_day))
    return tuple(Counter(told).most_common(_FACTORS))


def photos_of(days: Sequence[DayLoad], check_ins: Iterable[CourseCheckIn]) -> Photos:
    """What the photos of these check-ins added to the days."""
    sent = [each for each in check_ins if each.photo]
    both = [(day.own, day.load) for day in days if day.own is not None and day.photos is not None]
    return Photos(
        sent=len(sent),
        counted=sum(each.negative is not None for each in sent),
        days=len(both),
        own=100 * fmean(own for own, _ in both) if both else None,
        both=100 * fmean(load for _, load in both) if both else None,
    )


def _period(first_day: date, last_day: date, days: Sequence[DayLoad], course: Course) -> Period:
    within = [day for day in days if first_day <= day.day <= last_day]
    told = _told(course, first_day, last_day)
    return Period(
        first_day=first_day,
        last_day=last_day,
        ratings=[day.rating for day in within if day.rating is not None],
        energy=[each.energy for each in told if each.energy is not None],
        bad_nights=[each.sleep == BAD_NIGHT for each in told if each.sleep is not None],
        heavy_days=[day.load >= HEAVY_LOAD for day in within],
    )


def _told(course: Course, first_day: date, last_day: date) -> list[CourseDay]:
    return [each for each in course.days if first_day.isoformat() <= each.day <= last_day.isoformat()]
