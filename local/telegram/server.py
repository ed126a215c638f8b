"""A Telegram for one bot on 127.0.0.1: the Bot API over HTTP on one side, people in Python on the other.

It imitates the real one: delivery with retries, several photo sizes, links that expire, refusals of wrong calls, and
errors on demand. It does not know the bot: it sees a URL and HTTP requests.
"""

import itertools
import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from local.http_server import HttpServer, Request, Response
from local.telegram.chats import Json
from local.telegram.checks import CallChecker, Violation
from local.telegram.deliverer import Post
from local.telegram.faults import DOWNLOAD, Fault, Faults
from local.telegram.files import Picture, Uploaded
from local.telegram.forms import Form, FormError, parse_form
from local.telegram.methods import BotMethods
from local.telegram.network import BOT_ID, Network
from local.telegram.people import Group, Person
from local.telegram.refusals import ApiError
from local.telegram.webhooks import DEFAULT_CONNECTIONS, Target, Webhooks

# Made up; it has the form of a token, so that redaction finds it.
TOKEN = f"{BOT_ID}:local-fake-token-that-opens-nothing-abc"
_REMEMBERED_CALLS = 100_000
_FIRST_PERSON, _FIRST_GROUP = 1_000_001, -1_001_000_000_001


@dataclass(frozen=True)
class Call:
    """One call of the bot: over HTTP, or in a webhook's reply. `error` is what it was answered, None for `ok`."""

    method: str
    params: Json
    error: ApiError | None
    in_reply: bool
    at: float


