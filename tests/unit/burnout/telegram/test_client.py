"""The Bot API client: every failure becomes one of ours, and none shows the token."""

import io
import json

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from burnout.errors import (
    BurnoutError,
    FileTooLargeError,
    TelegramRejectedError,
    TelegramSilentError,
    TelegramUnavailableError,
)
from burnout.telegram.calls import BotCall, send_document
from burnout.telegram.client import CALL_WORST_S, DOWNLOAD_WORST_S, FILE_LIMIT_BYTES, TelegramClient
from local.telegram.files import Uploaded
from local.telegram.forms import parse_form

TOKEN = "123456789:AAGreatSecretTokenThatNobodyMayEverSee"
CALL = BotCall("sendMessage", {"chat_id": 7, "text": "hi"})


class Wire(BaseAdapter):
    """In the network's place: gives the queued (status, body) pairs, or raises."""

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


def gave_up(reason):
    """What requests raises when urllib3 ends its own tries."""
    return requests.ConnectionError(MaxRetryError(None, f"/bot{TOKEN}/sendPhoto", reason))


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        # Certainly without effect.
        (gave_up(NewConnectionError(None, "Connection refused")), TelegramUnavailableError),
        (
            requests.ConnectTimeout(MaxRetryError(None, f"/bot{TOKEN}/", ConnectTimeoutError(None, "timed out"))),
            TelegramUnavailableError,
        ),
        ((429, {"ok": False, "error_code": 429}), TelegramUnavailableError),
        ((500, {"ok": False, "description": "Internal Server Error: restart"}), TelegramUnavailableError),
        ((502, b"<html>Bad Gateway</html>"), TelegramUnavailableError),
        # Sent, and never answered.
        (requests.ReadTimeout(ReadTimeoutError(None, f"/bot{TOKEN}/", "Read timed out")), TelegramSilentError),
        (requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError())), TelegramSilentError),
        (gave_up(ReadTimeoutError(None, f"/bot{TOKEN}/", "Read timed out")), TelegramSilentError),
        (requests.exceptions.SSLError(MaxRetryError(None, f"/bot{TOKEN}/", SSLError("EOF"))), TelegramSilentError),
        (requests.exceptions.ChunkedEncodingError(f"/bot{TOKEN}/"), TelegramSilentError),
        ((200, b"half an answ"), TelegramSilentError),
        ((200, b"\xff"), TelegramSilentError),
        ((504, b"<html>Gateway Time-out</html>"), TelegramSilentError),
    ],
)
def test_failure_says_whether_the_call_perhaps_had_its_effect_and_hides_the_token(failure, error):
    telegram, _ = client(failure)

    with pytest.raises(error) as raised:
        telegram.call(CALL)

    assert type(raised.value) is error
    assert raised.value.__context__ is None  # not only suppressed: a tracer follows the chain
    assert TOKEN not in f"{raised.value!r} {raised.value.__dict__} {telegram!r}"


def test_files_are_uploaded_beside_parameters_that_are_text_or_json():
    telegram, wire = client(ok({"message_id": 1}))
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "v1:keep"}]]}
    call = BotCall("sendPhoto", {"chat_id": 7, "caption": "Привет & <b>hi</b>", "reply_markup": keyboard})

    telegram.call(call, {"photo": b"\x89PNG\r\n--bytes"})

    request = wire.requests[0]
    form = parse_form(request.headers["Content-Type"], request.body)
    assert form.params == {"chat_id": "7", "caption": "Привет & <b>hi</b>", "reply_markup": keyboard}
    assert form.uploads == {"photo": Uploaded("photo", b"\x89PNG\r\n--bytes")}


def test_a_file_with_a_name_of_its_own_is_uploaded_under_it():
    telegram, wire = client(ok({"message_id": 1}))

    telegram.call(send_document(7, "all of it"), {"document": ("burnout-export-2026-11-26.zip", b"PK\x03\x04\r\n--")})

    request = wire.requests[0]
    form = parse_form(request.headers["Content-Type"], request.body)
    assert request.url.endswith("/sendDocument")
    assert form.params == {"chat_id": "7", "caption": "all of it", "parse_mode": "HTML"}
    assert form.uploads == {"document": Uploaded("burnout-export-2026-11-26.zip", b"PK\x03\x04\r\n--")}


@pytest.mark.parametrize(
    ("status", "description", "unreachable", "token_refused"),
    [
        (403, "Forbidden: bot was blocked by the user", True, False),
        (403, "Forbidden: user is deactivated", True, False),
        (400, "Bad Request: chat not found", True, False),
        (400, "Bad Request: private chat not found", True, False),
        (400, "Bad Request: can't parse entities: unsupported start tag", False, False),
        (400, "Bad Request: message is not modified", False, False),
        (401, "Unauthorized", False, True),
        (404, "Not Found", False, True),
        (409, "Conflict", False, False),
    ],
)
def test_a_refusal_is_about_the_person_or_the_bot_or_the_call(status, description, unreachable, token_refused):
    telegram, _ = client((status, {"ok": False, "error_code": status, "description": description}))

    with pytest.raises(TelegramRejectedError) as raised:
        telegram.call(CALL)

    assert (raised.value.unreachable, raised.value.token_refused) == (unreachable, token_refused)


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


class Trickle(io.RawIOBase):
    """A file that comes byte by byte and never ends; every byte takes as long as a read may."""

    def __init__(self, clock):
        super().__init__()
        self.clock, self.given = clock, 0

    def read1(self, _most):
        self.clock.now_s += 3.0
        self.given += 1
        return b"x"


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


def test_file_that_trickles_is_given_up_within_the_worst_case():
    clock = Clock()
    telegram = TelegramClient(TOKEN, "https://telegram.test", clock=clock)
    telegram._session.mount("https://", wire := Wire((200, {"ok": True, "result": {"file_path": "a"}}), (200, b"")))
    send, trickle = wire.send, Trickle(clock)

    def sends(request, **options):
        response = send(request, **options)
        if "/file/" in request.url:
            response.raw = trickle
        return response

    wire.send = sends
    with pytest.raises(TelegramUnavailableError, match="over its time"):
        telegram.download("id")

    assert 0 < trickle.given < 5
    assert clock.now_s <= DOWNLOAD_WORST_S


def test_worst_cases_count_every_connection_that_is_tried_and_the_pauses_between():
    retry = TelegramClient(TOKEN, "https://telegram.test")._session.adapters["https://"].max_retries
    pauses_s = []
    while retry.connect:
        retry = retry.increment("GET", "/", error=ConnectTimeoutError(None, "timed out"))
        pauses_s.append(retry.get_backoff_time())

    assert pauses_s == [0, 0.2]
    assert CALL_WORST_S == 3 * 2.0 + 0.2 + 6.0
    assert DOWNLOAD_WORST_S == 7.0 + 3 * 1.0 + 0.2 + 3.0
