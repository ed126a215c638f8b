"""What a picture shows, whichever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from burnout.strain.index import HIGH_FROM, RAISED_FROM, shown_index
from burnout.values import Band

BAND_FROM: Final[Mapping[Band, int]] = {"calm": 0, "raised": RAISED_FROM, "high": HIGH_FROM}


@dataclass(frozen=True)
class ChartFacts:
    """Strain, [0, 100], between two days of the person's calendar, both included."""

    days: Mapping[date, float]  # of each day alone, oldest first; days without a check-in are absent
    line: tuple[tuple[date, float], ...]  # the strain index at the ends of days that have one, oldest first
    first_day: date
    last_day: date
    last_report_day: date | None  # marked when it lies within
    band: Band | None = None  # what the line's last number is called, which the number alone does not decide
    rises: bool = False


def band_of(strain: float) -> Band:
    """The band in which a strain lies, by the whole number that people read."""
    return [band for band, low in BAND_FROM.items() if low <= shown_index(strain)][-1]
