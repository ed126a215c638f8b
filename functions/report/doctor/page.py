"""The page for a doctor: what somebody who has one minute needs to see, on one sheet of A4, in the person's language.

It has no name: the bot knows none, so there is a line to write one on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Final

from burnout.store.days import Factor
from burnout.store.inventories import Inventory
from burnout.strain.index import ENOUGH_DAYS, LASTING_DAYS, shown_index
from burnout.texts import decimal, plural, short_date, short_dates, text
from burnout.values import Language
from functions.report.doctor.facts import Period, Photos
from functions.report.doctor.sheet import EDGE_PT, WIDTH_PT, Sheet, Style
from functions.report.pictures import calendar, course
from functions.report.pictures.facts import BAND_FROM, ChartFacts

_SCORES: Final = 5  # of the inventory, the newest
_WIDTH: Final = WIDTH_PT - 2 * EDGE_PT
_OUT: Final = 9.0  # by how much the pictures, which have an edge of their own, reach into the margin
_PICTURE: Final = _WIDTH / 2 + _OUT
_LABEL: Final = 0.4  # of the table's width
_GAP: Final = 9.0
_PLAIN, _BOLD, _QUIET = Style(), Style(bold=True), Style(quiet=True)


@dataclass(frozen=True)
class PageFacts:
    """Everything on the page."""

    chart: ChartFacts
    last_report: tuple[date, float] | None
    periods: tuple[Period, ...]
    factors: Sequence[tuple[Factor, int]]  # the most frequent first, with their days
    findings: Sequence[str]  # sentences as HTML, what they cannot say as the last
    inventories: Sequence[Inventory]
    longest_gap: int
    photos: Photos


def title(facts: PageFacts, language: Language) -> str:
    """What the page is, and of which days."""
    first, last = facts.chart.first_day, facts.chart.last_day
    spans_years = first.year != last.year
    dates = [short_date(first, language, with_year=spans_years), short_date(last, language, with_year=True)]
    return text("doctor_title", language, dates=" – ".join(dates) if first != last else dates[1])


def draw_page(facts: PageFacts, language: Language) -> bytes:
    """The page as a PDF. Raises: ValueError: there is no day to draw."""
    sheet = Sheet()
    y = _draw_head(sheet, facts, language)
    picture, left = sheet.part((EDGE_PT - _OUT, y), _PICTURE, course.HEIGHT_PX)
    course.draw_on(picture, facts.chart, language)
    picture, right = sheet.part((WIDTH_PT / 2, y), _PICTURE, calendar.height_px(facts.chart))
    calendar.draw_on(picture, facts.chart, language)
    y = _draw_table(sheet, max(left, right) + _GAP, facts.periods, language)
    for heading, sentences in _sections(facts, language):
        y = sheet.paragraph((EDGE_PT, y + _GAP), _WIDTH, text(heading, language), _BOLD) + 2
        for sentence in sentences:
            y = sheet.paragraph((EDGE_PT, y), _WIDTH, sentence, _PLAIN)
    sheet.rule((EDGE_PT, y + _GAP), _WIDTH)
    sheet.paragraph((EDGE_PT, y + 2 * _GAP), _WIDTH, text("doctor_not", language), Style(8, quiet=True))
    return sheet.pdf(title(facts, language))


def _draw_head(sheet: Sheet, facts: PageFacts, language: Language) -> float:
    y = sheet.paragraph((EDGE_PT, EDGE_PT), _WIDTH, title(facts, language), Style(16, bold=True)) + 6
    named = sheet.write((EDGE_PT, y), text("doctor_name", language), _QUIET)
    sheet.rule((EDGE_PT + named + 6, y + 10), _WIDTH - named - 6)
    y = sheet.paragraph((EDGE_PT, y + 22), _WIDTH, _index(facts, language), Style(13, bold=True)) + 2
    if facts.last_report is not None:
        day, index = facts.last_report
        said = text("doctor_last", language, day=short_date(day, language), index=shown_index(index))
        y = sheet.paragraph((EDGE_PT, y), _WIDTH, said, _PLAIN)
    scale = text("doctor_scale", language, raised=BAND_FROM["raised"], high=BAND_FROM["high"])
    return sheet.paragraph((EDGE_PT, y), _WIDTH, scale, _QUIET) + _GAP


def _index(facts: PageFacts, language: Language) -> str:
    band = facts.chart.band
    if band is None:
        return text("doctor_no_index", language, least=ENOUGH_DAYS, span=LASTING_DAYS)
    index = shown_index(facts.chart.line[-1][1])
    return text("doctor_index", language, index=index, band=text(f"chart_band_{band}", language))


def _draw_table(sheet: Sheet, y: float, periods: Sequence[Period], language: Language) -> float:
    """A row a fact and a column a period, so that a course is read from left to right."""
    label = _LABEL * _WIDTH
    column = (_WIDTH - label) / len(periods)
    heads = [short_dates(each.first_day, each.last_day, language) for each in periods]
    rows = [("", heads), *((text(f"doctor_{name}", language), cells) for name, cells in _cells(periods, language))]
    for number, (name, cells) in enumerate(rows):
        ends = [sheet.paragraph((EDGE_PT, y), label - 6, name, _PLAIN)]
        for place, cell in enumerate(cells):
            x = EDGE_PT + label + place * column
            ends.append(sheet.paragraph((x, y), column - 6, cell, _PLAIN if number else _BOLD))
        y = max(ends)
        sheet.rule((EDGE_PT, y), _WIDTH)
        y += 2
    return y


def _cells(periods: Sequence[Period], language: Language) -> list[tuple[str, list[str]]]:
    return [
        ("rating", [_mean(each.ratings, language) for each in periods]),
        ("energy", [_mean(each.energy, language) for each in periods]),
        ("nights", [_share(each.bad_nights, language) for each in periods]),
        ("heavy", [_share(each.heavy_days, language) for each in periods]),
    ]


def _mean(values: Sequence[float], language: Language) -> str:
    if not values:
        return "–"
    mean = decimal(sum(values) / len(values), language)
    return text("doctor_mean", language, mean=mean, days=plural("days", language, len(values)))


def _share(days: Sequence[bool], language: Language) -> str:
    return text("doctor_share", language, some=sum(days), of=len(days)) if days else "–"


def _sections(facts: PageFacts, language: Language) -> list[tuple[str, list[str]]]:
    """Headings with their sentences; what there is nothing of is left out."""
    found = [unescape(each) for each in facts.findings]
    factors = [f"{text(f'factor_{name}', language)}: {count}" for name, count in facts.factors]
    scores = [_score(each, language) for each in facts.inventories[-_SCORES:]]
    return [
        *([("doctor_factors", [" · ".join(factors)])] if factors else []),
        *([("doctor_findings", found)] if found else []),
        *([("doctor_inventory", [" · ".join(scores)])] if scores else []),
        ("doctor_rests", [_basis(facts, language), *_photos(facts.photos, language)]),
    ]


def _score(inventory: Inventory, language: Language) -> str:
    day = short_date(date.fromisoformat(inventory.day), language)
    return text("doctor_score", language, score=round(inventory.score), day=day)


def _basis(facts: PageFacts, language: Language) -> str:
    chart = facts.chart
    return text(
        "doctor_basis",
        language,
        days=len(chart.days),
        all=(chart.last_day - chart.first_day).days + 1,
        gap=plural("days", language, facts.longest_gap),
    )


def _photos(photos: Photos, language: Language) -> list[str]:
    if not photos.sent:
        return [text("doctor_no_photos", language)]
    counts = text("doctor_photos", language, photos=photos.sent, counted=photos.counted)
    if photos.own is None or photos.both is None:
        return [counts]
    numbers = {"own": round(photos.own), "both": round(photos.both)}
    return [f"{counts} {text('doctor_both', language, days=plural('days', language, photos.days), **numbers)}"]
