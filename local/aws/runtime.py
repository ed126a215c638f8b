"""What Lambda's Python runtime does with one event, without any process or port: JSON in, handler, JSON out."""

import importlib
import json
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-west-1"
Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Function:
    """A function as the template would declare it. `environment` is the whole environment of its processes."""

    name: str
    handler: str  # "functions.infer.app.lambda_handler"
    environment: Mapping[str, str] = field(repr=False)
    workers: int = 2
    timeout_s: float = 15.0
    memory_mb: int = 1769
    # How long an event waits for a free environment before it is throttled. Lambda throttles at once, but it
    # has hundreds of environments where a laptop has two.
    patience_s: float = 5.0
    log: Path | None = None  # where its stdout and stderr go; None: to ours
    clock: Path | None = None  # a file with the seconds that the product's clock is off; None: it is the machine's

    @property
    def arn(self) -> str:
        """The function's name as the rest of AWS writes it."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"


@dataclass(frozen=True)
class Returned:
    """What an invocation gave: a JSON payload, and the errorType if that payload is a function error."""

    payload: bytes
    error_type: str | None = None


@dataclass(frozen=True)
class Context:
    """The second argument of a handler, with the attributes of Lambda's own that say something here."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    deadline_s: float  # on time.monotonic()'s clock

    def get_remaining_time_in_millis(self) -> int:
        """How long the handler may still run."""
        return max(0, int((self.deadline_s - time.monotonic()) * 1000))


class SandboxDiedError(Exception):
    """The execution environment is gone, and the event's answer with it."""


class SandboxTimedOutError(Exception):
    """The handler took longer than the function's timeout; the execution environment was killed."""


class Sandbox(Protocol):
    """One execution environment: one event at a time."""

    @property
    def pid(self) -> int | None:
        """The id of the process that it is in."""
        ...

    def invoke(self, payload: bytes, request_id: str, timeout_s: float | None = None) -> Returned:
        """The handler's outcome, within the function's own timeout or another one.

        Raises: SandboxDiedError, SandboxTimedOutError; the environment is dead then.
        """
        ...

    def close(self) -> None:
        """The environment and all its processes are gone."""
        ...


def context_of(function: Function, request_id: str) -> Context:
    """A context whose clock starts now."""
    deadline_s = time.monotonic() + function.timeout_s
    return Context(request_id, function.name, function.arn, str(function.memory_mb), deadline_s)


def load(handler: str) -> Handler:
    """The callable behind a handler's path. Raises: ImportError, AttributeError, or what its import raises."""
    module, _, name = handler.rpartition(".")
    loaded: Handler = getattr(importlib.import_module(module), name)
    return loaded


def run(handler: Handler, payload: bytes, context: Context) -> Returned:
    """What Lambda's Python runtime would send back for one event."""
    try:
        answer = handler(json.loads(payload), context)
    except Exception as error:  # noqa: BLE001, RUF100  (whatever a handler raises is its answer)
        return raised(error, context.aws_request_id)
    try:
        return Returned(json.dumps(answer, ensure_ascii=False).encode())
    except (TypeError, ValueError) as error:
        return failed("Runtime.MarshalError", f"Unable to marshal response: {error}", context.aws_request_id)


def raised(error: Exception, request_id: str) -> Returned:
    """A handler's exception as a function error."""
    stack = traceback.format_tb(error.__traceback__)[1:]  # the first frame is ours
    return failed(type(error).__name__, str(error), request_id, stack)


def failed(error_type: str, message: str, request_id: str, stack: list[str] | None = None) -> Returned:
    """A function error in Lambda's JSON shape."""
    shape = {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": stack or []}
    return Returned(json.dumps(shape, ensure_ascii=False).encode(), error_type)
