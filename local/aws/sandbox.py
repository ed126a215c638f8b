"""Execution environments: processes that import an unmodified handler.

Each `ProcessSandbox` answers one event at a time, as a Lambda environment does, over a pipe of its own (and not in a
shared executor), so that killing one that hangs leaves its neighbours' events alone. `ThreadSandboxes` is for the
webhook, of which there are dozens at once: one process whose threads stand for the environments.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing.connection import Connection

from local.aws import environment
from local.aws.child import Child, redirect_output
from local.aws.runtime import Function, Outcome, SandboxDiedError, SandboxTimedOutError, context_of, failed, load, run

_READY = "ready"
_INIT_LIMIT_S = 120.0  # Lambda gives 10 s; a busy laptop may need longer to import OpenCV


class ProcessSandbox:
    """A process that has imported one handler and sees one event at a time."""

    def __init__(self, function: Function) -> None:
        self._timeout_s = function.timeout_s
        self._child = Child(_serve_one, function)
        self._initialised = False

    def invoke(self, payload: bytes, request_id: str) -> Outcome:
        """As `Sandbox.invoke`; the timeout starts after the import, as Lambda's does."""
        pipe = self._child.pipe
        try:
            if not self._initialised:
                _wait_for_init(pipe)
                self._initialised = True
            pipe.send((payload, request_id))
            if not pipe.poll(self._timeout_s):
                raise SandboxTimedOutError
            outcome: Outcome = pipe.recv()
        except (EOFError, OSError):
            raise SandboxDiedError from None
        return outcome

    def close(self) -> None:
        """As `Sandbox.close`."""
        self._child.kill()


class ThreadSandboxes:
    """Starts sandboxes that are threads of one process; a call is a `start` for a pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: _ThreadedProcess | None = None

    def __call__(self, function: Function) -> "_Thread":
        """A new sandbox; the process behind it is started when there is none, or none alive."""
        with self._lock:
            if self._process is None or self._process.dead:
                self._process = _ThreadedProcess(function)
            return _Thread(self._process)

    def stop(self) -> None:
        """The process is gone."""
        with self._lock:
            if self._process:
                self._process.close()


class _Thread:
    """One thread's worth of the process. Closing it does nothing: a thread that hangs runs out by itself or not."""

    def __init__(self, process: "_ThreadedProcess") -> None:
        self._process = process

    def invoke(self, payload: bytes, request_id: str) -> Outcome:
        return self._process.invoke(payload, request_id)

    def close(self) -> None:
        pass


class _ThreadedProcess:
    def __init__(self, function: Function) -> None:
        self._timeout_s = function.timeout_s
        self._child = Child(_serve_many, function)
        self._sending = threading.Lock()
        self._waiting: dict[str, Future[Outcome]] = {}
        self._reader = threading.Thread(target=self._receive, daemon=True)
        self._reader.start()

    @property
    def dead(self) -> bool:
        return not self._reader.is_alive()

    def invoke(self, payload: bytes, request_id: str) -> Outcome:
        answer: Future[Outcome] = Future()
        self._waiting[request_id] = answer
        try:
            with self._sending:
                self._child.pipe.send((payload, request_id))
            if self.dead:  # it may have died before this answer was waited for
                raise SandboxDiedError
            return answer.result(self._timeout_s)
        except TimeoutError:
            raise SandboxTimedOutError from None
        except OSError:
            raise SandboxDiedError from None
        finally:
            self._waiting.pop(request_id, None)

    def close(self) -> None:
        self._child.kill()

    def _receive(self) -> None:
        try:
            while True:
                request_id, outcome = self._child.pipe.recv()
                waiting = self._waiting.get(request_id)
                if waiting:
                    waiting.set_result(outcome)
        except (EOFError, OSError):
            self._child.kill()
        for waiting in tuple(self._waiting.values()):
            if not waiting.done():
                waiting.set_exception(SandboxDiedError())


def _serve_one(pipe: Connection, function: Function) -> None:
    """A child that answers one event after another until the pipe ends."""
    answer = _initialised(function)
    pipe.send(_READY)
    with suppress(EOFError, OSError):
        while True:
            payload, request_id = pipe.recv()
            pipe.send(answer(payload, request_id))


def _serve_many(pipe: Connection, function: Function) -> None:
    """A child that answers each event in a thread of its own until the pipe ends."""
    answer = _initialised(function)
    sending = threading.Lock()

    def serve(payload: bytes, request_id: str) -> None:
        outcome = answer(payload, request_id)
        with sending, suppress(OSError):
            pipe.send((request_id, outcome))

    with suppress(EOFError, OSError):
        while True:
            threading.Thread(target=serve, args=pipe.recv(), daemon=True).start()


def _initialised(function: Function) -> Callable[[bytes, str], Outcome]:
    """Lambda's init phase: the environment, the log, the import; an import that fails is the answer to every event."""
    environment.replace(function.environment)
    if function.log:
        redirect_output(function.log)
    try:
        handler = load(function.handler)
    except Exception as error:  # noqa: BLE001, RUF100  (whatever an import raises)
        message = f"Unable to import module '{function.handler}': {type(error).__name__}: {error}"
        return lambda _payload, request_id: failed("Runtime.ImportModuleError", message, request_id)
    return lambda payload, request_id: run(handler, payload, context_of(function, request_id))


def _wait_for_init(pipe: Connection) -> None:
    if not pipe.poll(_INIT_LIMIT_S):
        raise EOFError
    pipe.recv()
