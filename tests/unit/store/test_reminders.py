"""Reminders: at the person's hour, at most one a day, never in quiet hours, and after three without an answer none."""

from datetime import datetime, timedelta

import pytest

from burnout.store.days import KeepMood, TellDay
from burnout.store.people import ChangeSettings, SetReachable
from burnout.store.reports import ClaimDue, DueReminder, Postpone, Reminder, StartReminder
from tests.unit.store.samples import DAY, HOUR, SECOND, agree, choose_clock, new_check_in, record

MINUTE = timedelta(minutes=1)
EIGHT_PM = datetime.fromisoformat("2026-03-02T20:00:00Z")
NEXT = "SELECT reminder_hour, next_reminder_at_utc FROM people WHERE user_id = 7"


def taken(shard, at_utc):
    """Who may be sent a reminder, and whether it is the last."""
    due = shard(ClaimDue(shard=0, run_id="a", at_utc=at_utc, until_utc=at_utc + HOUR)).reminders
    granted = [(each.user_id, shard(StartReminder(user_id=each.user_id, at_utc=at_utc))) for each in due]
    assert all(reminder is not None for _, reminder in granted)  # nobody is listed in vain
    return [(user_id, reminder.last) for user_id, reminder in granted]


def check_in(shard, update_id, at_utc, **changes):
    shard(record(update_id, check_in=new_check_in(observed_at_utc=at_utc), **changes), at_utc + SECOND)


@pytest.fixture
def person(shard):
    """A shard with one person in UTC who wants a reminder at 20 o'clock, and no reports."""
    shard(agree(language="ru", chat_id=70))
    shard(ChangeSettings(user_id=7, time_zone="Etc/UTC", reminder_hour=20, reports=False))
    return shard


def test_a_reminder_has_all_that_the_run_needs_and_comes_once(person):
    claim = ClaimDue(shard=0, run_id="a", at_utc=EIGHT_PM, until_utc=EIGHT_PM)
    start = StartReminder(user_id=7, at_utc=EIGHT_PM)

    listed = [person(claim).reminders, person(claim).reminders]
    granted = [person(start), person(start)]

    assert listed == [(DueReminder(user_id=7, chat_id=70),)] * 2
    assert granted == [Reminder(language="ru", hour=20, last=False), None]
    assert taken(person, EIGHT_PM) == []
    assert person.rows(NEXT) == [(20, "2026-03-03T20:00:00Z")]


def test_reminders_need_no_room_among_the_reports_and_come_earliest_first(person):
    for user_id, hour in ((8, 19), (9, 20)):
        person(agree(user_id=user_id))
        person(choose_clock(user_id=user_id, reminder_hour=hour))

    due = person(ClaimDue(shard=0, run_id="a", at_utc=EIGHT_PM, until_utc=EIGHT_PM, most=1))

    assert [reminder.user_id for reminder in due.reminders] == [8, 7, 9]


@pytest.mark.parametrize("later", [HOUR + SECOND, 3 * HOUR])
def test_a_run_that_waited_too_long_may_not_remind(person, later):
    assert person(StartReminder(user_id=7, at_utc=EIGHT_PM), EIGHT_PM + later) is None


def test_who_is_postponed_has_the_reminder_later_in_its_hour_or_the_next_day(person):
    person(Postpone(user_id=7, wait_s=1200), EIGHT_PM)
    first = [taken(person, EIGHT_PM + minutes * MINUTE) for minutes in (15, 30)]
    person(Postpone(user_id=7, wait_s=3 * 3600), EIGHT_PM + DAY)
    second = [taken(person, EIGHT_PM + DAY + later) for later in (15 * MINUTE, 3 * HOUR, DAY)]

    assert (first, second) == ([[], [(7, False)]], [[], [], [(7, False)]])


NEVER_QUIET = ChangeSettings(user_id=7, quiet_from=0, quiet_to=0)
TOKYO, NEW_YORK = (ChangeSettings(user_id=7, time_zone=zone) for zone in ("Asia/Tokyo", "America/New_York"))


@pytest.mark.parametrize(
    ("before", "at_utc", "reminded"),
    [
        (None, EIGHT_PM - SECOND, False),
        (None, EIGHT_PM, True),
        (None, EIGHT_PM + HOUR - SECOND, True),
        (None, EIGHT_PM + HOUR, False),  # quiet from 21:00 on
        (NEVER_QUIET, EIGHT_PM + HOUR, True),
        (NEVER_QUIET, EIGHT_PM + HOUR + SECOND, False),  # an hour late: none of that hour any more
        (TOKYO, EIGHT_PM + 15 * HOUR, True),
        (NEW_YORK, EIGHT_PM + 5 * HOUR, True),
        (NEW_YORK, EIGHT_PM + 6 * HOUR, False),
        (SetReachable(user_id=7, reachable=False), EIGHT_PM, False),
    ],
    ids=["early", "on time", "late", "quiet", "an hour late", "later", "Tokyo", "New York", "quiet there", "blocked"],
)
def test_a_reminder_comes_within_an_hour_of_its_own_and_not_in_quiet_hours(person, before, at_utc, reminded):
    if before is not None:
        person(before)

    assert taken(person, at_utc) == ([(7, False)] if reminded else [])


