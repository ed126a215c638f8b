"""Reports over HTTP to the fake Telegram: what arrives, and what comes of each of Telegram's moods."""

from datetime import timedelta

import pytest

from burnout.calls import chat_action, send_message
from burnout.errors import TelegramRejectedError, TelegramSilentError, TelegramUnavailableError
from burnout.reports import ChangeSettings
from burnout.telegram import TelegramClient
from functions.store.shards import perform
from local.faults import Fault
from local.http_server import HttpServer
from tests.unit.report.office import SUNDAY, later


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

    assert office.demand(anna.id, show) == {"sent": 1}
    assert received(anna) == ["photo"]


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
