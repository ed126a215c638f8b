"""What goes with heavier and lighter days: factors, bad nights, weekdays, by the person's own ratings. Pure.

How the looks were chosen, what they find and what they find falsely: docs/decisions/0019, whose tables
`research.factor_simulation` prints. What is found goes together with the ratings; it need not be their cause.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from math import atan, cos, exp, fsum, lgamma, pi, sqrt
from statistics import fmean
from typing import Final, Literal
from zoneinfo import ZoneInfo

from burnout.schedule import WEEK_DAYS, local_day
from burnout.store.days import BAD_NIGHT, FACTORS
from burnout.store.reports import CourseCheckIn, CourseDay

Kind = Literal["factor", "after", "sleep", "weekday"]

LISTED: Final = 3  # of what stands out: more would be no message for somebody who is tired
REPORT_DAYS: Final = 180  # of the person's course: it takes months until something stands out
NEAR_DAYS: Final = 7  # on each side: a week's own course is no news about one of its days
NEAR_RATED: Final = 3  # of those days, at least
ENOUGH_DAYS: Final = 5  # with it, and without it
FALSE_SHARE: Final = 0.05  # of the findings, at most (Benjamini & Hochberg 1995); what it comes to is simulated
_INTERVAL_MISSES: Final = 0.05
_DAY: Final = timedelta(days=1)
_LOOKS: Final[tuple[tuple[Kind, str], ...]] = (
    *((kind, factor) for factor in FACTORS for kind in ("factor", "after")),
    ("sleep", "bad"),
    *(("weekday", str(weekday)) for weekday in range(WEEK_DAYS)),
)
_NO_VARIANCE: Final = 1e-12  # what rounding leaves where all days are equal
_STEPS: Final = 100  # of an integral; even
_EXACT: Final = 1e-4  # share by which a quantile may be off


@dataclass(frozen=True)
class Finding:
    """Days with something against days without it, by the person's own ratings.

    `difference` is in steps of the rating, negative where days with it are worse, and lies between `low` and `high`:
    a 95 % interval, widened for having been chosen among many. `name` is a factor, "bad" for a night, or a weekday
    from "0", Monday, to "6".
    """

    kind: Kind
    name: str
    difference: float
    low: float
    high: float
    with_days: int
    without_days: int


@dataclass(frozen=True)
class _Look:
    """One comparison. The difference of the means, its standard error, and degrees of freedom by Welch."""

    kind: Kind
    name: str
    with_days: int
    without_days: int
    difference: float
    error: float
    freedom: float

    @property
    def p_value(self) -> float:
        """How often chance alone brings a difference at least as large, either way."""
        return _chance(abs(self.difference) / self.error, self.freedom)

    def finding(self, chance: float) -> Finding:
        """With the interval that misses the truth this often."""
        reach = self.error * _quantile(chance, self.freedom)
        return Finding(
            self.kind,
            self.name,
            self.difference,
            self.difference - reach,
            self.difference + reach,
            self.with_days,
            self.without_days,
        )


def findings(
    check_ins: Sequence[CourseCheckIn], told: Sequence[CourseDay], zone: ZoneInfo, *, false_share: float = FALSE_SHARE
) -> tuple[Finding, ...]:
    """What chance alone would hardly bring, the least likely first. Often none.

    A day is compared by how its rating differs from the rated days around it, so a long rise is no finding.
    """
    against = _against_near_days(_ratings(check_ins, zone))
    looks = [look for each in _pairs(against, told) if (look := _look(*each, against)) is not None]
    by_chance = sorted((look.p_value, number) for number, look in enumerate(looks))
    limits = [false_share * rank / len(looks) for rank in range(1, len(looks) + 1)]
    stands = [rank for rank, (each, limit) in enumerate(zip(by_chance, limits, strict=True), 1) if each[0] <= limit]
    if not stands:
        return ()
    kept = stands[-1]
    # Benjamini & Yekutieli 2005: intervals of what was chosen stay right as often as they say only when widened.
    return tuple(looks[number].finding(_INTERVAL_MISSES * kept / len(looks)) for _, number in by_chance[:kept])


def found_of(day: date, found: Sequence[Finding], told: Sequence[CourseDay]) -> tuple[Finding, ...]:
    """Those of the findings that this day has: its factors, those of the day before, its night, its weekday."""
    has = _has(day, {date.fromisoformat(each.day): each for each in told})
    return tuple(each for each in found if (each.kind, each.name) in has)


def _ratings(check_ins: Sequence[CourseCheckIn], zone: ZoneInfo) -> dict[date, float]:
    """The mean rating of each rated day, 1 (very bad) to 5 (very good)."""
    by_day: defaultdict[date, list[int]] = defaultdict(list)
    for check_in in check_ins:
        if check_in.rating is not None:
            by_day[local_day(check_in.observed_at_utc, zone)].append(check_in.rating)
    return {day: fmean(ratings) for day, ratings in by_day.items()}


def _against_near_days(ratings: Mapping[date, float]) -> dict[date, float]:
    """Each rated day's rating less the mean of the others around it; days with too few of them are left out."""
    against = {}
    for day, rating in ratings.items():
        near = [day + timedelta(days=apart) for apart in range(-NEAR_DAYS, NEAR_DAYS + 1) if apart]
        others = [ratings[other] for other in near if other in ratings]
        if len(others) >= NEAR_RATED:
            against[day] = rating - fmean(others)
    return against


