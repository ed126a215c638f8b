"""What the parts of the stack use while something is measured: resident memory, and processor time a photo.

The functions and moto are processes of their own. Everything else is in this one: the people, Telegram's imitation, API
Gateway, Lambda's endpoint and the measuring.
"""

import statistics
import threading
import time
from typing import Final, Self

import psutil

from local.stack import Stack

PRODUCT: Final = ("webhook", "store", "infer", "report", "app")
_MAIN: Final = "people"
_LOADING_HOURS: Final = 1 / 60


class ProcessWatch:
    """Looks at all processes of the stack twice a second while it is entered."""

    def __init__(self, stack: Stack, every_s: float = 0.5) -> None:
        self.peak_mb = 0.0  # all processes together
        self._stack = stack
        self._every_s = every_s
        self._cpu_s: dict[tuple[str, int], float] = {}  # by part and process, its children included
        self._before: dict[tuple[str, int], float] = {}
        self._memory: dict[tuple[str, int], list[tuple[float, float]]] = {}  # by part and process: (hours, MB)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._before = dict(self._cpu_s)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._look()

    def cpu_table(self, photos: int) -> list[str]:
        """The lines of the table: the product's parts, then those of the simulation, and the share of each."""
        used = dict.fromkeys(PRODUCT, 0.0)
        for (part, pid), seconds in self._cpu_s.items():
            used[part] = used.get(part, 0.0) + seconds - self._before.get((part, pid), 0.0)
        rows = []
        for whose, is_product in (("product", True), ("simulation", False)):
            parts = {name: seconds for name, seconds in used.items() if (name in PRODUCT) == is_product}
            rows += [(whose, sum(parts.values())), *((f"  {name}", seconds) for name, seconds in parts.items())]
        total = sum(used.values())
        return [
            f"{'CPU':12}{'ms a photo':>12}{'share':>8}",
            *(f"{name:12}{seconds * 1000 / photos:12.1f}{seconds / total:8.0%}" for name, seconds in rows),
        ]

    def slopes(self) -> dict[str, float]:
        """MB per hour that a process of each part grows by, after its first minute, which loads what is used."""
        over: dict[str, list[float]] = {}
        for (part, _), seen in self._memory.items():
            later = [(hours, mb) for hours, mb in seen if hours > seen[0][0] + _LOADING_HOURS]
            if not later:
                continue
            mean_hours, mean_mb = (statistics.mean(column) for column in zip(*later, strict=True))
            sums = over.setdefault(part, [0.0, 0.0])
            sums[0] += sum((hours - mean_hours) * (mb - mean_mb) for hours, mb in later)
            sums[1] += sum((hours - mean_hours) ** 2 for hours, _ in later)
        return {part: above / below for part, (above, below) in over.items() if below}

    def _watch(self) -> None:
        while not self._done.wait(self._every_s):
            self._look()

    def _look(self) -> None:
        total_mb = 0.0
        for part, pids in {**self._stack.pids(), _MAIN: {psutil.Process().pid}}.items():
            for pid in pids:
                size_mb = self._look_at(part, pid)
                total_mb += size_mb
                if size_mb:
                    self._memory.setdefault((part, pid), []).append((time.monotonic() / 3600, size_mb))
        self.peak_mb = max(self.peak_mb, total_mb)

    def _look_at(self, part: str, pid: int) -> float:
        """Resident MB of a process; 0 when it is gone."""
        try:
            process = psutil.Process(pid)
            times, memory = process.cpu_times(), process.memory_info()
        except psutil.NoSuchProcess:
            return 0.0
        children_s = 0.0 if part == _MAIN else times.children_user + times.children_system
        self._cpu_s[part, pid] = times.user + times.system + children_s
        return float(memory.rss / 1e6)
