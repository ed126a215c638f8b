"""`python -m local bench-secret`: what a flood of requests with a wrong secret costs, beside updates that need no work.

The webhook's handler alone, in this process, and behind the local API Gateway over HTTP with some connections at once.
In the place of Lambda, S3 and Telegram are listeners that only count connections, so that "no work" is counted at the
socket. Everything is on 127.0.0.1, and the numbers of requests are fixed beforehand.
"""

import argparse
import http.client
import json
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache, partial
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from local.aws import environment, events, functions
from local.aws.functions import FunctionEnvironment, Sizes
from local.aws.gateway import Gateway
from local.aws.moto_server import Aws
from local.aws.pool import Pool
from local.aws.runtime import Function, context_of, load
from local.aws.sandbox import ThreadSandboxes
from local.bench import Finding, percentiles
from local.http_server import HttpServer, Request, Response
from local.stack import new_bot

_SIZES_BYTES: Final = (100, 65_536, 1_048_576)
_CONNECTIONS: Final = 8
_REFUSED, _ACCEPTED = 401, 200
_LARGE_SHARE: Final = 10  # so many times fewer requests of 1 MiB
_NEIGHBOURS: Final = {"lambda": "AWS_ENDPOINT_URL_LAMBDA", "s3": "AWS_ENDPOINT_URL_S3", "telegram": "TELEGRAM_API_URL"}

Ask = Callable[[str, bytes], int]  # secret, body -> status


@dataclass(frozen=True)
class Row:
    """The result of one kind of request."""

    where: str
    is_right: bool
    size_bytes: int
    elapsed_ms: list[float]  # of each request
    wall_s: float
    statuses: Counter[int]
    work: Counter[str]  # requests that the function sent out meanwhile

    @property
    def as_it_must_be(self) -> bool:
        """Whether every request was answered by its secret, and none made the function ask anybody."""
        status = _ACCEPTED if self.is_right else _REFUSED
        return self.statuses == {status: len(self.elapsed_ms)} and not self.work.total()

    def line(self) -> str:
        """A line of the table."""
        p50, p95, _ = percentiles(self.elapsed_ms)
        n = len(self.elapsed_ms)
        status = "/".join(f"{status}" for status in sorted(self.statuses))
        calls = "".join(f"{self.work[name]:9}" for name in _NEIGHBOURS)
        head = f"{self.where:9}{'right' if self.is_right else 'wrong':8}{self.size_bytes:10}{status:>8}"
        return f"{head}{n:7}{n / self.wall_s:9.0f}{p50:9.2f}{p95:9.2f}{calls}"


def find(arguments: argparse.Namespace) -> Finding:
    """The table; all is well when no request made the function do anything."""
    requests = arguments.requests
    with _surrounded() as (function, secret, counted):
        rows = [*_behind_gateway(function, secret, requests, counted), *_alone(function, secret, requests, counted)]
    lines = [
        f"through the gateway, {_CONNECTIONS} at once, each over a new connection",
        f"{'where':9}{'secret':8}{'bytes':>10}{'status':>8}{'n':>7}{'per s':>9}{'p50 ms':>9}{'p95 ms':>9}"
        + "".join(f"{name:>9}" for name in _NEIGHBOURS),
        *(row.line() for row in rows),
    ]
    return Finding(lines, all(row.as_it_must_be for row in rows))


@contextmanager
def _surrounded() -> Iterator[tuple[Function, str, Counter[str]]]:
    """The webhook function, its secret, and the count of what it sends to each of its neighbours."""
    counted: Counter[str] = Counter()

    def count(name: str, _: Request) -> Response:
        counted[name] += 1
        return Response(500)

    with ExitStack() as stack:
        data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (data_dir / "logs").mkdir()
        bot = new_bot()
        aws = Aws(bot)
        stack.callback(aws.stop)
        aws.start(log=data_dir / "logs" / "moto.log")
        urls = {}
        for name, variable in _NEIGHBOURS.items():
            server = HttpServer(partial(count, name)).start()
            stack.callback(server.stop)
            urls[variable] = server.url
        declared = functions.webhook(Sizes(), FunctionEnvironment(aws, "", "", data_dir))
        function = replace(declared, environment={**declared.environment, **urls})
        yield function, bot.webhook_secret, counted


def _behind_gateway(function: Function, secret: str, requests: int, counted: Counter[str]) -> Iterator[Row]:
    sandboxes = ThreadSandboxes()
    pool = Pool(function, sandboxes)
    gateway = Gateway(lambda _function, payload: pool.invoke(payload, secrets.token_hex(8)), secret)
    with ExitStack() as stack:
        stack.callback(sandboxes.stop)
        stack.callback(gateway.start().stop)
        address = urlsplit(gateway.url)
        connections = [http.client.HTTPConnection(address.netloc, timeout=30) for _ in range(_CONNECTIONS)]
        for connection in connections:
            stack.enter_context(closing(connection))
        asks: list[Ask] = [partial(_posted, connection, address.path) for connection in connections]
        yield from _rows("gateway", asks, secret, requests, counted)


def _posted(connection: http.client.HTTPConnection, path: str, secret: str, body: bytes) -> int:
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    response.read()
    return response.status


def _alone(function: Function, secret: str, requests: int, counted: Counter[str]) -> Iterator[Row]:
    with environment.replaced(function.environment):
        handler = load(function.handler)
        event = cache(lambda sent, body: events.api_event(body.decode(), sent))

        def ask(sent: str, body: bytes) -> int:
            answer: dict[str, Any] = handler(event(sent, body), context_of(function, "bench"))
            return int(answer["statusCode"])

        with redirect_stdout(StringIO()):  # a line for each accepted update, and its metrics
            yield from _rows("handler", [ask], secret, requests, counted)


def _rows(where: str, asks: list[Ask], secret: str, requests: int, counted: Counter[str]) -> Iterator[Row]:
    for ask in asks:  # connections, clients, the secret's cache
        ask(secret, _nothing_to_do(100))
    for size_bytes in _SIZES_BYTES:
        n = max(2 * len(asks), requests // (_LARGE_SHARE if size_bytes == _SIZES_BYTES[-1] else 1))
        for is_right in (False, True):
            request = secret if is_right else "x" * len(secret), _nothing_to_do(size_bytes)
            counted.clear()
            elapsed_ms, statuses, wall_s = _flooded(asks, request, n)
            yield Row(where, is_right, size_bytes, elapsed_ms, wall_s, statuses, Counter(counted))


def _flooded(asks: list[Ask], request: tuple[str, bytes], n: int) -> tuple[list[float], Counter[int], float]:
    """Milliseconds of each request, their statuses, and the seconds of all, as fast as each connection goes."""
    elapsed_ms: list[float] = []
    statuses: list[int] = []

    def work(ask: Ask) -> None:
        for _ in range(n // len(asks)):
            started_s = time.perf_counter()
            statuses.append(ask(*request))
            elapsed_ms.append((time.perf_counter() - started_s) * 1000)

    started_s = time.perf_counter()
    with ThreadPoolExecutor(len(asks)) as threads:
        list(threads.map(work, asks))
    return elapsed_ms, Counter(statuses), time.perf_counter() - started_s


def _nothing_to_do(size_bytes: int) -> bytes:
    """An update of so many bytes, of a kind that the bot does not read."""
    update = json.dumps({"update_id": 1, "poll": {"question": ""}})
    return update.replace('""', f'"{"a" * (size_bytes - len(update))}"').encode()
