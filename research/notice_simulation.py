"""python -m research.notice_simulation [--times N] [--seed S]

Prints how often a notice comes to synthetic people whose load does not change, how often and how soon to people whose
load rises, and how often a weekly report says that it rises. The chart is burnout.strain.beginning's; beside it stands
the one that it replaced. Every row has the same people.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import sqrt
from statistics import fmean, median, stdev
from typing import Final
from unittest.mock import patch

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from burnout.store.reports import Course
from burnout.strain import beginning, index
from burnout.strain.index import DayLoad, day_loads, notice_due, shown_index, strain_on, week_change
from research.strain_simulation import indices
from research.synthetic_people import FIRST_DAY, GROUPS, HABITS, ZONE, Habits, arguments_of, course, latent_loads

ALARM_DAYS: Final = 84
DETECTION_DAYS: Final = 28
WEEKS: Final = 6
RISE_POINTS: Final = 10  # a weekly report says "rising" from either on
RISE_WEEK: Final = 0.20
LIMITS: Final = (2.5, 2.75, 3.0)  # sigmas
OBSERVED_DAYS: Final = (0.3, 0.6, 1.0)
SHARES: Final = (0.0, 1 / 4, 1 / 3, 1 / 2)
_WIDTH: Final = 39

Rule = Callable[[Course, Sequence[DayLoad]], bool]


@dataclass(frozen=True)
class Scenario:
    """People of a group, and what is added to their latent loads from a day on."""

    group: str
    days: int
    rise: tuple[float, ...] = ()  # the last one lasts
    rises_on: int = 0


STEADY: Final = tuple(Scenario(group, ALARM_DAYS) for group in ("calm", "typical", "strained"))
RISING: Final[Mapping[str, Scenario]] = {
    "+.25, d 10": Scenario("typical", 10 + DETECTION_DAYS, (0.25,), 10),
    "+.45, d 10": Scenario("typical", 10 + DETECTION_DAYS, (0.45,), 10),
    "+.25, d 28": Scenario("typical", 28 + DETECTION_DAYS, (0.25,), 28),
    "+.45, d 28": Scenario("typical", 28 + DETECTION_DAYS, (0.45,), 28),
    # By 0.50 over three weeks, found within four.
    "slow": Scenario("calm", 35, tuple(np.linspace(0, 0.5, 21)), 7),
}
STEP: Final = Scenario("calm", 7 * WEEKS, (0.35,), 7)


def latent_of(scenario: Scenario, rng: Generator) -> NDArray[np.float64]:
    """The latent load of one person."""
    latent = latent_loads(GROUPS[scenario.group], scenario.days, rng)
    if scenario.rise:
        later = scenario.days - scenario.rises_on
        rise = np.array([*scenario.rise, *[scenario.rise[-1]] * later])[:later]
        latent[scenario.rises_on :] = np.clip(latent[scenario.rises_on :] + rise, 0, 1)
    return latent


def people_of(scenario: Scenario, habits: Habits, people: int, seed: int) -> Iterator[Course]:
    """The same people for all habits: what they do more is drawn last."""
    for person in range(people):
        rng = np.random.default_rng((seed, person))
        yield course(latent_of(scenario, rng), rng, habits=habits, answers=False)


def as_now(person: Course, days: Sequence[DayLoad]) -> bool:
    """The notice that people get, asked only where its chart says so: the same, and cheaper."""
    return beginning.stays_above([day.load for day in days]) and notice_due(person, days[-1].day, ZONE)


def as_before(person: Course, days: Sequence[DayLoad]) -> bool:
    """Until 2026-11-29: the first 14 days are the baseline, 3.0 sigma, two days above, not calm."""
    baseline, later = [day.load for day in days[:14]], days[14:]
    if len(later) < beginning.DAYS_ABOVE:
        return False
    mean, sigma = fmean(baseline), max(stdev(baseline), 0.10)
    level, above = mean, []
    for n, day in enumerate(later, start=1):
        level = beginning.ewma_step(level, day.load)
        above.append(level > mean + 3.0 * sigma * sqrt((1 - 0.8 ** (2 * n)) / 9))
    return all(above[-beginning.DAYS_ABOVE :]) and strain_on(days[-1].day, person, ZONE).band not in {None, "calm"}


def first_notice(person: Course, is_due: Rule, *, from_day: int) -> int | None:
    """The day, counted from 0, of the first notice from that day on."""
    days = day_loads(person.check_ins, ZONE, person.days)
    for i, each in enumerate(days, start=1):
        day = (each.day - FIRST_DAY).days
        if day >= from_day and is_due(person, days[:i]):
            return day
    return None


def notices(scenario: Scenario, habits: Habits, is_due: Rule, people: int, seed: int) -> list[int | None]:
    """For each person the days from the rise to the first notice."""
    start = scenario.rises_on
    first = (first_notice(person, is_due, from_day=start) for person in people_of(scenario, habits, people, seed))
    return [None if day is None else day - start for day in first]


def rising_weeks(scenario: Scenario, habits: Habits, people: int, seed: int) -> NDArray[np.bool_]:
    """Whether the reports of weeks 2, 3, … say so, (people, weeks, 2): by ten points, and by the week's own days."""
    return np.array([list(_rises(person)) for person in people_of(scenario, habits, people, seed)])


