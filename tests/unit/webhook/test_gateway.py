"""API Gateway's side: the secret before everything, and which calls travel in the response."""

import base64
import json

import pytest

from burnout.errors import TelegramRejectedError, TelegramUnavailableError
from burnout.telegram.calls import BotCall
from functions.webhook import gateway
from functions.webhook.deps import RequestTrace
from functions.webhook.updates import MalformedUpdateError


class RecordingTelegram:
    """In TelegramClient's place; raises what it is told to."""

    def __init__(self, error=None):
        self.called, self.error = [], error

    def call(self, call):
        self.called.append(call.method)
        if self.error:
            raise self.error


@pytest.mark.parametrize("name", ["x-telegram-bot-api-secret-token", "X-Telegram-Bot-Api-Secret-Token"])
def test_right_secret_matches_whatever_the_headers_case(name):
    assert gateway.secret_matches({"headers": {name: "s3cret"}}, "s3cret")


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"headers": None},
        {"headers": {}},
        {"headers": {"x-telegram-bot-api-secret-token": ""}},
        {"headers": {"x-telegram-bot-api-secret-token": "S3cret"}},
        {"headers": {"x-telegram-bot-api-secret-token": "s3cret "}},
        {"headers": {"x-telegram-bot-api-secret-token": "секрет"}},
        {"headers": {"x-telegram-bot-api-secret-token": "\ud800"}},
    ],
)
def test_missing_or_wrong_secret_does_not_match(event):
    assert not gateway.secret_matches(event, "s3cret")


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ({"body": '{"a":1}'}, b'{"a":1}'),
        ({"body": base64.b64encode(b"{}").decode(), "isBase64Encoded": True}, b"{}"),
        ({"body": "no base64!", "isBase64Encoded": True}, b""),
        ({"body": "né", "isBase64Encoded": True}, b""),
        ({"body": None}, b""),
        ({}, b""),
        ({"body": "\ud800"}, b"?"),
    ],
)
def test_body(event, body):
    assert gateway.body_of(event) == body


def test_body_of_a_mebibyte_is_read_and_a_larger_one_is_not():
    fits = b"{" + b" " * ((1 << 20) - 1)
    too_large = fits + b" "

    assert gateway.body_of({"body": fits.decode()}) == fits
    for event in (
        {"body": too_large.decode()},
        {"body": "\u044f" * (1 << 19) + "x"},  # two bytes each: what counts is bytes
        {"body": base64.b64encode(too_large).decode(), "isBase64Encoded": True},
    ):
        with pytest.raises(MalformedUpdateError):
            gateway.body_of(event)


def test_last_call_travels_in_the_response_and_the_others_are_sent():
    telegram = RecordingTelegram()
    calls = [BotCall("answerCallbackQuery", {"callback_query_id": "1"}), BotCall("sendMessage", {"chat_id": 7})]

    response = gateway.accepted(calls, telegram, RequestTrace())

    assert telegram.called == ["answerCallbackQuery"]
    assert response["statusCode"] == 200
    assert response["headers"] == {"content-type": "application/json"}
    assert json.loads(response["body"]) == {"method": "sendMessage", "chat_id": 7}


def test_nothing_to_say_is_an_empty_200():
    assert gateway.accepted([], RecordingTelegram(), RequestTrace()) == {"statusCode": 200}


@pytest.mark.parametrize(
    "error", [TelegramRejectedError("answerCallbackQuery", 400, "query is too old"), TelegramUnavailableError("500")]
)
def test_failing_extra_never_costs_the_answer(error):
    trace = RequestTrace()
    calls = [BotCall("answerCallbackQuery", {}), BotCall("sendMessage", {})]

    response = gateway.accepted(calls, RecordingTelegram(error), trace)

    assert json.loads(response["body"])["method"] == "sendMessage"
    assert trace.error_type == type(error).__name__


def test_try_later_always_says_when():
    assert gateway.try_later(20)["headers"] == {"retry-after": "20"}
    assert gateway.try_later(None) == {"statusCode": 503, "headers": {"retry-after": "5"}}


@pytest.mark.parametrize(
    ("event", "url"),
    [({"requestContext": {"domainName": "x.org"}}, "https://x.org/app"), ({"requestContext": {}}, ""), ({}, "")],
)
def test_the_page_is_at_the_name_by_which_the_api_was_called(event, url):
    assert gateway.app_url_of(event) == url
