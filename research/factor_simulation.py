"""python -m research.factor_simulation [--times N] [--seed S]

Prints how often the list under /why is wrong, and what it finds by the number of days, from synthetic people. They are
made up: the tables show what the rule can do and say nothing about real people. The rule is burnout.strain.findings'
own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from burnout.schedule import WEEK_DAYS
from burnout.store.days import FACTORS
from burnout.store.reports import CourseCheckIn, CourseDay
from burnout.strain.findings import FALSE_SHARE, Finding, findings
from research.synthetic_people import FIRST_DAY, OBSERVED, RATING_NOISE, ZONE, arguments_of, latent_loads, noon_of

DAYS: Final = (30, 60, 90, 180)
OTHER_LIMITS: Final = (0.01, 0.02, 0.10)
STRONG, WEAK = 1.0, 0.5  # steps of the rating by which two factors make a day worse; the others do nothing
EFFECTS: Final[Mapping[str, float]] = {FACTORS[0]: STRONG, FACTORS[1]: WEAK}
LATENT_MEAN: Final = 0.4
SLOW: Final = 0.5  # steps of the rating by which people drift up and down
SLOW_DAYS: Final = 60
STICKY: Final = 0.3  # of a factor from day to day
RATES: Final = (0.1, 0.5)  # how many days have a factor, from and to
BAD_NIGHTS: Final = 0.3
FORGOTTEN: Final = 1 / 3  # of the factors of a day that is told later
MADE_UP: Final = 0.2  # chance of a factor that a day rated LOW or lower did not have, when it is told later
LOW: Final = 2
LATE: Final = 0.3
EVEN: Final = 4
EVEN_SHARES: Final = (0.97, 0.9, 0.7)


@dataclass(frozen=True)
class Habits:
    """What people tell. Shares lie in [0, 1]."""

    told: float = OBSERVED  # of the days, with a rating
    late: float = 0.0  # of those, on a later day
    late_left_out: bool = False  # of the findings, to see what late days are worth
    false_share: float = FALSE_SHARE  # the rule's own setting
    even: float | None = None  # of the days are rated EVEN whatever they were like, and the others one lower


@dataclass(frozen=True)
class Result:
    """Over people. Shares lie in [0, 1]."""

    any_found: float  # of people without effects, who hear of something
    false_share: float  # of the findings of people with effects, as the mean over people
    strong: float  # of people with effects, whose strong one is found on the day itself
    weak: float
    shown: float  # mean difference shown for the strong one, steps of the rating
    holds: float  # of the intervals shown for real effects, that have the truth in them


def result(days: int, habits: Habits, people: int, rng: Generator) -> Result:
    """What people hear after this many days, without any effect and with those of EFFECTS."""
    nothing = [bool(_found(days, habits, {}, rng)) for _ in range(people)]
    found = [_found(days, habits, EFFECTS, rng) for _ in range(people)]
    strong, weak = ([each for one in found for each in one if _is(each, factor)] for factor in EFFECTS)
    right = [each.low <= -EFFECTS[each.name] <= each.high for each in (*strong, *weak)]
    return Result(
        any_found=fmean(nothing),
        false_share=fmean(sum(each.name not in EFFECTS for each in one) / max(len(one), 1) for one in found),
        strong=len(strong) / people,
        weak=len(weak) / people,
        shown=fmean(each.difference for each in strong) if strong else 0.0,
        holds=fmean(right) if right else 1.0,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    chosen = arguments_of(__doc__, arguments, 400)
    rng = np.random.default_rng(chosen.seed)
    print(f"what goes with heavy days; people {chosen.times}, seed {chosen.seed}")
    print("                                 no effect:  effects of 1.0 and 0.5 steps of the rating")
    print("limit  days  told  late days     any found   false   1.0 found  0.5 found  1.0 shown  interval right")
    for days in DAYS:
        _print_row(days, Habits(), chosen.times, rng)
    _print_row(DAYS[-1], Habits(told=0.9), chosen.times, rng)
    for limit in OTHER_LIMITS:
        _print_row(DAYS[2], Habits(false_share=limit), chosen.times, rng)
    for left_out in (False, True):
        _print_row(DAYS[-1], Habits(late=LATE, late_left_out=left_out), chosen.times, rng)
    print(f"\nno effect, any found after {DAYS[-1]} days of which so many are rated {EVEN} and the others {EVEN - 1}")
    for even in EVEN_SHARES:
        habits = Habits(told=1.0, even=even)
        found = [bool(_found(DAYS[-1], habits, {}, rng)) for _ in range(chosen.times)]
        print(f"{even:5.0%} {fmean(found):10.3f}")
    print(f"\nno effect, any found in one of the weekly looks of {DAYS[-1]} days")
    for limit in (FALSE_SHARE, *OTHER_LIMITS):
        print(f"{limit:5.2f} {fmean(_ever_found(Habits(false_share=limit), chosen.times, rng)):10.2f}")


def _print_row(days: int, habits: Habits, people: int, rng: Generator) -> None:
    each = result(days, habits, people, rng)
    late = f"{habits.late:.0%} {'left out' if habits.late_left_out else 'used'}" if habits.late else "none"
    row = f"{habits.false_share:5.2f} {days:5d} {habits.told:5.0%}  {late:12} {each.any_found:10.3f}"
    row += f" {each.false_share:7.3f} {each.strong:11.2f} {each.weak:10.2f} {each.shown:10.1f} {each.holds:15.2f}"
    print(row)


def _found(days: int, habits: Habits, effects: Mapping[str, float], rng: Generator) -> tuple[Finding, ...]:
    check_ins, told = _person(days, habits, effects, rng)
    return findings(check_ins, told, ZONE, false_share=habits.false_share)


def _ever_found(habits: Habits, people: int, rng: Generator) -> Iterator[bool]:
    """Of each person without effects, whether one of the weekly looks tells them something."""
    for _ in range(people):
        check_ins, told = _person(DAYS[-1], habits, {}, rng)
        ends = [FIRST_DAY + timedelta(days=days) for days in range(WEEK_DAYS, DAYS[-1] + 1, WEEK_DAYS)]
        yield any(
            findings(
                [each for each in check_ins if each.observed_at_utc.date() < end],
                [each for each in told if each.day < end.isoformat()],
                ZONE,
                false_share=habits.false_share,
            )
            for end in ends
        )


def _person(
    days: int, habits: Habits, effects: Mapping[str, float], rng: Generator
) -> tuple[list[CourseCheckIn], list[CourseDay]]:
    had = _factors(days, rng)
    ratings = _ratings(had, effects, rng)
    if habits.even is not None:
        ratings = np.where(rng.random(days) < habits.even, EVEN, EVEN - 1.0)
    told, is_late = rng.random(days) < habits.told, rng.random(days) < habits.late
    remembered = np.where(is_late[:, None], _remembered(had, ratings, rng), had)
    slept_badly = rng.random(days) < BAD_NIGHTS
    kept = told & ~is_late if habits.late_left_out else told
    check_ins = [_check_in(day, ratings[day]) for day in np.flatnonzero(told).tolist()]
    return check_ins, [_day(day, remembered[day], slept_badly[day]) for day in np.flatnonzero(kept).tolist()]


def _factors(days: int, rng: Generator) -> NDArray[np.bool_]:
    """Which factor was in which day, (days, factors)."""
    rates = rng.uniform(*RATES, len(FACTORS))
    had = np.zeros((days, len(FACTORS)), bool)
    chance = rates
    for day in range(days):
        had[day] = rng.random(len(FACTORS)) < chance
        chance = rates + STICKY * (had[day] - rates)
    return had


def _ratings(had: NDArray[np.bool_], effects: Mapping[str, float], rng: Generator) -> NDArray[np.float64]:
    days = len(had)
    drift = SLOW * np.sin(2 * np.pi * (np.arange(days) / SLOW_DAYS + rng.random()))
    worse = had @ np.array([effects.get(factor, 0.0) for factor in FACTORS])
    felt = 5 - 4 * latent_loads(LATENT_MEAN, days, rng) + drift - worse
    rated: NDArray[np.float64] = np.clip(np.round(felt + rng.normal(0, RATING_NOISE, days)), 1, 5)
    return rated


def _remembered(had: NDArray[np.bool_], ratings: NDArray[np.float64], rng: Generator) -> NDArray[np.bool_]:
    """What is told on a later day: some is forgotten, and a bad day is given what it did not have."""
    made_up = (ratings[:, None] <= LOW) & (rng.random(had.shape) < MADE_UP)
    return (had & (rng.random(had.shape) >= FORGOTTEN)) | made_up


def _check_in(day: int, rating: float) -> CourseCheckIn:
    return CourseCheckIn(observed_at_utc=noon_of(day), negative=None, rating=int(rating))


def _day(day: int, had: NDArray[np.bool_], slept_badly: bool) -> CourseDay:
    factors = tuple(factor for factor, is_there in zip(FACTORS, had.tolist(), strict=True) if is_there)
    key = (FIRST_DAY + timedelta(days=day)).isoformat()
    return CourseDay(day=key, energy=None, sleep=1 if slept_badly else 3, factors=factors)


def _is(finding: Finding, factor: str) -> bool:
    return (finding.kind, finding.name) == ("factor", factor)


if __name__ == "__main__":
    main()
