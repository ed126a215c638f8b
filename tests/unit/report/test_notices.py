"""What is said beside the report: too little data, a chart's alt text, reminders, and where the buttons lead."""

import re
from itertools import product

import pytest
from msgspec import structs

from burnout.store.people import Settings
from burnout.telegram.buttons import Button, parse_button
from burnout.telegram.calls import send_message
from burnout.texts import LANGUAGES
from functions.report.wording import (
    alert,
    chart_caption,
    nothing_yet,
    reminder,
    report_caption,
    report_keyboard,
    too_little,
    unfinished,
)
from local.telegram.limits import check_limits, visible_text
from tests.unit.burnout.strain.courses import BANDS, a_day, a_strain, course


@pytest.mark.parametrize(
    ("language", "observed", "words"),
    [("en", 0, "0 days of 5"), ("en", 1, "1 day of 5"), ("ru", 0, "0 дней из 5"), ("ru", 1, "1 день из 5"),
     ("ru", 3, "3 дня из 5")],
)  # fmt: skip
def test_too_little_says_how_many_days_of_how_many(language, observed, words):
    strain = a_strain(None, None, parts={}, observed_days=observed)

    assert words in too_little(strain, language)
    assert report_caption(strain, course_of(language), "") == too_little(strain, language)


@pytest.mark.parametrize(("show", "language"), [*product(("course", "calendar"), LANGUAGES)])
def test_a_charts_caption_says_its_days_extremes_and_end(show, language):
    days = (a_day(20, load=0.91), a_day(10, load=0.12), a_day(0, load=0.45))

    numbers = sorted(re.findall(r"\d+", chart_caption(show, days, language)))

    assert numbers == sorted(["3", "2", "22", "12", "100", "12", "91", "2", "45"])


def test_a_chart_of_more_than_a_year_names_the_years():
    days = (a_day(365, load=0.2), a_day(0, load=0.4))

    assert "22 Nov 2025 – 22 Nov 2026" in chart_caption("course", days, "en")


@pytest.mark.parametrize(("show", "language"), [*product(("course", "calendar"), LANGUAGES)])
def test_a_chart_of_one_day_or_none(show, language):
    caption = chart_caption(show, (a_day(0, load=0.45),), language)

    assert caption.count("22") == caption.count("45") == 1
    assert chart_caption(show, (), language) == nothing_yet(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_last_reminder_says_that_it_is_the_last(language):
    first, last = (reminder(1, language, last=last).params["text"] for last in (False, True))

    assert "/settings" in last
    assert "/settings" not in first
    assert not re.search(r"streak|missed|forgot|should|серия|пропустил|забыл|должн|!", first + last)


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_lead_where_their_labels_say(language):
    reports = [send_message(1, "report", keyboard=report_keyboard(a_strain(30.0, band), language)) for band in BANDS]
    others = [
        reminder(1, language, last=False),
        alert(1, a_strain(), course_of(language)),
        unfinished(1, language),
    ]
    calls = [*reports, *others]

    buttons = [[parse_button(data) for data in buttons_of(call)] for call in calls]

    report, listen = (
        [Button("why", ()), Button("chart", ("calendar", 0)), Button("page", ()), Button("set", ()),
         Button("sees", ())],
        Button("support", ()),
    )  # fmt: skip
    assert buttons == [
        report,
        [*report, listen],
        [*report, listen],
        [*(Button("mood", (rating,)) for rating in range(1, 6)), Button("set", ())],
        [Button("report", ()), Button("set", ()), listen],
        [Button("report", ())],
    ]
    for call in calls:
        check_limits(call.method, call.params)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Your strain is above your own first weeks. Heavy days: 2 of 2 in the last week, 0 of 2 before."),
        ("ru", "напряжение выше, чем в ваши первые недели. Тяжёлых дней за неделю: 2 из 2, до этого 0 из 2."),
    ],
)
def test_a_notice_says_what_moved_if_anything_did(language, words):
    days = tuple(a_day(ago, load=0.7 if ago < 7 else 0.1, rating=2.0 if ago < 7 else 4.0) for ago in (9, 8, 1, 0))

    moved, still = (
        visible_text(alert(1, a_strain(days=each), course_of(language)).params, "text") for each in (days, days[:2])
    )

    assert f"{words}\n\n" in moved  # and nothing else that moved
    assert moved.count("\n") == still.count("\n") == 4
    assert words.partition(". ")[0] + ".\n\n" in still


def course_of(language):
    return structs.replace(course([]), settings=Settings(language=language))


def buttons_of(call):
    return [button["callback_data"] for row in call.params["reply_markup"]["inline_keyboard"] for button in row]
