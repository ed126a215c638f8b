"""Which way a course goes, and what moved in it."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from burnout.schedule import iso_week
from burnout.store.reports import CourseDay, LastReport, WeeklyAnswer
from functions.report.change import Moved, change_of, moved
from tests.unit.burnout.strain.courses import SUNDAY, UTC_ZONE, a_day, a_strain, course

DAYS = (27, 20, 15, 8, 5, 3, 1)  # three in the last week, and one in the week before: then all before it count


def a_last_report(index):
    return LastReport(sent_at_utc=datetime(2026, 11, 15, 15, tzinfo=UTC), index=index)


def answers(by_days_ago):
    noon = datetime(SUNDAY.year, SUNDAY.month, SUNDAY.day, 12, tzinfo=UTC)
    at_utc = {days_ago: noon - timedelta(days=days_ago) for days_ago in by_days_ago}
    return [
        WeeklyAnswer(week=iso_week(at.date()), answered_at_utc=at, answer=by_days_ago[days_ago])
        for days_ago, at in at_utc.items()
    ]


def told(days_ago, **facts):
    day = f"{SUNDAY - timedelta(days=days_ago)}"
    return CourseDay(**({"day": day, "energy": None, "sleep": None, "factors": ()} | facts))


def what_moved(change, days=(), told_days=(), weekly=()):
    strain = a_strain(days=tuple(sorted(days, key=lambda day: day.day)))
    whole = msgspec.structs.replace(course([], *weekly), days=tuple(told_days))
    return moved(strain, whole, UTC_ZONE, change)


@pytest.mark.parametrize(
    ("last", "change"),
    [(35.6, "up"), (35.4, "up"), (36.6, "first"), (55.4, "first"), (55.6, "down"), (None, "first"),
     (40.6, "first"), (41.6, "steady"), (50.4, "steady"), (50.6, "first")],
)  # fmt: skip
def test_ten_points_are_a_rise_and_nine_are_none_but_more_than_four_are_not_much_as_before(last, change):
    strain = a_strain(45.6)  # shown as 46

    assert change_of(strain, None if last is None else a_last_report(last)) == change


@pytest.mark.parametrize(("index", "last"), [(54.6, 53.0), (53.0, 54.6), (39.6, 39.0), (39.0, 39.6)])
def test_what_has_another_name_than_in_the_last_report_is_not_as_before(index, last):
    assert change_of(a_strain(index), a_last_report(last)) == "first"


@pytest.mark.parametrize(("load", "change"), [(0.3, "up"), (0.29, "steady")])
def test_a_week_heavier_by_a_fifth_is_a_rise_before_the_number_shows_it(load, change):
    days = tuple(a_day(ago, load=0.1 if ago >= 7 else load) for ago in (16, 12, 9, 4, 2, 0))

    assert change_of(a_strain(days=days), a_last_report(46.0)) == change


@pytest.mark.parametrize(
    ("index", "band", "above", "last", "change"),
    [
        (30.0, "calm", True, 10.0, "up"),
        (30.0, "calm", True, 50.0, "above"),
        (30.0, "calm", True, None, "above"),
        (30.0, "calm", False, 50.0, "answer"),
        (50.0, "raised", False, 70.0, "down"),
    ],
)
def test_a_rise_comes_before_the_first_weeks_and_those_before_an_answer_of_burning_out(
    index, band, above, last, change
):
    strain = a_strain(index, band, main="answer", above_beginning=above)

    assert change_of(strain, None if last is None else a_last_report(last)) == change


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"days": [a_day(ago, load=0.6 if ago < 4 else 0.2, rating=3.0) for ago in DAYS]}, ("heavy", 2 / 3, 0, 3, 4)),
        ({"days": [a_day(ago, load=0.2, rating=2.5 if ago < 7 else 3.0) for ago in (9, 8, 3, 1)]},
         ("ratings", 2.5, 3.0, 2, 2)),
        ({"told_days": [told(ago, energy=2 if ago < 7 else 4) for ago in DAYS]}, ("energy", 2, 4, 3, 4)),
        ({"told_days": [told(ago, sleep=1 if ago == 1 else 2) for ago in (10, 8, 7, 6, 5, 1)]},
         ("sleep", 1 / 3, 0, 3, 3)),
        ({"weekly": answers({20: 5, 9: 2, 2: 3})}, ("answer", 3, 2, 1, 1)),
        ({"days": [a_day(ago, load=0.5 if ago < 7 else 0.4, photos=0.5) for ago in DAYS]},
         ("photos", 1, 0, 3, 4)),
    ],
)  # fmt: skip
def test_each_cause_is_said_with_both_its_sides(facts, expected):
    cause, now, then, of_now, of_then = expected
    assert what_moved("up", **facts) == Moved(cause, pytest.approx(now), pytest.approx(then), of_now, of_then)
    assert what_moved("down", **facts) is None
    assert what_moved("steady", **facts) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"days": [a_day(ago, load=0.2, rating=3.1 if ago < 7 else 3.5) for ago in DAYS]},
        {"days": [a_day(ago, rating=1.0 if ago < 7 else 5.0) for ago in (30, 8, 3, 1)]},
        {"told_days": [told(ago, energy=1 if ago < 7 else 5) for ago in (9, 8, 3)]},
        {"told_days": [told(ago, energy=1 if ago < 7 else 5) for ago in (40, 9, 3, 1)]},
        {"weekly": answers({20: 1, 11: 5})},
        {"weekly": answers({3: 2, -1: 5})},
    ],
)
def test_too_small_too_few_or_outside_the_weeks_is_no_cause(facts):
    assert what_moved("up", **facts) is None


def test_the_days_come_first_and_what_got_better_is_said_only_after_a_fall():
    days = [a_day(ago, load=0.6 if ago < 7 else 0.2, rating=2.0 if ago < 7 else 4.0) for ago in DAYS]
    energies = [told(ago, energy=1 if ago < 7 else 4) for ago in DAYS]
    lighter = [a_day(ago, load=0.2 if ago < 7 else 0.6, rating=4.0 if ago < 7 else 2.0) for ago in DAYS]

    said = (what_moved(*each, energies) for each in (("above", days), ("down", lighter), ("up", lighter)))
    assert [each.cause for each in said] == ["heavy", "heavy", "energy"]


def test_days_told_after_the_reports_own_do_not_count():
    energies = [told(ago, energy=1 if ago < 0 else 4) for ago in (9, 8, 2, 1, -1, -2)]

    assert what_moved("up", told_days=energies) is None
    assert date.fromisoformat(energies[-1].day) > SUNDAY
