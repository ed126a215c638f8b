"""The ZIP of an export, opened as a person opens it: as JSON, and as a sheet where nothing may be a formula."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.export.archive import TableRows, archive

MADE = datetime(2026, 11, 26, 11, 30, 6, tzinfo=UTC)
FORMULAS = [
    "\tx",
    "\rx",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0@x",
    "＝1",
    "－1",
]
PLAIN = ["", "ok", "1=1", "a-b", "a@b", "'=1", 'say "hi", twice', "two\r\nlines", "привет", "👍", "\x00", "a;b\tc"]
CELLS = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)


def opened(*rows, columns=("a", "b"), language="en"):
    return zipfile.ZipFile(io.BytesIO(archive({"people": TableRows(columns, rows)}, "Hello\nпривет\n", MADE, language)))


def sheet(content):
    """A CSV as a spreadsheet reads it: with its mark, its lines, and nothing of Python's leniency."""
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_the_files_are_there_and_whole():
    files = opened((1, "x"))

    assert files.testzip() is None
    assert files.namelist() == ["README.txt", "data.json", "people.csv"]
    assert {file.date_time for file in files.infolist()} == {(2026, 11, 26, 11, 30, 6)}
    assert {file.external_attr >> 16 for file in files.infolist()} == {0o644}


def test_the_same_rows_at_the_same_time_are_the_same_bytes():
    tables = {"people": TableRows(("a",), [("x",)] * 100)}

    assert archive(tables, "r", MADE, "en") == archive(tables, "r", MADE, "en")


def test_readme_is_text_for_every_editor():
    assert opened().read("README.txt") == "\ufeffHello\r\nпривет\r\n".encode()


def test_a_table_is_utf_8_with_its_mark_and_ends_its_lines_as_rfc_4180_says():
    assert opened((1, "x"), (None, "é")).read("people.csv") == "\ufeffa,b\r\n1,x\r\n,é\r\n".encode()


def test_numbers_stay_numbers_and_json_is_an_object():
    files = opened((-5, -0.25, '{"mvp": {"negative": 0.68}}'), columns=("n", "share", "models_json"))

    assert json.loads(files.read("data.json")) == {
        "people": [{"n": -5, "share": -0.25, "models_json": {"mvp": {"negative": 0.68}}}]
    }
    assert sheet(files.read("people.csv"))[1] == ["-5", "-0.25", '{"mvp": {"negative": 0.68}}']


def test_a_russian_spreadsheet_gets_its_own_separators():
    table = opened((-0.25, "a;b"), (1e-07, "c,d"), language="ru").read("people.csv")

    assert table == '\ufeffa;b\r\n-0,25;"a;b"\r\n1e-07;c,d\r\n'.encode()


def test_what_should_be_json_and_is_not_is_handed_out_as_it_is():
    assert json.loads(opened(("{broken",), columns=("answer_json",)).read("data.json")) == {
        "people": [{"answer_json": "{broken"}]
    }


@pytest.mark.parametrize("words", FORMULAS)
def test_no_text_is_a_formula_in_a_spreadsheet_and_json_has_it_as_it_is(words):
    files = opened((1, words))

    assert sheet(files.read("people.csv"))[1] == ["1", f"'{words}"]
    assert json.loads(files.read("data.json"))["people"][0]["b"] == words


@pytest.mark.parametrize("words", PLAIN)
def test_other_texts_stay_as_they_are(words):
    assert sheet(opened((1, words)).read("people.csv"))[1] == ["1", words]


def test_tables_without_rows_have_their_columns():
    files = opened()

    assert sheet(files.read("people.csv")) == [["a", "b"]]
    assert json.loads(files.read("data.json")) == {"people": []}


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_whatever_is_kept_comes_out_again(rows):
    files = opened(*rows)

    assert json.loads(files.read("data.json"))["people"] == [{"a": a, "b": b} for a, b in rows]
    read = sheet(files.read("people.csv"))[1:]
    assert len(read) == len(rows)
    for row, cells in zip(rows, read, strict=True):
        for value, cell in zip(row, cells, strict=True):
            assert as_kept(cell, value)


def as_kept(cell, value):
    """Whether a spreadsheet's cell says what is kept."""
    if value is None:
        return cell == ""
    if isinstance(value, str):
        return cell in {value, f"'{value}"} and not cell.lstrip().startswith(tuple("=+-@"))
    return type(value)(cell) == value
