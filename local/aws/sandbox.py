"""Execution environments: processes that import an unmodified handler.

A `ProcessSandbox` answers one event at a time, as a Lambda environment does, over a pipe of its own (and not in a
shared executor), so that killing one that hangs does not disturb the events of the others. `ThreadSandboxes` is for the
webhook, of which there are dozens at once: one process whose threads stand for the environments.
"""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Final

from local.aws import environment
from local.aws.child import Child, redirect_output, set_clock_by
from local.aws.runtime import Function, Returned, SandboxDiedError, SandboxTimedOutError, context_of, failed, load, run

_INIT_LIMIT_S: Final = 120.0  # Lambda gives 10 s; a busy laptop may need longer to import OpenCV


class ProcessSandbox:
    """A process that has imported one handler. It sees one event at a time, or with `in_threads` any number."""

    def __init__(self, function: Function, *, in_threads: bool = False) -> None:
        self._timeout_s = function.timeout_s
        self._child = Child(_serve, function, in_threads)
        self._sending = threading.Lock()
        self._waiting: dict[str, Future[Returned]] = {}
        self._initialised, self._dead = threading.Event(), threading.Event()
        threading.Thread(target=self._receive, daemon=True).start()

    @property
    def pid(self) -> int | None:
        """As `Sandbox.pid`."""
        return self._child.pid

    @property
    def dead(self) -> bool:
        """Whether the process has ended."""
        return self._dead.is_set()

    def invoke(self, payload: bytes, request_id: str, timeout_s: float | None = None) -> Returned:
        """As `Sandbox.invoke`; the timeout starts after the import, as Lambda's does."""
        timeout_s = self._timeout_s if timeout_s is None else timeout_s
        answer = self._waiting[request_id] = Future[Returned]()
        try:
            if not self._initialised.wait(_INIT_LIMIT_S):
                raise SandboxDiedError
            with self._sending:
                self._child.pipe.send((payload, request_id, timeout_s))
            if self.dead:  # it may have died before the wait for this answer began
                raise SandboxDiedError
            return answer.result(timeout_s)
        except TimeoutError:
            raise SandboxTimedOutError from None
        except OSError:
            raise SandboxDiedError from None
        finally:
            self._waiting.pop(request_id, None)

    def close(self) -> None:
        """As `Sandbox.close`."""
        self._child.kill()

    def _receive(self) -> None:
        with suppress(EOFError, OSError):
            self._child.pipe.recv()
            self._initialised.set()
            while True:
                request_id, outcome = self._child.pipe.recv()
                waiting = self._waiting.get(request_id)
                if waiting:
                    waiting.set_result(outcome)
        self._child.kill()
        self._dead.set()
        self._initialised.set()  # a thread that waits for the import learns that the process died
        for waiting in tuple(self._waiting.values()):
            if not waiting.done():
                waiting.set_exception(SandboxDiedError())


class ThreadSandboxes:
    """Starts sandboxes that are threads of one process; a call is a `start` for a pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: ProcessSandbox | None = None

    def __call__(self, function: Function) -> "_Thread":
        """A new sandbox; the process behind it is started when there is none, or none alive."""
        with self._lock:
            if self._process is None or self._process.dead:
                self._process = ProcessSandbox(function, in_threads=True)
            return _Thread(self._process)

    def stop(self) -> None:
        """The process is gone."""
        with self._lock:
            if self._process:
                self._process.close()


class _Thread:
    """One thread's worth of the process. Closing it does nothing: a thread cannot be killed."""

    def __init__(self, process: ProcessSandbox) -> None:
        self.invoke = process.invoke
        self.pid = process.pid

    def close(self) -> None:
        pass


def _serve(pipe: Connection, function: Function, in_threads: bool) -> None:
    """A child that answers events until the pipe ends: one after another, or each in a thread of its own."""
    answer = _initialised(function)
    sending = threading.Lock()

    def serve(payload: bytes, request_id: str, timeout_s: float) -> None:
        outcome = answer(payload, request_id, timeout_s)
        with sending, suppress(OSError):
            pipe.send((request_id, outcome))

    with suppress(EOFError, OSError):
        pipe.send("initialised")
        while True:
            event = pipe.recv()
            if in_threads:
                threading.Thread(target=serve, args=event, daemon=True).start()
            else:
                serve(*event)


def _initialised(function: Function) -> Callable[[bytes, str, float], Returned]:
    """Lambda's init phase: the environment, the log, the import; an import that fails is the answer to every event."""
    environment.replace(function.environment)
    if function.log:
        redirect_output(function.log)
    if function.clock:
        set_clock_by(function.clock)
    try:
        handler = load(function.handler)
    except Exception as error:  # noqa: BLE001, RUF100  (whatever an import raises)
        traceback.print_exc()
        message = f"Unable to import module '{function.handler}': {type(error).__name__}: {error}"
        return lambda _payload, request_id, _timeout_s: failed("Runtime.ImportModuleError", message, request_id)
    return lambda payload, request_id, timeout_s: run(
        handler, payload, context_of(replace(function, timeout_s=timeout_s), request_id)
    )
