"""A person asks for the page for a doctor: one file, or the sentence that there is nothing yet."""

import io
from datetime import timedelta

import pypdf
import pytest
from msgspec.structs import replace

from burnout.report_requests import ReportRequest
from burnout.store.reports import CourseDay
from burnout.texts import text
from functions.report.doctor import message
from tests.unit.burnout.strain.courses import TODAY, check_in, course
from tests.unit.report.office import SUNDAY

USER = 70_770_077


def test_the_page_is_a_file_of_that_day_without_the_persons_number(office):
    office.person(USER, language="ru")

    assert office.request(USER, "page") == {"sent": 1}
    assert office.telegram.sent == [(USER, "sendDocument", text("doctor_caption", "ru"))]
    [(name, pdf)] = office.telegram.pictures
    assert (name, pdf[:5]) == ("burnout-page-2026-11-22.pdf", b"%PDF-")
    assert str(USER) not in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert str(USER).encode() not in pdf


@pytest.mark.parametrize("days_ago", [None, 120])
def test_no_days_is_a_sentence(office, days_ago):
    office.person(USER, days=int(days_ago is not None), until=SUNDAY - timedelta(days=days_ago or 0))

    assert office.request(USER, "page") == {"skipped": 1}
    assert office.telegram.sent == [(USER, "sendMessage", text("report_nothing_yet", "en"))]


def test_an_answer_that_waits_for_its_rating_is_not_on_the_page(monkeypatch):
    monkeypatch.setattr(message, "draw_page", lambda facts, language: repr(facts).encode())
    seen = [check_in(ago, negative=0.1) for ago in (6, 5, 4, 3, 2, 1)]
    waits = replace(check_in(0, negative=0.9), waits=True, photo=True)
    asked = ReportRequest(user_id=USER, update_id=1, show="page"), check_in(0).observed_at_utc

    with_it, without = [
        message.page_message(asked[0], course(each), asked[1]).document for each in ([*seen, waits], seen)
    ]

    assert with_it == without


def test_the_likeliest_finding_is_on_the_page_with_what_it_cannot_say():
    overtime = {ago for ago in range(60) if ago % 3 == 0}
    days = [(TODAY - timedelta(days=ago), ago in overtime) for ago in reversed(range(60))]
    told = tuple(
        CourseDay(day=day.isoformat(), energy=None, sleep=None, factors=("overtime",) if heavy else ("rest",))
        for day, heavy in days
    )
    ratings = [check_in(ago, rating=2 if ago in overtime else 4) for ago in reversed(range(60))]

    facts = message.page_facts(replace(course(ratings), days=told), TODAY)

    *found, caution = facts.findings
    assert found[0].startswith("Days with “overtime”: 2.")
    assert (1 <= len(found) <= 3, caution) == (True, "It need not be the cause.")
