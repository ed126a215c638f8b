"""A scheduled run, whatever becomes of the store, of a person or of our own code meanwhile."""

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
    broken,
    later,
    neighbours,
)

ONE, OTHER = neighbours(2)


@pytest.mark.parametrize(
    ("kinds", "where", "first", "then"),
    [
        ([ClaimDue], {"shard": shard_of(ONE)}, {"shards_unreadable": 1}, {"sent": 2}),
        ([HoldRun, ClaimDue, ReleaseRun], {"shard": 0}, {"sent": 2, "shards_unreadable": 1}, {}),
        ([ReadCourse], {"user_id": ONE}, {"released": 1, "sent": 1}, {"sent": 1}),
        ([StartSending], {"user_id": ONE}, {"released": 1, "sent": 1}, {"sent": 1}),
        ([ReadCourse, ReleaseReport], {"user_id": ONE}, {"shards_unreadable": 1}, {"sent": 2}),
        ([FinishReport], {"times": 2}, {"sent": 2}, {}),
        ([FinishReport], {"user_id": ONE}, {"shards_unreadable": 1}, {"noted": 1, "sent": 1}),
    ],
)
def test_a_store_that_fails_costs_nobody_a_report_and_brings_no_second(office, kinds, where, first, then):
    for user_id in (ONE, OTHER):
        office.person(user_id)
    office.before = broken(*kinds, **where)

    assert office.tick() == first
    office.before = lambda _: None
    assert office.tick(later()) == then
    assert [office.telegram.to(user_id).count("sendPhoto") for user_id in (ONE, OTHER)] == [1, 1]


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


def test_more_people_than_one_claim_takes_are_served_in_one_run_that_tries_nobody_twice(office):
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


def test_no_lease_no_run(office):
    office.person(1)
    office.before = broken(HoldRun)

    with pytest.raises(StoreUnavailableError):
        office.tick()

    assert office.telegram.tried == 0


def test_another_run_that_holds_the_lease_is_left_alone(office):
    office.person(1)
    hold = HoldRun(shard=0, run_id="other", at_utc=SUNDAY, until_utc=SUNDAY + timedelta(minutes=14))
    perform(office.root, hold, SUNDAY)

    run_metrics = office.run_metrics()

    assert (run_metrics.outcome, run_metrics.counts, run_metrics.gauges) == ("busy", Counter(), {})
    assert office.tick(later()) == {"sent": 1}


@pytest.mark.parametrize(("kind", "ending"), [(ReadCourse, "gone"), (StartSending, "not_granted")])
def test_somebody_erased_while_their_report_is_made_gets_nothing(office, kind, ending):
    office.person(1)
    office.before = lambda operation: office.erase(1) if isinstance(operation, kind) else None

    assert office.tick() == {ending: 1}
    assert office.telegram.tried == 0


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
