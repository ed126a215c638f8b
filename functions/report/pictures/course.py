"""The course as a picture: daily load, its level, the bands. Made to be read on a phone, at a third of its size.

It knows neither Telegram nor where the days come from. The calendar is drawn in `calendar`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from babel.dates import format_date

from burnout.texts import short_date, text
from burnout.values import Band, Language, Theme
from functions.report.pictures.facts import ChartFacts
from functions.report.pictures.page import EDGE_PX, WIDTH_PX, Align, Font, Page, Point
from functions.report.pictures.palette import PALETTES, Palette
from functions.report.strain import HIGH_FROM, RAISED_FROM, DayLoad, shown_index, smoothed

Source = Literal["photos", "ratings", "both"]

HEIGHT_PX: Final = 810
BROKEN_AFTER_DAYS: Final = 3  # after this many days without a check-in the line is broken

_LEFT, _TOP, _RIGHT, _BOTTOM = 228, 178, 988, 648  # the plot within the picture
_WORDS_PX: Final = 30  # about 10.5 points on a phone
_MOST_DAY_LABELS: Final = 5
_MOST_MONTH_LABELS: Final = 7
_MONTHS_FROM_DAYS: Final = 120
_DAY_STEPS: Final = (1, 2, 3, 7, 14, 28)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24)
_BANDS: Final[tuple[tuple[Band, float, float], ...]] = (
    ("calm", 0, RAISED_FROM),
    ("raised", RAISED_FROM, HIGH_FROM),
    ("high", HIGH_FROM, 100),
)
# The shape says what a day rests on, so that no colour has to: matplotlib's marker, and whether it is hollow.
_MARKS: Final[dict[Source, tuple[str, bool]]] = {"photos": ("o", True), "ratings": ("^", False), "both": ("s", False)}


@dataclass(frozen=True)
class _Scale:
    """Where a day and a load lie in the picture."""

    first_day: date
    last_day: date

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def x(self, day: date) -> float:
        """The middle of a day's column; half a day at least is left free at both ends."""
        free = max(0.5, self.days / 50)
        share = ((day - self.first_day).days + free) / (self.days - 1 + 2 * free)
        return _LEFT + share * (_RIGHT - _LEFT)

    def y(self, load: float) -> float:
        """The height of a load in [0, 1]; a mark's half is left free at both ends."""
        top, bottom = _TOP + 14, _BOTTOM - 14
        return bottom - load * (bottom - top)


def draw_course(facts: ChartFacts, language: Language, theme: Theme) -> bytes:
    """The course as a PNG of 1080 x 810 pixels.

    Raises: ValueError: there is no day to draw.
    """
    if not facts.days:
        raise ValueError("a chart needs a day")
    palette = PALETTES[theme]
    page = Page(HEIGHT_PX, palette)
    scale = _Scale(facts.first_day, facts.last_day)
    page.head(text("chart_course_title", language), text("chart_course_scale", language))
    _draw_bands(page, scale, palette, language)
    _draw_report(page, scale, facts, palette, language)
    _draw_days(page, scale, facts.days, palette)
    if facts.index is not None:
        _draw_index(page, scale, facts.index, palette, language)
    _draw_ticks(page, scale, palette, language)
    _draw_legend(page, facts.days, palette, language)
    return page.png()


def source_of(day: DayLoad) -> Source:
    """What a day's load rests on."""
    if day.rating is None:
        return "photos"
    return "ratings" if day.photos is None else "both"


def unbroken(days: Sequence[DayLoad]) -> list[list[int]]:
    """The days' indexes in runs that one line may join: between two runs lie at least three days without a check-in."""
    runs: list[list[int]] = []
    for index, day in enumerate(days):
        if not index or (day.day - days[index - 1].day).days > BROKEN_AFTER_DAYS:
            runs.append([])
        runs[-1].append(index)
    return runs


