"""The inventory of tiredness: once in four weeks, on a day of the person's own calendar, the newest press of it."""

from datetime import datetime

import pytest

from burnout.store.inventories import Inventory, KeepInventory, ReadInventories
from burnout.store.people import ChangeSettings
from burnout.store.reports import ReadCourse
from tests.unit.store.samples import DAY, HOUR, NOON, SECOND

KEPT = "SELECT day, answers FROM inventories"


def keep(answers, update_id=None):
    return KeepInventory(user_id=7, answers=answers, update_id=update_id)


def test_once_in_28_days_and_again_on_the_same_day_changes_it(person):
    first, second = (person(keep(answers), NOON + n * HOUR) for n, answers in enumerate(["111111", "222222"]))
    refused = [person(keep("333333"), NOON + days * DAY) for days in (1, 27)]
    third = person(keep("444444"), NOON + 28 * DAY)

    assert [each.answers for each in (first, second, *refused, third)] == ["111111", *["222222"] * 3, "444444"]
    assert person.rows(KEPT) == [("2026-03-02", "222222"), ("2026-03-30", "444444")]
    assert person(ReadInventories(user_id=7)) == tuple(Inventory(day=d, answers=a) for d, a in person.rows(KEPT))


def test_a_day_is_one_of_the_persons_own_calendar_and_a_new_zone_makes_no_second(person):
    person(ChangeSettings(user_id=7, time_zone="Pacific/Kiritimati"))
    person(keep("111111"))
    person(ChangeSettings(user_id=7, time_zone="America/Los_Angeles"))

    assert person(keep("222222")).answers == "111111"
    assert person.rows(KEPT) == [("2026-03-03", "111111")]


def test_a_redelivered_sixth_press_after_midnight_keeps_one(person):
    before_midnight = datetime.fromisoformat("2026-03-02T23:59:59Z")
    kept = person(keep("012343", 20), before_midnight)

    assert person(keep("012343", 20), before_midnight + SECOND) == kept
    assert person(keep("444444", 10), before_midnight + SECOND) == kept
    assert person.rows(KEPT) == [("2026-03-02", "012343")]


@pytest.mark.parametrize(("days", "found"), [((0, 60), 3), ((1, 56), 2), ((1, 55), 1), ((57, 60), 0)])
def test_a_course_has_the_inventories_of_its_days(person, days, found):
    for number in range(3):
        person(keep("012343"), NOON + number * 28 * DAY)

    since, before = (NOON + day * DAY for day in days)
    course = person(ReadCourse(user_id=7, since_utc=since, before_utc=before))

    assert len(course.inventories) == found
