"""A person's last days in numbers, as the page draws them. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from statistics import fmean
from zoneinfo import ZoneInfo

import msgspec

from burnout.schedule import local_day
from burnout.store.reports import CourseCheckIn


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the person's own calendar with a check-in."""

    day: str  # YYYY-MM-DD
    check_ins: int
    rating: float | None  # mean, 1 (very bad) to 5 (very good)
    photos: float | None  # mean P(negative) of what counts, [0, 1]


def points(check_ins: Iterable[CourseCheckIn], zone: ZoneInfo) -> tuple[Point, ...]:
    """The days, oldest first. An answer that waits for its rating is counted and not told."""
    by_day: defaultdict[date, list[CourseCheckIn]] = defaultdict(list)
    for check_in in check_ins:
        by_day[local_day(check_in.observed_at_utc, zone)].append(check_in)
    return tuple(_point(day, by_day[day]) for day in sorted(by_day))


def _point(day: date, check_ins: list[CourseCheckIn]) -> Point:
    ratings = [each.rating for each in check_ins if each.rating is not None]
    photos = [each.negative for each in check_ins if each.negative is not None and not each.waits]
    return Point(
        day=day.isoformat(),
        check_ins=len(check_ins),
        rating=fmean(ratings) if ratings else None,
        photos=fmean(photos) if photos else None,
    )
