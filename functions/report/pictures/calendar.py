"""The course as a calendar: a box a day, its colour the load. It shares the course chart's facts, bands and colours."""

from datetime import date, timedelta
from typing import Final, get_args

from babel.dates import format_date, get_day_names

from burnout.texts import text
from burnout.values import Band, Language, Theme
from functions.report.pictures.calendar_grid import TOP_PX, Grid, grid_of, month_names
from functions.report.pictures.facts import ChartFacts
from functions.report.pictures.page import EDGE_PX, Box, Font, Page, Point
from functions.report.pictures.palette import BAND_STEPS, PALETTES, Palette

_WORDS_PX: Final = 28  # about ten points on a phone
_SMALL_PX: Final = 26
_LEGEND_PX: Final = 150  # below the last boxes
_SWATCH_PX: Final = 28
_LAST_ROOM: Final = 860  # a month's name that begins further right has no room for its year


def draw_calendar(facts: ChartFacts, language: Language, theme: Theme) -> bytes:
    """The calendar as a PNG 1080 pixels wide, as high as its weeks need; days after the last one stay empty.

    Raises: ValueError: there is no day to draw.
    """
    if not facts.days:
        raise ValueError("a calendar needs a day")
    palette = PALETTES[theme]
    grid = grid_of(facts.first_day, facts.last_day)
    page = Page(grid.bottom_px + _LEGEND_PX, palette)
    page.head(text("chart_calendar_title", language), text("chart_calendar_scale", language))
    _draw_boxes(page, grid, facts, palette)
    _write_weekdays(page, grid, palette, language)
    if grid.large:
        _write_numbers(page, grid, facts, palette)
        _write_months_beside(page, grid, facts, palette, language)
    else:
        _write_months_above(page, grid, facts, palette, language)
    _draw_legend(page, grid.bottom_px + 42, facts, palette, language)
    return page.png()


def _shown_days(facts: ChartFacts) -> list[date]:
    return [facts.first_day + timedelta(days=after) for after in range((facts.last_day - facts.first_day).days + 1)]


def _draw_boxes(page: Page, grid: Grid, facts: ChartFacts, palette: Palette) -> None:
    loads = {day.day: day.load for day in facts.days}
    page.frames([grid.box(day) for day in _shown_days(facts) if day not in loads], 2, palette.outline)
    page.boxes([grid.box(day) for day in loads], [palette.step(load) for load in loads.values()], round_px=6)
    if facts.shown_report_day is not None:
        frame_px = 7 if grid.large else 5
        page.frames([grid.box(facts.shown_report_day)], 2 * frame_px, palette.surface)  # else unseen on dark colours
        page.frames([grid.box(facts.shown_report_day)], frame_px, palette.ink)


def _write_weekdays(page: Page, grid: Grid, palette: Palette, language: Language) -> None:
    names = get_day_names("short", "stand-alone", locale=language)
    strips = () if grid.large else range(0, grid.weeks, grid.strip_weeks)
    for weekday in range(7):
        day = grid.first_monday + timedelta(days=weekday)
        if grid.large:
            above = (_middle(grid.box(day))[0], TOP_PX - 32)
            page.write(above, names[weekday], Font(_WORDS_PX, palette.quiet), align="center")
        for week in strips:
            beside = (EDGE_PX, _middle(grid.box(day + timedelta(weeks=week)))[1])
            page.write(beside, names[weekday], Font(_SMALL_PX, palette.quiet))


def _write_numbers(page: Page, grid: Grid, facts: ChartFacts, palette: Palette) -> None:
    loads = {day.day: day.load for day in facts.days}
    for day in _shown_days(facts):
        color = palette.number(loads[day]) if day in loads else palette.quiet
        page.write(_middle(grid.box(day)), str(day.day), Font(34, color), align="center")


def _write_months_beside(page: Page, grid: Grid, facts: ChartFacts, palette: Palette, language: Language) -> None:
    for monday, day in month_names(grid, facts.first_day):
        at = (EDGE_PX, _middle(grid.box(monday))[1])
        page.write(at, format_date(day, "LLL", locale=language), Font(_WORDS_PX, palette.ink))


def _write_months_above(page: Page, grid: Grid, facts: ChartFacts, palette: Palette, language: Language) -> None:
    strip = -1
    for monday, day in month_names(grid, facts.first_day):
        left, top, _, _ = grid.box(monday)
        with_year = (day.month == 1 or grid.strip(monday) != strip) and left < _LAST_ROOM
        strip = grid.strip(monday)
        words = format_date(day, "LLL y" if with_year else "LLL", locale=language)
        page.write((left, top - 26), words, Font(_SMALL_PX, palette.ink))


def _draw_legend(page: Page, y: float, facts: ChartFacts, palette: Palette, language: Language) -> None:
    font = Font(_WORDS_PX, palette.ink)
    x = float(EDGE_PX)
    for band in get_args(Band):
        fills = palette.steps[BAND_STEPS[band]]
        lefts = [x + place * (_SWATCH_PX + 6) for place in range(len(fills))]
        page.boxes([_swatch(left, y) for left in lefts], fills, round_px=6)
        x = lefts[-1] + _SWATCH_PX + 14
        x += page.write((x, y), text(f"chart_band_{band}", language), font) + 44
    x, y = float(EDGE_PX), y + 56
    page.frames([_swatch(x, y)], 2, palette.outline)
    x += _SWATCH_PX + 14
    x += page.write((x, y), text("chart_no_check_in", language), font) + 44
    if facts.shown_report_day is not None:
        page.frames([_swatch(x, y)], 5, palette.ink)
        page.write((x + _SWATCH_PX + 14, y), text("chart_last_report", language), font)


def _swatch(left: float, middle: float) -> Box:
    return left, middle - _SWATCH_PX / 2, left + _SWATCH_PX, middle + _SWATCH_PX / 2


def _middle(box: Box) -> Point:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2
