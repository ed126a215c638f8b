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


def test_next_weeks_report_says_what_has_changed(stack, person):
    start, end = NOW - timedelta(days=21), DUE + timedelta(days=7, hours=-1)
    check_in_daily(stack, person.id, lambda week: max(0.2, 0.9 - 0.2 * week), start, end)

    tick(stack, DUE)
    hears(person, "Strain index")
    hears(person, QUESTION)
    tick(stack, DUE + timedelta(days=7))

    hears(person, "below your last report")


def test_week_with_too_little_data_says_what_is_missing(stack, person):
    tick(stack, DUE)

    hears(person, "0 days of 5")
    assert person.read_all() == []


def test_blocked_person_does_not_hold_up_the_others(stack, strained, telegram):
    blocked = telegram.person(first_name="Gone")
    blocked.send_text("/start")
    agree = blocked.wait_for_answer(ANSWER_S)
    blocked.press(agree, "✅ I am 18+ and I agree").wait_for_notice(ANSWER_S)
    blocked.send_text("/timezone UTC")
    assert telegram.wait_until_delivered(ANSWER_S)
    blocked.read_all()
    blocked.block()
    assert telegram.wait_until_delivered(ANSWER_S)

    tick(stack, DUE)

    hears(strained, "Strain index")
    assert blocked.read_all() == []


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


def test_the_worst_answer_to_the_weekly_question_shows_help_at_once(stack, strained):
    tick(stack, DUE)
    hears(strained, "Strain index")

    question = hears(strained, QUESTION)
    strained.press(question, "5").wait_for_notice(ANSWER_S)

    hears(strained, "findahelpline.com")


def test_undo_takes_back_the_last_entry_and_no_other(strained):
    strained.send_text("/history")
    before = hears(strained, "Last 7 days").text

    strained.send_text("/undo")
    strained.press(hears(strained, "Delete your last entry"), "🗑 Delete").wait_for_notice(ANSWER_S)

    hears(strained, "The entry is deleted")
    strained.send_text("/history")
    assert hears(strained, "Last 7 days").text != before


def test_report_asked_for_twice_by_one_update_is_drawn_once(stack, strained, telegram):
    event = {"op": "request", "user_id": strained.id, "update_id": 77, "show": "report"}

    for _ in range(2):
        stack.dispatch.invoke("report", json.dumps(event).encode())

    hears(strained, "Strain index")
    assert strained.read_all() == []


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


def test_no_log_of_the_report_has_token_person_or_words(stack, strained):
    tick(stack, DUE)
    hears(strained, "Strain index")

    log = (stack.data_dir / "logs" / "report.log").read_text(errors="replace")

    assert '"message":"report"' in log
    assert "Strain" not in log
    assert stack.options.bot.token not in log
    assert str(strained.id) not in log
