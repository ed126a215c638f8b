"""Alerts: due after something new, never at night, and at most once in 14 days."""

import pytest

from burnout.store.check_ins import GiveFeedback, Rate
from burnout.store.people import ChangeSettings, SetReachable
from burnout.store.privacy import Erase
from burnout.store.reports import DueAlert, Postpone, ReadCourse, StartAlert
from tests.unit.store.samples import DAY, HOUR, NOON, SECOND, agree, record
from tests.unit.store.steps import claim

ME = (DueAlert(user_id=7, chat_id=70),)
gone = pytest.mark.parametrize(
    "change",
    [ChangeSettings(user_id=7, alerts=False), SetReachable(user_id=7, reachable=False)],
    ids=["off", "blocked"],
)


@pytest.fixture
def alerted(person):
    """Somebody who wants alerts and can be written to at any hour."""
    person(ChangeSettings(user_id=7, alerts=True, quiet_from=0, quiet_to=0))
    return person


def taken(shard, at_utc=NOON):
    return shard(claim(at_utc=at_utc), at_utc).alerts


def test_nothing_is_due_without_anything_new(alerted):
    assert taken(alerted) == ()


def test_a_check_in_makes_an_alert_due_once(alerted):
    alerted(record(101))

    assert (taken(alerted), taken(alerted)) == (ME, ())


def test_a_repeated_check_in_and_a_press_that_changes_nothing_make_none_due_again(alerted):
    alerted(record(101))
    alerted(Rate(user_id=7, message_id=1101, rating=2))
    taken(alerted)

    alerted(record(101))
    alerted(Rate(user_id=7, message_id=1101, rating=2))
    alerted(GiveFeedback(user_id=7, message_id=1101, agrees=True))

    assert taken(alerted) == ()


def test_a_rating_makes_an_alert_due(alerted):
    alerted(record(101))
    taken(alerted)

    alerted(Rate(user_id=7, message_id=1101, rating=2))

    assert taken(alerted) == ME


@gone
@pytest.mark.parametrize("when", ["before", "after"])
def test_nobody_who_is_out_of_reach_or_wants_none_is_alerted(alerted, change, when):
    alerted(change if when == "before" else record(101))
    alerted(record(102) if when == "before" else change)

    assert taken(alerted) == ()


def test_in_quiet_hours_an_alert_waits_for_their_end(person):
    person(ChangeSettings(user_id=7, alerts=True, quiet_from=11, quiet_to=15))
    person(record(101))

    assert (taken(person, NOON), taken(person, NOON + 2 * HOUR), taken(person, NOON + 3 * HOUR)) == ((), (), ME)


def test_who_is_postponed_has_an_alert_due_afterwards(alerted):
    alerted(record(101))
    alerted(Postpone(user_id=7))

    assert (taken(alerted), taken(alerted, NOON + HOUR)) == ((), ME)


def test_a_tick_that_comes_late_goes_by_the_clock_at_night(person):
    person(ChangeSettings(user_id=7, alerts=True, quiet_from=21, quiet_to=9))
    person(record(101))

    assert person(claim(at_utc=NOON), NOON + 10 * HOUR).alerts == ()


def start(shard, at_utc=NOON):
    """Asks to send an alert made from the person's present course."""
    course = shard(ReadCourse(user_id=7, since_utc=NOON, before_utc=NOON))
    return StartAlert(user_id=7, at_utc=at_utc, pseudonym=course.pseudonym)


def test_an_alert_is_granted_once_in_fourteen_days(alerted):
    days = (0, 0, 14 - 1 / 86400, 14)

    assert [alerted(start(alerted, NOON + n * DAY)) for n in days] == [True, False, False, True]


def test_an_alert_whose_quiet_hours_have_begun_is_due_again_when_they_end(person):
    person(ChangeSettings(user_id=7, alerts=True, quiet_from=11, quiet_to=15))
    asked = start(person, NOON - 2 * HOUR)

    assert person(asked, NOON) is False
    assert (taken(person, NOON), taken(person, NOON + 3 * HOUR)) == ((), ME)


def test_no_alert_is_granted_to_who_was_erased_and_agreed_again_meanwhile(alerted):
    asked = start(alerted)
    alerted(Erase(user_id=7))
    alerted(agree(chat_id=70))
    alerted(ChangeSettings(user_id=7, alerts=True, quiet_from=0, quiet_to=0))
    alerted(record(101))

    assert alerted(asked) is False
    assert taken(alerted) == ME


def test_after_an_alert_the_next_one_is_due_no_sooner_than_fourteen_days_later(alerted):
    alerted(start(alerted))
    alerted(record(101), NOON + DAY)

    assert taken(alerted, NOON + 14 * DAY - SECOND) == ()
    assert taken(alerted, NOON + 14 * DAY) == ME


@gone
def test_no_alert_is_granted_to_who_switched_them_off_or_blocked_the_bot_meanwhile(alerted, change):
    asked = start(alerted)
    alerted(change)

    assert alerted(asked) is False
