"""A scheduled run: what is due is sent once, at Telegram's pace, on everybody's own week."""

from datetime import UTC, datetime, timedelta

import pytest

from burnout.store.people import ChangeSettings, ReadSettings, SetReachable
from burnout.store.reports import FinishReport
from functions.report.shards import EVERY
from functions.store.operations import perform
from tests.unit.report.office import BLOCKED, DOWN, SILENT, SUNDAY, broken, later, neighbours


def test_everybody_who_is_due_gets_a_picture_with_words_once(office):
    people = [office.person(user_id) for user_id in range(1, 31)]

    counts = office.tick()

    assert counts == {"sent": 30}
    assert sorted(chat for chat, _, _ in office.telegram.sent) == people
    assert {method for _, method, _ in office.telegram.sent} == {"sendPhoto"}
    assert set(office.telegram.pictures) == {b"course of 8 in light"}
    assert all("100" in words for _, _, words in office.telegram.sent)


def test_nobody_gets_anything_before_the_hour(office):
    office.person(1)

    assert office.tick(SUNDAY - EVERY) == {}


def test_the_same_tick_twice_sends_once(office):
    office.person(1)

    both = [office.run_metrics(), office.run_metrics()]

    assert [(each.outcome, each.counts, each.gauges) for each in both] == [
        ("done", {"sent": 1}, {"RunEnded": 1}),
        ("done", {}, {"RunEnded": 1}),
    ]


def test_the_next_week_brings_the_next_report_with_the_change_since_the_last(office):
    office.person(1, days=20, until=SUNDAY + timedelta(days=7))
    office.tick()

    counts = office.tick(SUNDAY + timedelta(days=7))

    assert counts == {"sent": 1}
    first, second = (words for _, method, words in office.telegram.sent if method == "sendPhoto")
    assert "last report" in second
    assert "last report" not in first


def test_too_little_data_is_said_once_to_who_has_stopped_sending_selfies(office):
    office.person(1, days=3)

    assert [office.tick(), office.tick(later())] == [{"skipped": 1}, {}]
    assert [office.tick(SUNDAY + timedelta(weeks=weeks)) for weeks in (1, 2, 3)] == [{"skipped": 1}] * 3
    assert office.telegram.to(1) == ["sendMessage"]


def test_a_late_run_reports_the_day_that_was_due(office):
    office.person(1, days=8, until=SUNDAY)
    office.draw = lambda facts, *_: f"{facts.last_day}".encode()

    office.tick(SUNDAY + timedelta(hours=9))  # Monday already

    assert office.telegram.pictures == [b"2026-11-22"]


@pytest.mark.long
def test_the_pace_is_25_a_second_over_all_shards(office):
    for user_id in range(1, 61):
        office.person(user_id)
    started_s = office.clock()

    office.tick()

    assert len(office.telegram.at_s) == 60
    assert office.clock() - started_s == pytest.approx(59 / 25)


def test_a_reminder_comes_a_second_after_a_report_into_the_same_chat(office):
    office.person(1, days=9, until=SUNDAY - timedelta(days=1))
    perform(office.root, ChangeSettings(user_id=1, reminder_hour=18), office.now_utc + timedelta(days=5, hours=12))

    counts = office.tick()

    assert counts == {"sent": 1, "reminders": 1}
    assert office.telegram.at_s[1] - office.telegram.at_s[0] >= 1.0


@pytest.mark.parametrize(("error", "next_day"), [(BLOCKED, {}), (SILENT, {"reminders": 1})])
def test_a_reminder_that_fails_is_dropped_and_the_last_to_somebody_who_blocked_the_bot(office, error, next_day):
    office.person(1, days=0)
    perform(office.root, ChangeSettings(user_id=1, reports=False, reminder_hour=18), office.now_utc)
    office.telegram.failing[1].append(error)
    monday = datetime(2026, 11, 16, 18, tzinfo=UTC)

    assert [office.tick(monday), office.tick(monday + EVERY)] == [{"reminders_lost": 1}, {}]
    assert office.tick(monday + timedelta(days=1)) == next_day


def test_reminders_are_not_switched_off_by_a_last_one_that_never_came(office):
    office.person(1, days=0)
    perform(office.root, ChangeSettings(user_id=1, reports=False, reminder_hour=18), office.now_utc)
    days = [datetime(2026, 11, day, 18, tzinfo=UTC) for day in range(16, 20)]
    counts = [office.tick(day) for day in days[:2]]
    office.telegram.failing[1].extend([DOWN] * 3)

    counts += [office.tick(day) for day in days[2:]]

    assert counts == [{"reminders": 1}, {"reminders": 1}, {"reminders_lost": 1}, {"reminders": 1}]


@pytest.mark.parametrize("kind", [FinishReport, SetReachable])
def test_a_store_that_fails_over_one_person_costs_no_other_their_reminder(office, kind):
    blocked, reported, reminded = (office.person(user_id, days=0) for user_id in neighbours(3))
    for user_id in (blocked, reminded):
        perform(
            office.root, ChangeSettings(user_id=user_id, reports=False, reminder_hour=18), SUNDAY - timedelta(hours=6)
        )
    office.telegram.failing[blocked].append(BLOCKED)
    office.before = broken(kind)

    office.tick(SUNDAY)

    assert office.telegram.to(reported) == office.telegram.to(reminded) == ["sendMessage"]


def test_settings_are_not_read_for_an_ordinary_report(office):
    office.person(1)
    office.before = broken(ReadSettings)

    assert office.tick() == {"sent": 1}
