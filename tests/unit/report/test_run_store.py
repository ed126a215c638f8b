"""A scheduled run, whatever becomes of the store, of a person or of our own code meanwhile."""

import sqlite3
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from burnout.errors import StoreUnavailableError
from burnout.store.people import ChangeSettings
from burnout.store.reports import ClaimDue, FinishReport, HoldRun, ReadCourse, ReleaseReport, ReleaseRun, StartSending
from functions.report.shards import EVERY
from functions.store.database import shard_of
from functions.store.operations import perform
from tests.unit.report.office import (
    DOWN,
    SILENT,
    SUNDAY,
    ReportFixture,
    broken,
    later,
    neighbours,
)


def test_a_shard_that_cannot_be_read_is_counted_and_the_others_go_on(office):
    office.person(1)
    office.person(2)
    office.before = broken(ClaimDue, shard=shard_of(1))

    assert office.tick() == {"sent": 1, "shards_unreadable": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"sent": 1}


@pytest.mark.parametrize("kind", [ReadCourse, StartSending])
def test_a_store_that_fails_before_the_message_gives_the_report_back(office, kind):
    first, second = (office.person(user_id) for user_id in neighbours(2))
    office.before = broken(kind, user_id=first)

    assert office.tick() == {"released": 1, "sent": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"sent": 1}
    assert office.telegram.to(first) == office.telegram.to(second) == ["sendPhoto"]


@pytest.mark.parametrize("kind", [StartSending, FinishReport, ReleaseReport])
def test_an_answer_of_the_store_that_is_lost_costs_nobody_a_report_and_brings_no_second(office, kind):
    people = [office.person(user_id) for user_id in neighbours(3)]
    office.telegram.failing[people[0]].extend([DOWN] * 3)
    office.after = broken(kind, times=1)
    office.tick()
    office.after = lambda _: None

    office.tick(later(1))
    office.tick(later(2))

    assert [office.telegram.to(user_id) for user_id in people] == [["sendPhoto"]] * 3


def test_what_was_released_is_not_tried_twice_in_one_run(office):
    people = [office.person(user_id) for user_id in neighbours(45)]
    office.telegram.failing[people[0]].extend([DOWN] * 9)

    assert office.tick() == {"released": 1, "sent": 44}
    assert office.telegram.tried == 44 + 3


def test_notes_keep_the_pace_too(office):
    people = [office.person(user_id) for user_id in neighbours(3)]
    for user_id in people:
        office.telegram.failing[user_id].append(SILENT)
    office.tick()

    assert office.tick(later()) == {"noted": 3}
    assert all(after - before >= 1 / 25 - 1e-9 for before, after in pairwise(office.telegram.at_s))


def test_an_end_that_is_not_kept_at_first_is_told_again(office):
    office.person(1)
    office.before = broken(FinishReport, times=2)

    assert [office.tick(), office.tick(later())] == [{"sent": 1}, {}]
    assert office.telegram.to(1) == ["sendPhoto"]


def test_an_end_that_cannot_be_kept_is_noted_by_the_next_run(office):
    office.person(1)
    office.before = broken(FinishReport)

    assert office.tick() == {"shards_unreadable": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"noted": 1}
    assert office.telegram.to(1) == ["sendPhoto", "sendMessage"]


def test_a_claim_that_cannot_be_given_back_ends_by_itself(office):
    people = [office.person(user_id) for user_id in neighbours(3)]
    office.before = broken(ReadCourse, ReleaseReport, user_id=people[0])

    assert office.tick() == {"shards_unreadable": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"sent": 3}


def test_no_lease_no_run(office):
    office.person(1)
    office.before = broken(HoldRun)

    with pytest.raises(StoreUnavailableError):
        office.tick()

    assert office.telegram.tried == 0


def test_an_unreadable_first_shard_costs_nobody_elsewhere_a_report(office):
    office.person(1)
    assert shard_of(1) != 0
    office.before = broken(HoldRun, ClaimDue, ReleaseRun, shard=0)

    assert office.tick() == {"sent": 1, "shards_unreadable": 1}


def test_another_run_that_holds_the_lease_is_left_alone(office):
    office.person(1)
    hold = HoldRun(shard=0, run_id="other", at_utc=SUNDAY, until_utc=SUNDAY + timedelta(minutes=14))
    perform(office.root, hold, SUNDAY)

    run_metrics = office.run_metrics()

    assert (run_metrics.outcome, run_metrics.counts) == ("busy", Counter())
    assert office.tick(later()) == {"sent": 1}


def test_somebody_erased_between_claim_and_course_gets_nothing(office):
    office.person(1)

    def erase(operation):
        if isinstance(operation, ReadCourse):
            erased(office, 1)

    office.before = erase

    assert office.tick() == {"gone": 1}
    assert office.telegram.tried == 0


def test_somebody_erased_just_before_the_message_gets_nothing(office):
    office.person(1)

    def erase(operation):
        if isinstance(operation, StartSending):
            erased(office, 1)

    office.before = erase

    assert office.tick() == {"not_granted": 1}
    assert office.telegram.tried == 0


def erased(office: ReportFixture, user_id: int) -> None:
    """Every row of the person is gone, as an erasure leaves it."""
    connection = sqlite3.connect(office.root / f"{shard_of(user_id):02x}.sqlite")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if "user_id" in columns:
            connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))
    connection.commit()
    connection.close()


def test_a_report_that_our_code_cannot_make_does_not_stop_the_others(office):
    people = [office.person(user_id) for user_id in neighbours(3)]
    dark = ChangeSettings(user_id=people[1], theme="dark")
    perform(office.root, dark, office.now_utc)
    office.draw = refuse_dark

    run_metrics = office.run_metrics()

    assert run_metrics.counts == {"sent": 2, "released": 1, "crashed": 1}
    assert run_metrics.error_types == {"ZeroDivisionError"}


def test_a_report_that_our_code_cannot_make_for_a_day_is_given_up(office):
    office.person(1)
    perform(office.root, ChangeSettings(user_id=1, theme="dark"), office.now_utc)
    office.draw = refuse_dark
    office.tick()

    a_day_later = SUNDAY + timedelta(days=1)

    assert office.tick(a_day_later) == {"failed": 1, "crashed": 1}
    assert office.tick(a_day_later + EVERY) == {}


def refuse_dark(facts, language, theme):
    if theme == "dark":
        raise ZeroDivisionError
    return b"png"
