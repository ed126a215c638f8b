"""The course's picture, read back: which day has which colour and height, where the line runs, what the words say."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from typing import get_args

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from PIL import Image

from burnout.texts import LANGUAGES
from burnout.values import Band, Theme
from functions.report.pictures import calendar, course
from functions.report.pictures.calendar import draw_calendar
from functions.report.pictures.course import draw_course, labelled_days, unbroken, weeks
from functions.report.pictures.facts import ChartFacts
from functions.report.pictures.page import Page
from functions.report.pictures.palette import PALETTES
from tests.unit.burnout.strain.courses import SUNDAY, a_day
from tests.unit.report.pictures.drawn import boxes, calendar_page, course_page, crowded, dots, facts_of, paths, words

PAGES = [course_page, calendar_page]
DRAWINGS = [draw_course, draw_calendar]
LIGHT = PALETTES["light"]
MONTH = {ago: 80 - 2.5 * ago for ago in range(28) if ago % 7 != 3}  # a rise from 12.5 to 80, with a gap each week


def grounds(page):
    return {color: box for box, color in boxes(page) if color in page.palette.grounds.values()}


def day_dots(page):
    """A dot a day, oldest first, but for the legend's three."""
    found = [(x, y, band) for band, color in page.palette.bands.items() for x, y in dots(page, color) if y < 700]
    return sorted(found)


@pytest.mark.parametrize("theme", get_args(Theme))
def test_a_month_is_a_dot_a_day_in_its_bands_colour_within_its_band(theme):
    page = course_page(facts_of(MONTH, line=MONTH, band="high"), theme=theme)

    bands = [band for _, _, band in day_dots(page)]
    inside = {color: (top, bottom) for color, (_, top, _, bottom) in grounds(page).items()}
    assert bands == ["calm"] * 9 + ["raised"] * 6 + ["high"] * 9
    for _, y, band in day_dots(page):
        top, bottom = inside[page.palette.grounds[band]]
        assert top <= y <= bottom


def test_the_scale_runs_from_0_to_100_and_bands_have_their_names_and_ends_on_it():
    page = course_page(facts_of({4: 0.0, 3: 40.0, 2: 100.0, 1: 100.0, 0: 100.0}))

    calm, raised, high = grounds(page).values()
    found = words(page)
    assert (calm[1], raised[1]) == (raised[3], high[3])  # no gap between them
    assert [y for _, y, _ in day_dots(page)] == [found["0"][1], found["40"][1], *3 * [found["100"][1]]]
    assert found["55"][1] == raised[1]
    for band, (_, top, _, bottom) in zip(get_args(Band), (calm, raised, high), strict=True):
        assert found[band][1] == (top + bottom) / 2
    assert all(high[1] < y < calm[3] for _, y, _ in day_dots(page))


def test_all_days_equal_are_a_row_of_one_colour():
    page = course_page(facts_of(dict.fromkeys(range(28), 50.0), line=dict.fromkeys(range(24), 50.0), band="raised"))

    [(_, height, band)] = {(0, y, band) for _, y, band in day_dots(page)}
    [line] = paths(page, page.palette.line)[:1]
    assert (len(day_dots(page)), band) == (28, "raised")
    assert [y for _, y in line] == [height] * 24


def test_one_day_stands_in_the_middle_with_its_number_and_what_is_missing():
    page = course_page(facts_of({0: 36.0}))

    [(x, y, band)] = day_dots(page)
    left, _, right, _ = grounds(page)[LIGHT.grounds["calm"]]
    number_x, number_y = words(page)["36"]
    assert (x, band) == (pytest.approx((left + right) / 2), "calm")
    assert (number_x, y - 60 < number_y < y - 30) == (x, True)
    assert "strain index: needs 5 days of 14" in words(page)
    assert paths(page, LIGHT.line) == []


@pytest.mark.parametrize(("days_ago", "numbers"), [([0, 1, 2, 9], 4), ([0, 1, 2, 10], 0), ([0, 1, 2, 3, 4], 0)])
def test_few_days_have_their_numbers_where_there_is_room(days_ago, numbers):
    found = words(course_page(facts_of({ago: 61.4 + ago for ago in days_ago})))

    assert sum(str(61 + ago) in found for ago in days_ago) == numbers


