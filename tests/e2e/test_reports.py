"""Reports through every part that a real one passes: the tick or a person's request, store, chart, Telegram."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from burnout.schedule import next_report, zone_of
from functions.report.shards import EVERY, shards_to_sweep
from functions.store.database import shard_of
from local.weeks import check_in_daily, tick
from tests.e2e.chats import ANSWER_S, hears

NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
DUE = next_report(6, 18, zone_of(None, "en"), NOW)
QUESTION = "how would you rate your level of burnout"


@pytest.fixture
def strained(stack, person):
    """Somebody with check-ins from three weeks ago to the coming Sunday."""
    check_in_daily(stack, person.id, lambda _: 0.7, NOW - timedelta(days=21), DUE - timedelta(hours=1))
    return person


def picture_of(telegram, message):
    return Image.open(BytesIO(telegram.content(message.file_id)))


def test_weekly_report_arrives_once_however_often_the_tick_comes(stack, strained, telegram):
    for late_min in (0, 15, 15, 30):
        tick(stack, DUE + timedelta(minutes=late_min))

    report = hears(strained, "Strain index")
    assert picture_of(telegram, report).size == (1080, 810)
    assert report.labels == ["💡 Why", "Calendar", "Page for a doctor", "Settings", "What I can see", "🤝 Support"]
    assert hears(strained, QUESTION).labels == ["1", "2", "3", "4", "5"]
    assert strained.read_all() == []


def test_report_on_demand_and_its_buttons(strained, telegram):
    strained.send_text("/report")
    report = hears(strained, "Strain index")
    assert picture_of(telegram, report).size == (1080, 810)

    assert strained.press(report, "Calendar").wait_for_notice(ANSWER_S) == "Drawing…"
    assert picture_of(telegram, hears(strained, "In the picture: a calendar")).width == 1080

    strained.press(report, "Settings").wait_for_notice(ANSWER_S)
    assert "Reminder" in hears(strained, "Weekly report: Sunday, 18:00").labels


def test_history_has_a_chart(strained, telegram):
    strained.send_text("/history")
    history = hears(strained, "Last 7 days")

    strained.press(history, "📈 Chart").wait_for_notice(ANSWER_S)

    assert picture_of(telegram, hears(strained, "In the picture")).size == (1080, 810)


def test_everything_that_is_kept_comes_as_a_file_that_opens(strained, telegram):
    strained.send_text("/history")
    hears(strained, "Last 7 days")
    strained.send_text("/export")

    given = next(message for message in iter(lambda: strained.wait_for_answer(ANSWER_S), None) if message.file_id)

    assert given.raw["document"]["file_name"].endswith(".zip")
    with zipfile.ZipFile(BytesIO(telegram.content(given.file_id))) as archive:
        data = json.loads(archive.read("data.json"))
        sheet = archive.read("check_ins.csv").decode("utf-8-sig").splitlines()
    assert data["people"][0]["user_id"] == strained.id
    assert len(data["check_ins"]) == len(sheet) - 1 > 5


def test_a_run_half_a_year_ahead_of_the_clock_deletes_nothing(stack, strained, telegram):
    runs = (DUE + timedelta(days=200) + n * EVERY for n in range(96))
    tick(stack, next(at_utc for at_utc in runs if shard_of(strained.id) in shards_to_sweep(at_utc)))
    strained.read_all()

    strained.send_text("/export")
    given = next(message for message in iter(lambda: strained.wait_for_answer(ANSWER_S), None) if message.file_id)

    with zipfile.ZipFile(BytesIO(telegram.content(given.file_id))) as archive:
        assert len(json.loads(archive.read("data.json"))["check_ins"]) > 5
