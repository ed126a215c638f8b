"""The control chart of a person's own beginning: do the loads of their days stay above those of their first? Pure.

An EWMA chart (Roberts 1959; for one person Smit, Schat & Ceulemans 2022) whose baseline grows while it is watched
(Hawkins 1987). Limits in this range give few false alarms and miss many changes (Smit & Snippe 2022, Schreuder et al.
2024), so an alert stays a hint. The numbers are chosen, and simulated: docs/decisions/0005.
"""

from collections.abc import Sequence
from functools import reduce
from math import fsum, sqrt
from statistics import fmean
from typing import Final

EARLY_FROM: Final = 8  # observed days
BASELINE_DAYS: Final = 14  # observed days at most
NEWEST_DAYS: Final = 5  # observed days that are compared with the baseline, and never in it
SIGMAS: Final = 2.75
DAYS_ABOVE: Final = 2
EWMA_WEIGHT: Final = 0.2  # halves a day's weight after three observed days
# What few days say of a person's own spread is little: six days of a usual one are mixed in.
USUAL_SIGMA: Final = 0.20
USUAL_SIGMA_DAYS: Final = 6


def stays_above(loads: Sequence[float]) -> bool:
    """Whether the loads of all observed days lie above the chart's limit today, and did so without the last day.

    A single day, however heavy, is not enough: of somebody whose days hardly vary it would keep the EWMA up for days.
    """
    if len(loads) < EARLY_FROM or not all(_is_above(loads[: len(loads) - i]) for i in range(DAYS_ABOVE)):
        return False
    usual = fmean(loads[: baseline_size(len(loads))])
    return sum(load > usual for load in loads[-NEWEST_DAYS:]) >= DAYS_ABOVE


def baseline_size(observed: int) -> int:
    """How many of the observed days are the person's own beginning: the first ones."""
    return max(min(observed - NEWEST_DAYS, BASELINE_DAYS), 0)


def ewma_step(level: float, load: float) -> float:
    """The level after one more load."""
    return EWMA_WEIGHT * load + (1 - EWMA_WEIGHT) * level


def _is_above(loads: Sequence[float]) -> bool:
    """Whether the EWMA, begun at the baseline's mean, lies above its limit; the mean's own error is in the limit."""
    size = baseline_size(len(loads))
    baseline, later = loads[:size], loads[size:]
    mean = fmean(baseline)
    squares = fsum((load - mean) ** 2 for load in baseline)
    variance = (USUAL_SIGMA_DAYS * USUAL_SIGMA**2 + squares) / (USUAL_SIGMA_DAYS + size - 1)
    kept = (1 - EWMA_WEIGHT) ** len(later)  # of the baseline's mean in the EWMA
    spread = EWMA_WEIGHT / (2 - EWMA_WEIGHT) * (1 - kept**2) + (1 - kept) ** 2 / size
    return reduce(ewma_step, later, mean) > mean + SIGMAS * sqrt(variance * spread)
