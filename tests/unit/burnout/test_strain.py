"""The strain index: what one day weighs, what a course comes to, and what it may never do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice, permutations
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from burnout.reports import Course, Observation, Settings, WeeklyAnswer
from burnout.strain import (
    WEIGHTS,
    DayLoad,
    above_limit,
    day_loads,
    shown_index,
    smoothed,
    strain_on,
)

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("Etc/UTC")
TODAY = date(2026, 11, 29)
ZONES = [
    ZoneInfo(name)
    for name in (
        "Etc/UTC",
        "Europe/Berlin",
        "Europe/Moscow",
        "America/St_Johns",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    )
]
BANDS = ["calm", "raised", "high"]


def check_in(days_ago=0, *, negative=None, rating=None, at=time(12), zone=UTC_ZONE):
    local = datetime.combine(TODAY - timedelta(days=days_ago), at, tzinfo=zone)
    return Observation(observed_at_utc=local.astimezone(UTC), negative=negative, rating=rating)


def answered(days_ago, answer):
    return WeeklyAnswer(answered_at_utc=check_in(days_ago).observed_at_utc, answer=answer)


def course(check_ins, *weekly):
    return Course(settings=Settings(language="en"), check_ins=tuple(check_ins), weekly=weekly, last_report=None)


def photos(loads_by_days_ago):
    return [check_in(days_ago, negative=load) for days_ago, load in sorted(loads_by_days_ago.items(), reverse=True)]


def loads(*values):
    return [
        DayLoad(day=TODAY, load=value, photos=value, rating=None, check_ins=1, low_ratings=0, ratings=0)
        for value in values
    ]


# ---------------------------------------------------------------- a day


@pytest.mark.parametrize(
    ("given_check_ins", "load"),
    [
        ([check_in(negative=0.3)], 0.3),
        ([check_in(rating=2)], 0.75),
        ([check_in(rating=1)], 1.0),
        ([check_in(rating=5)], 0.0),
        ([check_in(negative=0.5, rating=1)], 0.8),
        ([check_in(negative=0.2), check_in(negative=0.6)], 0.4),
        ([check_in(rating=1), check_in(rating=4), check_in(negative=0.25)], 0.475),
        ([check_in(negative=None, rating=2), check_in(negative=0.5)], 0.65),
    ],
)
def test_load_of_a_day_is_six_tenths_of_the_rating_and_four_of_the_photos_or_the_one_there_is(given_check_ins, load):
    (day,) = day_loads(given_check_ins, UTC_ZONE)

    assert day.load == pytest.approx(load)


def test_a_day_says_what_it_rests_on():
    days = day_loads([check_in(negative=0.5, rating=2), check_in(rating=5), check_in(negative=0.7)], UTC_ZONE)

    assert days == (
        DayLoad(day=TODAY, load=pytest.approx(0.465), photos=0.6, rating=3.5, check_ins=3, low_ratings=1, ratings=2),
    )


@pytest.mark.parametrize("order", list(permutations([0.1, 0.2, 0.3])))
def test_order_within_a_day_does_not_matter_to_the_last_bit(order):
    (day,) = day_loads([check_in(negative=negative) for negative in order], UTC_ZONE)

    assert day.load == 0.6 / 3


def test_a_refused_guess_without_a_rating_makes_no_day():
    assert day_loads([check_in(), check_in(1, rating=3), check_in(1)], UTC_ZONE)[0].check_ins == 1
    assert day_loads([check_in()], UTC_ZONE) == ()


@pytest.mark.parametrize(
    ("moment_utc", "zone", "day"),
    [
        ("2026-10-25T22:30", "Europe/Berlin", "2026-10-25"),  # 23:30 of a day of 25 hours
        ("2026-10-25T23:30", "Europe/Berlin", "2026-10-26"),
        ("2026-10-24T22:30", "Europe/Berlin", "2026-10-25"),
        ("2026-03-29T21:30", "Europe/Berlin", "2026-03-29"),  # 23:30 of a day of 23 hours
        ("2026-03-29T22:30", "Europe/Berlin", "2026-03-30"),
        ("2026-03-28T23:30", "Europe/Berlin", "2026-03-29"),
        ("2026-11-02T04:30", "America/New_York", "2026-11-01"),
        ("2026-11-02T05:30", "America/New_York", "2026-11-02"),
        ("2026-10-04T13:00", "Australia/Lord_Howe", "2026-10-05"),  # its clock changes by half an hour
        ("2026-10-04T12:59", "Australia/Lord_Howe", "2026-10-04"),
        ("2026-11-28T10:00", "Pacific/Kiritimati", "2026-11-29"),
        ("2026-11-29T10:30", "Pacific/Pago_Pago", "2026-11-28"),
    ],
)
def test_a_day_begins_and_ends_at_the_persons_own_midnight(moment_utc, zone, day):
    observed = Observation(observed_at_utc=datetime.fromisoformat(moment_utc + "+00:00"), negative=0.5, rating=None)

    (load,) = day_loads([observed], ZoneInfo(zone))

    assert load.day == date.fromisoformat(day)


# ---------------------------------------------------------------- the parts


def test_level_starts_at_the_first_day_and_takes_a_fifth_of_each_later_one():
    assert smoothed(loads(0.5, 1.0, 0.0)) == pytest.approx((0.5, 0.6, 0.48))
    assert smoothed([]) == ()


def test_even_course_has_level_and_persistence_and_no_trend():
    strain = strain_on(TODAY, course(photos(dict.fromkeys(range(28), 0.5))), UTC_ZONE)

    assert strain.parts == pytest.approx({"level": 28.125, "persistence": 25.0, "trend": 0.0})
    assert strain.index == pytest.approx(53.125)


def test_answer_takes_its_fifth_and_the_others_give_way():
    strain = strain_on(TODAY, course(photos(dict.fromkeys(range(28), 0.5)), answered(3, 2)), UTC_ZONE)

    assert strain.parts == pytest.approx({"level": 22.5, "persistence": 20.0, "trend": 0.0, "answer": 5.0})


def test_answer_counts_for_ten_days_and_the_newest_wins():
    check_ins = photos(dict.fromkeys(range(28), 0.5))

    def part(*weekly):
        return strain_on(TODAY, course(check_ins, *weekly), UTC_ZONE).parts.get("answer")

    assert part(answered(9, 5)) == pytest.approx(20.0)
    assert part(answered(10, 5)) is None
    assert part(answered(-1, 5)) is None
    assert part(answered(1, 1), answered(8, 5)) == 0.0


def test_trend_is_what_the_last_week_lies_above_the_level():
    check_ins = photos({10: 0.2, 9: 0.2, 8: 0.2, 1: 0.6, 0: 0.6})

    strain = strain_on(TODAY, course(check_ins), UTC_ZONE)

    # level 0.2 → 0.28 → 0.344; (0.6 - 0.344) / (1/3) = 0.768 of 18.75 points
    assert strain.parts["trend"] == pytest.approx(14.4)


def test_trend_is_full_at_a_third_above_the_level():
    check_ins = photos({10: 0.0, 9: 0.0, 8: 0.0, 1: 1.0, 0: 1.0})

    assert strain_on(TODAY, course(check_ins), UTC_ZONE).parts["trend"] == pytest.approx(18.75)


@pytest.mark.parametrize(
    "days",
    [
        {10: 0.2, 9: 0.2, 8: 0.2, 7: 0.2, 0: 0.9},  # one recent day
        {10: 0.2, 9: 0.2, 2: 0.9, 1: 0.9, 0: 0.9},  # two earlier ones
        {10: 0.9, 9: 0.9, 8: 0.9, 1: 0.2, 0: 0.2},  # it is getting better
    ],
)
def test_no_trend_without_enough_days_on_both_sides_or_without_a_rise(days):
    assert strain_on(TODAY, course(photos(days)), UTC_ZONE).parts["trend"] == 0.0


def test_persistence_is_the_share_of_heavy_days_of_the_last_fourteen():
    check_ins = photos({14: 0.9, 13: 0.5, 10: 0.6, 5: 0.49, 3: 0.1, 0: 0.5})

    strain = strain_on(TODAY, course(check_ins), UTC_ZONE)

    assert strain.parts["persistence"] == pytest.approx(25 * 3 / 5)


# ---------------------------------------------------------------- how much is known


def test_four_days_of_the_last_fourteen_are_too_few():
    strain = strain_on(TODAY, course([check_in(i, rating=1) for i in (20, 15, 14, 13, 9, 4, 0, 0)]), UTC_ZONE)

    assert (strain.index, strain.band, strain.parts, strain.above_baseline) == (None, None, {}, False)
    assert (strain.observed_days, strain.check_ins, len(strain.days)) == (4, 5, 7)


def test_five_days_of_the_last_fourteen_are_enough():
    strain = strain_on(TODAY, course([check_in(i, rating=1) for i in (13, 9, 4, 1, 0)]), UTC_ZONE)

    assert (strain.index, strain.observed_days, strain.check_ins) == (pytest.approx(81.25), 5, 5)


@pytest.mark.parametrize("check_ins", [[], [check_in(negative=1.0, rating=1)], [check_in()]])
def test_nothing_or_one_observation_has_no_index(check_ins):
    strain = strain_on(TODAY, course(check_ins, answered(0, 5)), UTC_ZONE)

    assert (strain.index, strain.band) == (None, None)
    assert strain.observed_days == len(strain.days) <= 1


def test_only_the_window_counts_and_nothing_later():
    inside = [check_in(i, negative=0.3, rating=4) for i in range(27, -1, -2)]
    outside = [check_in(i, negative=1.0, rating=1) for i in (400, 29, 28)]
    later = [check_in(i, negative=1.0, rating=1) for i in (-1, -2)]

    strain = strain_on(TODAY, course([*outside, *inside, *later]), UTC_ZONE)

    assert strain == strain_on(TODAY, course(inside), UTC_ZONE)


# ---------------------------------------------------------------- bands


def test_photos_alone_never_say_high():
    strain = strain_on(TODAY, course(photos(dict.fromkeys(range(28), 1.0))), UTC_ZONE)

    assert strain.index == pytest.approx(81.25)
    assert strain.band == "raised"


@pytest.mark.parametrize(
    ("ratings", "weekly", "band"),
    [
        ([3, 2], [], "high"),  # a mean of 2.5
        ([3, 3, 3, 2, 2], [], "raised"),
        ([3], [answered(2, 3)], "high"),
        ([3], [answered(2, 2)], "raised"),
        ([3], [answered(11, 5)], "raised"),
    ],
)
def test_high_is_said_only_when_ratings_or_answer_agree(ratings, weekly, band):
    check_ins = [check_in(i, negative=1.0, rating=rating) for i, rating in enumerate(ratings)]
    check_ins += photos(dict.fromkeys(range(len(ratings), 14), 1.0))

    strain = strain_on(TODAY, course(check_ins, *weekly), UTC_ZONE)

    assert strain.index >= 55
    assert strain.band == band


def test_ratings_older_than_two_weeks_do_not_agree():
    check_ins = [check_in(14, rating=1), *photos(dict.fromkeys(range(14), 1.0))]

    assert strain_on(TODAY, course(check_ins), UTC_ZONE).band == "raised"


@pytest.mark.parametrize(
    ("index", "answer", "shown", "band"),
    [
        (39.49, 5, 39, "calm"),
        (39.51, 5, 40, "raised"),
        (54.49, 3, 54, "raised"),
        (54.51, 3, 55, "high"),
    ],
)
def test_band_is_the_one_of_the_whole_number_that_is_shown(index, answer, shown, band):
    answer_points = {5: 20, 3: 10}[answer]
    persistence_points = {5: 0, 3: 20}[answer]  # of days that are light, or heavy
    load = (index - answer_points - persistence_points) / 45
    even = course(photos(dict.fromkeys(range(14), load)), answered(0, answer))

    strain = strain_on(TODAY, even, UTC_ZONE)

    assert strain.index == pytest.approx(index)
    assert (shown_index(strain.index), strain.band) == (shown, band)


# ---------------------------------------------------------------- the own baseline

CALM = [0.2] * 14


def test_alert_needs_two_days_in_a_row_above_the_limit():
    def above(*later):
        values = [*CALM, *later]
        check_ins = photos({len(values) - 1 - i: value for i, value in enumerate(values)})
        return strain_on(TODAY, course(check_ins), UTC_ZONE).above_baseline

    assert not above()
    assert not above(0.6)
    assert above(0.6, 0.6)
    assert not above(0.6, 0.6, 0.0)
    assert above(0.6, 0.6, 0.0, 0.9, 0.9)


def test_no_alert_from_days_long_gone():
    values = [*CALM, *[0.9] * 6]
    check_ins = photos({len(values) + 9 - i: value for i, value in enumerate(values)})

    def on(days):
        return strain_on(TODAY - timedelta(days=days), course(check_ins), UTC_ZONE).above_baseline

    assert on(10)
    assert not on(0)


def test_limit_is_three_sigma_of_the_moving_average_and_widens_with_the_days():
    # sigma is at its floor of 0.1: limits 0.2 + 0.3 * (0.2, 0.256, 0.286, …)
    assert above_limit([*CALM, 0.49]) == (False,)
    assert above_limit([*CALM, 0.51]) == (True,)
    assert above_limit([*CALM, 0.51, 0.26]) == (True, False)
    assert above_limit([*CALM, 0.29], sigmas=0.8) == (True,)
    assert above_limit([*CALM, 0.29], sigmas=1.0) == (False,)


def test_restless_beginning_widens_the_limit():
    restless = [0.0, 0.4] * 7

    assert above_limit([*restless, 0.7]) == (False,)
    assert above_limit([*restless, 0.9]) == (True,)


def test_heavier_weight_follows_a_single_day_further():
    assert above_limit([*CALM, 0.2, 0.2, 0.6], weight=0.2)[-1] is False
    assert above_limit([*CALM, 0.2, 0.2, 0.6], weight=0.6)[-1] is True


def test_baseline_is_the_first_fourteen_days_ever_seen_not_of_the_window():
    calm_long_ago = dict.fromkeys(range(399, 100, -1), 0.1)
    heavy_since = dict.fromkeys(range(100, -1, -1), 0.9)

    strain = strain_on(TODAY, course(photos(calm_long_ago | heavy_since)), UTC_ZONE)

    assert len(strain.days) == 28
    assert strain.above_baseline


# ---------------------------------------------------------------- whatever the course

moments = st.tuples(st.integers(-2, 35), st.times(), st.sampled_from(ZONES))
negatives = st.none() | st.floats(0, 1)
ratings = st.none() | st.integers(1, 5)
observations = st.builds(
    lambda moment, negative, rating: check_in(
        moment[0], negative=negative, rating=rating, at=moment[1].replace(tzinfo=None), zone=moment[2]
    ),
    moments,
    negatives,
    ratings,
)
weeklies = st.lists(st.builds(answered, st.integers(-1, 14), st.integers(1, 5)), max_size=3)
courses = st.builds(lambda check_ins, weekly: course(check_ins, *weekly), st.lists(observations, max_size=40), weeklies)
daily = st.builds(
    lambda values, weekly: course(
        [check_in(i, negative=negative, rating=rating) for i, (negative, rating) in values.items()], *weekly
    ),
    st.dictionaries(st.integers(0, 27), st.tuples(negatives, ratings), min_size=6),
    weeklies,
)
zones = st.sampled_from(ZONES)


@given(courses | daily, zones)
def test_index_lies_in_its_bounds_and_its_parts_sum_to_it(any_course, zone):
    strain = strain_on(TODAY, any_course, zone)

    if strain.index is None:
        assert (strain.band, strain.parts, strain.observed_days < 5) == (None, {}, True)
    else:
        assert 0 <= strain.index <= 100
        assert sum(strain.parts.values()) == pytest.approx(strain.index)
        assert all(0 <= points <= 125 * WEIGHTS[part] + 1e-9 for part, points in strain.parts.items())
        assert strain.band in BANDS
    assert all(0 <= level <= 1 for level in smoothed(strain.days))


@given(courses | daily, zones, st.randoms(use_true_random=False))
def test_order_of_check_ins_does_not_matter(any_course, zone, random: Random):
    shuffled = random.sample(any_course.check_ins, len(any_course.check_ins))

    strain = strain_on(TODAY, course(shuffled, *reversed(any_course.weekly)), zone)

    assert strain.days == strain_on(TODAY, any_course, zone).days
    assert strain.index == strain_on(TODAY, any_course, zone).index


def worse(observed, by):
    negative = None if observed.negative is None else min(observed.negative + by, 1.0)
    rating = None if observed.rating is None else max(observed.rating - round(4 * by), 1)
    return Observation(observed_at_utc=observed.observed_at_utc, negative=negative, rating=rating)


@given(daily | courses, zones, st.sets(st.integers(0, 27), min_size=1), st.floats(0.01, 1))
@example(course(photos({10: 0.2, 9: 0.2, 8: 0.2, 1: 0.6, 0: 0.6})), UTC_ZONE, {9}, 0.5)
@example(course(photos({27: 0.0, 26: 0.0, 25: 0.0, **dict.fromkeys(range(7), 0.3)})), UTC_ZONE, {27, 26}, 1.0)
def test_worse_days_never_lower_the_index_nor_the_band(any_course, zone, days_ago, by):
    before = strain_on(TODAY, any_course, zone)
    assume(before.index is not None)
    worse_days = {TODAY - timedelta(days=days) for days in days_ago}
    changed = [
        worse(observed, by) if observed.observed_at_utc.astimezone(zone).date() in worse_days else observed
        for observed in any_course.check_ins
    ]

    after = strain_on(TODAY, course(changed, *any_course.weekly), zone)

    assert after.index >= before.index - 1e-9
    assert BANDS.index(after.band) >= BANDS.index(before.band)


@given(daily, st.integers(1, 4))
def test_a_worse_answer_never_lowers_the_index(any_course, answer):
    def index(value):
        return strain_on(TODAY, course(any_course.check_ins, answered(0, value)), UTC_ZONE).index

    assume(index(answer) is not None)

    assert index(answer + 1) > index(answer)


@given(courses | daily, zones)
def test_photos_alone_say_at_most_raised_whatever_the_course(any_course, zone):
    without_ratings = [
        Observation(observed_at_utc=observed.observed_at_utc, negative=observed.negative, rating=None)
        for observed in any_course.check_ins
    ]

    assert strain_on(TODAY, course(without_ratings), zone).band in {None, "calm", "raised"}


@given(st.dates(date(2019, 1, 1), date(2027, 12, 31)), st.times(), zones)
def test_check_in_belongs_to_the_day_on_the_persons_wall(day, at, zone):
    observed_at_utc = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)

    (load,) = day_loads([Observation(observed_at_utc=observed_at_utc, negative=0.5, rating=None)], zone)

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
