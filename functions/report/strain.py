"""The strain index: check-ins → daily load → level, persistence, trend → an index of 0 to 100 with its band. Pure.

Definitions, how they were chosen and what they cost: docs/decisions/0005. `research.strain_simulation` prints the
numbers behind the thresholds. The index describes a course; it is no diagnosis.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import fsum, sqrt
from statistics import fmean, stdev
from typing import Final, Literal
from zoneinfo import ZoneInfo

from burnout.schedule import local_day
from burnout.store.reports import Course, CourseCheckIn, WeeklyAnswer
from burnout.values import Band

Part = Literal["level", "persistence", "trend", "answer"]

# Faces tell what people feel only somewhat above chance (Barrett et al. 2019), so the person's own rating weighs more.
# No paper gives the number.
RATING_SHARE: Final = 0.6
CORRECTED_WEIGHT: Final = 2  # among the day's photos, of what the person said it was; a model's number has 1
LOW_RATING: Final = 2  # of five: "bad" and "very bad"
BEST_RATING: Final = 5
RATING_STEPS: Final = 4
ANSWER_STEPS: Final = 4

WINDOW_DAYS: Final = 28  # four weeks, as in the published simulation's "detected in 28 days"
RECENT_DAYS: Final = 7
LASTING_DAYS: Final = 14
ANSWER_DAYS: Final = 10  # the question comes every week; three days of grace
ENOUGH_DAYS: Final = 5  # of LASTING_DAYS; five observed days are five check-ins at least

# EWMA charts for single persons (Smit, Schat & Ceulemans 2022); 0.2 halves a day's weight after three check-in days.
EWMA_WEIGHT: Final = 0.2
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
AGREEING_RATING: Final = 2.5  # a mean nearer to "bad" than to "so-so"
AGREEING_ANSWER: Final = 3  # "definitely burning out" and above (Dolan et al. 2015)

# The person's own control chart (Roberts 1959; for one person Smit, Schat & Ceulemans 2022). Limits in this range give
# few false alarms and miss many changes (Smit & Snippe 2022, Schreuder et al. 2024), so an alert stays a hint.
BASELINE_DAYS: Final = 14
SIGMAS: Final = 3.0
SMALLEST_SIGMA: Final = 0.10  # fourteen much alike days must not make an ordinary one alarming; chosen, simulated
DAYS_ABOVE: Final = 2


@dataclass(frozen=True)
class DayLoad:
    """One observed day of the person's own calendar. `load` and `photos` lie in [0, 1], more is worse."""

    day: date
    load: float
    photos: float | None  # weighted mean P(negative) of the day's photos; None when there is none that counts
    rating: float | None  # mean self-rating, 1 (very bad) to 5 (very good); None when nothing was rated
    check_ins: int
    ratings: int


@dataclass(frozen=True)
class Strain:
    """A person's strain on a day. Without enough data `index`, `band` and `parts` are None, None and empty."""

    day: date
    days: tuple[DayLoad, ...]  # the observed days of the window, oldest first
    observed_days: int  # of the last 14
    check_ins: int  # of the last 14 days
    index: float | None  # [0, 100]
    band: Band | None
    parts: Mapping[Part, float]  # what each part adds to the index, in points; they sum to it
    above_baseline: bool  # the level lies above the person's own first weeks, by the control chart's limit


def day_loads(check_ins: Sequence[CourseCheckIn], zone: ZoneInfo) -> tuple[DayLoad, ...]:
    """The observed days, oldest first. A check-in without any usable number does not count.

    The order of the check-ins does not matter, not even to the last bit.
    """
    by_day: defaultdict[date, list[CourseCheckIn]] = defaultdict(list)
    for check_in in check_ins:
        if check_in.negative is not None or check_in.rating is not None:
            by_day[local_day(check_in.observed_at_utc, zone)].append(check_in)
    return tuple(_day_load(day, by_day[day]) for day in sorted(by_day))


def smoothed(days: Sequence[DayLoad]) -> tuple[float, ...]:
    """The level after each observed day: an EWMA of the loads, in [0, 1], that starts at the first load."""
    return tuple(accumulate((day.load for day in days), _ewma_step))


