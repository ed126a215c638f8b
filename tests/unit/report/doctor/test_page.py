"""The page for a doctor, opened as a reader of PDF opens it: its words, its fonts, and what is seen of it."""

import io
import sys
from dataclasses import replace
from datetime import timedelta

import pypdf
import pypdfium2
import pytest
from msgspec.structs import replace as changed
from PIL import ImageChops

from burnout.store.days import FACTORS
from burnout.store.inventories import Inventory
from burnout.store.people import Settings
from burnout.store.reports import CourseDay, LastReport
from burnout.texts import text
from functions.report.doctor.facts import longest_gap
from functions.report.doctor.message import page_facts
from functions.report.doctor.page import draw_page
from functions.report.doctor.sheet import EDGE_PT
from tests.unit.burnout.strain.courses import TODAY, a_day, check_in, course

MARGIN_PT = EDGE_PT - 10  # into which pictures may reach
LONGEST = ("достопримечательность" * 12, "На следующий день после отметки «слишком много дел»: " * 4, "Это совпадает.")


def told(days_ago):
    day = (TODAY - timedelta(days=days_ago)).isoformat()
    return CourseDay(day=day, energy=None, sleep=3, factors=FACTORS[: 1 + days_ago % 6])


def facts_of(days=90, *, findings=(), rating=2, skipped=(), **changes):
    """A person who sends a photo each day, rates it, and tells of the day."""
    observed = [ago for ago in range(days) if ago not in skipped]
    check_ins = [changed(check_in(ago, negative=0.5, rating=rating), photo=True) for ago in reversed(observed)]
    whole = changed(course(check_ins), days=tuple(told(ago) for ago in reversed(observed)), **changes)
    facts = page_facts(whole, TODAY)
    assert facts is not None
    return replace(facts, findings=findings)


def reader(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf):
    """The words in the order in which they were written, one space between two."""
    return " ".join(reader(pdf).pages[0].extract_text().split())


def words_elsewhere(pdf):
    """By another reader."""
    return " ".join(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().split())


def fonts(pdf):
    return [font.get_object() for font in reader(pdf).pages[0]["/Resources"]["/Font"].values()]