class FakeTelegram:
    """Use it in a `with`; `url` is what the bot takes for https://api.telegram.org.

    `latency_ms` is added to every HTTP call and download, as the way to Telegram would. A test that moves time uses
    `advance`. At the end look at `violations`: calls that the documentation of the Bot API forbids.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        seed: int | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.token = token
        self.latency_ms = 0.0
        self.faults = Faults()
        self.calls: deque[Call] = deque(maxlen=_REMEMBERED_CALLS)
        self._advanced_s = 0.0
        rng = random.Random(seed)
        self._webhooks = Webhooks(execute=self._execute_reply, clock=self.now, rng=rng)
        self._network = Network(clock=self.now, rng=rng, sink=self._webhooks.accept)
        self._methods = BotMethods(self._network)
        self._checker = CallChecker()
        self._about_updates: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "deleteWebhook": self._webhooks.delete,
            "getUpdates": self._webhooks.get_updates,
            "getWebhookInfo": self._webhooks.info,
            "setWebhook": self._webhooks.set,
        }
        self._stopping = threading.Event()
        self._person_ids = itertools.count(_FIRST_PERSON)
        self._group_ids = itertools.count(_FIRST_GROUP, -1)
        self._server = HttpServer(self._answer, host=host)

    def __enter__(self) -> Self:
        """In the block no call waits for imports: on a busy machine they take longer than a bot waits."""
        self.start()
        self._checker.wait_until_warm()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Listen; the model of the Bot API is imported in the background meanwhile."""
        self._checker.warm()
        self._server.start()
        return self

    def stop(self) -> None:
        """End deliveries, hanging calls and the server."""
        self._stopping.set()
        self._webhooks.remove()
        self._server.stop()

    @property
    def url(self) -> str:
        """The base address, in place of https://api.telegram.org."""
        return self._server.url

    @property
    def violations(self) -> list[Violation]:
        """Every call so far that the Bot API's documentation forbids, in the order of arrival."""
        return list(self._checker.violations)

    @property
    def profile(self) -> Mapping[tuple[str, str], Json]:
        """What the bot said about itself: (method, language code) -> parameters."""
        return self._methods.profile

    def now(self) -> float:
        """The fake's clock, in seconds of Unix time."""
        return time.time() + self._advanced_s

    def advance(self, seconds: float) -> None:
        """Move the fake's clock: retries come due, links and updates expire."""
        self._advanced_s += seconds
        self._webhooks.wake()

    def set_webhook(self, url: str, secret_token: str) -> None:
        """Deliver to this address, as after a setWebhook."""
        self._webhooks.set({"url": url, "secret_token": secret_token})

    def deliver_with(self, post: Post) -> None:
        """Deliver by a function instead of HTTP, under the same rules."""
        self._webhooks.deliver_to(Target("https://in-process.invalid/", "", DEFAULT_CONNECTIONS, post))

    def webhook_info(self) -> Json:
        """What getWebhookInfo answers."""
        return self._webhooks.info({})

    def wait_until_delivered(self, timeout_s: float = 10.0) -> bool:
        """Whether no update was left undelivered before the timeout."""
        return self._webhooks.wait_until_empty(timeout_s)

    def person(
        self, person_id: int | None = None, first_name: str = "Anna", language_code: str | None = "en"
    ) -> Person:
        """Somebody with this id; a new one without."""
        number = next(self._person_ids) if person_id is None else person_id
        user: Json = {"id": number, "is_bot": False, "first_name": first_name}
        return Person(self._network, user | ({"language_code": language_code} if language_code else {}))

    def group(self, title: str = "Team") -> Group:
        """A new group that the bot is not in yet."""
        return Group(self._network, next(self._group_ids), title)

    def picture(self, image: bytes) -> Picture:
        """The image in all of Telegram's sizes, encoded once, for sending many times."""
        return self._network.shelf.picture(image)

    def keep_photo(self, file_id: str, data: bytes) -> None:
        """A photo lies under an id that a recorded update names."""
        self._network.shelf.keep(data, folder="photos", suffix=".jpg", file_id=file_id)

    def content(self, file_id: str) -> bytes:
        """The bytes of a file that anybody sent, the bot included."""
        return self._network.shelf.content(file_id)

    def _answer(self, request: Request) -> Response:
        path = unquote(request.path).removeprefix("/")
        is_file = path.startswith("file/")
        bot, _, rest = path.removeprefix("file/").partition("/")
        if not bot.startswith("bot"):
            return _refusal(ApiError(404, "Not Found"))
        if bot != f"bot{self.token}":
            return _refusal(ApiError(401, "Unauthorized"))
        if self.latency_ms:
            time.sleep(self.latency_ms / 1000)
        try:
            return self._download(rest) if is_file else self._api(rest, request)
        except ApiError as error:
            return _refusal(error)

    def _download(self, path: str) -> Response:
        fault = self.faults.take(DOWNLOAD, None)
        if fault is not None:
            self._before(fault)
        data = self._network.shelf.download(path, self.now())
        if data is None:
            raise ApiError(404, "Not Found")
        self._after(fault)
        return Response(200, data, {"Content-Type": "application/octet-stream"})

    def _api(self, method: str, request: Request) -> Response:
        try:
            form = parse_form(request.headers.get("content-type", ""), request.body)
        except FormError as error:
            raise self._checker.refuse(method, str(error)) from error
        params = {**dict(parse_qsl(request.query)), **form.params}
        params |= {name: f"attach://{name}" for name in form.uploads}  # the models want to see the file there
        result = self._called(method, Form(params, form.uploads), in_reply=False)
        return _json(200, {"ok": True, "result": result})

    def _execute_reply(self, method: str, params: Json) -> None:
        self._called(method, Form(params), in_reply=True)

    def _called(self, method: str, form: Form, *, in_reply: bool) -> Any:
        error: ApiError | None = None
        fault = self.faults.take(method, self._chat_of(form.params))
        try:
            if fault is not None:
                self._before(fault)
            result = self._carry_out(method, form.params, form.uploads)
        except ApiError as refused:
            error = refused
            raise
        finally:
            self.calls.append(Call(method, form.params, error, in_reply, self.now()))
        self._after(fault)
        return result

    def _carry_out(self, method: str, params: Json, uploads: Mapping[str, Uploaded]) -> Any:
        if method not in self._methods.names() and method not in self._about_updates:
            raise self._unknown(method)
        self._checker.check(method, params)
        about_updates = self._about_updates.get(method)
        return about_updates(params) if about_updates else self._methods.call(method, params, uploads)

    def _unknown(self, method: str) -> ApiError:
        self._checker.refuse(method, "this method is unknown to the fake")
        return ApiError(404, "Not Found")

    def _chat_of(self, params: Json) -> int | None:
        press = self._network.presses.get(str(params.get("callback_query_id")))
        if press is not None:
            return press.chat.id
        chat_id = str(params.get("chat_id", ""))
        return int(chat_id) if chat_id.removeprefix("-").isdigit() else None

    def _before(self, fault: Fault) -> None:
        error = fault.error
        if error is not None:
            raise error
        if fault.hang_s:
            self._stopping.wait(fault.hang_s)
            raise ConnectionAbortedError("a hanging read, on demand")

    def _after(self, fault: Fault | None) -> None:
        if fault is not None and fault.lost:
            raise ConnectionAbortedError("a lost response, on demand")


def _refusal(error: ApiError) -> Response:
    return _json(error.code, error.to_json())


def _json(status: int, body: Json) -> Response:
    return Response(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
