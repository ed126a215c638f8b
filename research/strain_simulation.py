"""python -m research.strain_simulation [--people N] [--seed S]

Prints the tables behind the strain index's bands and its alert's limit, from synthetic people. They are made up: the
tables compare settings with each other and say nothing about real people. The index is functions.report.strain's own.
"""

import argparse
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final, get_args
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

from burnout.values import Band
from functions.report.strain import (
    DAYS_ABOVE,
    EWMA_WEIGHT,
    WINDOW_DAYS,
    Strain,
    above_limit,
    day_loads,
    strain_on,
)
from research.synthetic_people import FIRST_DAY, GROUPS, USUAL, Habits, check_ins, course, latent_loads

ZONE: Final = ZoneInfo("Etc/UTC")
TODAY: Final = FIRST_DAY + timedelta(days=WINDOW_DAYS - 1)

ALARM_DAYS: Final = 84
SHIFT_DAY: Final = 28  # after the baseline at this share of observed days
DETECTION_DAYS: Final = 28
SHIFTS: Final = (0.25, 0.45)
CORRECTED: Final = 0.5
CORRECTIONS: Final = (0.8, 0.9, 1.0)
BANDS: Final[tuple[Band, ...]] = get_args(Band)


@dataclass(frozen=True)
class AlertSetting:
    """One row of the alert's table."""

    sigmas: float
    baseline_days: int = 14
    weight: float = EWMA_WEIGHT
    habits: Habits = USUAL


@dataclass(frozen=True)
class AlertResult:
    """Shares of people, [0, 1], and median days from the shift to its alert (NaN when nobody had one)."""

    false_alarms: float  # with at least one alert in twelve weeks without any change
    detected: tuple[float, ...]  # for each of SHIFTS
    delays_days: tuple[float, ...]


@dataclass(frozen=True)
class IndexResult:
    """Percentiles of the index of those who have one, and the share of them, [0, 1], in each band."""

    p10: float
    median: float
    p90: float
    bands: Mapping[Band, float]


ALERT_SETTINGS: Final = (
    AlertSetting(sigmas=2.0),
    AlertSetting(sigmas=2.5),
    AlertSetting(sigmas=3.0),
    AlertSetting(sigmas=3.0, baseline_days=10),
    AlertSetting(sigmas=3.0, weight=0.1),
    AlertSetting(sigmas=3.0, weight=0.3),
    AlertSetting(sigmas=2.5, habits=Habits(rated=0.0)),
    AlertSetting(sigmas=2.5, habits=Habits(rated=1.0)),
    AlertSetting(sigmas=3.0, habits=Habits(rated=0.0)),
    AlertSetting(sigmas=3.0, habits=Habits(rated=1.0)),
    AlertSetting(sigmas=3.0, habits=Habits(photographed=0.5)),
    AlertSetting(sigmas=3.0, habits=Habits(photographed=0.0)),
)


def indices(people: int, rng: Generator, *, answers: bool, habits: Habits = USUAL) -> dict[str, IndexResult]:
    """The index after four weeks, for each of GROUPS."""
    return {
        group: _index_result(
            [
                strain_on(
                    TODAY, course(latent_loads(mean, WINDOW_DAYS, rng), rng, habits=habits, answers=answers), ZONE
                )
                for _ in range(people)
            ]
        )
        for group, mean in GROUPS.items()
    }


def alerts(setting: AlertSetting, people: int, rng: Generator) -> AlertResult:
    """How often the alert comes to typical people, and how soon after their load has risen."""
    steady = [_first_alert(setting, 0.0, ALARM_DAYS, 0, rng) for _ in range(people)]
    shifted = [
        [_first_alert(setting, shift, SHIFT_DAY + DETECTION_DAYS, SHIFT_DAY, rng) for _ in range(people)]
        for shift in SHIFTS
    ]
    return AlertResult(
        false_alarms=_share(steady),
        detected=tuple(_share(days) for days in shifted),
        delays_days=tuple(_median([day - SHIFT_DAY for day in days if day is not None]) for days in shifted),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000, help="synthetic people for each number")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    rng = np.random.default_rng(chosen.seed)
    print(f"people {chosen.people}, seed {chosen.seed}\n")
    _print_indices(chosen.people, rng)
    _print_alerts(chosen.people, rng)
    _print_corrections(chosen.people, chosen.seed)


