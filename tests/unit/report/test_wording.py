"""The report's words: first which way it goes, then why; within Telegram's limits, kind, and never soothing a rise."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from textwrap import wrap

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.store.people import Settings
from burnout.store.reports import CourseDay, LastReport
from burnout.strain.findings import Finding
from burnout.strain.index import DayLoad, Strain, shown_index, strain_on, week_change
from burnout.strain.wording import sentence_of
from burnout.texts import LANGUAGES, plural, text, variants
from burnout.values import Language
from functions.report.change import called_hard
from functions.report.wording import alert, report_caption
from local.telegram.limits import CAPTION_MAX, visible_text
from research.synthetic_people import FIRST_DAY, GROUPS, HABITS, latent_loads
from research.synthetic_people import course as synthetic_course
from tests.unit.burnout.strain.courses import BANDS, PARTS, SUNDAY, UTC_ZONE, a_day, a_strain, course

HELP = "findahelpline.com"
FORBIDDEN = re.compile(r"depress|therap|treatment|burned out|депресс|лечени|выгоре|!", re.I)
FINDING = {each: sentence_of(Finding("after", "overload", -1.2, -1.9, -0.5, 9, 114), each) for each in LANGUAGES}
HEAVIER = tuple(a_day(ago, load=0.7 if ago < 7 else 0.2, rating=2.0 if ago < 7 else 4.0) for ago in range(27, -1, -1))
LINES = 12  # of 38 letters
UNEASY = tuple(CourseDay(day=f"{day.day}", energy=3, sleep=1 if day.load > 0.5 else 3, factors=()) for day in HEAVIER)


def a_last_report(index):
    return LastReport(sent_at_utc=datetime(2026, 11, 15, 15, tzinfo=UTC), index=index)


def a_caption(strain, language: Language = "en", last_index=None, *, zone="Asia/Tokyo", finding="", **facts):
    settings = Settings(language=language, time_zone=zone)
    last = None if last_index is None else a_last_report(last_index)
    whole = msgspec.structs.replace(course([]), settings=settings, last_report=last, **facts)
    return visible_text({"caption": report_caption(strain, whole, finding), "parse_mode": "HTML"}, "caption")


# ---------------------------------------------------------------- limits


shares = st.floats(0, 1)
day_loads = st.builds(
    DayLoad,
    day=st.dates(SUNDAY - timedelta(days=27), SUNDAY),
    load=shares,
    photos=st.none() | shares,
    rating=st.none() | st.floats(1, 5),
)
strains = st.builds(
    Strain,
    day=st.just(SUNDAY),
    days=st.lists(day_loads, max_size=28, unique_by=lambda load: load.day).map(
        lambda loads: tuple(sorted(loads, key=lambda load: load.day))
    ),
    observed_days=st.integers(0, 14),
    index=st.floats(0, 100),
    band=st.sampled_from(BANDS),
    parts=st.dictionaries(st.sampled_from(PARTS), st.floats(0, 20)),
    above_beginning=st.booleans(),
)
told_days = st.lists(
    st.builds(
        CourseDay,
        day=st.dates(SUNDAY - timedelta(days=27), SUNDAY).map(str),
        energy=st.none() | st.integers(1, 5),
        sleep=st.none() | st.integers(1, 3),
        factors=st.just(()),
    ),
    max_size=28,
    unique_by=lambda day: day.day,
)


@given(strains, st.none() | st.floats(0, 100), told_days, st.sampled_from(LANGUAGES))
def test_a_rise_never_reads_as_reassurance(strain, last_index, told, language):
    caption = a_caption(strain, language, last_index, days=tuple(told))

    assert soothing(strain, last_index, caption, language) == []
    assert 1 <= len(caption) <= CAPTION_MAX
    assert not FORBIDDEN.search(caption)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rise_never_reads_as_reassurance_to_the_simulations_people(language):
    rng, rises = np.random.default_rng(18), 0
    means, habits = [*GROUPS.values()], [*HABITS.values()]
    for person in range(300):
        latent = np.concatenate([latent_loads(mean, 14, rng) for mean in rng.choice(means, 3)])
        whole, last_index = synthetic_course(latent, rng, habits=habits[person % len(habits)]), None
        for week in range(1, 7):
            strain = strain_on(FIRST_DAY + timedelta(days=7 * week - 1), whole, UTC_ZONE)
            if strain.index is not None:
                caption = a_caption(strain, language, last_index, days=whole.days)
                assert soothing(strain, last_index, caption, language) == [], (person, week)
                rises += rises_or_is_called_hard(strain, last_index)
                last_index = strain.index

    assert rises > 300


def soothing(strain, last_index, caption, language):
    """What soothes where it must not; that an index above the first weeks is lower than the last one is no comfort."""
    if not rises_or_is_called_hard(strain, last_index):
        return []
    headlines = [f": {text(f'course_calm_{way}', language)}\n" for way in ("first", "steady", "down")]
    no_rise = [] if strain.above_beginning else ["below your last", "ниже прошлого"]
    words = [*headlines, *variants("course_step_calm", language), *no_rise]
    return [
        *(each for each in words if each in caption),
        *re.findall(r": 0 (?:of|из) \d+(?: in the.*)?\.$", caption, re.M),
    ]


def rises_or_is_called_hard(strain, last_index):
    points = 0 if last_index is None else shown_index(strain.index) - shown_index(last_index)
    rises = points >= 10 or (week_change(strain) or 0) >= 0.2 or strain.above_beginning
    return rises or (strain.band == "calm" and called_hard(strain))


@pytest.mark.parametrize(
    ("language", "band", "above", "finding"), [*product(LANGUAGES, BANDS, (False, True), (False, True))]
)
def test_the_longest_report_fits(language, band, above, finding):
    photos_only = tuple(replace(day, rating=None, photos=day.load) for day in HEAVIER)
    rated = finding or band == "high"  # neither comes of photos alone
    for week, days in product(range(3), (HEAVIER,) if rated else (HEAVIER, photos_only)):
        later = timedelta(weeks=week)
        facts = {"days": tuple(replace(day, day=day.day + later) for day in days), "above_beginning": above}
        strain = a_strain(100.0, band, day=SUNDAY + later, observed_days=14, parts={}, **facts)
        said = FINDING[language] if finding else ""
        caption = a_caption(strain, language, 0.0, finding=said, days=UNEASY, zone="Europe/Moscow")

        assert sum(max(1, len(wrap(each, 38))) for each in caption.splitlines()) <= LINES, caption


# ---------------------------------------------------------------- what it says


CASES = {  # the last report's index and the changes that lead to each way of a course
    "first": (None, {}),
    "steady": (46.0, {}),
    "down": (60.0, {}),
    "up": (36.0, {}),
    "above": (None, {"above_beginning": True}),
}


@pytest.mark.parametrize(("language", "band", "way"), [*product(LANGUAGES, BANDS, CASES)])
def test_every_band_and_change_has_its_words_in_the_first_line(language, band, way):
    last_index, changes = CASES[way]

    first_line, *_ = a_caption(a_strain(46.0, band, **changes), language, last_index).split("\n")

    words = {(each, other): text(f"course_{each}_{other}", language) for each, other in product(BANDS, CASES)}
    assert first_line.partition(": ")[2] == words[band, way]
    assert len({*words.values()}) == len(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["14 points above your last report.", "Heavy days: 7 of 7 in the last week, 0 of 7 before."]),
        ("ru", ["На 14 баллов выше прошлого отчёта.", "Тяжёлых дней за неделю: 7 из 7, до этого 0 из 7."]),
    ],
)
def test_a_rise_says_its_points_and_what_moved_with_both_numbers(language, words):
    assert a_caption(a_strain(46.0, days=HEAVIER), language, 32.0).split("\n")[1:3] == words


@pytest.mark.parametrize(("band", "said"), [("calm", True), ("raised", False), ("high", False)])
def test_a_finding_comes_instead_of_a_small_step_and_gives_way_to_people_who_listen(band, said):
    without, with_it = (a_caption(a_strain(46.0, band), finding=finding) for finding in ("", FINDING["en"]))

    assert (FINDING["en"] in with_it, with_it == without) == (said, not said)


@pytest.mark.parametrize(("language", "hour", "refers"), [("en", 14, True), ("ru", 14, True), ("en", 15, False)])
def test_a_report_on_the_day_of_an_alert_refers_to_it_and_leaves_out_what_moved(language, hour, refers):
    alerted = datetime(SUNDAY.year, SUNDAY.month, SUNDAY.day, hour, tzinfo=UTC)  # Tokyo's Monday begins at 15
    first_line, *lines = a_caption(a_strain(above_beginning=True), language, alerted_at_utc=alerted).split("\n")

    assert (text("report_written", language) in first_line) is refers
    assert any(re.search("6 (of|из) 6", each) for each in lines) is not refers


def test_a_heavier_week_is_said_where_nothing_else_moved_enough():
    days = tuple(
        a_day(ago, load=0.45 if ago < 7 else 0.2, photos=0.45 if ago < 7 else 0.2) for ago in (12, 10, 8, 4, 2, 0)
    )

    assert "The last 7 days were heavier than the weeks before." in a_caption(a_strain(30.0, "calm", days=days))


@pytest.mark.parametrize(
    ("changes", "doubts"),
    [
        ({"days": (a_day(0, photos=0.5),), "parts": {"level": 30.0}}, ["photos"]),
        ({"days": (a_day(0, photos=0.5),)}, []),  # there is an answer
        ({"days": (a_day(0, rating=3.0),), "parts": {"level": 30.0}}, []),
        ({"days": (replace(a_day(0), energy=2),), "parts": {"level": 30.0}}, []),
        ({"index": 54.4}, []),
        ({"index": 54.6}, ["high"]),  # the chart draws it in the high band
        ({"index": 80.0, "band": "high"}, []),
    ],
)
def test_what_rests_on_photos_alone_or_looks_high_and_is_not_called_so_is_explained(changes, doubts):
    assert re.findall("(?<=From )photos|(?<=I call it )high", a_caption(a_strain(**changes))) == doubts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("last_index", "key", "points"),
    [(53.0, "lower", 7), (57.0, "lower", 11), (25.0, "higher", 21), (38.4, "higher", 8), (47.0, "", 1), (46.4, "", 0)],
)
def test_the_change_since_the_last_report_unless_the_first_line_says_it(language, last_index, key, points):
    counted = plural("report_points", language, points)
    said = (
        text(f"report_{key}", language, points=counted) if key else text("course_heavy_now", language, now=6, of_now=6)
    )

    assert a_caption(a_strain(46.0), language, last_index).split("\n")[1] == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_named_when_it_is_raised_and_the_emergency_number_when_it_is_high(language):
    calm, raised, high = (a_caption(a_strain(30.0, band), language) for band in BANDS)

    assert (HELP in calm, HELP in raised, HELP in high) == (False, True, True)
    assert [" наедине:" in each or " alone:" in each for each in (calm, raised, high)] == [False, False, True]
    assert ("112" in calm, "112" in raised, "112" in high) == (False, False, True)
    assert all(text("report_no_diagnosis", language) in caption for caption in (calm, raised, high))


@pytest.mark.parametrize(
    ("zone", "lines", "emergency"),
    [
        ("America/New_York", ": 988.", "911"),
        ("Europe/London", ": 116 123.", "112"),
        ("Europe/Moscow", ": 8-495-989-50-50.", "112"),
        ("Asia/Tokyo", ": findahelpline.com.", "112"),
        (None, ": findahelpline.com.", "112"),
    ],
)
def test_who_listens_follows_the_persons_country(zone, lines, emergency):
    whole = msgspec.structs.replace(course([]), settings=Settings(language="en", time_zone=zone))
    high = a_caption(a_strain(60.0, "high"), zone=zone)

    assert lines in high
    assert f"{emergency} or your local number" in high
    assert lines in alert(1, a_strain(), whole).params["text"]


@pytest.mark.parametrize(("language", "alarms"), [("en", "small step|talk to|alone"), ("ru", "шаг|поговорите|врач")])
@pytest.mark.parametrize(("heavy", "alarming"), [(0, False), (1, False), (2, True)])
def test_a_calm_week_is_not_repaired_unless_several_of_its_days_were_heavy(language, alarms, heavy, alarming):
    days = tuple(a_day(ago, load=0.5 if ago < heavy else 0.1, rating=4.0) for ago in range(6, -1, -1))

    caption = a_caption(a_strain(12.0, "calm", days=days), language)

    assert bool(re.search(alarms, caption)) is alarming
    assert re.search(f": {heavy} (of|из) 7", caption)


@pytest.mark.parametrize(("answer", "heard"), [(1, False), (2, False), (3, True), (4, True), (5, True)])
@pytest.mark.parametrize("week", range(3))
def test_an_answer_of_burning_out_is_not_talked_over(answer, heard, week):
    strain = a_strain(parts={"level": 6.0, "persistence": 0.0, "trend": 0.0, "answer": 5.0 * (answer - 1)}, days=(),
                      index=1.0 + 5 * answer, band="calm", day=SUNDAY + timedelta(weeks=week))  # fmt: skip

    caption = a_caption(strain, last_index=strain.index)

    assert ("your own answer counts more" in caption, "small step" in caption, HELP in caption) == (heard,) * 3


# ---------------------------------------------------------------- week by week


@pytest.mark.parametrize(
    ("language", "kind"), [*product(LANGUAGES, ({"band": "calm"}, {"band": "high"}, {"above_beginning": True}))]
)
def test_three_weeks_in_a_row_differ_even_over_new_year_and_the_days_of_a_week_do_not(language, kind):
    days = [date(2026, 12, 21) + timedelta(days=days) for days in range(21)]  # Monday of ISO week 52, then 53 and 1

    captions = [a_caption(a_strain(day=day, days=(), **kind), language) for day in days]

    weeks = [set(captions[start : start + 7]) for start in (0, 7, 14)]
    assert [len(week) for week in weeks] == [1, 1, 1]
    assert len(set.union(*weeks)) == 3
