"""The Bot API client: every failure becomes one of ours, and none shows the token."""

import io
import json

import pytest
import requests
from requests.adapters import BaseAdapter

from burnout.calls import BotCall
from burnout.errors import BurnoutError, FileTooLargeError, TelegramRejectedError, TelegramUnavailableError
from burnout.telegram import FILE_LIMIT_BYTES, TelegramClient

TOKEN = "123456789:AAGreatSecretTokenThatNobodyMayEverSee"
CALL = BotCall("sendMessage", {"chat_id": 7, "text": "hi"})


class Wire(BaseAdapter):
    """Stands where the network stands: gives the queued (status, body) pairs, or raises."""

    def __init__(self, *replies):
        super().__init__()
        self.replies, self.requests = list(replies), []

    def send(self, request, **_):
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        response = requests.Response()
        response.status_code, body = reply
        response.raw = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        response.url, response.request = request.url, request
        return response

    def close(self):
        pass


def client(*replies):
    telegram, wire = TelegramClient(TOKEN, "https://telegram.test"), Wire(*replies)
    telegram._session.mount("https://", wire)
    return telegram, wire


def ok(result):
    return 200, {"ok": True, "result": result}


def test_call_posts_json_to_the_method_and_returns_the_result():
    telegram, wire = client(ok({"message_id": 1}))

    assert telegram.call(CALL) == {"message_id": 1}
    assert wire.requests[0].url == f"https://telegram.test/bot{TOKEN}/sendMessage"
    assert json.loads(wire.requests[0].body) == CALL.params


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 17}}), TelegramUnavailableError),
        ((500, {"ok": False, "description": "Internal Server Error: restart"}), TelegramUnavailableError),
        ((502, b"<html>Bad Gateway</html>"), TelegramUnavailableError),
        ((200, b"\xff"), TelegramUnavailableError),
        ((401, {"ok": False, "description": "Unauthorized"}), TelegramRejectedError),
        ((403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}), TelegramRejectedError),
        ((409, {"ok": False, "description": "Conflict"}), TelegramRejectedError),
        (requests.ConnectionError(f"Max retries exceeded with url: /bot{TOKEN}/sendMessage"), TelegramUnavailableError),
        (requests.ReadTimeout(f"/bot{TOKEN}/"), TelegramUnavailableError),
        (requests.exceptions.ChunkedEncodingError(f"/bot{TOKEN}/"), TelegramUnavailableError),
    ],
)
def test_every_failure_is_ours_and_hides_the_token(reply, error):
    telegram, _ = client(reply)

    with pytest.raises(error) as raised:
        telegram.call(CALL)

    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert TOKEN not in f"{raised.value!r} {raised.value} {raised.value.__dict__} {telegram!r}"


def test_retry_after_is_an_attribute():
    telegram, _ = client((429, {"ok": False, "parameters": {"retry_after": 17}}))

    with pytest.raises(TelegramUnavailableError) as raised:
        telegram.call(CALL)
    assert raised.value.retry_after_s == 17


def test_download_gives_the_files_bytes():
    telegram, wire = client(ok({"file_path": "photos/1.jpg", "file_size": 3}), (200, b"abc"))

    assert telegram.download("id") == b"abc"
    assert wire.requests[1].url == f"https://telegram.test/file/bot{TOKEN}/photos/1.jpg"


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([(400, {"ok": False, "description": "Bad Request: file is too big"})], FileTooLargeError),
        ([ok({"file_path": "x", "file_size": FILE_LIMIT_BYTES + 1})], FileTooLargeError),
        ([ok({"file_path": "x"}), (200, bytes(FILE_LIMIT_BYTES + 1))], FileTooLargeError),
        (
            [(400, {"ok": False, "description": "Bad Request: wrong file_id or the file is temporarily unavailable"})],
            TelegramUnavailableError,
        ),
        ([(400, {"ok": False, "description": "Bad Request: invalid file_id"})], TelegramRejectedError),
        ([ok({})], TelegramUnavailableError),
        ([ok("nonsense")], TelegramUnavailableError),
        ([ok({"file_path": "x"}), (404, b"")], TelegramUnavailableError),
        ([ok({"file_path": "x"}), requests.ConnectionError(f"/file/bot{TOKEN}/x")], TelegramUnavailableError),
    ],
)
def test_failing_download_is_ours_and_hides_the_token(replies, error):
    telegram, _ = client(*replies)

    with pytest.raises(error) as raised:
        telegram.download("id")

    assert isinstance(raised.value, BurnoutError)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert TOKEN not in f"{raised.value!r} {raised.value.__dict__}"
