"""One person's failing chat is not the others' affair: they get theirs at once, and the person later, after them."""

from collections import deque
from datetime import timedelta

import pytest

from burnout.errors import TelegramUnavailableError
from burnout.store.people import ChangeSettings
from functions.report.sender import GIVE_UP_AT, SEVERAL
from tests.unit.report.office import DOWN, SILENT, SUNDAY, later, neighbours

NOON = SUNDAY - timedelta(hours=6)
TOO_MANY = TelegramUnavailableError("sendPhoto: 429", retry_after_s=30)
FAULTS = pytest.mark.parametrize("fault", [TOO_MANY, DOWN, SILENT], ids=["429", "500", "silence"])


def fails(office, fault, chats):
    """Every call about these chats fails from now on; None is any chat."""
    for chat in chats:
        office.telegram.failing[chat] = deque([fault] * 10**4)


@FAULTS
@pytest.mark.parametrize(("failing", "well"), [(1, 5), (20, 20)])
def test_the_others_have_their_reports_in_the_first_run(office, fault, failing, well):
    people = [office.person(user_id) for user_id in neighbours(failing + well)]
    fails(office, fault, people[:failing])

    office.tick()
    assert sorted(chat for chat, _, _ in office.telegram.sent) == people[failing:]

    office.telegram.failing.clear()
    for runs in range(1, 8):
        office.tick(later(runs))
    got = [office.telegram.to(user_id) for user_id in people]
    noted = min(failing, SEVERAL) if fault is SILENT else 0  # perhaps delivered, so never sent again
    assert got == [["sendMessage"]] * noted + [["sendPhoto"]] * (failing + well - noted)


@FAULTS
def test_a_chat_that_fails_for_days_costs_fewer_and_fewer_attempts(office, fault):
    failing, other = (office.person(user_id) for user_id in neighbours(2))
    office.store(ChangeSettings(user_id=other, report_hour=20))
    fails(office, fault, [failing])

    tried = []
    for hours in range(0, 49, 2):
        before = office.telegram.tried
        office.tick(later(4 * hours))
        tried.append(office.telegram.tried - before)

    assert office.telegram.to(other) == ["sendPhoto"]
    assert sum(tried[-12:]) <= 3 * 4  # four times a day


@pytest.mark.parametrize("fault", [TOO_MANY, DOWN], ids=["429", "500"])
def test_while_telegram_is_down_few_reminders_are_lost_and_the_others_come_within_their_hour(office, fault):
    people = [office.person(user_id, days=0) for user_id in neighbours(30)]
    office.now_utc = NOON
    for user_id in people:
        office.store(ChangeSettings(user_id=user_id, reports=False, reminder_hour=18))
    fails(office, fault, [None])

    lost = office.tick()["reminders_lost"]
    assert office.telegram.tried <= SEVERAL * 3 + GIVE_UP_AT  # and nobody is tried again
    office.telegram.failing.clear()
    office.tick(later())

    assert lost == SEVERAL
    assert sorted(chat for chat, _, _ in office.telegram.sent) == people[SEVERAL:]


@FAULTS
def test_who_is_postponed_hears_nothing_more_from_the_same_run(office, fault):
    """The reminder fails first; a second attempt at once would cost the report."""
    (person,) = neighbours(1)
    office.person(person, days=0)
    office.now_utc = NOON
    office.store(ChangeSettings(user_id=person, reminder_hour=18))
    office.telegram.failing[person].extend([fault] * (3 if fault is DOWN else 1))

    assert office.tick() == {"reminders_lost": 1, "released": 1}
    assert office.tick(later()) == {"skipped": 1}


def test_a_success_between_them_tells_failing_chats_from_a_bot_that_is_banned(office):
    people = [office.person(user_id) for user_id in neighbours(12)]
    fails(office, TOO_MANY, people[::2])
    started_s = office.clock()

    office.tick()

    assert office.clock() - started_s < TOO_MANY.retry_after_s  # nobody waited for another
    assert len(office.telegram.sent) == 6
