"""What was drawn on a page, read back as structure: words and their places, dots and boxes with their colours."""

from itertools import combinations

from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex

from burnout.values import Band
from functions.report.pictures import calendar, course
from functions.report.pictures.facts import ChartFacts
from functions.report.pictures.page import Page
from functions.report.pictures.palette import PALETTES
from tests.unit.burnout.strain.courses import SUNDAY, a_day


def facts_of(strains, *, line=None, span=None, report_ago=None, band=None):
    """Strain by days before Sunday, and the line's numbers likewise."""

    def by_day(values):
        return {a_day(ago).day: strain for ago, strain in sorted(values.items(), reverse=True)}

    first_day = a_day(max(strains) if span is None else span - 1).day
    report_day = None if report_ago is None else a_day(report_ago).day
    return ChartFacts(by_day(strains), tuple(by_day(line or {}).items()), first_day, SUNDAY, report_day, band)


def course_page(facts, language="en", theme="light"):
    page = Page(course.HEIGHT_PX, PALETTES[theme])
    course.draw_on(page, facts, language)
    return page


def calendar_page(facts, language="en", theme="light"):
    page = Page(calendar.height_px(facts), PALETTES[theme])
    calendar.draw_on(page, facts, language)
    return page


def words(page: Page):
    """The words, from top to bottom and left to right, each with its point."""
    texts = {artist.get_text(): artist.get_position() for artist in page.axes.texts}
    return dict(sorted(texts.items(), key=lambda item: item[1][::-1]))


def dots(page: Page, color):
    """The points of that colour's dots, in the order in which they were drawn."""
    lines = [line for line in page.axes.lines if line.get_markerfacecolor() == color]
    return [point for line in lines for point in zip(*line.get_data(), strict=True)]


def paths(page: Page, color):
    """The points of that colour's lines."""
    found = [each for each in page.axes.collections if isinstance(each, LineCollection)]
    return [[tuple(xy) for xy in path] for each in found if _color(each.get_colors()[0]) == color
            for path in each.get_segments()]  # fmt: skip


def boxes(page: Page):
    """Each box as it is seen, left, top, right, bottom, with its colour."""
    found = []
    for each in page.axes.collections:
        if isinstance(each, PolyCollection):
            rim = each.get_linewidths()[0] / 2
            for path, color in zip(each.get_paths(), each.get_facecolors(), strict=True):
                (left, top), (right, bottom) = path.vertices.min(axis=0), path.vertices.max(axis=0)
                found.append(((left - rim, top - rim, right + rim, bottom + rim), _color(color)))
    return found


def named(palette, color) -> Band | None:
    """The band of a colour."""
    return next((band for band, own in palette.bands.items() if own == color), None)


def crowded(page: Page, apart_px=0):
    """Words that are not so far apart or leave the picture."""
    found = [(artist.get_text(), artist.get_window_extent()) for artist in page.axes.texts]
    width, height = page.axes.figure.bbox.size
    outside = [text for text, at in found if at.x0 < 0 or at.y0 < 0 or at.x1 > width or at.y1 > height]
    near = combinations([(words, at.padded(apart_px / 2)) for words, at in found], 2)
    return outside + [(one, other) for (one, at), (other, there) in near if at.overlaps(there)]


def _color(rgba):
    return to_hex(rgba).upper()
