"""The schedule's part: a tick every quarter of an hour, by the clock on the wall and not by the seconds of a process.

A machine that slept has not counted them, so the clock is looked at often.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Self

from burnout.clock import now_utc

EVERY: Final = timedelta(minutes=15)
LOOK_S: Final = 30.0


class Clock:
    """Ticks as long as its with-block lasts: at once, and then whenever a quarter of an hour has passed."""

    def __init__(
        self, tick: Callable[[datetime], object], now: Callable[[], datetime] = now_utc, look_s: float = LOOK_S
    ) -> None:
        self._tick, self._now, self._look_s = tick, now, look_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()

    def _run(self) -> None:
        last: datetime | None = None
        while True:
            now = self._now()
            if last is None or abs(now - last) >= EVERY:  # also when it was set back
                last = now
                self._tick(now.replace(microsecond=0))
            if self._stopping.wait(self._look_s):
                return
