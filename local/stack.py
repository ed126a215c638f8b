"""The whole stack on this machine: starts every part in order, wires them, stops everything in reverse."""

import http.client
import secrets
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from burnout.invocation import PING
from burnout.secret import BotSecret
from local.aws import events, functions
from local.aws.dispatch import Dispatch
from local.aws.functions import FunctionEnvironment, Sizes
from local.aws.gateway import Gateway
from local.aws.moto_server import BUCKET, Aws, AwsError
from local.aws.pool import WARM_UP_S
from local.aws.runtime import SandboxDiedError, SandboxTimedOutError
from local.aws.sandbox import ProcessSandbox, ThreadSandboxes
from local.http_server import Request
from local.telegram.server import FakeTelegram

_SHOWN_LINES: Final = 20  # of the log of what does not start
_WARM: Final = {"webhook": 1, "report": 1, "app": 1}  # environments to warm; of the others all


class StackError(Exception):
    """A part of the stack did not start. The text says which and why, and ends with the last lines of its log."""


def new_bot() -> BotSecret:
    """A bot that only a fake Telegram knows; its token has a real one's shape."""
    return BotSecret(f"7000000001:{secrets.token_urlsafe(26)}", secrets.token_urlsafe(32))


@dataclass(frozen=True)
class Options:
    """How a stack is built."""

    data_dir: Path | None = None  # SQLite and logs; None: a folder that goes with the stack, unless the start failed
    sizes: Sizes = field(default_factory=Sizes)
    clock: Path | None = None  # see local.aws.runtime.Function


class Stack:
    """A running stack, as a with-block. It listens on 127.0.0.1 only, and no part can reach a real AWS account.

    `gateway` takes updates, `dispatch` has the invocations with their durations and can make functions fail.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options, self.bot = options or Options(), new_bot()
        self.dispatch = Dispatch()
        called = lambda name, event: self.dispatch.invoke(name, event)  # noqa: E731, PLW0108  (a test changes dispatch)
        self.gateway = Gateway(called, self.bot.webhook_secret)
        self.aws = Aws(self.bot)
        self.telegram = FakeTelegram(token=self.bot.token)
        self._webhooks = ThreadSandboxes()
        self._cleanup = ExitStack()

    def pids(self) -> dict[str, set[int]]:
        """The processes of each function, and moto's; everything else is in this one."""
        return {**self.dispatch.pids(), "moto": {self.aws.pid} if self.aws.pid else set()}

    def __enter__(self) -> Self:
        """Raises: StackError; a log that its text names still exists."""
        self.data_dir = self.options.data_dir or Path(tempfile.mkdtemp(prefix="burnout-"))
        try:
            self._start()
        except StackError:
            self._cleanup.close()
            raise
        except BaseException:  # Ctrl-C, too, must leave no process behind
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()
        if self.options.data_dir is None:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    def _start(self) -> None:
        # A caller is stopped before what it calls, so that no update meets a half-stopped stack.
        for stop in (self.aws.stop, self._webhooks.stop, self.dispatch.stop, self.gateway.stop):
            self._cleanup.callback(stop)
        self._cleanup.callback(self.telegram.stop)
        logs = self.data_dir / "logs"
        try:
            logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StackError(f"{self.data_dir} cannot be used: {error.strerror}") from error
        try:
            self.aws.start(log=logs / "moto.log")
        except AwsError as error:
            raise self._not_started("moto", str(error)) from error
        self.dispatch.start()
        self.gateway.start()
        self.telegram.start()
        self._add_functions()
        self._warm()
        self.telegram.set_webhook(self.gateway.url, self.bot.webhook_secret)

    def _add_functions(self) -> None:
        around = FunctionEnvironment(
            *(self.aws, self.dispatch.url, self.telegram.url, self.data_dir),
            webhook_url=self.gateway.url,
            clock=self.options.clock,
        )
        for declared in (functions.infer, functions.store, functions.report, functions.app):
            self.dispatch.add(declared(self.options.sizes, around), ProcessSandbox)
        self.dispatch.add(functions.webhook(self.options.sizes, around), self._webhooks)

    def _warm(self) -> None:
        """Nobody's first call pays for imports, models and connections, or runs out of time on a busy machine."""
        no_photo = events.infer_event(BUCKET, "photos/none")  # answered after the models are loaded, unlike a ping
        no_update = events.api_event("{}", self.bot.webhook_secret)
        nobody = events.api_event_of(
            Request("POST", "/app/api/open", "", {}, b""), "POST /app/api/{op}", {"op": "open"}
        )
        pings: dict[str, Any] = {"infer": no_photo, "store": PING, "report": PING, "webhook": no_update, "app": nobody}
        with ThreadPoolExecutor(len(pings) + 1) as threads:
            fake = threads.submit(self._warm_telegram)
            list(threads.map(self._warm_one, pings, pings.values()))
            fake.result()

    def _warm_telegram(self) -> None:
        # The fake checks calls by models that take seconds to import; a bot's own call would give up on it meanwhile.
        # Not by requests, which would use the user's proxy.
        address = urlsplit(f"{self.telegram.url}/bot{self.telegram.token}/getMe")
        with closing(http.client.HTTPConnection(address.netloc, timeout=WARM_UP_S)) as connection:
            connection.request("GET", address.path)
            connection.getresponse().read()

    def _warm_one(self, function: str, event: object) -> None:
        try:
            outcome = self.dispatch.warm(function, event, environments=_WARM.get(function))
        except (SandboxDiedError, SandboxTimedOutError) as error:
            raise self._not_started(function, type(error).__name__) from error
        if outcome.error_type:
            raise self._not_started(function, outcome.payload.decode()[:300])

    def _not_started(self, part: str, why: str) -> StackError:
        log = self.data_dir / "logs" / f"{part}.log"
        lines: list[str] = []
        with suppress(OSError):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LINES:]
        return StackError("\n  ".join([f"{part} does not start: {why}; see {log}", *lines]))
