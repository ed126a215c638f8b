"""The course as a calendar: a box a day, larger and in another colour with more strain, as in the course's picture."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from babel.dates import format_date, get_day_names

from burnout.texts import text
from burnout.values import Language, Theme
from functions.report.pictures.calendar_grid import TOP_PX, Grid, grid_of, month_names
from functions.report.pictures.facts import BAND_FROM, ChartFacts, band_of
from functions.report.pictures.page import EDGE_PX, WIDTH_PX, Box, Page, Point
from functions.report.pictures.palette import PALETTES

_LEGEND_PX: Final = 100  # below the last boxes
_SWATCH_PX: Final = 44
_LEGEND_STRAINS: Final = (20, 48, 100)  # whose sizes stand for the bands
_EMPTY_PX: Final = 8
_SMALLEST: Final = 0.5  # of a box's side without any strain
_LETTER_PX: Final = 21  # of a month's name with its year, with some room after it


def draw_calendar(facts: ChartFacts, language: Language, theme: Theme) -> bytes:
    """The calendar as a PNG 1080 pixels wide. Raises: ValueError: there is no day to draw."""
    page = Page(height_px(facts), PALETTES[theme])
    draw_on(page, facts, language)
    return page.png()


def height_px(facts: ChartFacts) -> int:
    """How high a page these weeks need."""
    return grid_of(facts.first_day, facts.last_day).bottom_px + _LEGEND_PX


def draw_on(page: Page, facts: ChartFacts, language: Language) -> None:
    """Draws the calendar on a page of that height. Raises: ValueError: there is no day to draw."""
    if not facts.days:
        raise ValueError("a calendar needs a day")
    grid = grid_of(facts.first_day, facts.last_day)
    page.head(text("chart_calendar_title", language), text("chart_calendar_scale", language))
    _draw_boxes(page, grid, facts)
    _write_weekdays(page, grid, language)
    if grid.large:
        _write_numbers(page, grid, facts)
    _write_months(page, grid, facts, language)
    _draw_legend(page, grid.bottom_px + 48, language)


def _draw_boxes(page: Page, grid: Grid, facts: ChartFacts) -> None:
    boxes = [_of_size(grid.box(day), strain) for day, strain in facts.days.items()]
    page.boxes(boxes, [page.palette.bands[band_of(strain)] for strain in facts.days.values()], round_px=6)
    if not grid.large:
        empty = [_middle(grid.box(day)) for day in grid.days if day not in facts.days]
        page.dots(empty, _EMPTY_PX, page.palette.quiet)


def _write_weekdays(page: Page, grid: Grid, language: Language) -> None:
    names = get_day_names("short", "stand-alone", locale=language)
    strips = () if grid.large else range(0, grid.weeks, grid.strip_weeks)
    for weekday in range(7):
        day = grid.first_monday + timedelta(days=weekday)
        if grid.large:
            above = (_middle(grid.box(day))[0], TOP_PX - 34)
            page.write(above, names[weekday], page.palette.quiet, align="center")
        for week in strips:
            beside = (EDGE_PX, _middle(grid.box(day + timedelta(weeks=week)))[1])
            page.write(beside, names[weekday], page.palette.quiet)


def _write_numbers(page: Page, grid: Grid, facts: ChartFacts) -> None:
    for day in grid.days:
        color = page.palette.numbers[band_of(facts.days[day])] if day in facts.days else page.palette.quiet
        page.write(_middle(grid.box(day)), str(day.day), color, align="center")


def _write_months(page: Page, grid: Grid, facts: ChartFacts, language: Language) -> None:
    dated_strip, named = -1, month_names(grid, facts.first_day)
    for (monday, day), (following, _) in pairwise([*named, (date.max, date.max)]):
        left, top, _, _ = grid.box(monday)
        words = format_date(day, "LLL", locale=language)
        strip, dated = grid.strip(monday), f"{words} {day.year}"
        end = grid.box(following)[0] if grid.strip(following) == strip else WIDTH_PX
        has_room = not grid.large and left + _LETTER_PX * len(dated) <= end
        if has_room and (day.month == 1 or strip != dated_strip):
            words, dated_strip = dated, strip
        at = (EDGE_PX, _middle(grid.box(monday))[1]) if grid.large else (left, top - 28)
        page.write(at, words, page.palette.ink)


def _draw_legend(page: Page, y: float, language: Language) -> None:
    x = float(EDGE_PX)
    for band, strain in zip(BAND_FROM, _LEGEND_STRAINS, strict=True):
        swatch = _of_size((x, y - _SWATCH_PX / 2, x + _SWATCH_PX, y + _SWATCH_PX / 2), strain)
        page.boxes([swatch], [page.palette.bands[band]], round_px=6)
        x += _SWATCH_PX + 12
        x += page.write((x, y), text(f"chart_band_{band}", language), page.palette.ink) + 40


def _of_size(box: Box, strain: float) -> Box:
    """The part of the box around its middle that says how much strain there is."""
    left, top, right, bottom = box
    free = (1 - _SMALLEST) * (1 - strain / 100) / 2
    across, down = free * (right - left), free * (bottom - top)
    return left + across, top + down, right - across, bottom - down


def _middle(box: Box) -> Point:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2
