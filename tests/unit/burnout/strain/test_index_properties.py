"""The strain index, whatever the course: its bounds, and what it may never do."""

from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from random import Random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from burnout.store.reports import CourseCheckIn
from burnout.strain.index import WEIGHTS, day_loads, smoothed, strain_on
from tests.unit.burnout.strain.courses import BANDS, TODAY, UTC_ZONE, ZONES, answered, check_in, course, photos, told

moments = st.tuples(st.integers(-2, 35), st.times(), st.sampled_from(ZONES))
negatives = st.none() | st.floats(0, 1)
ratings = st.none() | st.integers(1, 5)
observations = st.builds(
    lambda moment, negative, rating, corrected: check_in(
        moment[0],
        negative=negative,
        rating=rating,
        at=moment[1].replace(tzinfo=None),
        zone=moment[2],
        corrected=corrected,
    ),
    moments,
    negatives,
    ratings,
    st.booleans(),
)
weeklies = st.lists(st.builds(answered, st.integers(-1, 14), st.integers(1, 5)), max_size=3)
energies = st.dictionaries(st.integers(-2, 27), st.none() | st.integers(1, 5), max_size=8).map(
    lambda by_days_ago: [told(*day) for day in by_days_ago.items()]
)
courses = st.builds(
    lambda check_ins, weekly, days: course(check_ins, *weekly, days=days),
    st.lists(observations, max_size=40),
    weeklies,
    energies,
)
daily = st.builds(
    lambda values, weekly, days: course(
        [check_in(i, negative=negative, rating=rating) for i, (negative, rating) in values.items()],
        *weekly,
        days=days,
    ),
    st.dictionaries(st.integers(0, 27), st.tuples(negatives, ratings), min_size=6),
    weeklies,
    energies,
)
zones = st.sampled_from(ZONES)


@given(courses | daily, zones)
def test_index_lies_in_its_bounds_and_its_parts_sum_to_it(any_course, zone):
    strain = strain_on(TODAY, any_course, zone)

    if strain.index is None:
        assert (strain.band, strain.parts, strain.observed_days < 5) == (None, {}, True)
    else:
        assert strain.observed_days >= 5
        assert 0 <= strain.index <= 100
        assert sum(strain.parts.values()) == pytest.approx(strain.index)
        assert all(0 <= points <= 125 * WEIGHTS[part] + 1e-9 for part, points in strain.parts.items())
        assert strain.band in BANDS
    assert all(0 <= level <= 1 for level in smoothed(strain.days))


@given(courses | daily, zones, st.randoms(use_true_random=False))
def test_order_of_check_ins_does_not_matter(any_course, zone, random: Random):
    shuffled = random.sample(any_course.check_ins, len(any_course.check_ins))

    strain = strain_on(TODAY, course(shuffled, *reversed(any_course.weekly), days=reversed(any_course.days)), zone)

    assert strain.days == strain_on(TODAY, any_course, zone).days
    assert strain.index == strain_on(TODAY, any_course, zone).index


def worse(observed, by):
    negative = None if observed.negative is None else min(observed.negative + by, 1.0)
    rating = None if observed.rating is None else max(observed.rating - round(4 * by), 1)
    return replace(observed, negative=negative, rating=rating)  # what was corrected stays so, and weighs as before


@given(daily | courses, zones, st.sets(st.integers(0, 27), min_size=1), st.floats(0.01, 1))
@example(course(photos({10: 0.2, 9: 0.2, 8: 0.2, 1: 0.6, 0: 0.6})), UTC_ZONE, {9}, 0.5)
@example(course(photos({27: 0.0, 26: 0.0, 25: 0.0, **dict.fromkeys(range(7), 0.3)})), UTC_ZONE, {27, 26}, 1.0)
def test_worse_days_never_lower_the_index_nor_the_band(any_course, zone, days_ago, by):
    before = strain_on(TODAY, any_course, zone)
    if before.index is None:  # not assumed: of the courses with gaps too many have none, and Hypothesis gives up
        return
    worse_days = {TODAY - timedelta(days=days) for days in days_ago}
    changed = [
        worse(observed, by) if observed.observed_at_utc.astimezone(zone).date() in worse_days else observed
        for observed in any_course.check_ins
    ]

    days = [
        told((TODAY - day).days, None if each.energy is None else max(each.energy - round(4 * by), 1))
        if (day := date.fromisoformat(each.day)) in worse_days
        else each
        for each in any_course.days
    ]

    after = strain_on(TODAY, course(changed, *any_course.weekly, days=days), zone)

    assert after.index >= before.index - 1e-9
    assert BANDS.index(after.band) >= BANDS.index(before.band)


@given(daily, st.integers(1, 4))
def test_a_worse_answer_never_lowers_the_index(any_course, answer):
    def index(value):
        known = course(any_course.check_ins, answered(0, value), days=any_course.days)
        return strain_on(TODAY, known, UTC_ZONE).index

    assume(index(answer) is not None)

    assert index(answer + 1) > index(answer)


@given(courses | daily, zones)
def test_photos_alone_say_at_most_raised_whatever_the_course(any_course, zone):
    without_ratings = [
        CourseCheckIn(observed_at_utc=observed.observed_at_utc, negative=observed.negative, rating=None)
        for observed in any_course.check_ins
    ]

    assert strain_on(TODAY, course(without_ratings), zone).band in {None, "calm", "raised"}


@given(st.dates(date(2019, 1, 1), date(2027, 12, 31)), st.times(), zones)
def test_check_in_belongs_to_the_day_on_the_persons_wall(day, at, zone):
    observed_at_utc = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)

    (load,) = day_loads([CourseCheckIn(observed_at_utc=observed_at_utc, negative=0.5, rating=None)], zone)

    assert load.day == day


@given(st.sets(st.integers(0, 27), min_size=5), st.floats(0, 0.49))
def test_gaps_change_nothing_in_an_even_course(days_ago, load):
    assume(sum(days < 14 for days in days_ago) >= 5)

    strain = strain_on(TODAY, course(photos(dict.fromkeys(days_ago, load))), UTC_ZONE)

    assert strain.index == pytest.approx(56.25 * load)
    assert [day.day for day in strain.days] == sorted(TODAY - timedelta(days=days) for days in days_ago)


@given(st.lists(st.tuples(negatives, ratings), min_size=1, max_size=40), zones)
def test_four_hundred_days_are_as_good_as_the_last_twenty_eight(repeated, zone):
    values = islice(cycle(repeated), 400)
    check_ins = [check_in(399 - i, negative=negative, rating=rating) for i, (negative, rating) in enumerate(values)]

    long, short = (strain_on(TODAY, course(part), zone) for part in (check_ins, check_ins[-30:]))

    assert (long.index, long.band, long.days) == (short.index, short.band, short.days)