def labelled_days(first_day: date, last_day: date) -> list[date]:
    """The days that are named on the axis: every few days back from the last, or firsts of months for a long course."""
    span_days = (last_day - first_day).days + 1
    if span_days <= _MONTHS_FROM_DAYS:
        step = next(step for step in _DAY_STEPS if (span_days - 1) // step < _MOST_DAY_LABELS)
        return [last_day - timedelta(days=back) for back in range(0, span_days, step)][::-1]
    firsts = list(_firsts_of_months(first_day, last_day))
    fitting = (step for step in _MONTH_STEPS if -(-len(firsts) // step) <= _MOST_MONTH_LABELS)
    return firsts[:: next(fitting, _MONTH_STEPS[-1])]


def _firsts_of_months(first_day: date, last_day: date) -> Iterator[date]:
    day = first_day if first_day.day == 1 else (first_day.replace(day=1) + timedelta(days=31)).replace(day=1)
    while day <= last_day:
        yield day
        day = (day + timedelta(days=31)).replace(day=1)


def _draw_bands(page: Page, scale: _Scale, palette: Palette, language: Language) -> None:
    bounds: dict[float, float] = {0: _BOTTOM, 100: _TOP}
    bounds |= {load: scale.y(load / 100) for load in (RAISED_FROM, HIGH_FROM)}
    page.boxes([(_LEFT, bounds[high], _RIGHT, bounds[low]) for _, low, high in _BANDS], list(palette.bands.values()))
    page.lines(
        [[(_LEFT, bounds[load]), (_RIGHT, bounds[load])] for load in (RAISED_FROM, HIGH_FROM)], 3, palette.surface
    )
    for band, low, high in _BANDS:
        middle = (bounds[low] + bounds[high]) / 2
        page.write((EDGE_PX, middle), text(f"chart_band_{band}", language), Font(26, palette.ink))
    for load in (0, RAISED_FROM, HIGH_FROM, 100):
        page.write((_RIGHT + 12, scale.y(load / 100)), str(load), Font(26, palette.quiet))


def _draw_report(page: Page, scale: _Scale, facts: ChartFacts, palette: Palette, language: Language) -> None:
    day = facts.shown_report_day
    if day is None:
        return
    x = scale.x(day)
    page.lines([[(x, _TOP), (x, _BOTTOM)]], 3, palette.quiet, dashed=True)
    share = (x - _LEFT) / (_RIGHT - _LEFT)
    align: Align = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    page.write((x, _TOP - 20), text("chart_last_report", language), Font(26, palette.quiet), align=align)


def _draw_days(page: Page, scale: _Scale, days: Sequence[DayLoad], palette: Palette) -> None:
    points = [(scale.x(day.day), scale.y(day.load)) for day in days]
    levels = [(x, scale.y(level)) for (x, _), level in zip(points, smoothed(days), strict=True)]
    paths = [[levels[index] for index in run] for run in unbroken(days)]
    paths = [path if len(path) > 1 else _dash(path[0], scale) for path in paths]
    long = scale.days > _MONTHS_FROM_DAYS
    if not long:  # few marks are read one by one, many are the cloud behind the level
        page.lines(paths, 8, palette.level)
    size_px = min(24.0, max(8.0, 1.1 * (_RIGHT - _LEFT) / scale.days))
    for source, (shape, hollow) in _MARKS.items():
        at = [point for point, day in zip(points, days, strict=True) if source_of(day) == source]
        page.mark(at, shape, size_px, palette.points, hollow=hollow)
    if long:
        page.lines(paths, 6, palette.level)


def _draw_index(page: Page, scale: _Scale, index: float, palette: Palette, language: Language) -> None:
    """The number that the report names, at its height. The level is another number and would seem to contradict it."""
    x, y = WIDTH_PX - EDGE_PX, 52
    words = text("chart_index", language, index=shown_index(index))
    width_px = page.write((x, y), words, Font(36, palette.ink, bold=True), align="right")
    for at in ((x - width_px - 30, float(y)), (_RIGHT - 16, scale.y(index / 100))):
        page.mark([at], "D", 26, palette.ink, hollow=False)


def _dash(level: Point, scale: _Scale) -> list[Point]:
    """The level of a single day: a line of no length would not be seen."""
    x, y = level
    half_px = min(24.0, 0.4 * (_RIGHT - _LEFT) / scale.days)
    return [(x - half_px, y), (x + half_px, y)]


def _draw_ticks(page: Page, scale: _Scale, palette: Palette, language: Language) -> None:
    days = labelled_days(scale.first_day, scale.last_day)
    page.lines([[(scale.x(day), _BOTTOM + 4), (scale.x(day), _BOTTOM + 12)] for day in days], 2, palette.quiet)
    for day in days:
        words = short_date(day, language)
        if scale.days > _MONTHS_FROM_DAYS:
            words = format_date(day, "LLL", locale=language)
            if day == days[0] or day.month == 1:
                page.write((scale.x(day), _BOTTOM + 68), str(day.year), Font(_WORDS_PX, palette.quiet), align="center")
        page.write((scale.x(day), _BOTTOM + 36), words, Font(_WORDS_PX, palette.quiet), align="center")


def _draw_legend(page: Page, days: Sequence[DayLoad], palette: Palette, language: Language) -> None:
    x, y = float(EDGE_PX), HEIGHT_PX - 38
    present = {source_of(day) for day in days}
    for source, (shape, hollow) in _MARKS.items():
        if source in present:
            page.mark([(x + 12, y)], shape, 22, palette.points, hollow=hollow)
            x += 36 + page.write((x + 36, y), text(f"chart_{source}", language), Font(_WORDS_PX, palette.ink)) + 40
    page.lines([[(x + 4, y), (x + 44, y)]], 8, palette.level)
    page.write((x + 62, y), text("chart_level", language), Font(_WORDS_PX, palette.ink))
