"""The strain index: ratings, energy, photos → daily load → level, persistence, trend → 0 to 100 with its band. Pure.

Definitions, how they were chosen and what they cost: docs/decisions/0005. `python -m research` prints the numbers
behind the thresholds. The index describes a course; it is no diagnosis.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import fsum
from operator import attrgetter
from statistics import fmean
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from burnout.schedule import local_day
from burnout.store.reports import Course, CourseCheckIn, CourseDay, WeeklyAnswer
from burnout.strain.beginning import EARLY_FROM, NEWEST_DAYS, baseline_size, ewma_step, stays_above
from burnout.values import Band

Part = Literal["level", "persistence", "trend", "answer"]

# Faces tell what people feel only somewhat above chance (Barrett et al. 2019), so the person's own word weighs more.
# No paper gives the number.
OWN_SHARE: Final = 0.6
# Of the person's own word. Exhaustion is the core of burnout (Kristensen et al. 2005), but energy is asked once a day
# and the rating at every check-in. Chosen, and simulated.
ENERGY_SHARE: Final = 1 / 3
CORRECTED_WEIGHT: Final = 2  # among the day's photos, of what the person said it was; a model's number has 1
BEST_RATING: Final = 5
RATING_STEPS: Final = 4
ANSWER_STEPS: Final = 4

WINDOW_DAYS: Final = 28  # four weeks, as in the published simulation's "detected in 28 days"
RECENT_DAYS: Final = 7
CHANGE_DAYS: Final = 3  # observed days of the last seven, and of the window's others, for a change of the week
LASTING_DAYS: Final = 14
ANSWER_DAYS: Final = 10  # the question comes every week; three days of grace
ENOUGH_DAYS: Final = 5  # observed days, of LASTING_DAYS

HEAVY_LOAD: Final = 0.5  # the middle of the scale: a rating of 3, or a face as likely negative as not
# The mean and persistence hold nearly all the information (Dejonckheere et al. 2019); variability is left out, since
# low well-being goes with it only weakly (r = .18, Houben et al. 2015). The single question follows what the long
# questionnaire says of exhaustion (Dolan et al. 2015). The shares themselves are chosen, and simulated.
WEIGHTS: Final[Mapping[Part, float]] = {"level": 0.45, "persistence": 0.20, "trend": 0.15, "answer": 0.20}
# No smaller, or a worse day some weeks ago would lower the trend by more than it raises the level: decision 0005.
FULL_TREND: Final = WEIGHTS["trend"] / WEIGHTS["level"]
TREND_RECENT: Final = 2  # observed days of the last seven, and of the window's others, for a trend
TREND_EARLIER: Final = 3

# Between the simulated courses (decision 0005); to be fitted again on people who agree to it.
RAISED_FROM: Final = 40
HIGH_FROM: Final = 55
AGREEING_OWN: Final = 0.625  # a mean rating of 2.5: nearer to "bad" than to "so-so"
AGREEING_ANSWER: Final = 3  # "definitely burning out" and above (Dolan et al. 2015)

BEGINNING_DAYS: Final = 90  # the own beginning lies in the last three months
OWN_WORSE: Final = 0.10  # the person's own word, newest days against the beginning: a notice although the index is calm


@dataclass(frozen=True)
class DayLoad:
    """One observed day of the person's own calendar. `load` and `photos` lie in [0, 1], more is worse."""

    day: date
    load: float
    photos: float | None  # weighted mean P(negative) of the day's photos; None when there is none that counts
    rating: float | None  # mean self-rating, 1 (very bad) to 5 (very good); None when nothing was rated
    energy: int | None = None  # 1 (exhausted) to 5 (rested)

    @property
    def own(self) -> float | None:
        """The person's own word: rating and energy, or the one there is; [0, 1], more is worse."""
        return _own(self.rating, self.energy)


@dataclass(frozen=True)
class Strain:
    """A person's strain on a day. Without enough data `index`, `band` and `parts` are None, None and empty."""

    day: date
    days: tuple[DayLoad, ...]  # the observed days of the window, oldest first
    observed_days: int  # of the last 14
    index: float | None  # [0, 100]
    band: Band | None
    parts: Mapping[Part, float]  # what each part adds to the index, in points; they sum to it
    above_beginning: bool  # the loads stay above the person's own first weeks, by the control chart's limit