def seen(pdf):
    """The left, top, right and bottom of all ink, in points."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("L")
    return picture.size, ImageChops.invert(picture).getbbox()


def stays_within_the_margins(pdf):
    (width, height), (left, top, right, bottom) = seen(pdf)
    return min(left, top, width - right, height - bottom) >= MARGIN_PT


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "Well-being diary, 1 Sep – 29 Nov 2026|Strain now: high (index 62 of 100)"
            "|In the last weekly report, 22 Nov: 38.|62 ↑ high"
            "|Own rating (1 very bad, 5 very good) 2.0 (28 days) 2.0 (25 days) 2.0 (30 days)"
            "|too much to do: 83 · overtime: 69 · conflict: 56 · little say: 42 · not valued: 28 How"
            "|46 (10 Jun) · 50 (10 Jul) · 54 (10 Aug) · 58 (10 Sep) · 42 (10 Oct)"
            "|Days with an entry: 83 of 90; longest gap: 7 days.|Photos: 83, of them counted: 83."
            "|strain of 83 days with both: 75 by the person’s own word alone, 65 with the photos.",
        ),
        (
            "ru",
            "Дневник самочувствия, 1 сент. – 29 нояб. 2026|Напряжение сейчас высокое: индекс 62 из 100"
            "|неделю (22 нояб.): 38.|62 ↑ высокое"
            "|Плохие ночи 0 из 28 0 из 25 0 из 30|Тяжёлые дни (напряжение от 50) 28 из 28 25 из 25 30 из 30"
            "|Дни с отметками: 83 из 90; самый долгий перерыв: 7 дней.|Фото: 83, из них учтено: 83."
            "|за 83 дня, где есть и то и другое: 75 по словам самого человека, 65 вместе с фото.",
        ),
    ],
)
def test_the_page_is_one_a4_below_300_kb_with_text_and_embedded_cyrillic(language, expected):
    scores = tuple(Inventory(day=f"2026-{month:02}-10", answers=f"22222{month % 5}") for month in range(5, 11))
    last = LastReport(sent_at_utc=check_in(7).observed_at_utc, index=38.4)
    facts = facts_of(skipped=range(55, 62), last_report=last, inventories=scores, findings=("A &amp; b.", "Caution."))

    pdf = draw_page(facts, language)

    pages = reader(pdf).pages
    assert (len(pages), [round(float(side)) for side in pages[0].mediabox[2:]]) == (1, [595, 842])
    assert len(pdf) < 300_000
    for found in (words(pdf), words_elsewhere(pdf)):
        for sentence in (*expected.split("|"), "A & b. Caution.", text("doctor_not", language)):
            assert sentence in found
        assert found.count(" · ") == 8  # between five factors, and between five scores
    assert {(font["/Subtype"], "/ToUnicode" in font) for font in fonts(pdf)} == {("/Type0", True)}
    for font in fonts(pdf):
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert 0 < len(descriptor["/FontFile2"].get_data()) < 60_000  # whole, it has 700,000 bytes
    assert stays_within_the_margins(pdf)


def test_the_longest_words_stay_on_the_page():
    facts = facts_of(findings=LONGEST, inventories=(Inventory(day="2026-09-30", answers="444444"),) * 9)

    pdf = draw_page(facts, "ru")

    assert stays_within_the_margins(pdf)
    assert LONGEST[0] in words(pdf).replace(" ", "")
    assert text("doctor_not", "ru") in words(pdf)


def test_a_page_of_one_day_says_what_an_index_needs_and_what_was_not_told_is_a_dash():
    facts = page_facts(course([check_in(0, rating=2)]), TODAY)

    pdf = draw_page(facts, "ru")

    found = words(pdf)
    assert "Индекса сейчас нет: нужно 5 дней с отметками из 14" in found
    assert "Дни с отметками: 1 из 1; самый долгий перерыв: 0 дней. Без фото." in found
    assert "Силы (1 – без сил, 5 – полно сил) – Плохие ночи – Тяжёлые дни (напряжение от 50) 1 из 1" in found
    assert stays_within_the_margins(pdf)


def test_nothing_is_written_to_disk_and_the_same_course_is_the_same_file_without_a_date_or_a_person():
    facts = facts_of(9, pseudonym="pseudonym-7", settings=Settings(language="en", time_zone="Asia/Tokyo"))
    before, opened, watching = draw_page(facts, "en"), [], [True]
    sys.addaudithook(lambda event, args: event == "open" and watching and opened.append(args))  # it stays for ever

    pdf = draw_page(facts, "en")
    watching.clear()

    assert [path for path, mode, _ in opened if mode and set(mode) & set("wax+")] == []
    assert pdf == before
    assert set(reader(pdf).metadata) <= {"/Title", "/Creator", "/Producer"}
    for secret in ("pseudonym-7", "Tokyo"):
        assert secret.encode() not in pdf
        assert secret not in words(pdf)


@pytest.mark.parametrize(("days_ago", "gap"), [([9, 8, 0], 7), ([5], 5), ([9, 5, 1], 3), (range(10), 0)])
def test_the_longest_gap_lies_before_between_or_after_the_days(days_ago, gap):
    days = [a_day(ago).day for ago in sorted(days_ago, reverse=True)]

    assert longest_gap(days, a_day(9).day, a_day(0).day) == gap


@pytest.mark.parametrize(("days", "periods"), [(1, [1]), (30, [30]), (31, [1, 30]), (180, [30, 30, 30])])
def test_the_page_has_three_columns_of_thirty_days_from_the_first_entry_on(days, periods):
    facts = facts_of(days)

    assert [len(each.heavy_days) for each in facts.periods] == periods
    assert facts.factors[0] == ("overload", sum(periods))
    assert facts.chart.first_day == TODAY - timedelta(days=min(days, 90) - 1)
