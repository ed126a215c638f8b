"""Nothing is sent to somebody who said stop: the right to send is asked for right before, once for each message."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest

from burnout.store.people import ChangeSettings, Consent, SetReachable
from burnout.store.privacy import Erase
from burnout.store.reports import HoldRun, StartReminder
from tests.unit.report.office import SILENT, SUNDAY, every_kill, later, neighbours
from tests.unit.store.samples import new_check_in, record

ME = 1
NOON = SUNDAY - timedelta(hours=6)
STOPS = {
    "erased": (Erase(user_id=ME),),
    "erased, agreed again": (Erase(user_id=ME), Consent(user_id=ME, chat_id=ME, version=1, language="en")),
    "blocked": (SetReachable(user_id=ME, reachable=False),),
    "no reports": (ChangeSettings(user_id=ME, reports=False),),
    "no reminders": (ChangeSettings(user_id=ME, reminder_hour=None),),
    "no alerts": (ChangeSettings(user_id=ME, alerts=False),),
    "another hour": (ChangeSettings(user_id=ME, reminder_hour=19),),
    "quiet": (ChangeSettings(user_id=ME, quiet_from=18),),
    "checked in": (record(7, user_id=ME, check_in=new_check_in(observed_at_utc=SUNDAY)),),
    "nothing": (),
}
GONE = ("erased", "erased, agreed again", "blocked", "nothing")


def report(office):
    office.person(ME)


def too_little(office):
    office.person(ME, days=1)


def nothing(office):
    office.person(ME, days=0)


def note(office):
    office.person(ME)
    office.telegram.failing[ME].append(SILENT)
    office.tick()


def reminder(office):
    reminded(1)(office)


def alert(office):
    office.person(ME, days=0)
    lived = [ChangeSettings(user_id=ME, reports=False, alerts=True)]
    for day in range(20):
        seen = new_check_in(0.1 if day < 15 else 0.9, observed_at_utc=NOON - timedelta(days=19 - day))
        lived.append(record(day + 100, user_id=ME, check_in=seen))
    office.keep(ME, lived)


def run(office):
    office.tick(later(office.runs))


def request(show):
    return lambda office: office.request(ME, show)


@pytest.mark.parametrize(
    ("due", "send", "stop"),
    [
        *product([report, note], [run], [*GONE, "no reports"]),
        *product([reminder], [run], [*GONE, "no reminders", "another hour", "quiet", "checked in"]),
        *product([alert], [run], [*GONE, "no alerts", "quiet"]),
        *product([report, too_little], [request("report"), request("course"), request("export")], GONE),
        *product([too_little, nothing], [run, request("report")], GONE),
    ],
)
def test_who_says_stop_while_the_message_waits_gets_none(office, due, send, stop):
    due(office)

    changes = list(STOPS[stop])

    def wait(_):
        while changes:
            office.store(changes.pop(0))

    office.clock.sleep = wait
    send(office)

    assert len(office.telegram.sent) == (stop == "nothing")


def reminded(count):
    """So many neighbours whose reminder is due."""

    def live(office):
        people = [office.person(user_id, days=0) for user_id in neighbours(count)]
        office.now_utc = NOON
        for user_id in people:
            office.store(ChangeSettings(user_id=user_id, reports=False, reminder_hour=18))
        return people

    return live


@pytest.mark.long
def test_a_run_killed_anywhere_reminds_nobody_twice_and_costs_only_whose_right_it_had(database_dir):
    for office, people, switch in every_kill(database_dir, reminded(3)):
        with switch.on(office):
            office.tick()
        done = switch.seen[:-1] if switch.dead else switch.seen
        granted = [operation.user_id for operation in done if isinstance(operation, StartReminder)]
        sent = [chat for chat, _, _ in office.telegram.sent]
        for runs in (1, 2):
            office.tick(later(runs))

        got = Counter(chat for chat, _, _ in office.telegram.sent)
        assert set(got.values()) == {1}, switch.n
        assert set(people) - set(got) == set(granted) - set(sent), switch.n

    assert switch.n > 2 * 3


@pytest.mark.long
def test_two_runs_at_once_remind_everybody_once(office):
    people = reminded(20)(office)
    store = office.store
    office.store = lambda operation: True if isinstance(operation, HoldRun) else store(operation)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda run_id: office.tick(run_id=run_id), ("one", "two")))

    assert sorted(chat for chat, _, _ in office.telegram.sent) == people
