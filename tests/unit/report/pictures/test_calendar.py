"""The calendar: every day in its place, size and colour, weeks from Monday, months named once and never on another."""

from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.values import Theme
from functions.report.pictures.calendar_grid import grid_of, month_names
from functions.report.pictures.facts import ChartFacts
from functions.report.pictures.page import WIDTH_PX
from tests.unit.burnout.strain.courses import SUNDAY
from tests.unit.report.pictures.drawn import boxes, calendar_page, crowded, dots, facts_of, named, words

SPANS = [1, 5, 30, 57, 64, 150, 400]
LEGEND = ["calm", "raised", "high"]


def middle(box):
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("span", [30, 150])
def test_a_day_lies_in_its_place_in_its_bands_colour_and_larger_with_more_strain(theme, span):
    strains = {12: 0.0, 11: 39.4, 10: 39.6, 9: 54.0, 8: 55.0, 7: 78.0, 6: 100.0}

    page = calendar_page(facts_of(strains, span=span), "en", theme)

    grid = grid_of(SUNDAY - timedelta(days=span - 1), SUNDAY)
    drawn = [(middle(box), box[2] - box[0], named(page.palette, color)) for box, color in boxes(page)]
    places = [middle(grid.box(SUNDAY - timedelta(days=ago))) for ago in strains]
    widths = [width for _, width, _ in drawn[:7]]
    assert [place for place, _, _ in drawn[:7]] == [pytest.approx(place) for place in places]
    assert [band for _, _, band in drawn] == ["calm", "calm", "raised", "raised", "high", "high", "high", *LEGEND]
    assert widths == sorted(widths)
    assert widths[-1] == pytest.approx(2 * widths[0])
    legend = [width for _, width, _ in drawn[7:]]
    assert legend == sorted(legend)


def test_all_days_equal_are_equal():
    page = calendar_page(facts_of(dict.fromkeys(range(28), 50.0)), "en", "dark")

    days = boxes(page)[:28]
    assert len({(right - left, bottom - top, color) for (left, top, right, bottom), color in days}) == 1


@pytest.mark.parametrize("weekday", range(7))
def test_one_day_stands_in_its_whole_week(weekday):
    day = date(2026, 12, 28) + timedelta(days=weekday)  # ISO week 53

    page = calendar_page(ChartFacts({day: 70.0}, (), day, day, None), "en", "light")

    found = words(page)
    assert len(boxes(page)) == 1 + len(LEGEND)
    assert {"28", "29", "30", "31", "1", "2", "3"} <= set(found)
    assert middle(boxes(page)[0][0]) == pytest.approx(found[str(day.day)])


def test_days_without_a_check_in_are_small_dots_where_boxes_have_no_room_for_a_number():
    page = calendar_page(facts_of({9: 50.0}, span=70), "en", "light")

    assert len(dots(page, page.palette.quiet)) == 69


@pytest.mark.parametrize("span", SPANS)
def test_boxes_lie_apart_within_the_picture(span):
    days = [SUNDAY - timedelta(days=ago) for ago in range(span)]

    grid = grid_of(days[-1], days[0])

    found = [grid.box(day) for day in days]
    assert len({box[:2] for box in found}) == span
    assert all(0 < left < right <= WIDTH_PX for left, _, right, _ in found)
    assert all(top < bottom <= grid.bottom_px for _, top, _, bottom in found)
    assert min(right - left for left, _, right, _ in found) >= 36  # pixels of 1080: smaller ones blur on a phone


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
    found = month_names(grid_of(first_day, last_day), first_day)

    assert [(f"{monday:%m-%d}", day.month) for monday, day in found] == names


@pytest.mark.parametrize("first_day", [date(2025, month, 26) for month in range(1, 13)])
def test_a_months_name_leaves_room_between_its_year_and_the_next_name(first_day):
    days = ChartFacts({first_day: 50.0}, (), first_day, first_day + timedelta(days=399), None)

    assert crowded(calendar_page(days, "ru"), apart_px=8) == []


@given(first=st.dates(date(2024, 1, 1), date(2030, 1, 1)), span=st.integers(64, 500))
def test_months_never_touch_and_every_strip_is_named(first, span):
    grid = grid_of(first, first + timedelta(days=span))

    found = [grid.box(monday)[:2] for monday, _ in month_names(grid, first)]

    assert all(after[0] - before[0] >= 4 * 44 for before, after in pairwise(found) if after[1] == before[1])
