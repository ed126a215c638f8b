"""What has changed in a person's course, for the words: the way it goes, and what moved. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Final, Literal
from zoneinfo import ZoneInfo

from burnout.schedule import local_day
from burnout.store.days import BAD_NIGHT
from burnout.store.reports import Course, LastReport
from burnout.strain.index import (
    AGREEING_ANSWER,
    ANSWER_DAYS,
    ANSWER_STEPS,
    HEAVY_LOAD,
    HIGH_FROM,
    RAISED_FROM,
    RECENT_DAYS,
    WEIGHTS,
    WINDOW_DAYS,
    Strain,
    shown_index,
    week_change,
)

# first: no report before, or a number that is neither much as before nor far from it.
# answer: the index is calm and does not rise, but the person's own answer says burning out, or worse.
Change = Literal["first", "steady", "down", "up", "above", "answer"]
Cause = Literal["heavy", "ratings", "energy", "sleep", "answer", "photos"]

CHANGE_POINTS: Final = 10  # between the numbers of two reports, as both show them
SAME_POINTS: Final = 4  # several small rises in a row must not read "much as before" each time
WEEK_RISE: Final = 0.20  # of the mean load: what a slow index has not followed yet
_LEAST_DAYS: Final = 2  # on each side
# From where on a cause has moved: a share of days, steps of a rating or of an energy, steps of an answer.
_LEAST: Final[dict[Cause, float]] = {
    "heavy": 0.2, "ratings": 0.5, "energy": 0.5, "sleep": 0.2, "answer": 1.0, "photos": 0.2,
}  # fmt: skip
_MORE_IS_BETTER: Final = frozenset({"ratings", "energy"})


@dataclass(frozen=True)
class Moved:
    """How something was in the last 7 days, and before that.

    A share of so many days of "heavy", "sleep" and "photos", else a mean from 1 to 5.
    """

    cause: Cause
    now: float
    then: float
    of_now: int
    of_then: int


def change_of(strain: Strain, last_report: LastReport | None) -> Change:
    """The way an index goes, and only a strain with one has it; a rise is named before everything else."""
    points = points_since(strain, last_report)
    if (points or 0) >= CHANGE_POINTS or is_heavier_week(strain):
        return "up"
    if strain.above_beginning:
        return "above"
    if strain.band == "calm" and called_hard(strain):
        return "answer"
    if points is not None and points <= -CHANGE_POINTS:
        return "down"
    return "first" if points is None or abs(points) > SAME_POINTS or _crosses(strain, points) else "steady"


def _crosses(strain: Strain, points: int) -> bool:
    """Whether the two numbers lie in two bands: last week's word was another one."""
    now = shown_index(strain.index or 0.0)
    return any((now >= low) != (now - points >= low) for low in (RAISED_FROM, HIGH_FROM))


def points_since(strain: Strain, last_report: LastReport | None) -> int | None:
    """Between the numbers as both reports show them, so that the person can check it."""
    if last_report is None or strain.index is None:
        return None
    return shown_index(strain.index) - shown_index(last_report.index)


def is_heavier_week(strain: Strain) -> bool:
    """Whether the last 7 days are clearly heavier than the weeks before."""
    change = week_change(strain)
    return change is not None and round(change, 6) >= WEEK_RISE


def called_hard(strain: Strain) -> bool:
    """Whether the person's own answer says burning out, or worse: then a calm number must not contradict it."""
    share = strain.parts.get("answer", 0.0) / (100 * WEIGHTS["answer"])  # all four parts are there if it is
    return round(1 + ANSWER_STEPS * share) >= AGREEING_ANSWER


def heavy_days(strain: Strain) -> tuple[int, int]:
    """How many of how many observed days of the last 7 are heavy."""
    loads = [day.load for day in strain.days if day.day > strain.day - timedelta(days=RECENT_DAYS)]
    return sum(load >= HEAVY_LOAD for load in loads), len(loads)


def moved(strain: Strain, course: Course, zone: ZoneInfo, change: Change) -> Moved | None:
    """What went the way of the change, the days first: after a rise what got worse, or what got better.

    The last 7 days against the 7 before, or against the window's others when those have fewer than two.
    """
    if change not in ("up", "above", "down"):
        return None
    found = (*_of_days(strain, course), *_of_answers(strain, course, zone))
    return next((each for each in found if _goes(each, better=change == "down")), None)


def _goes(each: Moved, *, better: bool) -> bool:
    difference = each.now - each.then
    return round(difference if better == (each.cause in _MORE_IS_BETTER) else -difference, 6) >= _LEAST[each.cause]


def _of_days(strain: Strain, course: Course) -> Iterable[Moved]:
    for cause, of_days in _values(strain, course).items():
        known = {(strain.day - day).days: value for day, value in of_days if value is not None}
        now, then = _between(known, 0, RECENT_DAYS), _between(known, RECENT_DAYS, 2 * RECENT_DAYS)
        if len(then) < _LEAST_DAYS:
            then = _between(known, RECENT_DAYS, WINDOW_DAYS)
        if min(len(now), len(then)) >= _LEAST_DAYS:
            yield Moved(cause, fmean(now), fmean(then), len(now), len(then))


def _values(strain: Strain, course: Course) -> dict[Cause, list[tuple[date, float | None]]]:
    """Of each day. Where the person has said nothing, the days are as heavy as the photos, and are called so."""
    told = [(date.fromisoformat(each.day), each) for each in course.days]
    own_word = any(day.own is not None for day in strain.days)
    heavy: Cause = "heavy" if own_word else "photos"
    return {
        heavy: [(day.day, float(day.load >= HEAVY_LOAD)) for day in strain.days],
        "ratings": [(day.day, day.rating) for day in strain.days],
        "energy": [(day, each.energy) for day, each in told],
        "sleep": [(day, None if each.sleep is None else float(each.sleep == BAD_NIGHT)) for day, each in told],
    }


def _between(values: dict[int, float], first: int, end: int) -> list[float]:
    """Those of so many days ago."""
    return [value for days_ago, value in values.items() if first <= days_ago < end]


def _of_answers(strain: Strain, course: Course, zone: ZoneInfo) -> Iterable[Moved]:
    """The newest answer and the one before, while the newest counts in the index."""
    given = sorted(course.weekly, key=lambda each: (each.answered_at_utc, each.answer))
    ago = [((strain.day - local_day(each.answered_at_utc, zone)).days, each.answer) for each in given]
    known = [(days, answer) for days, answer in ago if 0 <= days < WINDOW_DAYS]
    if len(known) > 1 and known[-1][0] < ANSWER_DAYS:
        yield Moved("answer", known[-1][1], known[-2][1], 1, 1)