@pytest.mark.parametrize(("days", "dots_of", "unit"), [(90, 90, "a day"), (120, 120, "a day"), (400, 58, "a week")])
def test_long_courses_have_a_dot_a_week(days, dots_of, unit):
    everything = {ago: 20.0 + ago % 7 for ago in range(days)}

    page = course_page(facts_of(everything, line=everything, band="calm"))

    found = day_dots(page)
    assert len(found) == dots_of
    assert unit in words(page)
    assert min(after[0] - before[0] for before, after in pairwise(found)) > 5  # pixels


def test_weeks_are_whole_over_the_53rd_and_those_of_two_years_are_two():
    turn = [date(2026, 12, 27) + timedelta(days=after) for after in range(9)]  # from the Sunday before week 53

    assert [len(week) for week in weeks(turn)] == [1, 7, 1]
    assert len(weeks([date(2025, 10, 1), date(2026, 9, 30)])) == 2  # both week 40


def test_the_index_is_named_once_and_lies_where_its_line_ends():
    page = course_page(facts_of(MONTH, line=MONTH | {0: 62.4}, band="raised"))  # so high, but not agreed

    in_head, at_end = dots(page, LIGHT.line)
    assert list(words(page))[:2] == ["Strain", "62 · raised"]
    assert in_head[1] == words(page)["Strain"][1]
    assert at_end == paths(page, LIGHT.line)[-2][-1]  # the last one is the legend's


def test_a_calm_number_that_rises_has_an_arrow():
    calm = facts_of(MONTH, line=MONTH | {0: 34.0}, band="calm")

    heads = [list(words(course_page(replace(calm, rises=rises))))[1] for rises in (False, True)]

    assert heads == ["34 · calm", "34 ↑ calm"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_of", PAGES)
def test_no_picture_has_a_second_name_for_strain(page_of, language):
    found = " ".join(words(page_of(facts_of(MONTH, line=MONTH, band="high"), language)))

    assert not re.search("level|load|rating|уров|нагруз|оцен|(?<!strain )index|индекс(?! напряжения)", found)
    assert re.search("[Ss]train|[Нн]апряжение", found)


@pytest.mark.parametrize(
    ("days_ago", "runs"),
    [([0], [1]), ([9, 8, 7], [3]), ([9, 6], [2]), ([9, 5], [1, 1]), ([30, 29, 10, 4, 3], [2, 1, 2])],
)
def test_a_line_breaks_over_three_days_without_a_check_in(days_ago, runs):
    assert [len(run) for run in unbroken([a_day(ago).day for ago in days_ago], 3)] == runs

    page = course_page(facts_of(dict.fromkeys(days_ago, 50.0), line=dict.fromkeys(days_ago, 50.0)))

    assert [len(path) for path in paths(page, LIGHT.line)][:-1] == [run for run in runs if run > 1]
    assert len(dots(page, LIGHT.line)) == runs.count(1)


@pytest.mark.parametrize(("gap", "lines"), [(6, 1), (7, 2)])
def test_a_long_courses_line_breaks_where_a_week_is_missing(gap, lines):
    strains = {ago: 50.0 for ago in range(200) if not 100 <= ago < 100 + gap}

    page = course_page(facts_of(strains, line=strains))

    assert len(paths(page, LIGHT.line)) == lines + 1  # and the legend's


@pytest.mark.parametrize(("days", "most"), [(1, 1), (2, 2), (5, 5), (7, 4), (30, 5), (120, 5)])
def test_some_days_up_to_the_last_are_named_evenly(days, most):
    named = labelled_days(SUNDAY - timedelta(days=days - 1), SUNDAY)

    assert len(named) == most
    assert named[-1] == SUNDAY
    assert len({after - before for before, after in pairwise(named)}) <= 1


@pytest.mark.parametrize(("days", "count"), [(121, 4), (210, 7), (400, 7), (1000, 6)])
def test_firsts_of_months_are_named_on_a_long_course(days, count):
    named = labelled_days(SUNDAY - timedelta(days=days - 1), SUNDAY)

    assert len(named) == count
    assert {day.day for day in named} == {1}


@pytest.mark.parametrize(("ago", "marked"), [(None, False), (7, True), (10, False)])
def test_the_last_report_is_marked_when_it_lies_within(ago, marked):
    page = course_page(facts_of({9: 50.0, 0: 50.0}, report_ago=ago))

    assert ("last report" in words(page)) == marked
    assert len(paths(page, LIGHT.quiet)) == 2 + 5 + marked  # the bands' ends, a tick a day


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_of", PAGES)
@pytest.mark.parametrize("days", [1, 3, 7, 28, 64, 90, 121, 147, 400])
def test_words_neither_touch_nor_leave_the_picture(page_of, language, days):
    strains = {ago: 95.0 - ago % 50 for ago in range(days)}
    line = {} if days < 5 else strains

    facts = facts_of(strains, line=line, report_ago=min(7, days - 1), band="raised" if line else None)

    assert crowded(page_of(facts, language)) == []


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("days", [1, 28, 400])
def test_a_picture_is_one_that_telegram_takes(draw, days):
    png = draw(facts_of(dict.fromkeys(range(days), 50.0)), "ru", "dark")

    image = Image.open(BytesIO(png))
    assert (image.format, image.width) == ("PNG", 1080)
    assert image.height == 810 or draw is draw_calendar
    assert image.width + image.height <= 10_000
    assert image.height <= 2 * image.width
    assert len(png) < 200_000
    assert image.convert("RGB").getpixel((0, 0)) == (0x17, 0x21, 0x2B)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_no_day_is_no_picture(draw):
    with pytest.raises(ValueError, match="needs a day"):
        draw(ChartFacts({}, (), SUNDAY, SUNDAY, None), "en", "light")


def test_two_threads_draw_what_one_does_and_leave_no_settings_behind():
    facts = [facts_of(dict.fromkeys(range(days), 50.0)) for days in (3, 8, 20, 60)]
    before = dict(matplotlib.rcParams)
    alone = [draw_course(some, "ru", "dark") for some in facts]

    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda some: draw_course(some, "ru", "dark"), facts))

    assert together == alone
    assert dict(matplotlib.rcParams) == before


