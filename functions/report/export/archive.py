"""A person's rows as one ZIP: what they mean, all of them as JSON, and each table for a spreadsheet.

Pure and in memory: the same rows at the same time give the same bytes. It knows neither the store nor Telegram.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, TextIOWrapper
from typing import Any, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from babel.numbers import get_decimal_symbol

from burnout.values import Language

README: Final = "README.txt"
DATA: Final = "data.json"
_JSON_COLUMNS: Final = "_json"  # the end of the name of a column that holds JSON
# A spreadsheet takes a text that begins with one of these as a formula, spaces before it or not (OWASP, CSV injection);
# the last four are East Asian twins of the first.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS: Final = ("\t", "\r", "\n")
_UNIX: Final = 3  # ZIP's number of the system that made it: by default it would be this machine's
_READABLE: Final = 0o644 << 16


@dataclass(frozen=True)
class TableRows:
    """A person's rows of one table, with its columns' names."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def archive(tables: Mapping[str, TableRows], readme: str, made_utc: datetime, language: Language) -> bytes:
    """The ZIP: README.txt, data.json, and a CSV for each table, as spreadsheets in that language expect it."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as target:
        _write(target, README, (line.replace("\n", "\r\n") for line in ("\ufeff", readme)), made_utc)
        _write(target, DATA, _json_of(tables), made_utc)
        for table, rows in tables.items():
            _write_csv(target, f"{table}.csv", rows, made_utc, get_decimal_symbol(language))
    return content.getvalue()


def _write(target: ZipFile, name: str, parts: Iterable[str], made_utc: datetime) -> None:
    with target.open(_entry(name, made_utc), "w") as file:
        for part in parts:
            file.write(part.encode())


def _write_csv(target: ZipFile, name: str, rows: TableRows, made_utc: datetime, decimal_mark: str) -> None:
    """RFC 4180, with the mark by which spreadsheets know UTF-8.

    Where decimals have a comma, spreadsheets split columns at a semicolon; at a comma they would not split them.
    """
    with (
        target.open(_entry(name, made_utc), "w") as file,
        TextIOWrapper(file, encoding="utf-8-sig", newline="") as lines,
    ):
        sheet = csv.writer(lines, delimiter=";" if decimal_mark == "," else ",", lineterminator="\r\n")
        sheet.writerow(rows.columns)
        sheet.writerows([_cell(value, decimal_mark) for value in row] for row in rows.rows)


def _entry(name: str, made_utc: datetime) -> ZipInfo:
    entry = ZipInfo(name, made_utc.timetuple()[:6])
    entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _READABLE, ZIP_DEFLATED
    return entry


def _cell(value: object, decimal_mark: str) -> object:
    """What stands in a spreadsheet: numbers as it writes them, and texts that no spreadsheet takes for a formula."""
    if isinstance(value, float):
        return str(value).replace(".", decimal_mark)
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(_BREAKS) or value.lstrip().startswith(_FORMULA_STARTS) else value


def _json_of(tables: Mapping[str, TableRows]) -> Iterable[str]:
    """One object: a list of rows for each table, a row on each line."""
    before_table = "{\n"
    for table, rows in tables.items():
        yield f'{before_table}"{table}": ['
        before_row = "\n"
        for row in rows.rows:
            named = {column: _decoded(column, value) for column, value in zip(rows.columns, row, strict=True)}
            yield before_row + msgspec.json.encode(named).decode()
            before_row = ",\n"
        yield "\n]"
        before_table = ",\n"
    yield "\n}\n"


def _decoded(column: str, value: object) -> object:
    if not column.endswith(_JSON_COLUMNS) or not isinstance(value, str):
        return value
    try:
        return cast("object", msgspec.json.decode(value))
    except msgspec.DecodeError:  # then it is a text
        return value
