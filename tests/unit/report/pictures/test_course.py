"""The course chart: what its picture shows, for one day and for four hundred, in both languages and themes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations, pairwise

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from burnout.texts import LANGUAGES
from functions.report.pictures.calendar import draw_calendar
from functions.report.pictures.course import draw_course, labelled_days, source_of, unbroken
from functions.report.pictures.facts import ChartFacts
from functions.report.pictures.palette import PALETTES
from tests.unit.report.courses import SUNDAY, a_day

PLOT = (slice(180, 646), slice(230, 986))  # rows and columns within the axes
DRAWINGS = [draw_course, draw_calendar]


def some_facts(days_ago, *, load=0.5, last_report_ago=None, **day):
    days = tuple(a_day(ago, load=load, **({"photos": load} | day)) for ago in sorted(days_ago, reverse=True))
    report = None if last_report_ago is None else SUNDAY - timedelta(days=last_report_ago)
    return ChartFacts(days, days[0].day, SUNDAY, report)


def picture(png):
    image = Image.open(BytesIO(png))
    image.load()
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB"))


def is_colour(pixels, color):
    return (pixels == [int(color[at : at + 2], 16) for at in (1, 3, 5)]).all(axis=-1)


def widest_gap_px(pixels, color):
    columns = np.flatnonzero(is_colour(pixels[PLOT], color).any(axis=0))
    return int(np.diff(columns).max())


@pytest.mark.parametrize(
    ("photos", "rating", "source"), [(0.4, None, "photos"), (None, 3.0, "ratings"), (0.4, 3.0, "both")]
)
def test_a_day_rests_on_what_was_given(photos, rating, source):
    assert source_of(a_day(0, photos=photos, rating=rating)) == source


@pytest.mark.parametrize(
    ("days_ago", "runs"),
    [
        ([0], [[0]]),
        ([9, 8, 7], [[0, 1, 2]]),
        ([9, 6], [[0, 1]]),  # two days without
        ([9, 5], [[0], [1]]),  # three days without
        ([30, 29, 10, 4, 3], [[0, 1], [2], [3, 4]]),
    ],
)
def test_a_line_breaks_over_three_days_without_a_check_in(days_ago, runs):
    assert unbroken([a_day(ago) for ago in days_ago]) == runs


def test_a_gap_is_a_gap_in_the_picture():
    level = PALETTES["light"].level

    broken = picture(draw_course(some_facts([20, 19, 18, 2, 1, 0]), "en", "light"))
    joined = picture(draw_course(some_facts([20, 18, 15, 12, 9, 6, 3, 0]), "en", "light"))

    assert widest_gap_px(broken, level) > 450  # fifteen of twenty-one days, of 756 pixels
    assert widest_gap_px(joined, level) < 40  # no more than a mark covers


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


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days", [1, 5, 30, 64, 400])
def test_a_picture_is_one_that_telegram_takes(draw, language, days):
    facts = some_facts(range(days), last_report_ago=days // 4)

    png = draw(facts, language, "dark")

    height, width, _ = picture(png).shape
    assert width == 1080
    assert (height == 810) or draw is draw_calendar
    assert width + height <= 10_000
    assert max(width, height) <= 20 * min(width, height)
    assert len(png) < 200_000


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("last_day", [date(2026, 10, 26), date(2027, 1, 3), date(2028, 3, 1)])
def test_a_clock_change_a_new_year_and_a_leap_day_are_days_like_others(draw, last_day):
    days = tuple(replace(a_day(0, rating=4.0), day=last_day - timedelta(days=ago)) for ago in (9, 8, 5, 4, 1, 0))

    png = draw(ChartFacts(days, days[0].day, last_day, None), "ru", "light")

    assert picture(png).shape[1] == 1080


@pytest.mark.parametrize("draw", DRAWINGS)
def test_no_day_is_no_picture(draw):
    with pytest.raises(ValueError, match="needs a day"):
        draw(ChartFacts((), SUNDAY, SUNDAY, None), "en", "light")


def test_days_with_different_sources_have_different_marks():
    given = [{"photos": 0.5}, {"photos": None, "rating": 3.0}, {"photos": 0.5, "rating": 3.0}]

    plots = [picture(draw_course(some_facts([3], **day), "en", "light"))[PLOT] for day in given]

    assert all(is_colour(plot, PALETTES["light"].points).any() for plot in plots)
    assert all((one != other).any() for one, other in combinations(plots, 2))


@pytest.mark.parametrize("draw", DRAWINGS)
def test_the_last_report_is_marked_only_when_it_lies_within(draw):
    plain, within, before = (draw(some_facts([9, 5, 0], last_report_ago=ago), "en", "light") for ago in (None, 7, 10))

    assert within != plain
    assert before == plain


def test_a_higher_load_lies_higher():
    low, high = (picture(draw_course(some_facts([0], load=load), "en", "light"))[PLOT] for load in (0.0, 1.0))

    marks = [np.flatnonzero(is_colour(plot, PALETTES["light"].points).any(axis=1)).mean() for plot in (low, high)]
    assert marks[0] - marks[1] > 400  # pixels, of 466


@pytest.mark.parametrize("draw", DRAWINGS)
def test_themes_and_languages_differ(draw):
    facts = some_facts([5, 2, 1])

    light, dark = (picture(draw(facts, "en", theme)) for theme in ("light", "dark"))

    assert is_colour(light[0, 0], PALETTES["light"].surface)
    assert is_colour(dark[0, 0], PALETTES["dark"].surface)
    assert draw(facts, "en", "light") != draw(facts, "ru", "light")


def test_two_threads_draw_what_one_does_and_leave_no_settings_behind():
    facts = [some_facts(range(days), rating=3.0) for days in (3, 8, 20, 60)]
    before = dict(matplotlib.rcParams)
    alone = [draw_course(some, "ru", "dark") for some in facts]

    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda some: draw_course(some, "ru", "dark"), facts))

    assert together == alone
    assert dict(matplotlib.rcParams) == before


@pytest.mark.long
@pytest.mark.parametrize("draw", DRAWINGS)
@settings(max_examples=10)
@given(
    loads=st.dictionaries(st.integers(0, 420), st.floats(0, 1), min_size=1, max_size=40),
    language=st.sampled_from(LANGUAGES),
    report_ago=st.none() | st.integers(0, 500),
    data=st.data(),
)
def test_any_set_of_days_is_a_picture(draw, loads, language, report_ago, data):
    rating = st.none() | st.floats(1, 5)
    days = tuple(
        a_day(ago, load=loads[ago], photos=loads[ago], rating=data.draw(rating)) for ago in sorted(loads, reverse=True)
    )
    report = None if report_ago is None else SUNDAY - timedelta(days=report_ago)

    png = draw(ChartFacts(days, days[0].day, SUNDAY, report), language, "light")

    assert picture(png).shape[1] == 1080


def test_the_index_is_drawn_at_its_height_where_a_report_has_one():
    facts = some_facts([9, 5, 0])
    pictures = [picture(draw_course(replace(facts, index=index), "en", "light")) for index in (None, 20.0, 80.0)]

    plain, low, high = (is_colour(pixels[PLOT], PALETTES["light"].ink) for pixels in pictures)

    assert not plain.any()
    assert np.argwhere(low)[:, 0].mean() > 330
    assert np.argwhere(high)[:, 0].mean() < 140
