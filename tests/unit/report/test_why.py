"""What goes with heavy days, and the index in points, in words."""

from datetime import timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from burnout.store.days import FACTORS, TellDay
from burnout.store.people import Settings
from burnout.store.reports import CourseDay, DueReport
from burnout.strain.findings import Finding
from burnout.strain.index import strain_on
from burnout.strain.wording import sentence_of
from burnout.telegram.buttons import data_of
from burnout.texts import LANGUAGES, text
from functions.report.messages import weekly_message
from functions.report.why import of_report, why_call, why_text
from local.telegram.limits import visible_text
from local.walk import Shown
from tests.unit.burnout.strain.courses import PARTS, TODAY, UTC_ZONE, a_strain, check_in, course
from tests.unit.report.office import SUNDAY

LINES = 12
EVERY = [
    *(Finding(kind, name, sign * 1.24, sign * 0.4, sign * 2.1, 15, 112)
      for kind, name, sign in product(("factor", "after"), FACTORS, (-1, 1))),
    *(Finding("sleep", "bad", sign * 1.24, sign * 0.4, sign * 2.1, 15, 112) for sign in (-1, 1)),
    *(Finding("weekday", str(day), sign * 1.24, sign * 0.4, sign * 2.1, 15, 112)
      for day, sign in product(range(7), (-1, 1))),
]  # fmt: skip


def lines(words):
    return Shown("en", "", visible_text({"text": words, "parse_mode": "HTML"}, "text"), ()).lines


def overtime_course(language, days=60):
    """Every fifth day has overtime, and is two steps worse."""
    had = {days_ago for days_ago in range(days) if days_ago % 5 == 0}
    check_ins = [
        check_in(days_ago, rating=4 + days_ago % 2 - 2 * (days_ago in had)) for days_ago in reversed(range(days))
    ]
    told = tuple(
        CourseDay(
            day=(TODAY - timedelta(days=days_ago)).isoformat(),
            energy=None,
            sleep=None,
            factors=("overtime",) if days_ago in had else (),
        )
        for days_ago in reversed(range(days))
    )
    return replace(course(check_ins), settings=Settings(language=language), days=told)


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding("after", "people", 0.6, 0.2, 1.0, 9, 14), "Day after “good company”: 0.6 higher (0.2 to 1.0)"),
        (Finding("sleep", "bad", -0.6, -1.0, -0.2, 9, 14), "After a bad night: 0.6 lower (0.2 to 1.0)"),
        (Finding("weekday", "6", -0.6, -1.0, -0.2, 9, 14), "Sunday: 0.6 lower (0.2 to 1.0)"),
    ],
)
def test_the_list_says_what_which_way_and_from_where_to_where(finding, said):
    assert f"• {said}, 9 days of 23\n" in why_text([finding], a_strain(), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_list_is_no_longer_than_a_screen(language):
    strain = a_strain(parts=dict.fromkeys(PARTS, 24.75))
    longest = sorted(EVERY, key=lambda each: -lines(why_text([each], strain, language)))[:3]

    assert lines(why_text(longest, strain, language)) <= LINES
    assert lines(why_text([], strain, language)) <= LINES
    assert max(lines(sentence_of(each, language)) for each in EVERY) <= 5


def test_a_list_stops_at_three():
    assert why_text(EVERY, a_strain(), "en").count("•") == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_planted_factor_is_in_the_report_and_under_why(language):
    planted = overtime_course(language, days=25)  # the fifth day with it is today

    assert text("factor_overtime", language) in of_report(planted, TODAY)
    due = DueReport(user_id=1, chat_id=1, key="2026-W48", due_at_utc=SUNDAY + timedelta(days=7), unfinished=False)
    report = weekly_message(due, planted, lambda *_: b"")
    assert of_report(planted, TODAY) in visible_text(report.call.params, "caption")
    call = why_call(1, planted, TODAY)
    assert text("factor_overtime", language) in call.params["text"]
    assert data_of("sees") in str(call.params["reply_markup"])


def test_a_report_says_a_finding_in_the_week_in_which_it_comes_to_stand_out_and_why_goes_on():
    courses = [overtime_course("en", days=days) for days in (25, 30, 32, 60)]

    assert [bool(of_report(each, TODAY)) for each in courses] == [True, True, False, False]
    assert all("overtime" in why_call(1, each, TODAY).params["text"] for each in courses)


def test_where_nothing_stands_out_the_report_says_nothing_and_why_what_it_needs():
    flat = course([check_in(days_ago, rating=3) for days_ago in reversed(range(30))])

    words = why_call(1, flat, TODAY).params["text"]

    assert of_report(flat, TODAY) == ""
    assert "Nothing stands out yet" in words
    assert "Strain index 53 is made of: " in words


def test_the_points_are_whole_and_add_up_to_the_index():
    uneven = a_strain(parts={"level": 20.2, "persistence": 10.6, "trend": 5.4, "answer": 0.2})

    assert why_text([], uneven, "en").startswith("Strain index 36 is made of: all days 20, heavy days 11, rise 5.\n\n")


def test_without_an_index_there_are_no_points():
    few = course([check_in(days_ago, rating=1) for days_ago in range(3)])

    assert strain_on(TODAY, few, UTC_ZONE).index is None
    assert "Strain index" not in why_call(1, few, TODAY).params["text"]


@pytest.mark.long
def test_what_was_told_half_a_year_ago_still_counts(office):
    office.person(1, days=0)
    for days_ago in range(175, 100, -1):
        day = SUNDAY - timedelta(days=days_ago)
        had = days_ago % 5 == 0
        office.now_utc = day + timedelta(days=1)
        for fact, value in {"rating": 1 if had else 3 + days_ago % 2, "overtime": int(had)}.items():
            office.store(TellDay(user_id=1, day=day.date().isoformat(), fact=fact, value=value))

    assert office.request(1, "why") == {"sent": 1}
    assert "overtime" in office.telegram.sent[0][2]
