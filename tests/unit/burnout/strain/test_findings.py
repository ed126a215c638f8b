"""What goes with heavy and light days: what is found, what is not said, and what people hear without any effect."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats

from burnout.schedule import at_hour
from burnout.store.reports import CourseCheckIn, CourseDay
from burnout.strain.findings import _LOOKS, Finding, _against_near_days, _look, _ratings, findings, found_of
from tests.unit.burnout.strain.courses import UTC_ZONE

MONDAY = date(2026, 1, 5)
NOISE = np.random.default_rng(3).integers(0, 2, 400).tolist()  # by which days differ, in steps of the rating


def rated(ratings, *, first=MONDAY, zone=UTC_ZONE):
    """A check-in at noon of each day."""
    days = (first + timedelta(days=number) for number in range(len(ratings)))
    return [
        CourseCheckIn(observed_at_utc=at_hour(day, 12, zone), negative=None, rating=rating)
        for day, rating in zip(days, ratings, strict=True)
        if rating is not None
    ]


def told(days, had, *, first=MONDAY, sleep=None, late=()):
    """So many days, of which those of the numbers in `had` have overtime, and those in `sleep` a bad night."""
    return [
        CourseDay(
            day=(first + timedelta(days=number)).isoformat(),
            energy=None,
            sleep=None if sleep is None else 1 if number in sleep else 3,
            factors=("overtime",) if number in had else (),
            late=late,
        )
        for number in range(days)
    ]


def named(found):
    return [(each.kind, each.name) for each in found]


def test_a_planted_factor_is_found_with_its_days_and_an_interval():
    had = range(0, 60, 5)
    ratings = [3 + NOISE[day] - 2 * (day in had) for day in range(60)]

    strongest = findings(rated(ratings), told(60, had), UTC_ZONE)[0]

    assert named([strongest]) == [("factor", "overtime")]
    assert (strongest.with_days, strongest.without_days) == (12, 48)
    assert strongest.low < -2 < strongest.high < 0
    assert strongest.difference == pytest.approx(-2, abs=0.5)


def test_the_day_after_is_found():
    had = range(0, 60, 5)
    ratings = [3 + NOISE[day] - 2 * (day - 1 in had) for day in range(60)]

    assert named(findings(rated(ratings), told(60, had), UTC_ZONE))[0] == ("after", "overtime")


def test_the_day_after_is_compared_with_the_days_after_others():
    """Only even days are told of, and the days between are rated better."""
    had = range(0, 120, 4)
    ratings = [1 + NOISE[day] if day % 2 == 0 else 2 + NOISE[day] if day - 1 in had else 4 for day in range(120)]

    after = {each.kind: each for each in findings(rated(ratings), told(120, had)[::2], UTC_ZONE)}["after"]

    assert after.difference == pytest.approx(-1.5, abs=0.3)


def test_a_second_thing_is_found_beside_the_first_and_both_intervals_are_wider_than_for_one_look():
    had, nights = range(0, 180, 5), range(0, 180, 7)
    ratings = [4 - NOISE[day] - 2 * (day in had) - (day in nights) for day in range(180)]

    found = {each.kind: each for each in findings(rated(ratings), told(180, had, sleep=nights), UTC_ZONE)}

    assert {"factor", "sleep"} <= found.keys()
    y = _against_near_days(_ratings(rated(ratings), UTC_ZONE))
    days = {MONDAY + timedelta(days=number) for number in range(180)}
    bad = {MONDAY + timedelta(days=number) for number in nights}
    plain = _look("sleep", "bad", bad, days - bad, y).finding(0.05)
    assert found["sleep"].low < plain.low < plain.high < found["sleep"].high < 0


def test_a_day_with_fewer_than_three_rated_days_around_it_is_not_compared():
    ratings = [(1 if day % 40 == 0 else 5) if day % 20 < 2 else None for day in range(400)]  # pairs of days
    had = range(0, 400, 40)

    assert findings(rated(ratings), told(400, had), UTC_ZONE) == ()


@pytest.mark.parametrize("zone", [ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")])
@pytest.mark.parametrize("first", [date(2026, 3, 1), date(2026, 10, 1), date(2026, 12, 1)])  # DST, and ISO week 53
def test_the_day_after_is_the_calendars_whatever_the_clock_and_the_year_do(zone, first):
    had = range(0, 60, 5)
    ratings = [3 + NOISE[day] - 2 * (day - 1 in had) for day in range(60)]

    here, elsewhere = (
        findings(rated(ratings, first=day, zone=at), told(60, had, first=day), at)[0]
        for day, at in ((first, zone), (MONDAY, UTC_ZONE))
    )

    assert named([here]) == [("after", "overtime")]
    assert (here.difference, here.with_days) == (elsewhere.difference, elsewhere.with_days)


def test_a_bad_night_and_a_weekday_are_found():
    nights = range(0, 90, 4)
    ratings = [4 - NOISE[day] - 2 * (day in nights) for day in range(90)]
    mondays = [4 - NOISE[day] - 2 * (day % 7 == 0) for day in range(90)]

    assert named(findings(rated(ratings), told(90, (), sleep=nights), UTC_ZONE))[0] == ("sleep", "bad")
    assert named(findings(rated(mondays), (), UTC_ZONE))[0] == ("weekday", "0")


@pytest.mark.parametrize(("had", "days"), [((2, 9, 20, 31), 60), (range(10), 14)])
def test_four_days_on_one_side_say_nothing(had, days):
    ratings = [1 if day in had else 4 + NOISE[day] for day in range(60)]

    assert "overtime" not in [each.name for each in findings(rated(ratings), told(days, had), UTC_ZONE)]


@pytest.mark.parametrize("rank", range(2))
def test_a_day_of_which_nothing_was_told_is_on_neither_side(rank):
    had = range(0, 60, 5)
    ratings = [3 + NOISE[day] - 2 * (day in had) for day in range(60)]
    days = [each for number, each in enumerate(told(60, had)) if number in had or number % 2 == rank]

    strongest = findings(rated(ratings), days, UTC_ZONE)[0]

    assert strongest.with_days + strongest.without_days == len(days)


def test_a_rise_over_weeks_is_no_finding():
    """A project that began in March came with overtime and with worse ratings: the course says that, not a factor."""
    ratings = [5 - day // 30 - NOISE[day] for day in range(90)]
    had = [day for day in range(90) if day >= 45 and day % 2]

    assert findings(rated(ratings), told(90, had), UTC_ZONE) == ()


def test_late_days_count_like_others():
    had = range(0, 60, 5)
    ratings = [3 + NOISE[day] - 2 * (day in had) for day in range(60)]

    both = (findings(rated(ratings), told(60, had, late=late), UTC_ZONE) for late in ((), ("factors",)))

    assert next(both) == next(both) != ()


@pytest.mark.parametrize(
    ("ratings", "had"),
    [
        ([3] * 90, range(0, 90, 3)),
        (NOISE[:90], range(90)),
        (NOISE, range(400)),
        ([None] * 90, range(0, 90, 3)),
        ([2, 4] * 45, range(0, 90, 2)),
        ([], ()),
        ([1], (0,)),
    ],
    ids=["all equal", "every day", "400 days", "no ratings", "no noise", "nothing", "one day"],
)
def test_bad_input_says_nothing_of_what_cannot_be_compared(ratings, had):
    check_ins = rated([rating if rating is None else 1 + rating % 5 for rating in ratings])

    found = findings(check_ins, told(len(ratings), had), UTC_ZONE)

    assert all(np.isfinite([each.difference, each.low, each.high]).all() for each in found)
    if len(had) == len(ratings):
        assert "overtime" not in [each.name for each in found]
    if len(set(ratings)) < 2:
        assert found == ()


def test_a_day_has_its_factors_those_of_the_day_before_its_night_and_its_weekday():
    every = [Finding(kind, name, -1.0, -1.5, -0.5, 9, 14) for kind, name in _LOOKS]
    days = told(2, had=[0], sleep=[1])

    assert [named(found_of(MONDAY + timedelta(days=number), every, days)) for number in range(3)] == [
        [("factor", "overtime"), ("weekday", "0")],
        [("after", "overtime"), ("sleep", "bad"), ("weekday", "1")],
        [("weekday", "2")],
    ]


@pytest.mark.parametrize(("having", "lacking", "effect"), [(5, 5, 0.5), (5, 60, 1), (40, 80, 0.3), (90, 90, 0.8)])
def test_p_values_are_those_of_scipy_with_the_spread_of_both_sides_as_each_sides_least(having, lacking, effect):
    rng = np.random.default_rng(having + lacking)
    sides = rng.normal(-effect, 0.5, having), rng.normal(0, 1, lacking)
    against = {MONDAY + timedelta(days=number): value for number, value in enumerate(np.concatenate(sides).tolist())}
    days = list(against)

    look = _look("sleep", "bad", set(days[:having]), set(days[having:]), against)

    freedom = having + lacking - 2
    both = np.sqrt(sum(side.var(ddof=1) * (len(side) - 1) for side in sides) / freedom)
    spreads = [max(side.std(ddof=1), both) for side in sides]
    facts = [fact for side, spread in zip(sides, spreads, strict=True) for fact in (side.mean(), spread, len(side))]
    welch = stats.ttest_ind_from_stats(*facts, equal_var=False)
    assert look.p_value == pytest.approx(welch.pvalue, rel=1e-2)
    found = look.finding(0.01)
    reach = look.error * stats.t.ppf(0.995, look.freedom)
    assert (found.low, found.high) == pytest.approx((look.difference - reach, look.difference + reach), rel=1e-3)
