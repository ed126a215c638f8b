"""The Bot API over HTTP. Every failure becomes one of our errors.

The text of requests' own exceptions has the URL in it, and so the bot's token. Ours is raised outside of the handler,
because `from None` would only hide the other one: it would stay as __context__.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError
from urllib3.util import Retry

from burnout.errors import FileTooLargeError, TelegramRejectedError, TelegramSilentError, TelegramUnavailableError
from burnout.redaction import redact
from burnout.telegram.calls import BotCall, Upload

TELEGRAM_URL: Final = "https://api.telegram.org"
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")  # what the bot asks for
FILE_LIMIT_BYTES: Final = 20 << 20  # getFile's own limit
_TIMEOUT_S: Final = (2.0, 6.0)  # connect, read
_UPLOAD_TIMEOUT_S: Final = (2.0, 20.0)  # nobody waits for a picture; after giving up, its arrival is unknown
_CONNECTIONS: Final = 3  # one that never opened has done nothing, so it is tried again
_CONNECTION_PAUSES_S: Final = 0.2  # between them, in sum
CALL_WORST_S: Final = _CONNECTIONS * _TIMEOUT_S[0] + _CONNECTION_PAUSES_S + _TIMEOUT_S[1]
_DOWNLOAD_BUDGET_S: Final = 7.0  # for both requests of a download: nothing is begun after it
_DOWNLOAD_TIMEOUT_S: Final = (1.0, 3.0)  # connect, read; a read that begins within the budget may end after it
DOWNLOAD_WORST_S: Final = (
    _DOWNLOAD_BUDGET_S + _CONNECTIONS * _DOWNLOAD_TIMEOUT_S[0] + _CONNECTION_PAUSES_S + _DOWNLOAD_TIMEOUT_S[1]
)
_CHUNK_BYTES: Final = 64 << 10


class _Parameters(msgspec.Struct):
    retry_after: int | None = None


class _Reply(msgspec.Struct):
    ok: bool
    result: Any = None
    description: str = ""
    parameters: _Parameters | None = None


class _File(msgspec.Struct):
    file_path: str | None = None
    file_size: int | None = None


class _StraightSession(requests.Session):
    """Follows no redirect: Telegram sends none, and nobody else may send people's words on."""

    def get_redirect_target(self, _resp: requests.Response) -> str | None:
        return None


class Telegram(Protocol):
    """The Bot API, whoever is behind it."""

    def call(self, call: BotCall, files: Mapping[str, Upload] | None = None) -> Any:
        """The call's result. Raises: TelegramSilentError, TelegramUnavailableError, TelegramRejectedError."""
        ...

    def download(self, file_id: str) -> bytes:
        """A file's bytes. Raises: FileTooLargeError, TelegramUnavailableError, TelegramRejectedError."""
        ...