def _pairs(
    against: Mapping[date, float], told: Sequence[CourseDay]
) -> Iterator[tuple[Kind, str, AbstractSet[date], AbstractSet[date]]]:
    """What is looked at: the days with it and without it, rated or not. A day of which nothing was told is neither."""
    days = {date.fromisoformat(each.day): each for each in told}
    looked_at: dict[Kind, AbstractSet[date]] = {
        "factor": days.keys(),
        "after": {day + _DAY for day in days},
        "sleep": {day for day, each in days.items() if each.sleep is not None},
        "weekday": against.keys(),
    }
    has = {day: _has(day, days) for day in set().union(*looked_at.values())}
    for kind, name in _LOOKS:
        having = {day for day in looked_at[kind] if (kind, name) in has[day]}
        yield kind, name, having, looked_at[kind] - having


def _has(day: date, days: Mapping[date, CourseDay]) -> set[tuple[Kind, str]]:
    """What this very day has of what is looked at, in the person's calendar: its days may have 23 or 25 hours."""
    told, before = days.get(day), days.get(day - _DAY)
    has: set[tuple[Kind, str]] = {("weekday", str(day.weekday()))}
    if told is not None:
        has |= {("factor", factor) for factor in told.factors}
        has |= {("sleep", "bad")} if told.sleep == BAD_NIGHT else set()
    return has if before is None else has | {("after", factor) for factor in before.factors}


def _look(
    kind: Kind, name: str, having: AbstractSet[date], lacking: AbstractSet[date], against: Mapping[date, float]
) -> _Look | None:
    """None where one side has too few days, or nothing varies."""
    sides = [[against[day] for day in sorted(side & against.keys())] for side in (having, lacking)]
    with_days, without_days = (len(side) for side in sides)
    if min(with_days, without_days) < ENOUGH_DAYS:
        return None
    means = [fmean(side) for side in sides]
    squares = [fsum((each - mean) ** 2 for each in side) for side, mean in zip(sides, means, strict=True)]
    # No side varies less than both do together: five days that happen to be equal must not look sure.
    least = sum(squares) / (with_days + without_days - 2)
    errors = [max(of / (len(side) - 1), least) / len(side) for of, side in zip(squares, sides, strict=True)]
    if sum(errors) < _NO_VARIANCE:
        return None
    freedom = sum(errors) ** 2 / (errors[0] ** 2 / (with_days - 1) + errors[1] ** 2 / (without_days - 1))
    return _Look(kind, name, with_days, without_days, means[0] - means[1], sqrt(sum(errors)), freedom)


def _chance(t: float, freedom: float) -> float:
    """P(|T| > t) of Student's t, for t from 0: with t = √freedom · tan(angle) its density is cos(angle)^(freedom - 1).

    By Simpson's rule: scipy is too large for this one function.
    """
    first = atan(t / sqrt(freedom))
    step = (pi / 2 - first) / _STEPS
    heights = (cos(first + number * step) ** (freedom - 1) for number in range(_STEPS))  # at the end it is 0
    area = fsum(height * (2 + 2 * (number % 2) - (number == 0)) for number, height in enumerate(heights)) * step / 3
    return 2 * area * exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(pi)


def _quantile(chance: float, freedom: float) -> float:
    """The t that chance alone goes beyond this often."""
    low, high = 0.0, 1.0
    while _chance(high, freedom) > chance:
        high *= 2
    while high - low > _EXACT * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _chance(middle, freedom) > chance else (low, middle)
    return high
