"""A run that is killed at any of its calls to the outside: the next ones finish it, nobody gets two, nobody none."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from burnout.store.reports import ClaimDue, FinishReport, ReleaseRun, StartSending
from burnout.telegram.calls import BotCall
from functions.store.database import shard_of
from functions.store.operations import perform
from tests.unit.report.office import DOWN, SILENT, SUNDAY, KillSwitch, ReportFixture, every_kill, later, neighbours

pytestmark = pytest.mark.long

REPORTED, NOTED = "sendPhoto", "sendMessage"


def checked_in(count: int):
    """So many neighbours who are due a report."""
    return lambda office: [office.person(user_id) for user_id in neighbours(count)]


def got(office: ReportFixture) -> dict[int, Counter[str]]:
    """How many reports and notes each chat has."""
    chats: dict[int, Counter[str]] = {}
    for chat, method, _ in office.telegram.sent:
        chats.setdefault(chat, Counter())[method] += 1
    return chats


def test_a_run_killed_anywhere_leaves_everybody_one_report_or_one_note(database_dir):
    notes = 0
    for office, people, switch in every_kill(database_dir, checked_in(3)):
        with switch.on(office):
            office.tick()
        under_way = right_of(switch)
        for runs in (1, 2, 3):
            office.tick(later(runs))

        chats = got(office)
        assert sorted(chats) == people, switch.n
        for user_id, messages in chats.items():
            assert messages[REPORTED] <= 1, switch.n
            assert messages[NOTED] == (user_id == under_way), switch.n  # a note only where nobody can know
        notes += sum(messages[NOTED] for messages in chats.values())

    assert notes >= 3 * 2
    assert switch.n > 3 * 4


def right_of(switch: KillSwitch) -> int | None:
    """The people whose message was being sent when the process died: the right was granted, the outcome not kept."""
    if not switch.dead:
        return None
    done = switch.seen[:-1]
    started = [operation.user_id for operation in done if isinstance(operation, StartSending)]
    finished = [operation.user_id for operation in done if isinstance(operation, FinishReport)]
    return next((user_id for user_id in started if user_id not in finished), None)


def test_a_run_killed_between_a_report_and_its_question_loses_only_the_question(database_dir):
    lost = []
    live = lambda office: [office.person(1, answered=False)]  # noqa: E731
    for office, _, switch in every_kill(database_dir, live):
        with switch.on(office):
            office.tick()
        office.tick(later())

        methods = office.telegram.to(1)
        assert methods in ([REPORTED, NOTED], [REPORTED], [NOTED]), switch.n
        lost += [switch.seen[-1]] if methods == [REPORTED] else []

    assert [each.method for each in lost if isinstance(each, BotCall)] == [NOTED]


def test_a_run_killed_while_telegram_fails_leaves_nobody_two(database_dir):
    for office, people, switch in every_kill(database_dir, checked_in(2)):
        for user_id, error in zip(people, (DOWN, SILENT), strict=True):
            office.telegram.failing[user_id].append(error)
        with switch.on(office):
            office.tick()
        for failing in office.telegram.failing.values():
            failing.clear()
        for runs in (1, 2, 3):
            office.tick(later(runs))

        for user_id in people:
            messages = got(office)[user_id]
            assert 1 <= messages[REPORTED] + messages[NOTED] <= 2, switch.n
            assert max(messages.values()) == 1, switch.n


def test_a_second_run_killed_among_its_notes_writes_nobody_twice(database_dir):
    silent_at = []
    for office, people, switch in every_kill(database_dir, checked_in(2)):
        for user_id in people:
            office.telegram.failing[user_id].append(SILENT)
        office.tick()
        with switch.on(office):
            office.tick(later(1))
        for runs in (2, 3, 4):
            office.tick(later(runs))

        for user_id in people:
            messages = got(office).get(user_id, Counter())
            assert messages[REPORTED] == 0, switch.n
            assert messages[NOTED] <= 1, switch.n
            silent_at += [] if messages[NOTED] else [switch.seen[-1]]

    # Kept first, then sent: only between these two a second kill costs somebody the note.
    assert [operation.method for operation in silent_at if isinstance(operation, BotCall)] == ["sendMessage"] * 2
    assert len(silent_at) == 2


def test_a_killed_request_leaves_nobody_two(database_dir):
    for office, people, switch in every_kill(database_dir, checked_in(1)):
        with switch.on(office):
            office.request(people[0], "report")
        office.request(people[0], "report")  # Lambda repeats it

        assert len(office.telegram.sent) <= 1, switch.n


def test_two_runs_at_once_send_everything_once(database_dir):
    office = ReportFixture(database_dir)
    people = [office.person(user_id) for user_id in range(1, 41)]
    gate = threading.Barrier(2)

    def run(run_id: str) -> Counter[str]:
        gate.wait()
        return office.tick(run_id=run_id)

    with ThreadPoolExecutor(2) as threads:
        counts = list(threads.map(run, ("one", "two")))

    assert sum(count["sent"] for count in counts) == 40
    assert sorted(chat for chat, _, _ in office.telegram.sent) == people


def test_two_runs_without_the_lease_between_them_still_send_everything_once(database_dir):
    # As when a late repetition of an old tick runs beside a newer one: only the claims protect.
    office = ReportFixture(database_dir)
    people = [office.person(user_id) for user_id in neighbours(30)]
    inner: list[Counter[str]] = []

    def interrupt(operation: object) -> None:
        if isinstance(operation, ClaimDue) and operation.shard == shard_of(people[0]) and not inner:
            inner.append(Counter())
            perform(office.root, ReleaseRun(shard=0, run_id="outer"), SUNDAY)
            inner.append(office.tick(SUNDAY + timedelta(minutes=1), run_id="inner"))

    office.before = interrupt
    office.tick(run_id="outer")

    assert sorted(chat for chat, _, _ in office.telegram.sent) == people


def test_an_hour_without_telegram_in_the_middle_of_a_run_costs_nobody_a_report(database_dir):
    office = ReportFixture(database_dir)
    people = [office.person(user_id) for user_id in neighbours(50)]
    silent_after = 25

    def fail(operation: object) -> None:
        if isinstance(operation, BotCall) and len(office.telegram.sent) >= silent_after:
            raise DOWN

    office.before = fail
    for runs in range(5):
        office.tick(later(runs))
    assert len(office.telegram.sent) == silent_after
    office.before = lambda _: None
    office.tick(later(5))

    assert sorted(chat for chat, _, _ in office.telegram.sent) == people