def strain_on(day: date, course: Course, zone: ZoneInfo) -> Strain:
    """The person's strain at the end of a day of their own calendar; later check-ins do not count.

    A worse day, whichever of the window, never lowers the index. "high" is said only when the person's own ratings or
    answer agree. Without an answer in the last ten days the other parts share its weight, and `parts` is without it.
    """
    return _strain(day, day_loads(course.check_ins, zone), course.weekly, zone)


def index_line(course: Course, zone: ZoneInfo) -> tuple[tuple[date, float], ...]:
    """The index at the end of each observed day that has one, oldest first: [0, 100]."""
    days = day_loads(course.check_ins, zone)
    strains = (_strain(day.day, days, course.weekly, zone) for day in days)
    return tuple((strain.day, strain.index) for strain in strains if strain.index is not None)


def _strain(day: date, days: Sequence[DayLoad], weekly: Sequence[WeeklyAnswer], zone: ZoneInfo) -> Strain:
    known = [load for load in days if load.day <= day]
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
        check_ins=sum(load.check_ins for load in lasting),
        index=index,
        band=None if index is None else _band(index, agreed=_agrees(lasting, answer)),
        parts=parts,
        above_baseline=enough and _stays_above([load.load for load in known]),
    )


def shown_index(index: float) -> int:
    """The index as every text and picture must show it; the band is the one of this whole number."""
    # First to millionths: the sum's last digit must not decide between two bands.
    return round(round(index, 6))


def above_limit(
    loads: Sequence[float],
    *,
    weight: float = EWMA_WEIGHT,
    sigmas: float = SIGMAS,
    baseline_days: int = BASELINE_DAYS,
) -> tuple[bool, ...]:
    """For every observed day after the baseline whether the EWMA of the loads lies above the chart's limit.

    The first `baseline_days` loads give mean and deviation; the EWMA starts at that mean. Empty without a later day.
    """
    baseline, later = loads[:baseline_days], loads[baseline_days:]
    if not later:
        return ()
    mean, sigma = fmean(baseline), max(stdev(baseline), SMALLEST_SIGMA)
    level, above = mean, []
    for n, load in enumerate(later, start=1):
        level += weight * (load - level)
        variance = weight / (2 - weight) * (1 - (1 - weight) ** (2 * n))  # of an EWMA of n days, exactly
        above.append(level > mean + sigmas * sigma * sqrt(variance))
    return tuple(above)


def _day_load(day: date, check_ins: Sequence[CourseCheckIn]) -> DayLoad:
    weighed = [
        (check_in.negative, CORRECTED_WEIGHT if check_in.corrected else 1)
        for check_in in check_ins
        if check_in.negative is not None
    ]
    ratings = [check_in.rating for check_in in check_ins if check_in.rating is not None]
    photos = fsum(negative * weight for negative, weight in weighed) / sum(w for _, w in weighed) if weighed else None
    rating = sum(ratings) / len(ratings) if ratings else None
    return DayLoad(
        day=day,
        load=_load(photos, rating),
        photos=photos,
        rating=rating,
        check_ins=len(check_ins),
        ratings=len(ratings),
    )


def _load(photos: float | None, rating: float | None) -> float:
    own = None if rating is None else (BEST_RATING - rating) / RATING_STEPS
    if own is None or photos is None:
        return next(side for side in (own, photos) if side is not None)
    return RATING_SHARE * own + (1 - RATING_SHARE) * photos


def _ewma_step(level: float, load: float) -> float:
    return EWMA_WEIGHT * load + (1 - EWMA_WEIGHT) * level


def _last(days: int, loads: Sequence[DayLoad], day: date) -> tuple[DayLoad, ...]:
    """Those of the last `days` days that end with `day`."""
    return tuple(load for load in loads if load.day > day - timedelta(days=days))


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
    """Whether what the person says agrees: the mean of the last two weeks' ratings, or the weekly answer."""
    ratings = sum(day.ratings for day in lasting)
    rating_sum = fsum(day.rating * day.ratings for day in lasting if day.rating is not None)
    low = ratings > 0 and round(rating_sum) <= AGREEING_RATING * ratings  # a sum of whole numbers is whole
    return low or (answer is not None and answer >= AGREEING_ANSWER)


def _stays_above(loads: Sequence[float]) -> bool:
    above = above_limit(loads)
    return len(above) >= DAYS_ABOVE and all(above[-DAYS_ABOVE:])
