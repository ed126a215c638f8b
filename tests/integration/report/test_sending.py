"""Reports over HTTP to the fake Telegram: what arrives, and what comes of each of Telegram's moods."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from burnout.errors import TelegramRejectedError, TelegramSilentError, TelegramUnavailableError
from burnout.store.people import ChangeSettings
from burnout.telegram.calls import chat_action, send_message
from burnout.telegram.client import TelegramClient
from functions.store.operations import perform
from local.http_server import HttpServer
from local.telegram.faults import Fault
from tests.unit.report.office import AGREED, SUNDAY, later
from tests.unit.store.samples import new_check_in, record


def received(person):
    """Pictures and words that arrived: "photo" or "text", in order."""
    return ["photo" if "photo" in message.raw else "text" for message in person.read_all()]


@pytest.mark.parametrize(("language", "word"), [("en", "Strain index"), ("ru", "Индекс")])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_report_arrives_as_a_picture_with_words_and_buttons(telegram, office, language, word, theme):
    anna = office.newcomer(telegram, language=language)
    perform(office.root, ChangeSettings(user_id=anna.id, theme=theme), office.now_utc)

    assert office.tick() == {"sent": 1}

    (message,) = anna.read_all()
    assert word in message.raw["caption"]
    assert message.raw["reply_markup"]["inline_keyboard"]
    assert telegram.content(message.raw["photo"][-1]["file_id"])


@pytest.mark.parametrize("show", ["report", "course", "calendar"])
def test_what_is_asked_for_arrives(telegram, office, show):
    anna = office.newcomer(telegram)

    assert office.request(anna.id, show) == {"sent": 1}
    assert received(anna) == ["photo"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_export_arrives_as_a_file_that_opens(telegram, office, language):
    anna = office.newcomer(telegram, language=language)

    assert office.request(anna.id, "export") == {"sent": 1}

    (message,) = anna.read_all()
    assert message.raw["document"]["file_name"] == "burnout-export-2026-11-22.zip"
    with zipfile.ZipFile(io.BytesIO(telegram.content(message.file_id))) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("data.json"))["people"][0]["user_id"] == anna.id


def test_a_stranger_who_asks_for_everything_hears_that_there_is_nothing(telegram, office):
    stranger = telegram.person()
    stranger.send_text("/start")

    assert office.request(stranger.id, "export") == {"gone": 1}
    assert received(stranger) == ["text"]


@pytest.mark.parametrize(
    ("fault", "endings"),
    [
        (Fault.server_error(), ["sent", "not_granted"]),
        (Fault.too_many(5), ["sent", "not_granted"]),
        (Fault.lost_response(), ["unanswered", "not_granted"]),
        (Fault.hang(0.2), ["unanswered", "not_granted"]),
        (Fault.deactivated(), ["unreachable", "not_granted"]),
    ],
)
def test_an_export_comes_once_at_most_whatever_telegram_does(telegram, office, fault, endings):
    anna = office.newcomer(telegram)
    telegram.faults.add(fault, method="sendDocument")

    assert [office.request(anna.id, "export") for _ in range(2)] == [{ending: 1} for ending in endings]
    assert len(anna.read_all()) <= 1


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_alert_arrives_with_its_buttons(telegram, office, language):
    anna = office.newcomer(telegram, language=language, days=0)
    choices = ChangeSettings(user_id=anna.id, alerts=True, reports=False, time_zone="Etc/UTC")
    perform(office.root, choices, office.now_utc)
    for day, negative in enumerate([0.1] * 14 + [0.9] * 6):
        seen = new_check_in(negative, observed_at_utc=AGREED + timedelta(days=day))
        perform(office.root, record(day, user_id=anna.id, check_in=seen), AGREED + timedelta(days=day))

    assert office.tick(AGREED + timedelta(days=19, hours=3)) == {"alerts": 1}

    (message,) = anna.read_all()
    assert [row[0]["callback_data"] for row in message.raw["reply_markup"]["inline_keyboard"]] == [
        "v1:report",
        "v1:set",
    ]


def test_a_blocked_bot_is_noticed(telegram, office):
    anna, boris = office.newcomer(telegram), office.newcomer(telegram)
    anna.block()

    assert office.tick() == {"unreachable": 1, "sent": 1}
    assert office.tick(SUNDAY + timedelta(days=7)) == {"sent": 1}
    assert (received(anna), received(boris)) == ([], ["photo", "photo"])


@pytest.mark.parametrize("fault", [Fault.deactivated(), Fault.chat_not_found()])
def test_an_account_that_is_gone_is_noticed(telegram, office, fault):
    anna = office.newcomer(telegram)
    telegram.faults.add(fault, method="sendPhoto")

    assert [office.tick(), office.tick(later())] == [{"unreachable": 1}, {}]
    assert received(anna) == []


def test_too_many_requests_is_waited_for(telegram, office):
    anna = office.newcomer(telegram)
    telegram.faults.add(Fault.too_many(17), method="sendPhoto")
    started_s = office.clock()

    assert office.tick() == {"sent": 1}
    assert office.clock() - started_s >= 17
    assert received(anna) == ["photo"]


def test_a_server_error_is_tried_again(telegram, office):
    anna = office.newcomer(telegram)
    telegram.faults.add(Fault.server_error(), method="sendPhoto", times=2)

    assert office.tick() == {"sent": 1}
    assert received(anna) == ["photo"]


def test_a_lost_answer_brings_a_note_and_no_second_report(telegram, office):
    anna = office.newcomer(telegram)
    telegram.faults.add(Fault.lost_response(), method="sendPhoto")

    assert [office.tick(later(runs)) for runs in range(3)] == [{"unanswered": 1}, {"noted": 1}, {}]
    assert received(anna) == ["photo", "text"]


def test_a_read_that_hangs_and_ends_without_an_answer_brings_a_note(telegram, office):
    anna = office.newcomer(telegram)
    telegram.faults.add(Fault.hang(0.2), method="sendPhoto")

    assert [office.tick(later(runs)) for runs in range(3)] == [{"unanswered": 1}, {"noted": 1}, {}]
    assert received(anna) == ["text"]


def test_the_note_has_a_button_that_brings_the_report(telegram, office):
    anna = office.newcomer(telegram)
    telegram.faults.add(Fault.hang(0.2), method="sendPhoto")
    office.tick()
    office.tick(later())

    (note,) = anna.read_all()

    assert note.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "v1:report"


def test_a_refused_token_stops_everything_and_loses_nothing(telegram, office):
    anna = office.newcomer(telegram)
    mine, office.client = office.client, TelegramClient(telegram.token + "x", telegram.url)

    with pytest.raises(TelegramRejectedError, match="401"):
        office.tick()

    office.client.close()
    office.client = mine
    assert office.tick(later()) == {"sent": 1}
    assert received(anna) == ["photo"]


def test_telegram_down_for_an_hour_in_the_middle_costs_nobody_a_report(telegram, office):
    people = [office.newcomer(telegram) for _ in range(7)]
    for person in people[1:]:
        telegram.faults.add(Fault.server_error(), method="sendPhoto", chat_id=person.id, times=10_000)

    first = office.tick()
    during = [office.tick(later(runs)) for runs in (1, 2, 3)]
    telegram.faults.clear()
    office.tick(later(4))

    # One could be reached all the time, but a run may give up on Telegram before it is their turn.
    assert first["sent"] + sum(count["sent"] for count in during) <= 1
    assert [received(person) for person in people] == [["photo"]] * 7


def test_reminders_and_notes_are_well_formed_in_both_languages(telegram, office):
    for language in ("en", "ru"):
        anna = office.newcomer(telegram, language=language, days=0)
        wish = ChangeSettings(user_id=anna.id, reports=False, reminder_hour=18, time_zone="Etc/UTC")
        perform(office.root, wish, office.now_utc)
        days = [office.now_utc.replace(hour=18) + timedelta(days=n) for n in range(4)]

        counts = [office.tick(day) for day in days]

        assert counts == [{"reminders": 1}] * 3 + [{}]
        assert received(anna) == ["text"] * 3
        office.now_utc = SUNDAY - timedelta(days=6, hours=6)


def test_nobody_listens_at_the_address_is_certainly_not_delivered():
    server = HttpServer(lambda request: None)
    client = TelegramClient("1:a", server.url)
    server.stop()

    with pytest.raises(TelegramUnavailableError) as raised:
        client.call(send_message(1, "x"))

    assert not isinstance(raised.value, TelegramSilentError)
    client.close()


def test_a_connection_that_breaks_after_the_request_is_silent(telegram):
    client = TelegramClient(telegram.token, telegram.url)
    telegram.faults.add(Fault.hang(0.05), method="sendChatAction")

    with pytest.raises(TelegramSilentError):
        client.call(chat_action(1, "upload_photo"))

    client.close()
