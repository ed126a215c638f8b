"""The strain index: check-ins → daily load → level, persistence, trend → an index of 0 to 100 with its band. Pure.

Definitions, constants and their sources: docs/decisions/0004. The index describes a course; it is no diagnosis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from burnout.reports import Band, Course, Observation

Part = Literal["level", "persistence", "trend", "answer"]


@dataclass(frozen=True)
class DayLoad:
    """One observed day of the person's own calendar. `load` and `photos` lie in [0, 1], more is worse."""

    day: date
    load: float
    photos: float | None  # mean calibrated P(negative) of the day's photos; None when there is none that counts
    rating: float | None  # mean self-rating, 1 (very bad) to 5 (very good); None when nothing was rated
    check_ins: int
    low_ratings: int  # how many of the day's ratings were 2 or lower
    ratings: int


@dataclass(frozen=True)
class Strain:
    """A person's strain on a day. Without enough data `index`, `band` and `parts` are None, None and empty."""

    day: date
    days: tuple[DayLoad, ...]  # the observed days of the window, oldest first
    observed_days: int  # of the last 14
    check_ins: int  # of the last 14 days
    index: float | None  # [0, 100]
    band: Band | None
    parts: Mapping[Part, float]  # what each part adds to the index, in points; they sum to it
    above_baseline: bool  # the level lies above the person's own beginning, by the control chart's limit


def day_loads(check_ins: Sequence[Observation], zone: ZoneInfo) -> tuple[DayLoad, ...]:
    """The observed days, oldest first. A check-in without any usable number makes no day."""
    raise NotImplementedError


def smoothed(days: Sequence[DayLoad]) -> tuple[float, ...]:
    """The level after each observed day: an EWMA of the loads, in [0, 1]."""
    raise NotImplementedError


def strain_on(day: date, course: Course, zone: ZoneInfo) -> Strain:
    """The person's strain at the end of a day of their own calendar; what came later does not count."""
    raise NotImplementedError
