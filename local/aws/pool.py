"""A function's execution environments: which are free, which died, and which events wait."""

import queue
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from local.aws.runtime import Function, Returned, Sandbox, SandboxDiedError

WARM_UP_S: Final = 120.0


class ThrottledError(Exception):
    """Every execution environment of the function was busy for too long."""


class Pool:
    """At most `function.workers` execution environments, started when needed and replaced when they die."""

    def __init__(self, function: Function, start: Callable[[Function], Sandbox]) -> None:
        self.function = function
        self._start = start
        # Last in, first out: the environment that has just worked is the warmest. None is a place without one.
        self._free: queue.LifoQueue[Sandbox | None] = queue.LifoQueue()
        for _ in range(function.workers):
            self._free.put(None)
        self._alive: set[Sandbox] = set()
        self._lock = threading.Lock()
        self._closed = False

    def invoke(self, payload: bytes, request_id: str, *, kill: bool = False) -> Returned:
        """The outcome of one event; `kill` ends the environment before its handler sees the event.

        Raises: ThrottledError, SandboxDiedError, SandboxTimedOutError.
        """
        try:
            sandbox = self._free.get(timeout=self.function.patience_s)
        except queue.Empty:
            raise ThrottledError(self.function.name) from None
        survivor: Sandbox | None = None
        try:
            sandbox = sandbox or self._started()
            if kill:
                raise SandboxDiedError
            outcome = sandbox.invoke(payload, request_id)
            survivor = sandbox
        finally:
            if sandbox and not survivor:
                self._bury(sandbox)
            self._free.put(survivor)
        return outcome

    def pids(self) -> set[int]:
        """The processes that its environments are in."""
        with self._lock:
            return {sandbox.pid for sandbox in self._alive if sandbox.pid}

    def warm(self, payload: bytes, count: int | None = None) -> list[Returned]:
        """The answers of `count` environments (None: all) to `payload`. For a pool that is not used yet.

        The first call on a busy machine may load models for longer than the function's own timeout allows.

        Raises: SandboxDiedError, SandboxTimedOutError.
        """
        places = [self._free.get() for _ in range(count or self.function.workers)]
        with ThreadPoolExecutor(len(places)) as threads:
            sandboxes = list(threads.map(lambda place: place or self._started(), places))
            first = list(threads.map(lambda sandbox: sandbox.invoke(payload, str(uuid.uuid4()), WARM_UP_S), sandboxes))
        for sandbox in sandboxes:
            self._free.put(sandbox)
        return first

    def close(self) -> None:
        """No environment is left, and none will be started."""
        with self._lock:
            self._closed = True
            alive, self._alive = self._alive, set()
        for sandbox in alive:
            sandbox.close()

    def _started(self) -> Sandbox:
        sandbox = self._start(self.function)
        with self._lock:
            self._alive.add(sandbox)
            closed = self._closed
        if closed:
            self._bury(sandbox)
            raise SandboxDiedError
        return sandbox

    def _bury(self, sandbox: Sandbox) -> None:
        with self._lock:
            self._alive.discard(sandbox)
        sandbox.close()
