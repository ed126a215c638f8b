"""A week of five people with different habits, from the webhook's answers to the report: nobody's day is lost."""

import pytest

from burnout.store.check_ins import ReadHistory
from burnout.store.privacy import ReadRows
from local.five import HABITS, WEEK, Habit, late, live_week, never_taps, only_digits, only_photos, switches_language


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """The five after their week, by habit."""
    return live_week(tmp_path_factory.mktemp("five"))


def days_of(person):
    return {day.day: day for day in person.store(ReadHistory(user_id=person.user_id)).days}


@pytest.mark.parametrize("habit", HABITS)
def test_every_day_of_everybody_is_in_history_index_and_report(five, habit):
    person = five[habit]
    strain, (said, _) = person.strain(), person.report()

    assert list(days_of(person)) == list(WEEK)
    assert [day.check_ins for day in days_of(person).values()] == [1] * 7
    assert strain.observed_days == 7
    assert strain.index is not None
    assert said.startswith("Индекс" if habit is switches_language else "Strain index")


@pytest.mark.parametrize(
    ("habit", "photos", "ratings"),
    [(only_digits, 0, [2] * 7), (late, 0, [1] * 7), (never_taps, 7, []), (switches_language, 1, [4] * 7)],
)
def test_what_each_of_them_said_is_there_and_nothing_else(five, habit, photos, ratings):
    days = days_of(five[habit]).values()

    assert sum(day.photos for day in days) == photos
    assert [day.rating_sum for day in days if day.ratings] == ratings


def test_what_was_told_later_is_marked_and_a_day_without_it_has_no_row(five):
    told = {}
    for habit, person in five.items():
        found = person.store(ReadRows(user_id=person.user_id, table="days"))
        told[habit] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]

    (whole,) = told[only_digits]
    assert (whole["day"], whole["energy"], whole["sleep"], whole["late"]) == (WEEK[0], 1, 1, "")
    assert whole["factors"] == "overload"
    assert [(day["day"], day["rating"], day["late"]) for day in told[late]] == [
        (each, 1, "rating") for each in WEEK[:-1]
    ]
    assert [told[habit] for habit in (only_photos, never_taps, switches_language)] == [[], [], []]


def test_a_mood_takes_two_taps_and_a_whole_day_four(tmp_path):
    taps = []
    for n, day in enumerate(WEEK[:2]):
        person = Habit(root=tmp_path, user_id=7 + n)
        taps.append(-person.taps)  # the agreement's
        only_digits(person, day)
        taps[-1] += person.taps

    assert taps == [5, 2]  # the first from /mood, which a reminder or the home screen saves


def test_who_only_sends_photos_taps_where_the_assignment_asks_first_and_who_never_taps_loses_no_number(five):
    asked = sum(day.ratings for day in days_of(five[only_photos]).values())

    assert 0 < asked < 7
    assert [seen.negative is not None for seen in five[never_taps].course().check_ins] == [True] * 7
