"""Everything that is kept about a person comes to them in one file, once, in their language."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing

import pytest

from burnout.errors import TransientError
from burnout.store.check_ins import Begin, Fail, GiveFeedback
from burnout.store.days import KeepMood, TellDay
from burnout.store.inventories import KeepInventory
from burnout.store.people import ChangeSettings
from burnout.store.privacy import TABLES, SetDonating
from burnout.store.reports import AnswerWeek, StartSending
from burnout.texts import LANGUAGES
from functions.report.export import message
from functions.report.export.archive import TableRows
from functions.report.export.readme import readme
from functions.store.database import shard_file, shard_of
from functions.store.operations import perform
from tests.unit.report.office import DOWN, SUNDAY
from tests.unit.store.samples import agree, record

HOSTILE = "=cmd|' /C calc'!A0"
COLUMN = re.compile(r"^ {4}(\w+): \S", re.M)


@pytest.fixture
def files(office):
    """What the newest export of a person holds, by name."""

    def ask(user_id, update_id=900, at_utc=SUNDAY):
        assert office.request(user_id, "export", update_id=update_id, at_utc=at_utc) == {"sent": 1}
        archive = zipfile.ZipFile(io.BytesIO(office.telegram.pictures[-1][1]))
        return {name: archive.read(name) for name in archive.namelist()}

    return ask


def kept(office, user_id):
    """The rows of a person as SQLite has them."""
    with closing(sqlite3.connect(shard_file(office.root, shard_of(user_id)))) as database:
        database.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in database.execute(f"SELECT * FROM {table} WHERE user_id = ?", (user_id,))]
            for table in TABLES
        }


def busy_person(office, user_id, language="en"):
    """Somebody with rows in every table."""
    office.person(user_id, days=3, language=language)
    for operation in (
        GiveFeedback(user_id=user_id, message_id=user_id * 1000, agrees=False, corrected="sad"),
        KeepMood(user_id=user_id, observed_at_utc=office.now_utc, rating=2),
        TellDay(user_id=user_id, day=f"{office.now_utc:%Y-%m-%d}", fact="energy", value=2),
        AnswerWeek(user_id=user_id, week="2026-W47", answer=2),
        KeepInventory(user_id=user_id, answers="012343"),
        Fail(user_id=user_id, update_id=user_id * 1000 + 77, stage="infer", error_type="TimeoutError"),
        ChangeSettings(user_id=user_id, time_zone="Pacific/Auckland", update_id=user_id),
        record(user_id * 1000 + 78, user_id=user_id, media_group_id=HOSTILE, check_in=None, outcome="refused"),
    ):
        perform(office.root, operation, office.now_utc)
    office.request(user_id, "report", update_id=user_id, at_utc=office.now_utc)
    return user_id


def test_everything_in_every_table_is_in_the_file_and_nobody_elses(office, files):
    busy_person(office, 1)
    other = next(user_id for user_id in range(2, 2000) if shard_of(user_id) == shard_of(1))
    busy_person(office, other)
    expected = kept(office, 1)
    assert all(expected.values())

    given = files(1)

    data = json.loads(given["data.json"])
    assert list(data) == list(TABLES)
    for table, rows in expected.items():
        for row in rows:
            row |= {name: json.loads(value) for name, value in row.items() if name.endswith("_json")}
        assert data[table] == rows
        sheet = list(csv.DictReader(io.StringIO(given[f"{table}.csv"].decode("utf-8-sig"), newline=""), strict=True))
        assert len(sheet) == len(rows)
        assert all(list(row) == list(rows[0]) for row in sheet)
    assert {row["user_id"] for rows in data.values() for row in rows} == {1}


@pytest.mark.parametrize(("language", "word"), [("en", "Made on 22 Nov 2026"), ("ru", "Сделано 22 нояб. 2026")])
def test_file_and_readme_have_the_persons_own_day_and_language(office, files, language, word):
    busy_person(office, 1, language)  # where it is Monday already

    words = files(1)["README.txt"].decode("utf-8-sig")

    _, method, caption = office.telegram.sent[-1]
    assert (method, office.telegram.pictures[-1][0]) == ("sendDocument", "burnout-export-2026-11-23.zip")
    assert "/delete" in caption
    assert {line.isascii() for line in caption.splitlines()} == {language == "en"}
    assert f"{word} " in words
    assert "Pacific/Auckland" in words
    assert "\ndata.json: " in words
    assert not {"&", "<"} & set(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_readme_explains_exactly_the_columns_of_the_schema(office, language):
    office.person(1)
    with closing(sqlite3.connect(shard_file(office.root, shard_of(1)))) as database:
        schema = {table: [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")] for table in TABLES}
        with_people = {
            table
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if any(name == "user_id" for _, name, *_ in database.execute(f"PRAGMA table_info({table})"))
        }
    assert with_people == set(TABLES)

    words = readme({table: TableRows(tuple(names), []) for table, names in schema.items()}, None, language, SUNDAY)

    explained = {
        part.partition(".csv: ")[0]: COLUMN.findall(part) for part in words.split("\n\n") if ".csv: " in part[:40]
    }
    assert explained == schema


def test_a_given_photo_is_listed_by_its_name(office, files):
    perform(office.root, agree(user_id=1, chat_id=1), office.now_utc)
    perform(office.root, SetDonating(user_id=1, donating=True), office.now_utc)
    folder = perform(office.root, Begin(user_id=1, update_id=5), office.now_utc).photo_folder
    perform(office.root, record(5, user_id=1, photo_folder=folder), office.now_utc)

    given = files(1)

    assert folder.startswith("donated/")
    assert [row["photo_key"] for row in json.loads(given["data.json"])["check_ins"]] == [f"{folder}5"]


def test_somebody_without_any_entry_has_a_file_with_their_settings(office, files):
    office.person(1, days=0)

    data = json.loads(files(1)["data.json"])

    assert [len(data[table]) for table in TABLES] == [1, *[0] * (len(TABLES) - 1)]


def test_who_agreed_to_an_older_notice_has_their_file_too(office, files):
    perform(office.root, agree(user_id=1, chat_id=1, version=1), office.now_utc)

    assert json.loads(files(1)["data.json"])["people"][0]["consent_version"] == 1


def test_many_pages_are_one_table(office, files):
    office.person(1, days=120)
    asked = []
    office.page = 50
    office.before = lambda operation: asked.append(getattr(operation, "table", None))

    data = json.loads(files(1)["data.json"])

    assert asked.count("check_ins") == 3
    assert len({row["message_id"] for row in data["check_ins"]}) == 120


def test_an_unknown_person_hears_that_nothing_is_kept(office):
    assert office.request(1, "export") == {"gone": 1}

    ((_, method, words),) = office.telegram.sent
    assert method == "sendMessage"
    assert "nothing to hand out" in words
    assert "отдать нечего" in words


def test_an_unknown_person_is_told_when_telegram_is_back(office):
    office.telegram.failing[1].extend([DOWN] * 3)
    with pytest.raises(TransientError):
        office.request(1, "export")

    office.request(1, "export")

    assert len(office.telegram.sent) == 1


def test_somebody_who_is_erased_while_the_file_is_made_gets_none(office):
    office.person(1)
    office.before = lambda operation: office.erase(1) if isinstance(operation, StartSending) else None

    assert office.request(1, "export") == {"not_granted": 1}
    assert office.telegram.tried == 0


def test_a_file_that_telegram_would_not_take_is_a_sentence_that_says_what_to_do(office, monkeypatch):
    office.person(1)
    monkeypatch.setattr(message, "LIMIT_BYTES", 101_000)

    assert office.request(1, "export") == {"skipped": 1}
    assert office.telegram.to(1) == ["sendMessage"]
    assert "/privacy" in office.telegram.sent[0][2]
