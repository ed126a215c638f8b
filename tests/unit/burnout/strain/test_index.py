"""The strain index: the load of one day, and the index of a course."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from burnout.strain.index import (
    DayLoad,
    day_loads,
    index_line,
    shown_index,
    smoothed,
    strain_on,
    week_change,
)
from tests.unit.burnout.strain.courses import (
    TODAY,
    UTC_ZONE,
    a_day,
    a_strain,
    answered,
    check_in,
    course,
    loads,
    photos,
    told,
)

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
        ([check_in(negative=0.9, corrected=True)], 0.9),
        ([check_in(negative=0.9, corrected=True), check_in(negative=0.3)], 0.7),  # a correction weighs twice
        ([check_in(negative=0.1, corrected=True, rating=1), *[check_in(negative=0.4)] * 2], 0.7),
    ],
)
def test_load_of_a_day_is_six_tenths_of_the_rating_and_four_of_the_photos_or_the_one_there_is(given_check_ins, load):
    (day,) = day_loads(given_check_ins, UTC_ZONE)

    assert day.load == pytest.approx(load)


def test_a_day_says_what_it_rests_on():
    check_ins = [check_in(negative=0.5, rating=2), check_in(rating=5), check_in(negative=0.7)]

    assert day_loads(check_ins, UTC_ZONE, [told(0, 2)]) == (
        DayLoad(day=TODAY, load=pytest.approx(0.54), photos=0.6, rating=3.5, energy=2),
    )


@pytest.mark.parametrize(
    ("given_check_ins", "energy", "load"),
    [
        ([], 2, 0.75),
        ([], 5, 0.0),
        ([check_in(rating=4)], 1, 0.5),  # a third of 1.0 and two of 0.25
        ([check_in(rating=1)], 4, 0.75),
        ([check_in(negative=0.25)], 1, 0.7),
        ([check_in(negative=0.5, rating=4)], 1, 0.5),
        ([check_in(rating=2)], None, 0.75),
    ],
)
def test_energy_counts_in_the_day_and_alone_makes_one(given_check_ins, energy, load):
    (day,) = day_loads([*given_check_ins, check_in(1, rating=3)], UTC_ZONE, [told(0, energy), told(2, None)])[1:]

    assert day.load == pytest.approx(load)
    assert day.energy == energy


@pytest.mark.parametrize("own", [{"rating": 5}, {"rating": 1}])
def test_contradicting_photo_and_rating_lean_to_the_rating(own):
    (day,) = day_loads([check_in(negative=(own["rating"] - 1) / 4, **own)], UTC_ZONE)

    assert abs(day.load - day.own) < abs(day.load - day.photos)


def test_a_refused_guess_without_a_rating_makes_no_day():
    assert len(day_loads([check_in(), check_in(1, rating=3), check_in(1)], UTC_ZONE)) == 1
    assert day_loads([check_in()], UTC_ZONE) == ()


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


@pytest.mark.parametrize(
    ("earlier", "recent", "points"),
    [
        (0.2, 0.6, 14.4),  # level 0.2 → 0.28 → 0.344; (0.6 - 0.344) / (1/3) = 0.768 of 18.75 points
        (0.0, 1.0, 18.75),  # full at a third above the level
    ],
)
def test_trend_is_what_the_last_week_lies_above_the_level(earlier, recent, points):
    check_ins = photos(dict.fromkeys((10, 9, 8), earlier) | dict.fromkeys((1, 0), recent))

    assert strain_on(TODAY, course(check_ins), UTC_ZONE).parts["trend"] == pytest.approx(points)


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

    assert (strain.index, strain.band, strain.parts, strain.above_beginning) == (None, None, {}, False)
    assert (strain.observed_days, len(strain.days)) == (4, 7)


def test_five_days_of_the_last_fourteen_are_enough():
    strain = strain_on(TODAY, course([check_in(i, rating=1) for i in (13, 9, 4, 1, 0)]), UTC_ZONE)

    assert (strain.index, strain.observed_days) == (pytest.approx(81.25), 5)


def test_only_the_window_counts_and_nothing_later():
    inside = [check_in(i, negative=0.3, rating=4) for i in range(27, -1, -2)]
    outside = [check_in(i, negative=1.0, rating=1) for i in (400, 29, 28)]
    later = [check_in(i, negative=1.0, rating=1) for i in (-1, -2)]

    strain = strain_on(TODAY, course([*outside, *inside, *later]), UTC_ZONE)

    assert strain == strain_on(TODAY, course(inside), UTC_ZONE)


# ---------------------------------------------------------------- bands


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


@pytest.mark.parametrize(
    ("rating", "energy", "band"), [(None, 2, "high"), (None, 3, "raised"), (3, 1, "high"), (3, 2, "raised")]
)
def test_high_needs_the_persons_own_word(rating, energy, band):
    ago = range(14)
    check_ins = [check_in(i, negative=1.0, rating=rating) for i in ago]

    strain = strain_on(TODAY, course(check_ins, days=[told(i, energy) for i in ago]), UTC_ZONE)

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


def test_the_last_digit_of_a_sum_does_not_move_the_shown_index():
    assert {shown_index(39.5 + noise) for noise in (-1e-12, 0, 1e-12)} == {40}
    assert {shown_index(54.5 + noise) for noise in (-1e-12, 0, 1e-12)} == {54}


# ---------------------------------------------------------------- the change of a week, and the line


@pytest.mark.parametrize(
    ("loads_by_days_ago", "change"),
    [
        ({20: 0.1, 9: 0.2, 7: 0.3, 6: 0.9, 3: 0.6, 0: 0.6}, 0.5),
        ({20: 0.9, 9: 0.9, 7: 0.9, 6: 0.1, 3: 0.1, 0: 0.1}, -0.8),
        ({9: 0.1, 7: 0.1, 6: 0.9, 3: 0.9, 0: 0.9}, None),
        ({20: 0.1, 9: 0.1, 7: 0.1, 6: 0.9, 3: 0.9}, None),
        ({}, None),
    ],
)
def test_the_change_of_a_week_is_its_mean_less_that_of_the_days_before(loads_by_days_ago, change):
    days = tuple(a_day(ago, load=load) for ago, load in loads_by_days_ago.items())

    assert week_change(a_strain(days=days)) == (None if change is None else pytest.approx(change))


def test_the_line_is_the_index_of_each_observed_day_from_a_day_on_as_it_was_on_that_day():
    known = course([check_in(days_ago, rating=1 + days_ago % 5) for days_ago in range(20, -1, -2)], answered(4, 2))

    line = index_line(known, UTC_ZONE, TODAY - timedelta(days=8))

    assert [day for day, _ in line] == [TODAY - timedelta(days=days_ago) for days_ago in range(8, -1, -2)]
    assert all(index == strain_on(day, known, UTC_ZONE).index for day, index in line)


@pytest.mark.parametrize("newest", [20, -50], ids=["the hour that comes twice", "the ISO week 53"])
def test_a_line_of_equal_days_is_even_whatever_the_calendar_does(newest):
    zone, ago = ZoneInfo("Europe/Berlin"), range(newest + 30, newest - 1, -1)
    seen = [
        check_in(i, rating=3, at=time(23, 59) if i % 2 else time(0, 1), zone=zone) for i in ago if i % 3
    ]  # of the others the energy

    line = index_line(course(seen, days=[told(i, 3) for i in ago]), zone, date.min)

    assert [day for day, _ in line] == [TODAY - timedelta(days=i) for i in ago[4:]]
    assert [index for _, index in line] == pytest.approx([53.125] * 27)
