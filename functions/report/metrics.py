"""What an invocation did, counted by many threads at once: for the operator's log line, nothing about any person."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class RunMetrics:
    """Counts of endings and the milliseconds that each stage took in all threads together."""

    def __init__(self) -> None:
        self.op = "none"  # "due", or what a person asked for
        self.outcome = "done"
        self.counts: Counter[str] = Counter()
        self.error_types: set[str] = set()
        self.stage_ms: Counter[str] = Counter()
        self.gauges: dict[str, int] = {}  # what was measured, and not counted
        self._lock = threading.Lock()

    def add(self, ending: str, n: int = 1) -> None:
        """So many more of these; of none there is nothing to say."""
        with self._lock:
            if n:
                self.counts[ending] += n

    def crashed(self, error: Exception) -> None:
        """A mistake of ours hit one person's report; the others go on."""
        with self._lock:
            self.counts["crashed"] += 1
            self.error_types.add(type(error).__name__)

    @contextmanager
    def at(self, stage: str) -> Iterator[None]:
        """Times a stage, also one that fails."""
        started = time.perf_counter()
        try:
            yield
        finally:
            elapsed_ms = round((time.perf_counter() - started) * 1000)
            with self._lock:
                self.stage_ms[stage] += elapsed_ms

    def gauge(self, name: str, value: int) -> None:
        """What was measured under a name."""
        self.gauges[name] = value