def _rises(person: Course) -> Iterator[tuple[bool, bool]]:
    last: int | None = None  # of the newest report with an index
    for week in range(1, WEEKS + 1):
        known = strain_on(FIRST_DAY + timedelta(days=7 * week - 1), person, ZONE)
        change, points = week_change(known), None if known.index is None else shown_index(known.index)
        if week > 1:
            by_points = points is not None and last is not None and points - last >= RISE_POINTS
            yield by_points, points is not None and change is not None and change >= RISE_WEEK
        last = last if points is None else points


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    chosen = arguments_of(__doc__, arguments, 1000)
    print(f"notices: people {chosen.times}, seed {chosen.seed}")
    _print_notices(chosen.times, chosen.seed)
    _print_limits(chosen.times, chosen.seed)
    _print_regularity(chosen.times, chosen.seed)
    _print_shares(chosen.times, chosen.seed)
    _print_rising(chosen.times, chosen.seed)


def _print_notices(people: int, seed: int) -> None:
    _print_head("a notice: before, and now")
    for habit, habits in HABITS.items():
        for name, rule in (("before", as_before), ("now", as_now)):
            print(f"{habit + ', ' + name:{_WIDTH}}" + _cells(habits, rule, people, seed))


def _print_limits(people: int, seed: int) -> None:
    _print_head("now, by the limit in sigmas")
    for habit in ("photos, none rated", "photos, half rated", "taps"):
        for sigmas in LIMITS:
            with patch.object(beginning, "SIGMAS", sigmas):
                print(f"{f'{habit}, {sigmas}':{_WIDTH}}" + _cells(HABITS[habit], as_now, people, seed))


def _print_regularity(people: int, seed: int) -> None:
    _print_head("now, by the share of days with a check-in")
    for habit in ("photos, half rated", "taps"):
        for observed in OBSERVED_DAYS:
            habits = replace(HABITS[habit], observed=observed)
            print(f"{f'{habit}, {observed:.0%}':{_WIDTH}}" + _cells(habits, as_now, people, seed))


def _print_shares(people: int, seed: int) -> None:
    _print_head("now, by energy's share of the own word", "  p90 of calm")
    for habit in (each for each, habits in HABITS.items() if habits.energy_correlation is not None):
        for share in SHARES:
            with patch.object(index, "ENERGY_SHARE", share):
                calm = indices(people, np.random.default_rng(seed), answers=False, habits=HABITS[habit])["calm"]
                cells = _cells(HABITS[habit], as_now, people, seed)
            print(f"{f'{habit}, {share:.2f}':{_WIDTH}}{cells}{calm.p90:13.0f}")


def _print_rising(people: int, seed: int) -> None:
    """Of the weeks of steady people, and of people whose load rises in week 2."""
    print(f"\n{'a weekly report says that it rises':{_WIDTH}}  ten points  0.20 of the week  either")
    for habit in ("photos, half rated", "taps", "taps, energy 0.7"):
        for steady in STEADY:
            told = rising_weeks(Scenario(steady.group, 7 * WEEKS), HABITS[habit], people, seed)
            print(f"{f'{habit}, {steady.group}: of weeks':{_WIDTH}}" + _told(told.reshape(-1, 2)))
        told = rising_weeks(STEP, HABITS[habit], people, seed)
        for week in (2, 3):
            print(f"{f'{habit}, +0.35: by week {week}':{_WIDTH}}" + _told(np.any(told[:, : week - 1], axis=1)))


def _print_head(title: str, more: str = "") -> None:
    print(f"\n{'':{_WIDTH}}       false in 12 weeks       found (median days after its beginning)")
    print(f"{title:{_WIDTH}}" + "".join(f"{each.group:>9}" for each in STEADY), end="")
    print("".join(f"{name:>11}" for name in RISING) + more)


def _told(told: NDArray[np.bool_]) -> str:
    return f"{told[:, 0].mean():12.2f} {told[:, 1].mean():17.2f} {told.any(axis=1).mean():7.2f}"


def _cells(habits: Habits, rule: Rule, people: int, seed: int) -> str:
    false, found = (
        [notices(scenario, habits, rule, people, seed) for scenario in scenarios]
        for scenarios in (STEADY, RISING.values())
    )
    cells = (f"{_share(each):.2f} ({_median(each):.0f})" for each in found)
    return "".join(f"{_share(each):9.2f}" for each in false) + "".join(f"{each:>11}" for each in cells)


def _share(days: Sequence[int | None]) -> float:
    return sum(day is not None for day in days) / len(days)


def _median(days: Sequence[int | None]) -> float:
    found = [day for day in days if day is not None]
    return median(found) if found else math.nan


if __name__ == "__main__":
    main()
