"""What time it is and how long work takes. Nothing else of the product asks the machine what time it is."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final


def now_utc() -> datetime:
    """This moment, UTC. Everything else takes the clock as an argument."""
    return datetime.now(UTC)  # noqa: TID251


class Stopwatch:
    """How long each stage took, in milliseconds: all its runs, in all threads together."""

    def __init__(self, now_s: Callable[[], float] = time.perf_counter) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self.stage_ms: Final[dict[str, float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time of the `with` block under `name`, also when the block fails."""
        started_s = self._now_s()
        try:
            yield
        finally:
            took_ms = (self._now_s() - started_s) * 1000
            with self._lock:
                self.stage_ms[name] = round(self.stage_ms.get(name, 0.0) + took_ms, 1)
