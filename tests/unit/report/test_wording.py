"""The report's words: the right facts, within Telegram's limits, kind, and the same for the same week."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.store.people import Settings
from burnout.store.reports import LastReport
from burnout.texts import LANGUAGES, plural, text
from burnout.values import Language
from functions.report.strain import DayLoad, Strain
from functions.report.wording import alert, report_caption
from local.telegram.limits import CAPTION_MAX, visible_text
from tests.unit.report.courses import BANDS, PARTS, SUNDAY, a_day, a_strain

MAIN = {"level": "the overall level", "persistence": "hard days", "trend": "the rise", "answer": "your own answer"}
HELP = "findahelpline.com"
FORBIDDEN = re.compile(r"depress|therap|treatment|burned out|депресс|лечени|выгоре|!", re.I)


def visible(html):
    return visible_text({"caption": html, "parse_mode": "HTML"}, "caption")


def a_last_report(index):
    return LastReport(sent_at_utc=datetime(2026, 11, 15, 15, tzinfo=UTC), index=index)


def a_caption(strain, language: Language = "en", last_index=None, *, zone="Asia/Tokyo"):
    settings = Settings(language=language, time_zone=zone)
    return visible(report_caption(strain, None if last_index is None else a_last_report(last_index), settings))


def lines_of(caption):
    return [line for line in caption.splitlines() if line]


# ---------------------------------------------------------------- limits


shares = st.floats(0, 1)
day_loads = st.builds(
    DayLoad,
    day=st.dates(SUNDAY - timedelta(days=27), SUNDAY),
    load=shares,
    photos=st.none() | shares,
    rating=st.none() | st.floats(1, 5),
    check_ins=st.integers(1, 999),
    ratings=st.integers(0, 999),
)
strains = st.builds(
    Strain,
    day=st.just(SUNDAY),
    days=st.lists(day_loads, max_size=28, unique_by=lambda load: load.day).map(
        lambda loads: tuple(sorted(loads, key=lambda load: load.day))
    ),
    observed_days=st.integers(0, 14),
    check_ins=st.integers(0, 99_999),
    index=st.none() | st.floats(0, 100),
    band=st.sampled_from(BANDS),
    parts=st.dictionaries(st.sampled_from(PARTS), st.floats(0, 100)),
    above_baseline=st.booleans(),
)


@given(strains, st.none() | st.floats(0, 100).map(a_last_report), st.sampled_from(LANGUAGES))
def test_any_caption_is_valid_html_within_telegrams_limit(strain, last_report, language):
    caption = report_caption(strain, last_report, Settings(language=language))

    assert 1 <= len(visible(caption)) <= CAPTION_MAX
    assert not FORBIDDEN.search(caption)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_possible_captions_fit(language):
    photos_only = tuple(a_day(days_ago, load=days_ago / 30, photos=0.9) for days_ago in reversed(range(28)))
    rated = tuple(replace(day, rating=1.0, ratings=1, photos=None) for day in photos_only)

    lengths = [
        len(a_caption(strain, language, last_index=0.0, zone="Europe/Moscow"))  # its number is the longest
        for band, main, week, days in product(BANDS, PARTS, range(3), (photos_only, rated))
        for strain in [
            a_strain(100.0, band, main=main, day=SUNDAY + timedelta(weeks=week), days=days, observed_days=14,
                     check_ins=99_999, above_baseline=True)
        ]
    ]  # fmt: skip

    assert 700 <= max(lengths) <= CAPTION_MAX


# ---------------------------------------------------------------- what it says


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_raised_week_says_its_numbers_in_order(language):
    strain = a_strain(46.2, days=tuple(a_day(n, rating=r, load=0.6) for n, r in enumerate([2, 1, 3, 2, 2, 4]))[::-1])

    numbers = [re.findall(r"\d+", line) for line in lines_of(a_caption(strain, language, last_index=54.4))]

    index, change, basis, reason, parts, step, talk, undiagnosed, chart = numbers
    assert (index, change, basis) == (["46", "100"], ["8"], ["6", "14", "9"])
    assert (reason, parts) == (["2", "4", "6"], ["22", "4", "4", "4"])  # rated 2 or lower on 4 of 6; level first
    assert (step, talk, undiagnosed) == ([], [], [])
    assert chart == ["6", "17", "22", "60", "100", "17", "60", "17", "60"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_high_week_above_ones_own_beginning_says_its_numbers_in_order(language):
    strain = a_strain(61.0, "high", main="answer", above_baseline=True, observed_days=5, check_ins=21)

    numbers = [re.findall(r"\d+", line) for line in lines_of(a_caption(strain, language, last_index=59.0))]

    assert numbers[:5] == [["61", "100"], ["2"], ["5", "14", "21"], [], ["22", "4", "4", "4"]]  # the answer first
    assert numbers[5:-1] == [[], [], ["112"], []]


@pytest.mark.parametrize(("language", "part"), [*product(LANGUAGES, PARTS)])
def test_the_heaviest_part_is_named_with_its_own_step(language, part):
    others = {a_caption(a_strain(main=other), language) for other in PARTS if other != part}

    caption = a_caption(a_strain(main=part), language)

    main, step = lines_of(caption)[2], lines_of(caption)[4]
    assert language != "en" or MAIN[part] in main
    assert not any(main in other or step in other for other in others)


def test_the_part_that_is_named_is_the_highest_for_what_it_can_be():
    strain = a_strain(parts={"level": 30.0, "persistence": 20.0, "trend": 2.0})

    assert "The main thing: hard days" in a_caption(strain)


@pytest.mark.parametrize(
    ("ratings", "sentence"),
    [
        ([2, 2, 5], "Days you rated 2 or lower: 2 of 3."),
        ([2.5, 3, 5], "Your rating: 3.5 of 5 on average."),
    ],
)
def test_low_ratings_are_said_only_when_there_are_some(ratings, sentence):
    days = tuple(a_day(n, rating=rating) for n, rating in enumerate(ratings))[::-1]

    assert sentence in a_caption(a_strain(days=days))


def test_only_the_last_fourteen_days_count_as_reasons():
    days = (a_day(14, rating=1.0, load=1.0), a_day(13, rating=2.0, load=0.5), a_day(0, rating=4.0, load=0.2))

    assert "Days you rated 2 or lower: 1 of 2." in a_caption(a_strain(days=days))
    assert "hard days, 1 of 2." in a_caption(a_strain(days=days, main="persistence"))


@pytest.mark.parametrize(
    ("photos", "sentence"),
    [([0.5, 0.9, 0.1], "photos looked mostly negative: 2 of 3."), ([0.1, 0.2], "as far as photos can tell.")],
)
def test_photos_alone_are_called_less_certain(photos, sentence):
    days = tuple(a_day(n, photos=share) for n, share in enumerate(photos))[::-1]

    caption = a_caption(a_strain(days=days, parts={"level": 30.0}))

    assert sentence in caption
    assert "from photos only: your ratings" in caption


@pytest.mark.parametrize(
    ("index", "band", "explained"), [(54.4, "raised", False), (54.6, "raised", True), (80.0, "high", False)]
)
@pytest.mark.parametrize(("language", "words"), [("en", "I call it high only"), ("ru", "Высоким я называю")])
def test_a_number_as_high_as_high_that_is_not_called_so_is_explained(index, band, explained, language, words):
    assert (words in a_caption(a_strain(index, band), language)) is explained


@pytest.mark.parametrize("changes", [{"days": (a_day(0, rating=3.0),)}, {"days": (a_day(0, photos=0.5),)}])
def test_somebodys_own_word_is_not_called_photos_only(changes):
    assert "photos only" not in a_caption(a_strain(**changes))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("last_index", "key", "points"),
    [(47.0, "lower", 1), (57.0, "lower", 11), (25.0, "higher", 21), (46.4, "same", 0), (45.6, "same", 0)],
)
def test_the_change_since_the_last_report(language, last_index, key, points):
    sentence = text(
        f"report_{key}", language, **({"points": plural("report_points", language, points)} if points else {})
    )

    assert lines_of(a_caption(a_strain(46.0), language, last_index))[1] == sentence


@pytest.mark.parametrize(("language", "words"), [("en", "last report"), ("ru", "прошлом отчёте")])
def test_without_a_last_report_no_change_is_claimed(language, words):
    assert words not in a_caption(a_strain(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_named_when_it_is_raised_and_the_emergency_number_when_it_is_high(language):
    calm, raised, high = (a_caption(a_strain(30.0, band), language) for band in BANDS)

    assert (HELP in calm, HELP in raised, HELP in high) == (False, True, True)
    assert ("112" in calm, "112" in raised, "112" in high) == (False, False, True)
    assert all(text("report_no_diagnosis", language) in caption for caption in (calm, raised, high))


@pytest.mark.parametrize(
    ("zone", "lines", "emergency"),
    [
        ("America/New_York", "988, findahelpline.com.", "911"),
        ("Europe/London", "116 123, findahelpline.com.", "112"),
        ("Europe/Moscow", "8-495-989-50-50, findahelpline.com.", "112"),
        ("Asia/Tokyo", ": findahelpline.com.", "112"),
        (None, ": findahelpline.com.", "112"),
    ],
)
def test_who_listens_follows_the_persons_country(zone, lines, emergency):
    high, settings = a_caption(a_strain(60.0, "high"), zone=zone), Settings(language="en", time_zone=zone)

    assert lines in high
    assert f"{emergency} or your local number" in high
    assert lines in alert(1, settings).params["text"]


@pytest.mark.parametrize(("language", "alarms"), [("en", "small step|talk to|alone"), ("ru", "шаг|поговорите|врач")])
@pytest.mark.parametrize("week", range(3))
def test_a_calm_week_is_neither_repaired_nor_alarmed(language, alarms, week):
    caption = a_caption(a_strain(12.0, "calm", day=SUNDAY + timedelta(weeks=week)), language)

    assert not re.search(alarms, caption)


@pytest.mark.parametrize(("language", "praise"), [("en", "best|quiet|Days like"), ("ru", "лучшим|Спокойн|Такие дни")])
@pytest.mark.parametrize("week", range(3))
def test_a_calm_number_does_not_praise_a_rise_above_ones_own_beginning(language, praise, week):
    strain = a_strain(30.0, "calm", day=SUNDAY + timedelta(weeks=week), above_baseline=True)

    assert not re.search(praise, a_caption(strain, language))


@pytest.mark.parametrize(("answer", "heard"), [(1, False), (2, False), (3, True), (4, True), (5, True)])
@pytest.mark.parametrize("week", range(3))
def test_a_calm_number_does_not_talk_over_an_answer_that_says_burning_out(answer, heard, week):
    day = SUNDAY + timedelta(weeks=week)
    strain = a_strain(parts={"level": 6.0, "persistence": 0.0, "trend": 0.0, "answer": 5.0 * (answer - 1)},
                      index=1.0 + 5 * answer, band="calm", day=day)  # fmt: skip

    caption = a_caption(strain)

    assert ("small step" in caption, HELP in caption) == (heard, heard)
    assert ("Days like these" in caption) is not heard


@given(st.dictionaries(st.sampled_from(PARTS), st.floats(0, 25), min_size=1), st.sampled_from(LANGUAGES))
def test_the_points_of_the_parts_add_up_to_the_index(parts, language):
    caption = a_caption(a_strain(sum(parts.values()), parts=parts), language)

    index, points = (re.search(words, caption) for words in (r"(\d+) (?:of|из) 100", "(?:In points|В баллах): (.*)"))
    assert index
    if points:
        assert sum(map(int, re.findall(r"\d+", points[1]))) == int(index[1])


@pytest.mark.parametrize(("language", "words"), [("en", "your own first weeks"), ("ru", "ваши первые недели")])
def test_a_level_above_ones_own_beginning_is_said_once_and_only_then(language, words):
    assert a_caption(a_strain(above_baseline=True), language).count(words) == 1
    assert words not in a_caption(a_strain(above_baseline=False), language)


def test_no_part_is_blamed_for_nothing():
    caption = a_caption(a_strain(0.2, "calm", parts=dict.fromkeys(PARTS, 0.05)))

    assert "Right now nothing raises it." in caption
    assert "weighs most" not in caption
    assert "In points" not in caption


# ---------------------------------------------------------------- week by week


@pytest.mark.parametrize(("language", "band", "part"), [*product(LANGUAGES, BANDS, PARTS)])
def test_three_weeks_in_a_row_differ_even_over_new_year_and_the_days_of_a_week_do_not(language, band, part):
    days = [date(2026, 12, 21) + timedelta(days=days) for days in range(21)]  # Monday of ISO week 52, then 53 and 1

    captions = [a_caption(a_strain(46.0, band, main=part, day=day, days=()), language) for day in days]

    weeks = [set(captions[start : start + 7]) for start in (0, 7, 14)]
    assert [len(week) for week in weeks] == [1, 1, 1]
    assert len(set.union(*weeks)) == 3
