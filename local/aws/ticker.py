"""EventBridge Scheduler's part on one machine: the report function gets its tick every 15 minutes of the real clock."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from burnout.clock import now_utc
from local.aws import events
from local.aws.pool import ThrottledError

EVERY_S: Final = 900.0


class Ticker:
    """Ticks as long as its with-block lasts, at once and then every 15 minutes."""

    def __init__(self, tick: Callable[[events.Event], object], *, every_s: float = EVERY_S) -> None:
        self._tick = tick
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while True:
            with suppress(ThrottledError):  # a run is under way; the next tick catches what it leaves
                self._tick(events.report_tick(now_utc().replace(microsecond=0)))
            if self._stopping.wait(self._every_s):
                return
