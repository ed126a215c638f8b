"""A shard of people that the first version left is brought forward whole, and nobody is forgotten or woken."""

from datetime import UTC, datetime, timedelta

import pytest

from burnout.store.check_ins import ReadHistory, ReadLast
from burnout.store.people import ReadSettings, Settings
from functions.store.database import shipped_schema, transaction
from functions.store.operations import run
from tests.integration.store.conftest import USER, read

BEFORE = """
INSERT INTO people VALUES (7, 70, 'en', 1, '2026-03-02T12:00:05Z', 1);
INSERT INTO people VALUES (162, 162, 'ru', 1, '2026-03-02T12:00:05Z', 1);
INSERT INTO people VALUES (163, 163, 'ru', 1, '2026-03-02T12:00:05Z', 0);
INSERT INTO check_ins VALUES (7, 1101, 101, '2026-03-02T12:00:05Z', '2026-03-02T12:00:06Z', 'mvp', 0.68, 'negative',
  '{"mvp": {"negative": 0.68, "label": "negative", "emotions": {"happy": 0.32, "sad": 0.68}}}', '{}', 120.5, 0.45);
INSERT INTO feedback VALUES (7, 1101, 0, 'fear', '2026-03-02T12:01:00Z');
INSERT INTO self_ratings VALUES (7, 1101, 2, '2026-03-02T12:01:00Z');
INSERT INTO failures VALUES (7, 102, 1, '2026-03-02T12:00:05Z', '2026-03-02T12:00:05Z', 'infer', 'Timeout', 0);
"""


@pytest.fixture
def old(tmp_path, clock):
    """A folder with one shard of the first version, with everything that it could hold for a person."""
    first = clock.access(schema=lambda: shipped_schema()[:1])
    lines = [f"{line};" for line in BEFORE.split(";\n") if line.strip()]
    transaction(tmp_path, USER, lambda connection: [connection.execute(line) for line in lines], first)
    return tmp_path


def ask(root, operation):
    at_utc = datetime(2026, 3, 3, 12, tzinfo=UTC)
    return transaction(root, USER, lambda connection: run(connection, operation, at_utc))


def test_every_row_and_every_value_is_still_there(old, clock):
    def content(access):
        tables = ("people", "check_ins", "feedback", "self_ratings", "failures")
        return [read(old, f"SELECT * FROM {table} ORDER BY 1", access) for table in tables]

    before = content(clock.access(schema=lambda: shipped_schema()[:1]))
    after = content(clock.access())

    assert read(old, "PRAGMA user_version") == [(len(shipped_schema()),)]
    assert read(old, "PRAGMA integrity_check") == [("ok",)]
    for rows, brought in zip(before, after, strict=True):
        assert rows
        assert [row[: len(was)] for row, was in zip(brought, rows, strict=True)] == rows


def test_what_was_there_reads_as_if_it_had_always_had_the_defaults(old):
    assert ask(old, ReadSettings(user_id=7)).settings == Settings(language="en")

    last = ask(old, ReadLast(user_id=7)).check_in
    assert (last.self_rating, last.agrees, last.corrected, last.hidden) == (2, False, "fear", False)
    assert [day.rating_sum for day in ask(old, ReadHistory(user_id=7)).days] == [2]
    assert read(old, "SELECT blind_rating FROM self_ratings") == [(None,)]


def test_who_can_be_reached_gets_a_report_on_a_coming_sunday_evening_where_their_language_is_spoken(old):
    rows = read(old, "SELECT user_id, next_report_at_utc FROM people ORDER BY user_id")

    ((now,),) = read(old, "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")
    now_utc = datetime.fromisoformat(now)
    due = {user_id: at and datetime.fromisoformat(at) for user_id, at in rows}
    assert due[163] is None
    assert (due[7].weekday(), due[7].hour, due[162].weekday(), due[162].hour) == (6, 18, 6, 15)
    for user_id in (7, 162):
        assert now_utc < due[user_id] < now_utc + timedelta(days=8)
        assert due[user_id].date() != now_utc.date()
    assert read(old, "SELECT count(*) FROM people WHERE next_reminder_at_utc IS NOT NULL") == [(0,)]
