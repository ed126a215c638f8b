"""Lambda's Invoke API on 127.0.0.1: exactly where boto3's `invoke` goes when AWS_ENDPOINT_URL_LAMBDA points here."""

import json
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Literal, Self
from urllib.parse import parse_qs, unquote

from local.aws.pool import Pool, ThrottledError
from local.aws.runtime import Function, Returned, Sandbox, SandboxDiedError, SandboxTimedOutError, failed
from local.http_server import HttpServer, Request, Response

Fault = Literal["throttle", "timeout", "crash", "broken"]
_TIMED_OUT, _EXITED = "Sandbox.Timedout", "Runtime.ExitError"
_PATH: Final = re.compile(r"/2015-03-31/functions/(?P<name>[^/]+)/invocations")
# A plain name, one with an alias or version, "account:function:name", or a whole ARN.
_JSON: Final = {"Content-Type": "application/json"}
_ASYNC_ATTEMPTS: Final = 3  # Lambda's default for events: one attempt and two retries
_NAME: Final = re.compile(r"(?:(?:arn:aws:lambda:[a-z0-9-]+:)?\d{12}:)?(?:function:)?([\w-]+)(?::[\w$-]+)?")


@dataclass(frozen=True)
class Invocation:
    """One finished invocation. `outcome` is "ok", "throttle", or the errorType of a function error."""

    function: str
    outcome: str
    duration_ms: float


Observer = Callable[[Invocation, Returned | None], object]


class UnknownFunctionError(Exception):
    """No function of that name is here."""


class Dispatch:
    """The functions, each behind a pool of execution environments, and the HTTP endpoint in front of them."""

    def __init__(self) -> None:
        self._pools: dict[str, Pool] = {}
        self._faults: dict[str, deque[Fault]] = {}
        self._invocations: list[Invocation] = []
        self._observers: list[Observer] = []
        self._server = HttpServer(self._answer)

    @property
    def url(self) -> str:
        """What AWS_ENDPOINT_URL_LAMBDA has to be; known before `start`."""
        return self._server.url

    @property
    def invocations(self) -> tuple[Invocation, ...]:
        """Every invocation that has ended, in the order of ending."""
        return tuple(self._invocations)

    def pids(self) -> dict[str, set[int]]:
        """The processes of each function."""
        return {name: pool.pids() for name, pool in self._pools.items()}

    def start(self) -> Self:
        """The endpoint answers from here on."""
        self._server.start()
        return self

    def add(self, function: Function, start: Callable[[Function], Sandbox]) -> None:
        """Serves the function; `start` makes an execution environment each time when one more is needed."""
        self._faults[function.name] = deque()
        self._pools[function.name] = Pool(function, start)

    def stop(self) -> None:
        """The port is closed and every execution environment is gone."""
        self._server.stop()
        for pool in self._pools.values():
            pool.close()

    @contextmanager
    def observed(self, observer: Observer) -> Iterator[None]:
        """Within it, `observer` is called for every invocation that ends, in that invocation's thread.

        It gets the outcome too, or None for one that was throttled.
        """
        self._observers.append(observer)
        try:
            yield
        finally:
            self._observers.remove(observer)

    def warm(self, function: str, event: object, *, environments: int | None = None) -> Returned:
        """Starts so many execution environments (None: all), has each answer `event` once, and gives the worst answer.

        Raises: SandboxDiedError, SandboxTimedOutError.
        """
        outcomes = self._pools[function].warm(json.dumps(event).encode(), environments)
        return next((outcome for outcome in outcomes if outcome.error_type), outcomes[0])

    def fail_next(self, function: str, count: int, kind: Fault) -> None:
        """Makes the function's next `count` invocations fail.

        "throttle": refused before it starts. "crash": the execution environment is killed before the handler runs.
        "broken": its module cannot be imported.
        "timeout": the handler runs to its end and its effects stay, but the caller gets Sandbox.Timedout.
        """
        self._faults[function].extend([kind] * count)

    def invoke(self, function: str, payload: bytes) -> Returned:
        """A synchronous invocation. Raises: UnknownFunctionError, ThrottledError."""
        if function not in self._pools:
            raise UnknownFunctionError(function)
        started_s = time.perf_counter()
        outcome: Returned | None = None
        try:
            outcome = self._run(function, payload)
        finally:
            told = (outcome.error_type or "ok") if outcome else "throttle"
            ended = Invocation(function, told, (time.perf_counter() - started_s) * 1000)
            self._invocations.append(ended)
            for observer in tuple(self._observers):
                observer(ended, outcome)
        return outcome

    def _run(self, function: str, payload: bytes) -> Returned:
        pool, request_id = self._pools[function], str(uuid.uuid4())
        fault = self._next_fault(function)
        if fault == "throttle":
            raise ThrottledError(function)
        if fault == "broken":
            return failed("Runtime.ImportModuleError", "Unable to import module", request_id)
        try:
            outcome = pool.invoke(payload, request_id, kill=fault == "crash")
            if fault == "timeout":
                raise SandboxTimedOutError
        except SandboxTimedOutError:
            message = f"RequestId: {request_id} Error: Task timed out after {pool.function.timeout_s:.2f} seconds"
            return failed(_TIMED_OUT, message, request_id)
        except SandboxDiedError:
            message = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
            return failed(_EXITED, message, request_id)
        return outcome

    def _next_fault(self, function: str) -> Fault | None:
        try:
            return self._faults[function].popleft()
        except IndexError:
            return None

    def _answer(self, request: Request) -> Response:
        path = _PATH.fullmatch(request.path)
        name = path and _NAME.fullmatch(unquote(path["name"]))
        if not name or request.method != "POST":
            return _refused(404, "UnknownOperationException", "")
        return self._invoked(name[1], request)

    def _invoked(self, function: str, request: Request) -> Response:
        payload = request.body or b"{}"
        try:
            json.loads(payload)
        except ValueError as error:
            return _refused(400, "InvalidRequestContentException", f"Could not parse request body into json: {error}")
        try:
            if request.headers.get("x-amz-invocation-type") == "Event":
                return self._later(function, payload)
            outcome = self.invoke(function, payload)
        except UnknownFunctionError:
            return _refused(404, "ResourceNotFoundException", f"Function not found: {function}")
        except ThrottledError:
            reason = {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"}
            return _refused(429, "TooManyRequestsException", "Rate Exceeded.", **reason)
        failure = {"X-Amz-Function-Error": "Unhandled"} if outcome.error_type else {}
        version = parse_qs(request.query).get("Qualifier", ["$LATEST"])[0]
        return Response(200, outcome.payload, {**_JSON, "X-Amz-Executed-Version": version, **failure})

    def _later(self, function: str, payload: bytes) -> Response:
        if function not in self._pools:
            raise UnknownFunctionError(function)
        threading.Thread(target=self._attempt, args=(function, payload), daemon=True).start()
        return Response(202)

    def _attempt(self, function: str, payload: bytes) -> None:
        for _ in range(_ASYNC_ATTEMPTS):
            with suppress(ThrottledError):
                if not self.invoke(function, payload).error_type:
                    return


def _refused(status: int, code: str, message: str, **more: str) -> Response:
    shape = {"Type": "User", "Message": message, **more}
    return Response(status, json.dumps(shape).encode(), {**_JSON, "x-amzn-ErrorType": code})
