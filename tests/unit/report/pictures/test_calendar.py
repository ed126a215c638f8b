"""The calendar: every day in its place and colour, weeks from Monday, months named once and never on top of another."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.pictures.calendar import draw_calendar
from functions.report.pictures.calendar_grid import grid_of, month_names
from functions.report.pictures.facts import ChartFacts
from functions.report.pictures.page import WIDTH_PX
from functions.report.pictures.palette import PALETTES
from tests.unit.report.courses import SUNDAY, a_day
from tests.unit.report.pictures.test_course import is_colour, picture

SPANS = [1, 5, 30, 57, 64, 150, 400]


def calendar(days_ago_loads, *, span, theme="light"):
    days = tuple(a_day(ago, load=load) for ago, load in sorted(days_ago_loads.items(), reverse=True))
    wednesday = SUNDAY - timedelta(days=4)
    facts = ChartFacts(days, SUNDAY - timedelta(days=span - 1), wednesday, None)
    return grid_of(facts.first_day, facts.last_day), picture(draw_calendar(facts, "en", theme))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("span", [30, 150])
def test_a_box_has_its_loads_colour_and_a_day_without_a_check_in_only_a_frame(theme, span):
    palette = PALETTES[theme]

    grid, pixels = calendar({9: 0.0, 8: 0.5, 7: 1.0}, span=span, theme=theme)

    def pixel(ago, inset_px):
        left, top, _, _ = grid.box(SUNDAY - timedelta(days=ago))
        return pixels[int(top) + inset_px, int(left) + inset_px]

    assert is_colour(pixel(9, 6), palette.steps[0])
    assert is_colour(pixel(8, 6), palette.steps[2])
    assert is_colour(pixel(7, 6), palette.steps[4])
    assert is_colour(pixel(6, 6), palette.surface)
    assert is_colour(pixel(6, 1), palette.outline)


def test_days_to_come_are_empty():
    palette = PALETTES["light"]

    grid, pixels = calendar({9: 0.5}, span=30)

    left, top, _, _ = (int(px) for px in grid.box(SUNDAY - timedelta(days=3)))
    _, _, right, bottom = (int(px) for px in grid.box(SUNDAY))
    assert is_colour(pixels[top:bottom, left:right], palette.surface).all()


@pytest.mark.parametrize("span", SPANS)
def test_boxes_lie_apart_within_the_picture(span):
    days = [SUNDAY - timedelta(days=ago) for ago in range(span)]

    grid = grid_of(days[-1], days[0])

    boxes = [grid.box(day) for day in days]
    assert len({box[:2] for box in boxes}) == span
    assert all(0 < left < right <= WIDTH_PX for left, _, right, _ in boxes)
    assert all(top < bottom <= grid.bottom_px for _, top, _, bottom in boxes)
    assert min(right - left for left, _, right, _ in boxes) >= 36  # pixels of 1080: smaller ones blur on a phone


@pytest.mark.parametrize(("span", "large"), [(1, True), (63, True), (64, False), (400, False)])
def test_few_weeks_are_rows_and_many_are_columns(span, large):
    grid = grid_of(SUNDAY - timedelta(days=span - 1), SUNDAY)

    monday, sunday = grid.box(SUNDAY - timedelta(days=6)), grid.box(SUNDAY)
    assert grid.large == large
    assert (monday[1] == sunday[1], monday[0] == sunday[0]) == (large, not large)


@pytest.mark.parametrize(
    ("first_day", "last_day", "names"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), [("11-23", 11)]),
        (date(2026, 10, 26), date(2026, 11, 24), [("10-26", 10), ("11-02", 11)]),
        (date(2026, 11, 1), date(2026, 11, 24), [("10-26", 11)]),  # the week's other days are not shown
        (date(2026, 12, 20), date(2027, 1, 10), [("12-14", 12), ("01-04", 1)]),  # over ISO week 53
        # columns: September's last days leave their name to October's, which would lie on it
        (date(2026, 9, 26), date(2026, 12, 1), [("10-05", 10), ("11-02", 11)]),
    ],
)
def test_months_are_named_where_they_begin(first_day, last_day, names):
    named = month_names(grid_of(first_day, last_day), first_day)

    assert [(f"{monday:%m-%d}", day.month) for monday, day in named] == names


@given(first=st.dates(date(2024, 1, 1), date(2030, 1, 1)), span=st.integers(64, 500))
def test_months_never_touch_and_every_strip_is_named(first, span):
    grid = grid_of(first, first + timedelta(days=span))

    named = [grid.box(monday)[:2] for monday, _ in month_names(grid, first)]

    assert all(after[0] - before[0] >= 4 * 44 for before, after in pairwise(named) if after[1] == before[1])
