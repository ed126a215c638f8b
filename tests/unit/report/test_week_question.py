"""The question of the week comes with its report, once, to who has not answered it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from burnout.store.people import Settings
from burnout.store.reports import AnswerWeek, DueReport, WeeklyAnswer
from burnout.texts import text
from functions.report.messages import weekly_message
from functions.store.operations import perform
from tests.unit.burnout.strain.courses import check_in, course
from tests.unit.report.office import BLOCKED, DOWN, OUR_BUG, SILENT, SUNDAY, later

BOTH = ["sendPhoto", "sendMessage"]


def test_the_question_comes_with_the_report_once(office):
    office.person(1, answered=False)

    assert [office.tick(), office.tick(later())] == [{"sent": 1}, {}]
    assert office.telegram.to(1) == BOTH
    assert text("week_stem", "en") in office.telegram.sent[1][2]
    assert office.telegram.at_s[1] - office.telegram.at_s[0] >= 1.0  # in one chat


@pytest.mark.parametrize(("week", "comes"), [("2026-W47", ["sendPhoto"]), ("2026-W46", BOTH)])
def test_the_question_does_not_come_when_its_week_is_answered(office, week, comes):
    office.person(1, answered=False)
    perform(office.root, AnswerWeek(user_id=1, week=week, answer=2), SUNDAY - timedelta(hours=1))

    assert office.tick() == {"sent": 1}
    assert office.telegram.to(1) == comes


@pytest.mark.parametrize("errors", [[OUR_BUG], [BLOCKED], [SILENT], [DOWN] * 3])
def test_a_failed_report_sends_no_question(office, errors):
    office.person(1, answered=False)
    office.telegram.failing[1].extend(errors)

    office.tick()

    assert office.telegram.sent == []


@pytest.mark.parametrize("errors", [[DOWN] * 3, [SILENT], [BLOCKED]])
def test_a_question_that_fails_is_lost_and_the_report_is_not(office, errors):
    office.person(1, answered=False)
    office.after = lambda _: office.telegram.failing[1].extend(errors if office.telegram.tried == 1 else [])

    assert [office.tick(), office.tick(later())] == [{"sent": 1, "questions_lost": 1}, {}]
    assert office.telegram.to(1) == ["sendPhoto"]


def test_too_little_for_a_report_and_a_report_that_was_asked_for_bring_no_question(office):
    office.person(1, days=2, answered=False)
    office.person(2, answered=False)

    office.tick(SUNDAY - timedelta(minutes=15))
    office.request(2, "report")
    counts = office.tick()

    assert counts == {"skipped": 1, "sent": 1}
    assert (office.telegram.to(1), office.telegram.to(2)) == (["sendMessage"], ["sendPhoto", *BOTH])


@pytest.mark.parametrize(
    ("due_at_utc", "zone", "week"),
    [
        (datetime(2027, 1, 3, 18, tzinfo=UTC), "Etc/UTC", "2026-W53"),
        (datetime(2027, 1, 4, 18, tzinfo=UTC), "Etc/UTC", "2027-W01"),
        (datetime(2027, 1, 3, 18, tzinfo=UTC), "Asia/Tokyo", "2027-W01"),  # Monday there
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), "Europe/Berlin", "2026-W44"),  # the day with 25 hours is over
    ],
)
def test_the_question_is_of_the_reports_own_week(due_at_utc, zone, week):
    days = [
        structs.replace(check_in(rating=4), observed_at_utc=due_at_utc - timedelta(days=ago)) for ago in range(7, 0, -1)
    ]
    whole = structs.replace(course(days), settings=Settings(language="en", time_zone=zone))
    due = DueReport(user_id=1, chat_id=1, key="2026-W53", due_at_utc=due_at_utc, unfinished=False)

    asked = weekly_message(due, whole, lambda *_: b"").then
    answered = WeeklyAnswer(week=week, answered_at_utc=due_at_utc, answer=2)

    assert asked.params["reply_markup"]["inline_keyboard"][0][4]["callback_data"] == f"v1:week:{week}:5"
    assert weekly_message(due, structs.replace(whole, weekly=(answered,)), lambda *_: b"").then is None
