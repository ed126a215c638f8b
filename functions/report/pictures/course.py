"""The course as a picture: each day's strain and the index through it, on one scale, over the bands.

Made to be read on a phone, at a third of its size. It knows neither Telegram nor where the days come from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from statistics import fmean
from typing import Final

from babel.dates import format_date

from burnout.strain.index import ENOUGH_DAYS, LASTING_DAYS, shown_index
from burnout.texts import short_date, text
from burnout.values import Language, Theme
from functions.report.pictures.facts import BAND_FROM, ChartFacts, band_of
from functions.report.pictures.page import EDGE_PX, WIDTH_PX, Align, Page, Point
from functions.report.pictures.palette import PALETTES

HEIGHT_PX: Final = 810

_LEFT, _TOP, _RIGHT, _BOTTOM = 286, 190, 1004, 640  # the plot within the picture
_GAP_DAYS: Final = 3  # from one check-in to the next; over more than that the line is broken
_LONG_GAP_DAYS: Final = 7
_NUMBERED_DAYS: Final = 10  # in a longer course two numbers might touch
_LONG_FROM_DAYS: Final = 120  # a longer course has weeks instead of days, and months below
_LINE_PX: Final = 8
_MOST_DAY_LABELS: Final = 5
_MOST_MONTH_LABELS: Final = 7
_DAY_STEPS: Final = (1, 2, 3, 7, 14, 28)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24)


@dataclass(frozen=True)
class _Scale:
    """Where a day and a strain lie in the picture."""

    first_day: date
    last_day: date

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def long(self) -> bool:
        return self.days > _LONG_FROM_DAYS

    def x(self, day: date) -> float:
        """The middle of a day's column; half a day at least is left free at both ends."""
        free = max(0.5, self.days / 50)
        share = ((day - self.first_day).days + free) / (self.days - 1 + 2 * free)
        return _LEFT + share * (_RIGHT - _LEFT)

    def y(self, strain: float) -> float:
        """The height of a strain in [0, 100]; a mark's half is left free at both ends."""
        top, bottom = _TOP + 16, _BOTTOM - 16
        return bottom - strain / 100 * (bottom - top)

    def point(self, day: date, strain: float) -> Point:
        """Both."""
        return self.x(day), self.y(strain)


def draw_course(facts: ChartFacts, language: Language, theme: Theme) -> bytes:
    """The course as a PNG of 1080 x 810 pixels. Raises: ValueError: there is no day to draw."""
    page = Page(HEIGHT_PX, PALETTES[theme])
    draw_on(page, facts, language)
    return page.png()


def draw_on(page: Page, facts: ChartFacts, language: Language) -> None:
    """Draws the course on a page `HEIGHT_PX` high. Raises: ValueError: there is no day to draw."""
    if not facts.days:
        raise ValueError("a chart needs a day")
    scale = _Scale(facts.first_day, facts.last_day)
    page.head(text("chart_course_title", language), text("chart_course_scale", language))
    _draw_bands(page, scale, language)
    _draw_report(page, scale, facts.last_report_day, language)
    _draw_line(page, scale, dict(facts.line))
    _draw_newest(page, scale, facts, language)
    _draw_days(page, scale, facts.days)
    _draw_ticks(page, scale, language)
    _draw_legend(page, scale, facts, language)


def unbroken(days: Iterable[date], gap_days: int) -> list[list[date]]:
    """The days in runs that one line may join: within a run no day is further than `gap_days` from the one before."""
    runs: list[list[date]] = []
    for day in days:
        if not runs or (day - runs[-1][-1]).days > gap_days:
            runs.append([])
        runs[-1].append(day)
    return runs


def weeks(days: Iterable[date]) -> list[list[date]]:
    """The days of each week, which begins on Monday."""
    return [list(week) for _, week in groupby(days, lambda day: day.isocalendar()[:2])]


