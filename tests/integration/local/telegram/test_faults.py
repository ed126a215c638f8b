"""Errors on demand over HTTP: what the bot meets when Telegram fails."""

import pytest
import requests

from local.telegram.faults import DOWNLOAD, Fault

BUTTON = {"text": "Yes", "callback_data": "v1:y"}


@pytest.mark.parametrize(
    ("fault", "status", "description"),
    [
        (Fault.too_many(7), 429, "Too Many Requests: retry after 7"),
        (Fault.blocked(), 403, "Forbidden: bot was blocked by the user"),
        (Fault.bad_request("whatever"), 400, "Bad Request: whatever"),
        (Fault.server_error(), 500, "Internal Server Error: restart"),
    ],
)
def test_an_error_on_demand_is_answered_once_and_nothing_is_executed(telegram, bot, anna, fault, status, description):
    telegram.faults.add(fault, method="sendMessage", chat_id=anna.id)

    answer = bot.post("sendMessage", json={"chat_id": anna.id, "text": "x"})

    assert (answer.status_code, answer.json()["error_code"], answer.json()["description"]) == (
        status,
        status,
        description,
    )
    assert answer.json().get("parameters") == ({"retry_after": 7} if status == 429 else None)
    assert anna.read_all() == []
    assert bot.call("sendMessage", chat_id=anna.id, text="x")
    assert telegram.violations == []


def test_a_notice_fails_on_demand_in_the_chat_of_its_press(telegram, bot, anna):
    bot.call("sendMessage", chat_id=anna.id, text="x", reply_markup={"inline_keyboard": [[BUTTON]]})
    press = anna.press(anna.wait_for_answer(), "Yes")
    telegram.faults.add(Fault.bad_request("late"), method="answerCallbackQuery", chat_id=anna.id)

    assert bot.refusal("answerCallbackQuery", callback_query_id=press.query_id) == "Bad Request: late"


def test_a_hanging_read_ends_in_silence_and_executes_nothing(telegram, bot, anna):
    telegram.faults.add(Fault.hang(), method="sendMessage")
    telegram.faults.add(Fault.hang(0.05), method="sendMessage")

    with pytest.raises(requests.ReadTimeout):
        bot.post("sendMessage", json={"chat_id": anna.id, "text": "x"}, timeout=0.3)
    with pytest.raises(requests.ConnectionError):
        bot.post("sendMessage", json={"chat_id": anna.id, "text": "x"})

    assert anna.read_all() == []


def test_a_lost_response_comes_after_the_effect(telegram, bot, anna):
    telegram.faults.add(Fault.lost_response(), method="sendMessage")

    with pytest.raises(requests.ConnectionError):
        bot.post("sendMessage", json={"chat_id": anna.id, "text": "x"})

    assert [message.text for message in anna.read_all()] == ["x"]


def test_a_download_fails_on_demand(telegram, bot, anna, jpeg):
    file_id = anna.send_photo(jpeg).file_id
    telegram.faults.add(Fault.server_error(), method=DOWNLOAD)
    telegram.faults.add(Fault.bad_request("the file is temporarily unavailable"), method="getFile", times=2)

    for _ in range(2):
        assert bot.refusal("getFile", file_id=file_id).endswith("the file is temporarily unavailable")
    with pytest.raises(requests.HTTPError):
        bot.download(file_id)

    assert bot.download(file_id) == telegram.content(file_id)


def test_latency_is_added_to_every_call(telegram, bot, anna):
    telegram.latency_ms = 80.0

    answer = bot.post("getMe")

    assert answer.elapsed.total_seconds() >= 0.08
