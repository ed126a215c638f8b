"""Strain indices and their days, as the tests of the words need them."""

from datetime import date, timedelta
from typing import Final, get_args

from burnout.values import Band
from functions.report.strain import DayLoad, Part, Strain

SUNDAY: Final = date(2026, 11, 22)
PARTS: Final[tuple[Part, ...]] = get_args(Part)


def a_day(days_ago, *, load=0.5, rating=None, photos=None):
    return DayLoad(
        day=SUNDAY - timedelta(days=days_ago),
        load=load,
        photos=photos,
        rating=rating,
        check_ins=1,
        ratings=0 if rating is None else 1,
    )


def a_strain(index=46.0, band: Band | None = "raised", *, main: Part = "level", **changes):
    parts = dict.fromkeys(PARTS, 4.0) | {main: 22.0}
    days = tuple(a_day(days_ago, rating=3.0) for days_ago in (5, 4, 3, 2, 1, 0))
    facts = {"day": SUNDAY, "days": days, "observed_days": 6, "check_ins": 9, "parts": parts, "above_baseline": False}
    return Strain(**(facts | {"index": index, "band": band} | changes))