def day_loads(
    check_ins: Sequence[CourseCheckIn], zone: ZoneInfo, told: Sequence[CourseDay] = ()
) -> tuple[DayLoad, ...]:
    """The observed days, oldest first. A check-in without any usable number does not count; energy alone makes a day.

    The order of the check-ins does not matter, not even to the last bit.
    """
    energy = {date.fromisoformat(each.day): each.energy for each in told if each.energy is not None}
    by_day: defaultdict[date, list[CourseCheckIn]] = defaultdict(list, {day: [] for day in energy})
    for check_in in check_ins:
        if check_in.negative is not None or check_in.rating is not None:
            by_day[local_day(check_in.observed_at_utc, zone)].append(check_in)
    return tuple(_day_load(day, by_day[day], energy.get(day)) for day in sorted(by_day))


def without_waiting(course: Course) -> Course:
    """The course without the answers that still wait for the person's rating: nobody shall see them before."""
    return msgspec.structs.replace(course, check_ins=tuple(each for each in course.check_ins if not each.waits))


def smoothed(days: Sequence[DayLoad]) -> tuple[float, ...]:
    """The level after each observed day: an EWMA of the loads, in [0, 1], that starts at the first load."""
    return tuple(accumulate((day.load for day in days), ewma_step))


def strain_on(day: date, course: Course, zone: ZoneInfo) -> Strain:
    """The person's strain at the end of a day of their own calendar; later check-ins do not count.

    A worse day, whichever of the window, never lowers the index. "high" is said only when the person's own word or
    answer agrees. Without an answer in the last ten days the other parts share its weight, and `parts` is without it.
    """
    (strain,) = strains_on([day], course, zone)
    return strain


def strains_on(days: Iterable[date], course: Course, zone: ZoneInfo) -> Iterator[Strain]:
    """The strain at the end of each of these days; the loads of the course are found once."""
    loads = day_loads(course.check_ins, zone, course.days)
    return (_strain(day, loads, course.weekly, zone) for day in days)


def index_line(course: Course, zone: ZoneInfo, first_day: date) -> tuple[tuple[date, float], ...]:
    """The index at the end of each observed day that has one, from a day on, oldest first: [0, 100]."""
    days = day_loads(course.check_ins, zone, course.days)
    strains = (_strain(day.day, days, course.weekly, zone) for day in days if day.day >= first_day)
    return tuple((strain.day, strain.index) for strain in strains if strain.index is not None)


def _strain(day: date, days: Sequence[DayLoad], weekly: Sequence[WeeklyAnswer], zone: ZoneInfo) -> Strain:
    known = _until(day, days)
    window = _last(WINDOW_DAYS, known, day)
    lasting = _last(LASTING_DAYS, window, day)
    answer = _own_answer(weekly, day, zone)
    enough = len(lasting) >= ENOUGH_DAYS
    parts = _parts(window, lasting, _last(RECENT_DAYS, window, day), answer) if enough else {}
    index = sum(parts.values()) if enough else None
    return Strain(
        day=day,
        days=window,
        observed_days=len(lasting),
        index=index,
        band=None if index is None else _band(index, agreed=_agrees(lasting, answer)),
        parts=parts,
        above_beginning=enough and stays_above([load.load for load in _last(BEGINNING_DAYS, known, day)]),
    )


def shown_index(index: float) -> int:
    """The index as every text and picture must show it; the band is the one of this whole number."""
    # First to millionths: the sum's last digit must not decide between two bands.
    return round(round(index, 6))


def week_change(strain: Strain) -> float | None:
    """By how much the mean load of the last 7 days lies above that of the window's others, in [-1, 1].

    None when either has fewer than three observed days.
    """
    recent = _last(RECENT_DAYS, strain.days, strain.day)
    earlier = strain.days[: len(strain.days) - len(recent)]
    if min(len(recent), len(earlier)) < CHANGE_DAYS:
        return None
    return fmean(day.load for day in recent) - fmean(day.load for day in earlier)


def notice_due(course: Course, day: date, zone: ZoneInfo) -> bool:
    """Whether the strain stays above the person's own first weeks, and there is something to say of it.

    There is when the index is not calm, or when the person's own word has become worse: photos alone that are calm are
    no reason to write.
    """
    strain = strain_on(day, course, zone)
    if not strain.above_beginning or strain.band != "calm":
        return strain.above_beginning
    loads = _until(day, day_loads(course.check_ins, zone, course.days))
    before = [each.own for each in own_beginning(day, loads) if each.own is not None]
    newest = [each.own for each in loads[-NEWEST_DAYS:] if each.own is not None]
    return bool(before and newest) and round(fmean(newest) - fmean(before), 6) >= OWN_WORSE