def test_a_tick_that_comes_in_the_night_reminds_nobody_of_the_evening(person):
    due = person(ClaimDue(shard=0, run_id="a", at_utc=EIGHT_PM, until_utc=EIGHT_PM), EIGHT_PM + 5 * HOUR)

    assert due.reminders == ()
    assert person.rows(NEXT) == [(20, "2026-03-03T20:00:00Z")]


def test_a_reminder_that_is_due_moves_with_its_hour_and_with_nothing_else(person):
    five_past = EIGHT_PM + timedelta(minutes=5)

    person(ChangeSettings(user_id=7, theme="dark"), five_past)
    kept = person.rows(NEXT)
    person(ChangeSettings(user_id=7, reminder_hour=22, quiet_from=23), five_past)

    assert (kept, person.rows(NEXT)) == ([(20, "2026-03-02T20:00:00Z")], [(22, "2026-03-02T22:00:00Z")])


def test_a_day_with_a_check_in_needs_no_reminder(person):
    check_in(person, 101, EIGHT_PM - 20 * HOUR)
    check_in(person, 102, EIGHT_PM + DAY, user_id=8)

    days = [taken(person, EIGHT_PM + days * DAY) for days in (0, 1)]

    assert days == [[], [(7, False)]]


SAID = {
    "a mood": lambda at: KeepMood(user_id=7, observed_at_utc=at, rating=2),
    "a day": lambda at: TellDay(user_id=7, day=f"{at:%Y-%m-%d}", fact="sleep", value=1),
    "the day before": lambda at: TellDay(user_id=7, day=f"{at - DAY:%Y-%m-%d}", fact="rating", value=3),
}


@pytest.mark.parametrize("said", SAID)
def test_a_mood_or_a_day_answers_the_reminder(person, said):
    morning = (
        EIGHT_PM - 11 * HOUR
    )  # of Monday; who tells of the day before at nine is reminded in the evening all the same
    days = []
    for day in range(5):
        person(SAID[said](morning + day * DAY), morning + day * DAY)
        days.append(taken(person, EIGHT_PM + day * DAY))

    assert days == [[(7, False)] if said == "the day before" else []] * 5


def test_nobody_is_reminded_twice_on_a_day(person):
    person(ChangeSettings(user_id=7, reminder_hour=19))
    assert taken(person, EIGHT_PM - HOUR) == [(7, False)]

    person(ChangeSettings(user_id=7, reminder_hour=20), EIGHT_PM - HOUR + SECOND)

    assert taken(person, EIGHT_PM) == []
    assert taken(person, EIGHT_PM + DAY) == [(7, False)]


def test_the_third_in_a_row_without_an_answer_is_the_last(person):
    days = [taken(person, EIGHT_PM + days * DAY) for days in range(5)]

    assert days == [[(7, False)], [(7, False)], [(7, True)], [], []]
    assert person.rows(NEXT) == [(None, None)]


def test_a_check_in_after_a_reminder_answers_it(person):
    taken(person, EIGHT_PM)
    taken(person, EIGHT_PM + DAY)

    check_in(person, 101, EIGHT_PM + DAY + HOUR)
    days = [taken(person, EIGHT_PM + days * DAY) for days in (2, 3, 4)]

    assert days == [[(7, False)], [(7, False)], [(7, True)]]


def test_a_check_in_before_the_last_reminder_answers_nothing(person):
    taken(person, EIGHT_PM)
    check_in(person, 101, EIGHT_PM + HOUR)

    days = [taken(person, EIGHT_PM + days * DAY) for days in (1, 2, 3)]

    assert days == [[(7, False)], [(7, False)], [(7, True)]]


def test_reminders_switched_on_again_begin_anew(person):
    for days in range(3):
        taken(person, EIGHT_PM + days * DAY)

    person(ChangeSettings(user_id=7, reminder_hour=20), EIGHT_PM + 3 * DAY - HOUR)

    assert [taken(person, EIGHT_PM + days * DAY) for days in (3, 4, 5)] == [[(7, False)], [(7, False)], [(7, True)]]