def _print_indices(people: int, rng: Generator) -> None:
    for answers in (False, True):
        print(f"index after 28 days, {'with' if answers else 'without'} the answer")
        print("                        p10  median  p90     calm  raised    high")
        for group, result in indices(people, rng, answers=answers).items():
            bands = "".join(f"{result.bands[band]:8.0%}" for band in BANDS)
            percentiles = f"{result.p10:5.0f} {result.median:7.0f} {result.p90:4.0f}"
            print(f"{group:10} load {GROUPS[group]:.2f}  {percentiles} {bands}")
        print()


def _print_alerts(people: int, rng: Generator) -> None:
    print("alert                                                false in    +0.25 in 28 days    +0.45 in 28 days")
    print("sigmas  weight  baseline days  rated  photos     12 weeks    found  median days  found  median days")
    for setting in ALERT_SETTINGS:
        result = alerts(setting, people, rng)
        found = "".join(
            f"{share:9.2f} {days:12.0f}" for share, days in zip(result.detected, result.delays_days, strict=True)
        )
        row = f"{setting.sigmas:6.1f} {setting.weight:7.1f} {setting.baseline_days:14d}"
        row += f" {setting.habits.rated:6.0%} {setting.habits.photographed:7.0%}"
        print(f"{row} {result.false_alarms:12.2f}{found}")


def _print_corrections(people: int, seed: int) -> None:
    """The same people for each number, so that those rows differ by nothing else."""
    print(f"\nindex after 28 days, without the answer, nothing rated, {CORRECTED:.0%} of wrong answers corrected")
    print("corrected to" + "".join(f"{group:>24}" for group in GROUPS))
    corrected = {f"{to:.1f}": Habits(rated=0.0, corrected=CORRECTED, correction=to) for to in CORRECTIONS}
    for name, habits in {"none": Habits(rated=0.0), **corrected}.items():
        results = indices(people, np.random.default_rng(seed), answers=False, habits=habits).values()
        print(
            f"{name:>12}" + "".join(f"{result.p10:14.1f} {result.median:4.1f} {result.p90:4.1f}" for result in results)
        )


def _first_alert(setting: AlertSetting, shift: float, days: int, watched_from: int, rng: Generator) -> int | None:
    """The day, counted from 0, of a typical person's first alert from `watched_from` on, where the load rises."""
    latent = latent_loads(GROUPS["typical"], days, rng)
    latent[watched_from:] = np.clip(latent[watched_from:] + shift, 0, 1)
    observed = day_loads(check_ins(latent, setting.habits, rng), ZONE)
    above = above_limit(
        [day.load for day in observed],
        weight=setting.weight,
        sigmas=setting.sigmas,
        baseline_days=setting.baseline_days,
    )
    for i in range(DAYS_ABOVE, len(above) + 1):
        day = (observed[setting.baseline_days + i - 1].day - FIRST_DAY).days
        if day >= watched_from and all(above[i - DAYS_ABOVE : i]):
            return day
    return None


def _index_result(people: Sequence[Strain]) -> IndexResult:
    known = [strain for strain in people if strain.index is not None]
    p10, p50, p90 = np.percentile([strain.index for strain in known], (10, 50, 90))
    bands = Counter(strain.band for strain in known)
    return IndexResult(
        p10=float(p10), median=float(p50), p90=float(p90), bands={band: bands[band] / len(known) for band in BANDS}
    )


def _share(first_alerts: Sequence[int | None]) -> float:
    return sum(day is not None for day in first_alerts) / len(first_alerts)


def _median(days: Sequence[int]) -> float:
    return median(days) if days else math.nan


if __name__ == "__main__":
    main()