def labelled_days(first_day: date, last_day: date) -> list[date]:
    """The days that are named on the axis: every few days back from the last, or firsts of months for a long course."""
    span_days = (last_day - first_day).days + 1
    if span_days <= _LONG_FROM_DAYS:
        step = next(step for step in _DAY_STEPS if (span_days - 1) // step < _MOST_DAY_LABELS)
        return [last_day - timedelta(days=back) for back in range(0, span_days, step)][::-1]
    firsts = [
        day for day in map(date.fromordinal, range(first_day.toordinal(), last_day.toordinal() + 1)) if day.day == 1
    ]
    fitting = (step for step in _MONTH_STEPS if -(-len(firsts) // step) <= _MOST_MONTH_LABELS)
    return firsts[:: next(fitting, _MONTH_STEPS[-1])]


def _draw_bands(page: Page, scale: _Scale, language: Language) -> None:
    ends = [_BOTTOM, *(scale.y(low) for low in BAND_FROM.values() if low), _TOP]
    for band, (bottom, top) in zip(BAND_FROM, pairwise(ends), strict=True):
        page.boxes([(_LEFT, top, _RIGHT, bottom)], [page.palette.grounds[band]])
        page.boxes([(_LEFT - 12, top, _LEFT, bottom)], [page.palette.bands[band]])
        page.write((EDGE_PX, (top + bottom) / 2), text(f"chart_band_{band}", language), page.palette.ink)
    page.lines([[(_LEFT, y), (_RIGHT, y)] for y in ends[1:-1]], 2, page.palette.quiet)
    for strain in (*BAND_FROM.values(), 100):
        page.write((_RIGHT + 10, scale.y(strain)), str(strain), page.palette.quiet)


def _draw_report(page: Page, scale: _Scale, day: date | None, language: Language) -> None:
    if day is None or not scale.first_day <= day <= scale.last_day:
        return
    x = scale.x(day)
    page.lines([[(x, _TOP), (x, _BOTTOM)]], 3, page.palette.quiet, dashed=True)
    share = (x - _LEFT) / (_RIGHT - _LEFT)
    align: Align = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    page.write((x, _TOP - 24), text("chart_last_report", language), page.palette.quiet, align=align)


def _draw_line(page: Page, scale: _Scale, indices: Mapping[date, float]) -> None:
    """A line through the indices, of a long course through each week's last."""
    runs = unbroken(indices, _LONG_GAP_DAYS if scale.long else _GAP_DAYS)
    if scale.long:
        runs = [[week[-1] for week in weeks(run)] for run in runs]
    points = [[scale.point(day, indices[day]) for day in run] for run in runs]
    page.lines([run for run in points if len(run) > 1], _LINE_PX, page.palette.line)
    page.dots([run[0] for run in points if len(run) == 1], 2 * _LINE_PX, page.palette.line)


def _draw_days(page: Page, scale: _Scale, days: Mapping[date, float]) -> None:
    """A dot for each day, of a long course for each week's mean. Few ones have their numbers beside them."""
    if scale.long:
        days = {week[len(week) // 2]: fmean(days[day] for day in week) for week in weeks(days)}
    numbered = len(days) < ENOUGH_DAYS and scale.days <= _NUMBERED_DAYS
    size_px = 36.0 if numbered else max(16.0, 27 - scale.days / 8)
    for band, color in page.palette.bands.items():
        page.dots([scale.point(day, strain) for day, strain in days.items() if band_of(strain) == band], size_px, color)
    if numbered:
        for day, strain in days.items():
            x, y = scale.point(day, strain)
            beside = (x, y + 42 if strain > 85 else y - 42)
            page.write(beside, str(shown_index(strain)), page.palette.ink, align="center")


def _draw_newest(page: Page, scale: _Scale, facts: ChartFacts, language: Language) -> None:
    """The number that the report names, an arrow if it rises, and where it lies."""
    if facts.band is None:
        return
    day, index = facts.line[-1]
    words = text(f"chart_band_{facts.band}", language)
    number = f"{shown_index(index)} {'↑' if facts.rises else '·'} {words}"
    width_px = page.title((WIDTH_PX - EDGE_PX, 54), number, align="right")
    page.dots([(WIDTH_PX - EDGE_PX - width_px - 32, 54.0), scale.point(day, index)], 34, page.palette.line)


def _draw_ticks(page: Page, scale: _Scale, language: Language) -> None:
    days = labelled_days(scale.first_day, scale.last_day)
    page.lines([[(scale.x(day), _BOTTOM + 4), (scale.x(day), _BOTTOM + 12)] for day in days], 2, page.palette.quiet)
    for day in days:
        words = short_date(day, language)
        if scale.long:
            words = format_date(day, "LLL", locale=language)
            if day == days[0] or day.month == 1:
                page.write((scale.x(day), _BOTTOM + 76), str(day.year), page.palette.quiet, align="center")
        page.write((scale.x(day), _BOTTOM + 38), words, page.palette.quiet, align="center")


def _draw_legend(page: Page, scale: _Scale, facts: ChartFacts, language: Language) -> None:
    x, y = float(EDGE_PX), HEIGHT_PX - 44
    for place, color in enumerate(page.palette.bands.values()):
        page.dots([(x + 14 + 24 * place, y)], 28, color)
    x += 92
    x += page.write((x, y), text("chart_week" if scale.long else "chart_day", language), page.palette.ink) + 40
    if facts.line:
        page.lines([[(x + 4, y), (x + 52, y)]], _LINE_PX, page.palette.line)
        page.write((x + 70, y), text("chart_line", language), page.palette.ink)
    else:
        page.write((x, y), text("chart_no_line", language, least=ENOUGH_DAYS, span=LASTING_DAYS), page.palette.quiet)
