"""What a picture shows, whichever it is."""

from dataclasses import dataclass
from datetime import date

from functions.report.strain import DayLoad


@dataclass(frozen=True)
class ChartFacts:
    """What a chart shows: the observed days between two days of the person's calendar, both included."""

    days: tuple[DayLoad, ...]  # oldest first; days without a check-in are absent
    first_day: date
    last_day: date
    last_report_day: date | None  # marked when it lies within
    index: float | None = None  # the strain index at the end, [0, 100]; None where a chart stands without a report

    @property
    def shown_report_day(self) -> date | None:
        """The last report's day when it lies within."""
        day = self.last_report_day
        return day if day is not None and self.first_day <= day <= self.last_day else None