def own_beginning(day: date, loads: Sequence[DayLoad]) -> Sequence[DayLoad]:
    """The observed days with which a day is compared, oldest first; none before there are enough of them."""
    days = _last(BEGINNING_DAYS, _until(day, loads), day)
    return days[: baseline_size(len(days))] if len(days) >= EARLY_FROM else ()


def _day_load(day: date, check_ins: Sequence[CourseCheckIn], energy: int | None) -> DayLoad:
    weighed = [
        (check_in.negative, CORRECTED_WEIGHT if check_in.corrected else 1)
        for check_in in check_ins
        if check_in.negative is not None
    ]
    ratings = [check_in.rating for check_in in check_ins if check_in.rating is not None]
    photos = fsum(negative * weight for negative, weight in weighed) / sum(w for _, w in weighed) if weighed else None
    rating = sum(ratings) / len(ratings) if ratings else None
    load = _mixed(_own(rating, energy), photos, OWN_SHARE)
    assert load is not None  # noqa: S101  (an observed day has one of the three)
    return DayLoad(day, load, photos, rating, energy)


def _own(rating: float | None, energy: int | None) -> float | None:
    energy_load, rating_load = (
        None if step is None else (BEST_RATING - step) / RATING_STEPS for step in (energy, rating)
    )
    return _mixed(energy_load, rating_load, ENERGY_SHARE)


def _mixed(one: float | None, other: float | None, share: float) -> float | None:
    """`share` of the one and the rest of the other, or the one there is."""
    if one is None or other is None:
        return other if one is None else one
    return share * one + (1 - share) * other


def _last(days: int, loads: Sequence[DayLoad], day: date) -> tuple[DayLoad, ...]:
    """Those of the last `days` days that end with `day`; the loads end with it, too."""
    return tuple(loads[len(_until(day - timedelta(days=days), loads)) :])


def _until(day: date, loads: Sequence[DayLoad]) -> Sequence[DayLoad]:
    return loads[: bisect_right(loads, day, key=attrgetter("day"))]


def _own_answer(weekly: Sequence[WeeklyAnswer], day: date, zone: ZoneInfo) -> int | None:
    """The newest answer of the last days, 1 to 5."""
    first = day - timedelta(days=ANSWER_DAYS - 1)
    given = [answer for answer in weekly if first <= local_day(answer.answered_at_utc, zone) <= day]
    return max(given, key=lambda answer: (answer.answered_at_utc, answer.answer)).answer if given else None


def _parts(
    window: Sequence[DayLoad], lasting: Sequence[DayLoad], recent: Sequence[DayLoad], answer: int | None
) -> dict[Part, float]:
    level = smoothed(window)[-1]
    shares: dict[Part, float] = {
        "level": level,
        "persistence": sum(day.load >= HEAVY_LOAD for day in lasting) / len(lasting),
        "trend": _trend(level, recent, earlier=len(window) - len(recent)),
    }
    if answer is not None:
        shares["answer"] = (answer - 1) / ANSWER_STEPS
    weight_given = fsum(WEIGHTS[part] for part in shares)
    return {part: 100 * WEIGHTS[part] / weight_given * share for part, share in shares.items()}


def _trend(level: float, recent: Sequence[DayLoad], *, earlier: int) -> float:
    """By how much the last week lies above the level, which lags behind it; [0, 1]."""
    if len(recent) < TREND_RECENT or earlier < TREND_EARLIER:
        return 0.0
    rise = fsum(day.load for day in recent) / len(recent) - level
    return min(max(rise / FULL_TREND, 0.0), 1.0)


def _band(index: float, *, agreed: bool) -> Band:
    shown = shown_index(index)
    if shown >= HIGH_FROM and agreed:
        return "high"
    return "raised" if shown >= RAISED_FROM else "calm"


def _agrees(lasting: Sequence[DayLoad], answer: int | None) -> bool:
    """Whether what the person says agrees: the mean own word of the last two weeks' days, or the answer."""
    own = [day.own for day in lasting if day.own is not None]
    # To millionths: thirds have a last digit that must not decide.
    low = bool(own) and round(fmean(own), 6) >= AGREEING_OWN
    return low or (answer is not None and answer >= AGREEING_ANSWER)
