"""A course → the page for a doctor → one message. Nothing of it is kept."""

from datetime import date, datetime, timedelta
from typing import Final

from burnout.report_requests import ReportRequest
from burnout.schedule import local_day
from burnout.store.reports import Course
from burnout.strain.findings import findings
from burnout.strain.index import day_loads, strain_on, without_waiting
from burnout.strain.wording import listed
from burnout.telegram.calls import send_document
from burnout.texts import text
from functions.report import wording
from functions.report.doctor.facts import PAGE_DAYS, factors_of, longest_gap, periods, photos_of
from functions.report.doctor.page import PageFacts, draw_page
from functions.report.messages import OutgoingMessage, facts_between, skipped

_FINDINGS: Final = 3


def page_message(request: ReportRequest, course: Course, now_utc: datetime) -> OutgoingMessage:
    """The last 90 days as a PDF of one page, or the sentence that there is nothing yet.

    An answer that still waits for the person's rating is left out, as in every chart.
    """
    language, chat_id = course.settings.language, request.user_id
    facts = page_facts(without_waiting(course), local_day(now_utc, course.settings.zone))
    if facts is None:
        return skipped(chat_id, course, wording.nothing_yet(language))
    name = f"burnout-page-{facts.chart.last_day.isoformat()}.pdf"
    call = send_document(chat_id, text("doctor_caption", language))
    return OutgoingMessage(call, course.pseudonym, document=(name, draw_page(facts, language)))


def page_facts(course: Course, today: date) -> PageFacts | None:
    """What the page says; None without a day in its time."""
    zone = course.settings.zone
    known = day_loads(course.check_ins, zone, course.days)
    last_day = max(today, known[-1].day) if known else today  # a clock ahead of ours may have tomorrow already
    earliest = last_day - timedelta(days=PAGE_DAYS - 1)
    days = tuple(day for day in known if day.day >= earliest)
    if not days:
        return None
    last, first_day = course.last_report, max(earliest, known[0].day)
    within = [each for each in course.check_ins if local_day(each.observed_at_utc, zone) >= first_day]
    return PageFacts(
        chart=facts_between(days, first_day, strain_on(last_day, course, zone), course),
        last_report=(local_day(last.sent_at_utc, zone), last.index) if last else None,
        periods=periods(days, course, first_day, last_day),
        factors=factors_of(course, first_day, last_day),
        findings=_findings(course),
        inventories=course.inventories,
        longest_gap=longest_gap((day.day for day in days), first_day, last_day),
        photos=photos_of(days, within),
    )


def _findings(course: Course) -> tuple[str, ...]:
    """The likeliest, and what they cannot say."""
    language, zone = course.settings.language, course.settings.zone
    found = [listed(each, language) for each in findings(course.check_ins, course.days, zone)[:_FINDINGS]]
    return (*found, text("why_caution", language)) if found else ()