class TelegramClient:
    """Calls the Bot API for one bot. Thread-safe."""

    def __init__(self, token: str, api_url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._method_url = f"{api_url}/bot{token}/"
        self._file_url = f"{api_url}/file/bot{token}/"
        self._session = _StraightSession()
        # A connection that never opened has done nothing, so it may be opened again; nothing else is repeated here.
        retry = Retry(connect=_CONNECTIONS - 1, read=0, status=0, other=0, redirect=0, backoff_factor=0.1)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=50, max_retries=retry))

    def __repr__(self) -> str:
        return "TelegramClient()"

    def close(self) -> None:
        """Ends its connections."""
        self._session.close()

    def call(self, call: BotCall, files: Mapping[str, Upload] | None = None, *, read_s: float = _TIMEOUT_S[1]) -> Any:
        """The call's result; `files` are uploaded under their parameters' names, and have those unless they bring one.

        `read_s` is how long the answer of a call without files may take: a long poll's takes as long as was asked for.

        Raises: TelegramSilentError when the call was sent and no answer came, so that it perhaps had its effect;
        TelegramUnavailableError when it certainly had none; TelegramRejectedError.
        """
        return self._call(call, files, _UPLOAD_TIMEOUT_S if files else (_TIMEOUT_S[0], read_s))

    def _call(self, call: BotCall, files: Mapping[str, Upload] | None, timeout_s: tuple[float, float]) -> Any:
        url = self._method_url + call.method
        try:
            if files:
                form = {name: _form_value(value) for name, value in call.params.items()}
                response = self._session.post(url, data=form, files=files, timeout=timeout_s)
            else:
                response = self._session.post(url, json=call.params, timeout=timeout_s)
            status, body = response.status_code, response.content
        except requests.RequestException as error:
            kind = TelegramUnavailableError if _never_opened(error) else TelegramSilentError
            failure = kind(f"{call.method}: {type(error).__name__}")
        else:
            return _result(call.method, status, body)
        raise failure

    def download(self, file_id: str) -> bytes:
        """A file's bytes, within `DOWNLOAD_WORST_S`.

        Raises: FileTooLargeError, TelegramUnavailableError, TelegramRejectedError.
        """
        deadline_s = self._clock() + _DOWNLOAD_BUDGET_S
        try:
            found = self._call(BotCall("getFile", {"file_id": file_id}), None, _DOWNLOAD_TIMEOUT_S)
            file = msgspec.convert(found, _File)
        except TelegramRejectedError as error:
            raise _file_error(error) from None
        except msgspec.ValidationError:
            raise TelegramUnavailableError("getFile: unreadable answer") from None
        if (file.file_size or 0) > FILE_LIMIT_BYTES:
            raise FileTooLargeError("getFile: over 20 MB")
        if not file.file_path:
            raise TelegramUnavailableError("getFile: no file_path yet")
        return self._read(file.file_path, deadline_s)

    def _read(self, file_path: str, deadline_s: float) -> bytes:
        content = bytearray()
        plain = {"Accept-Encoding": "identity"}  # the bytes below are taken as they come
        try:
            with self._session.get(
                self._file_url + file_path, headers=plain, timeout=_DOWNLOAD_TIMEOUT_S, stream=True
            ) as response:
                if response.status_code != requests.codes.ok:
                    raise TelegramUnavailableError(f"download: {response.status_code}")
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise TelegramUnavailableError("download: encoded, which was not asked for")
                # What one read of the socket gives: to fill a chunk, a slow sender could take any number of them.
                while chunk := response.raw.read1(_CHUNK_BYTES):
                    content += chunk
                    if len(content) > FILE_LIMIT_BYTES:
                        raise FileTooLargeError("download: over 20 MB")
                    if self._clock() > deadline_s:
                        raise TelegramUnavailableError("download: over its time")
        except (requests.RequestException, HTTPError) as error:
            failure = TelegramUnavailableError(f"download: {type(error).__name__}")
        else:
            return bytes(content)
        raise failure


def _form_value(value: Any) -> str:
    # In a form everything is text; what is not, such as a keyboard, is JSON inside it (core.telegram.org/bots/api).
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _never_opened(error: requests.RequestException) -> bool:
    """Whether there was no connection at all. Its class does not tell: one that broke after sending has the same."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError | ConnectTimeoutError)


def _result(method: str, status: int, body: bytes) -> Any:
    reply: _Reply | None = None
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):  # the latter would hold the body
        reply = msgspec.json.decode(body, type=_Reply)
    if reply is None:
        # Success without its result, a gateway that got no answer after it passed the call on, or one that could not.
        perhaps = status < requests.codes.bad_request or status == requests.codes.gateway_timeout
        kind = TelegramSilentError if perhaps else TelegramUnavailableError
        raise kind(f"{method}: {status} without a Bot API answer")
    if reply.ok:
        return reply.result
    if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
        retry_after_s = reply.parameters.retry_after if reply.parameters else None
        raise TelegramUnavailableError(f"{method}: {status}", retry_after_s=retry_after_s)
    raise TelegramRejectedError(method, status, redact(reply.description))


def _file_error(error: TelegramRejectedError) -> Exception:
    # Telegram gives both of these as 400 and tells them apart in words only.
    if "too big" in error.description:
        return FileTooLargeError("getFile: over 20 MB")
    if "temporarily unavailable" in error.description:
        return TelegramUnavailableError("getFile: temporarily unavailable")
    return error
