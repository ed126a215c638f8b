"""The course as a picture. Replaced by its builder."""

from dataclasses import dataclass
from datetime import date

from burnout.strain import DayLoad


@dataclass(frozen=True)
class ChartFacts:
    """What a chart shows: the observed days between two days of the person's calendar, both included."""

    days: tuple[DayLoad, ...]  # oldest first; days without a check-in are absent
    first_day: date
    last_day: date
    last_report_day: date | None  # marked when it lies within
