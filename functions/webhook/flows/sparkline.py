"""A course in one line of text: one block a day or a week, a dot where there is nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from statistics import fmean
from typing import Final

from burnout.schedule import WEEK_DAYS

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_GAP: Final = "·"
_MOST_BARS: Final = 60  # about what a phone shows in two lines of monospace


@dataclass(frozen=True)
class Sparkline:
    """The bars, oldest first, and the days they span, both included."""

    bars: str
    first_day: date
    last_day: date
    days_per_bar: int


def sparkline(values: Mapping[date, float], days: int, today: date) -> Sparkline:
    """The bars of the last `days` days up to `today`, or of all from the first value on for 0.

    Values lie in [0, 1] on a fixed scale, so two people's lines compare. More than 60 days become whole weeks (the mean
    of their days); weeks that still do not fit fall off at the old end. A value after `today` (a clock ahead of ours)
    moves the end there.
    """
    last_day = max([today, *values])
    first_day = last_day - timedelta(days=days - 1) if days else min([last_day, *values])
    span = (last_day - first_day).days + 1
    step = 1 if span <= _MOST_BARS else WEEK_DAYS
    count = min(ceil(span / step), _MOST_BARS)
    first_day = max(first_day, last_day - timedelta(days=count * step - 1))
    bars = [
        _bar([value for day, value in values.items() if 0 <= (last_day - day).days - back * step < step])
        for back in reversed(range(count))
    ]
    return Sparkline("".join(bars), first_day, last_day, step)


def _bar(values: list[float]) -> str:
    if not values:
        return _GAP
    return _BLOCKS[min(int(fmean(values) * len(_BLOCKS)), len(_BLOCKS) - 1)]