@pytest.mark.long
@pytest.mark.parametrize("page_of", PAGES)
@settings(max_examples=20)
@given(
    strains=st.sampled_from([10, 40, 399]).flatmap(
        lambda days: st.dictionaries(st.integers(0, days), st.floats(0, 100), min_size=1, max_size=40)
    ),
    line=st.dictionaries(st.integers(0, 399), st.floats(0, 100), min_size=1, max_size=40),
    language=st.sampled_from(LANGUAGES),
    report_ago=st.none() | st.integers(0, 500),
)
def test_any_set_of_days_is_a_picture_whose_words_can_be_read(page_of, strains, line, language, report_ago):
    within = {ago: index for ago, index in line.items() if ago <= max(strains)}
    band = "raised" if within else None

    page = page_of(facts_of(strains, line=within, report_ago=report_ago, band=band), language)

    assert len(page.png()) > 1000
    assert crowded(page) == []


@pytest.mark.parametrize("draw_on", [course.draw_on, calendar.draw_on])
def test_a_picture_can_be_a_part_of_a_printed_page(draw_on):
    facts = facts_of(MONTH, line=MONTH, band="high")
    figure = Figure(figsize=(8, 11), dpi=72)
    FigureCanvasPdf(figure)
    part = Page(810, LIGHT, axes=figure.add_axes((18 / 576, 0.5, 540 / 576, 405 / 792)), scale=0.5)
    alone = Page(810, LIGHT)

    for page in (part, alone):
        draw_on(page, facts, "ru")

    assert {word: pytest.approx(point, abs=2) for word, point in words(alone).items()} == words(part)
    assert {artist.get_fontsize() for artist in part.axes.texts} == {16, 25}
    assert [box for box, _ in boxes(part)] == [pytest.approx(box, abs=4) for box, _ in boxes(alone)]
