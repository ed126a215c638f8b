"""Moods without a photo, and what is told of a day: kept once, by the newest press, and read wherever photos are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from burnout.emotions import Emotion
from burnout.store.check_ins import Begin, GiveFeedback, HistoryDay, Rate, ReadHistory, ReadLast
from burnout.store.days import Day, ForgetMood, KeepMood, TellDay
from burnout.store.people import ChangeSettings
from burnout.store.privacy import CHECK_INS_FOR, Erase, ReadRows
from burnout.store.reports import CourseCheckIn, CourseDay, ReadCourse
from functions.store.database import transaction
from functions.store.operations import perform
from functions.store.retention import delete_old_rows
from functions.store.rows import UnstorableError
from tests.unit.store.samples import DAY, HOUR, NOON, SECOND, agree, new_check_in, record
from tests.unit.store.steps import claim

MINUTE = timedelta(minutes=1)
MOODS = "SELECT observed_at_utc, rating FROM moods"
FACTS = "SELECT day, rating, energy, sleep, factors, late FROM days"


def keep(rating, at_utc=NOON, update_id=None):
    return KeepMood(user_id=7, observed_at_utc=at_utc, rating=rating, update_id=update_id)


def forget(at_utc=NOON, update_id=None):
    return ForgetMood(user_id=7, observed_at_utc=at_utc, update_id=update_id)


def tell(day, fact, value):
    return TellDay(user_id=7, day=day, fact=fact, value=value)


def test_presses_within_ten_minutes_are_one_mood_and_later_ones_another(person):
    told = [
        person(keep(rating, NOON + minutes * MINUTE, number), NOON + HOUR)
        for number, (rating, minutes) in enumerate([(3, 0), (1, 9), (5, 10), (4, -9)], 1)
    ]

    assert person.rows(MOODS) == [("2026-03-02T12:00:05Z", 4), ("2026-03-02T12:10:05Z", 5)]
    assert [(mood.rating, mood.at_local, mood.first) for mood in told] == [
        *((rating, "2026-03-02T12:00", True) for rating in (3, 1)),
        (5, "2026-03-02T12:10", False),
        (4, "2026-03-02T12:00", True),
    ]
    assert told[2].day.ratings == (1, 5)


@pytest.mark.parametrize("order", [*permutations([(5, -3, 10), (4, -2, 11), (1, 3, 12), (2, 4, 13)])])
def test_a_mood_after_midnight_is_the_new_days_and_one_from_before_it_that_comes_late_is_kept(person, order):
    midnight = NOON.replace(hour=0, minute=0, second=0)
    for rating, minutes, update_id in order:
        person(keep(rating, midnight + minutes * MINUTE, update_id), NOON)

    assert [rating for _, rating in person.rows(MOODS)] == [4, 2]


@pytest.mark.parametrize("order", [*permutations([(1, 0, 10), (5, 5, 20), (3, 3, 15)])])
def test_a_late_word_never_overrules_a_newer_press(person, order):
    for rating, minutes, update_id in order:
        told = person(keep(rating, NOON + minutes * MINUTE, update_id), NOON + HOUR)

    assert [rating for _, rating in person.rows(MOODS)] == [5]
    assert told.rating == 5


@pytest.mark.parametrize(
    ("again", "at_utc"),
    [
        (keep(3, NOON, 10), NOON + HOUR),
        (keep(3, NOON + SECOND, 10), NOON + SECOND),
        (keep(3, NOON + HOUR, 10), NOON + HOUR),
        (keep(4, NOON + 5 * MINUTE, 12), NOON + HOUR),
        (keep(4, NOON + HOUR, 12), NOON + HOUR),
    ],
    ids=["a word", "a press", "a press much later", "the word that corrected it", "the press that corrected it"],
)
def test_deleted_mood_does_not_come_back_with_its_update(person, again, at_utc):
    person(keep(3, NOON, 10))
    person(keep(4, NOON + 5 * MINUTE, 12))
    assert person(forget(NOON, 20)) is None

    assert person(again, at_utc) is None
    assert person.rows(MOODS) == []
    assert person(keep(2, NOON + MINUTE, 30)).rating == 2, "a new press makes a new one"
    assert person(forget(NOON, 20)).rating == 2, "which an older deletion leaves"


def test_a_press_that_comes_again_much_later_makes_no_second_mood(person):
    person(keep(3, NOON, 10))
    person(keep(4, NOON + MINUTE, 12))

    told = [person(keep(rating, NOON + HOUR, number), NOON + HOUR) for rating, number in ((3, 10), (4, 12))]

    assert person.rows(MOODS) == [("2026-03-02T12:00:05Z", 4)]
    assert [mood.rating for mood in told] == [4, 4]


def test_two_phones_at_once_leave_one_mood(database_dir):
    perform(database_dir, agree(), NOON)
    presses = [keep(rating, NOON + rating * SECOND, 100 + rating) for rating in (1, 2, 3, 4, 5)] * 2

    with ThreadPoolExecutor(len(presses)) as phones:
        list(phones.map(lambda press: perform(database_dir, press, NOON), presses))

    kept = transaction(database_dir, 7, lambda connection: connection.execute("SELECT rating FROM moods").fetchall())
    assert kept == [(5,)]


def test_a_rating_of_1_or_2_counts_once_for_each_check_in(person):
    person(record(101))
    person(record(102, check_in=new_check_in(rating=1, rating_first=True)))

    def low():
        return person.rows("SELECT low_ratings FROM people")[0][0]

    steps = [low()]
    for operation in (
        *(keep(rating) for rating in (2, 1, 3, 2)),
        *(Rate(user_id=7, message_id=1101, rating=rating) for rating in (1, 2, 4, 1)),
    ):
        person(operation)
        steps.append(low())

    assert steps == [1, 2, 2, 2, 3, 4, 4, 4, 5]
    assert person(ReadLast(user_id=7)).mood.low_ratings == person(Begin(user_id=7, update_id=103)).low_ratings == 5


# ---------------------------------------------------------------- a day


def test_a_past_day_is_marked_as_told_later(person):
    person(ChangeSettings(user_id=7, time_zone="Asia/Kolkata"))
    half_past_midnight = datetime.fromisoformat("2026-03-02T19:00:00Z")  # of 3 March there

    person(tell("2026-03-02", "energy", 2), half_past_midnight - HOUR)
    person(tell("2026-03-02", "energy", 2), half_past_midnight)
    assert person.rows(FACTS) == [("2026-03-02", None, 2, None, "", "")], "told in time, and only repeated later"

    for fact, value in (("rating", 4), ("finished", 1), ("overtime", 1), ("overload", 1), ("overtime", 0)):
        person(tell("2026-03-02", fact, value), half_past_midnight)
    person(tell("2026-03-03", "sleep", 3), half_past_midnight)

    assert person.rows(FACTS) == [
        ("2026-03-02", 4, 2, None, "overload finished", "factors rating"),
        ("2026-03-03", None, None, 3, "", ""),
    ]


def test_a_day_of_which_nothing_is_said_any_more_has_no_row(person):
    for value in (1, 0):
        told = [person(tell("2026-03-01", fact, value)) for fact in ("rating", "energy", "sleep", "rest")]

    assert person.rows(FACTS) == []
    assert told[-1] == Day(
        **{"day": "2026-03-01", "today": "2026-03-02", "ratings": (), "rating": None, "energy": None},
        **{"sleep": None, "factors": (), "hidden_factors": ()},
    )


@pytest.mark.parametrize(
    ("fact", "day", "kept"),
    [("energy", -8, 0), ("energy", -7, 1), ("energy", 0, 1), ("energy", 1, 0), ("rating", 0, 0)],
)
def test_a_day_that_has_not_come_or_lies_too_far_back_keeps_nothing_and_today_no_rating(person, fact, day, kept):
    name = f"{NOON + day * DAY:%Y-%m-%d}"

    told = person(tell(name, fact, 3))

    assert (told.day, getattr(told, fact)) == (name, 3 if kept else None)
    assert len(person.rows(FACTS)) == kept


@pytest.mark.parametrize(("fact", "value"), [("sleep", 4), ("overtime", 2), ("rest", 5)])
def test_a_value_that_the_fact_does_not_have_is_refused(person, fact, value):
    with pytest.raises(UnstorableError):
        person(tell("2026-03-02", fact, value))


# ---------------------------------------------------------------- wherever photos are


def test_a_mood_is_in_history_index_report_export_undo_and_retention(person):
    person(record(101, check_in=new_check_in(0.25, observed_at_utc=NOON - HOUR)))
    person(keep(2))
    for day, fact, value in (("2026-03-02", "energy", 3), ("2026-03-01", "rating", 5), ("2026-02-27", "sleep", 1)):
        person(tell(day, fact, value))
    nothing = {"check_ins": 0, "read": 0, "negative": 0, "mean_negative": None, "ratings": 0, "rating_sum": 0}

    assert person(ReadHistory(user_id=7)).days == (
        HistoryDay(day="2026-02-27", sleep=1, **nothing),
        HistoryDay(day="2026-03-01", **nothing | {"check_ins": 1, "ratings": 1, "rating_sum": 5}),
        HistoryDay(
            **{"day": "2026-03-02", "check_ins": 2, "photos": 1, "read": 1, "negative": 0, "mean_negative": 0.25},
            **{"ratings": 1, "rating_sum": 2, "energy": 3},
        ),
    )
    assert [day.day for day in person(ReadHistory(user_id=7, days=2)).days] == ["2026-03-01", "2026-03-02"]
    noon = datetime.fromisoformat("2026-03-01T12:00:00Z")
    course = person(ReadCourse(user_id=7, since_utc=noon, before_utc=NOON + SECOND)).check_ins
    assert course == (
        CourseCheckIn(observed_at_utc=noon, negative=None, rating=5),
        CourseCheckIn(observed_at_utc=NOON - HOUR, negative=0.25, rating=None, photo=True, side="positive"),
        CourseCheckIn(observed_at_utc=NOON, negative=None, rating=2),
    )
    nothing_told = {"energy": None, "sleep": None, "factors": ()}
    assert person(ReadCourse(user_id=7, since_utc=noon, before_utc=NOON + SECOND)).days == (
        CourseDay(day="2026-03-01", late=("rating",), **nothing_told),
        CourseDay(day="2026-03-02", **nothing_told | {"energy": 3}),
    )
    between = ReadCourse(user_id=7, since_utc=noon + SECOND, before_utc=NOON)
    assert [each.negative for each in person(between).check_ins] == [0.25]
    assert person(ReadRows(user_id=7, table="moods")).rows == ((7, "2026-03-02T12:00:05Z", "2026-03-02T12:00:05Z", 2),)
    last = person(ReadLast(user_id=7))
    assert (last.check_in, last.at_local, last.mood.rating) == (None, "2026-03-02T12:00", 2)
    assert person(forget()) is None
    assert person(ReadLast(user_id=7)).check_in.message_id == 1101


def test_moods_and_days_go_after_400_days(person):
    for days in (0, 1):
        person(keep(3, NOON + days * DAY), NOON + days * DAY)
        person(tell(f"{NOON + days * DAY:%Y-%m-%d}", "energy", 3), NOON + days * DAY)

    assert delete_old_rows(person.connection, NOON + CHECK_INS_FOR) == 0
    assert delete_old_rows(person.connection, NOON + CHECK_INS_FOR + SECOND) == 1
    assert delete_old_rows(person.connection, NOON + CHECK_INS_FOR + DAY) == 1
    assert (person.rows("SELECT rating FROM moods"), person.rows("SELECT day FROM days")) == ([(3,)], [("2026-03-03",)])


def test_an_erasure_counts_photos_moods_and_rated_days(person):
    person(record(101))
    person(keep(3))
    person(tell("2026-03-01", "rating", 3))
    person(tell("2026-03-02", "energy", 3))

    assert person(Erase(user_id=7)) == 3


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (keep(3), True),
        (tell("2026-03-01", "rating", 2), True),
        (GiveFeedback(user_id=7, message_id=1101, agrees=False, corrected=Emotion.SAD), True),
        (tell("2026-03-02", "energy", 1), True),
        (tell("2026-03-02", "sleep", 1), False),
    ],
    ids=["a mood", "a rated day", "a correction", "energy", "sleep, which no index reads"],
)
def test_what_the_index_reads_makes_an_alert_due_once(person, said, due):
    person(record(101))
    person(ChangeSettings(user_id=7, alerts=True, quiet_from=0, quiet_to=0))

    def alerts():
        person(said)
        return len(person(claim(at_utc=NOON)).alerts)

    assert [alerts(), alerts()] == [int(due), 0]
