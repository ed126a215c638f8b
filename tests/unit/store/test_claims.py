"""What is due and whose it is: one run claims, and there is one report a week whatever a person changes."""

from datetime import datetime

import pytest

from burnout.store.people import ChangeSettings
from burnout.store.reports import Due, DueReport
from tests.unit.store.samples import DAY, HOUR, SECOND, agree, choose_clock
from tests.unit.store.steps import DUE, QUARTER, WEEK, claim, finish, keys, start

ROW = "SELECT state, run_id, claimed_until_utc FROM reports"


def test_what_is_due_is_claimed_with_all_that_the_run_needs_and_not_before_its_time(person):
    assert person(claim(at_utc=DUE - SECOND)) == Due(reports=(), reminders=(), alerts=(), more=False)

    due = person(claim())

    assert due.reports == (DueReport(user_id=7, chat_id=70, key=WEEK, due_at_utc=DUE, unfinished=False),)
    assert person.rows(ROW) == [("claimed", "a", "2026-03-08T18:15:00Z")]


@pytest.mark.parametrize(
    ("run_id", "at_utc", "claimed"),
    [
        ("b", DUE + QUARTER - SECOND, []),
        ("b", DUE + QUARTER, [(7, WEEK, False)]),
        ("a", DUE + SECOND, [(7, WEEK, False)]),
    ],
    ids=["another run's claim still runs", "the claim is over", "the same run repeats"],
)
def test_a_claim_is_one_run_s_until_it_is_over(person, run_id, at_utc, claimed):
    person(claim())

    assert keys(person(claim(run_id, at_utc))) == claimed


def test_a_report_that_a_run_began_to_send_is_taken_over_as_unfinished_when_its_claim_is_over(person):
    person(claim())
    person(start())

    running = person(claim("b", DUE + QUARTER - SECOND))
    over = person(claim("b", DUE + QUARTER))

    assert (keys(running), keys(over)) == ([], [(7, WEEK, True)])
    assert person.rows(ROW) == [("sending", "b", "2026-03-08T18:30:00Z")]


def test_the_earliest_due_come_first_and_more_are_announced(person):
    for user_id, hour in ((8, 17), (9, 16), (10, 18)):
        person(agree(user_id=user_id))
        person(choose_clock(user_id=user_id, report_hour=hour))

    first = person(claim(most=3))
    person(finish())
    again = person(claim(most=4))

    assert ([key[0] for key in keys(first)], first.more) == ([9, 8, 7], True)
    assert ([key[0] for key in keys(again)], again.more) == ([9, 8, 10], False)


def test_reports_in_another_run_s_hands_are_not_more(person):
    person(agree(user_id=8))
    person(choose_clock(user_id=8))
    person(claim("a"))

    due = person(claim("b", DUE + SECOND, most=1))

    assert (keys(due), due.more) == ([], False)


def test_a_run_that_is_late_sends_the_week_that_was_due(person):
    on_monday = DUE + 8 * HOUR

    assert keys(person(claim(at_utc=on_monday))) == [(7, WEEK, False)]
    person(finish(at_utc=on_monday))

    assert person.next_report() == "2026-03-15T18:00:00Z"


@pytest.mark.parametrize(
    "changes",
    [{"report_hour": 23}, {"time_zone": "America/Los_Angeles"}, {"report_hour": 20, "time_zone": "America/New_York"}],
)
def test_no_change_brings_a_second_report_in_one_week(person, changes):
    person(claim())
    person(finish())

    person(ChangeSettings(user_id=7, **changes), DUE + SECOND)
    again = keys(person(claim("b", DUE + 12 * HOUR)))

    assert again == []
    assert person.next_report() > "2026-03-15"


def test_another_weekday_in_the_middle_of_the_week_brings_no_second_report(person):
    person(ChangeSettings(user_id=7, report_weekday=0, report_hour=18))  # today, Monday 2 March
    monday = DUE - 6 * DAY
    assert keys(person(claim(at_utc=monday))) == [(7, WEEK, False)]
    person(finish(at_utc=monday))

    person(ChangeSettings(user_id=7, report_weekday=4), monday + DAY)
    friday = keys(person(claim("b", monday + 4 * DAY)))

    assert friday == []
    assert person.next_report() == "2026-03-13T18:00:00Z"


def test_moving_into_another_week_while_a_report_is_under_way_makes_no_second_one(person):
    """Sunday 18:00 in UTC is Monday in Auckland: the report that was begun stays that of its own week."""
    person(claim())
    person(start(), DUE)

    person(ChangeSettings(user_id=7, time_zone="Pacific/Auckland"), DUE + SECOND)
    due = person(claim("b", DUE + QUARTER))

    assert keys(due) == [(7, WEEK, True)]


def test_a_report_asked_for_and_under_way_is_not_taken_for_the_week_s(person):
    person(start(key="99"), DUE)

    assert keys(person(claim())) == [(7, WEEK, False)]


def test_a_report_left_behind_by_a_person_who_wanted_none_for_a_while_is_not_the_new_one(person):
    person(claim())
    person(start(), DUE)
    person(ChangeSettings(user_id=7, reports=False), DUE + SECOND)

    person(ChangeSettings(user_id=7, reports=True), DUE + DAY)

    assert keys(person(claim("b", DUE + 7 * DAY))) == [(7, "2026-W11", False)]


@pytest.mark.parametrize(
    ("agreed", "changes", "reports"),
    [
        # Sunday 29 March 2026: Berlin has no 2 o'clock; the week after it has one again.
        ("2026-03-24", {"time_zone": "Europe/Berlin", "report_hour": 2}, {"03-29T01": "W13", "04-05T00": "W14"}),
        # Sunday 25 October 2026: Berlin has 2 o'clock twice; the first one counts.
        ("2026-10-20", {"time_zone": "Europe/Berlin", "report_hour": 2}, {"10-25T00": "W43", "11-01T01": "W44"}),
        # Monday morning in Auckland is Sunday evening in UTC: the week is that of the person's own calendar.
        (
            "2026-03-03",
            {"time_zone": "Pacific/Auckland", "report_weekday": 0, "report_hour": 8},
            {"03-08T19": "W11", "03-15T19": "W12"},
        ),
        ("2026-12-28", {}, {"01-03T18": "W53", "01-10T18": "W01"}),
    ],
    ids=["clock forward", "clock back", "another day in UTC", "week 53"],
)
def test_each_week_has_one_report_at_its_hour(shard, agreed, changes, reports):
    at_utc = datetime.fromisoformat(f"{agreed}T00:00:00Z")
    shard(agree(), at_utc)
    shard(choose_clock(**changes), at_utc)
    end = at_utc + 14 * DAY

    sent = {}
    while at_utc < end:
        for report in shard(claim(at_utc=at_utc)).reports:
            sent[f"{report.due_at_utc:%m-%dT%H}"] = report.key[-3:]
            shard(finish(key=report.key, at_utc=at_utc))
        at_utc += QUARTER

    assert sent == reports
