"""python -m research.report_rush

How long it takes until 100,000 people have their reports when all of them chose the same hour. The question of the week
follows each, so that is two messages a person.

A model in virtual time: people, store and Telegram are numbers, and an event loop stands for the threads. The pace, the
order of shards, the workers and the limits of a run are the report function's own.
"""

import heapq
import random
import statistics
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from burnout.values import SHARDS
from functions.report.rate_limiter import RateLimiter
from functions.report.run import LEASE, MOST, WORKERS
from functions.report.sender import RESERVE_S
from functions.report.shards import EVERY, shards_from

_SUNDAY: Final = datetime(2026, 11, 22, 18, tzinfo=UTC)
PEOPLE: Final = 100_000
CHART_S: Final = 0.045  # of the one core, which only draws one chart at a time
STORE_S: Final = 0.020  # an operation, asked over Lambda
_TELEGRAM_S: Final = (0.150, 0.250)
_LONGEST: Final = timedelta(days=3)
# Hours before Moscow's evening, and roughly how many of a hundred people in Russia live there.
_RUSSIA: Final[Mapping[int, float]] = {
    -9: 0.2, -8: 0.4, -7: 2.2, -6: 1.5, -5: 2.5, -4: 8.5, -3: 1.3, -2: 14.0, -1: 6.0, 0: 62.7, 1: 0.7,
}  # fmt: skip


@dataclass
class Rush:
    """Everybody who waits for a report, and what a run does about it. `now_s` counts from the first due moment."""

    rng: random.Random
    chart_s: float
    waiting: list[deque[float]]  # by shard: when each person's report was due, earliest first
    now_s: float = 0.0
    core_free_s: float = 0.0
    late_s: list[float] = field(default_factory=list)  # by report: from due to delivered
    runs: int = 0
    busy_s: float = 0.0

    def run(self, tick_s: float) -> None:
        """A scheduled run, from its tick to its end."""
        self.now_s = tick_s
        limiter = RateLimiter(lambda: self.now_s, lambda _: None)
        shards = iter(shards_from(_SUNDAY + timedelta(seconds=tick_s)))
        last_start_s = tick_s + LEASE.total_seconds() - RESERVE_S
        delivered = len(self.late_s)
        events = [(tick_s, n, self._worker(shards, limiter, tick_s, last_start_s)) for n in range(WORKERS)]
        while events:
            self.now_s, n, worker = heapq.heappop(events)
            pause_s = next(worker, None)
            if pause_s is not None:
                heapq.heappush(events, (self.now_s + pause_s, n, worker))
        if len(self.late_s) > delivered:
            self.runs += 1
            self.busy_s += self.now_s - tick_s

    def _worker(
        self, shards: Iterator[int], limiter: RateLimiter, tick_s: float, last_start_s: float
    ) -> Iterator[float]:
        """One of a run's threads: yields the seconds until its next step."""
        for shard in shards:
            more = True
            while more and self.now_s < last_start_s:
                yield STORE_S  # claim
                claimed = [due_s for due_s in islice(self.waiting[shard], MOST) if due_s <= tick_s]
                for due_s in claimed:
                    if self.now_s >= last_start_s:
                        break
                    yield from self._report(due_s, limiter)
                    self.waiting[shard].popleft()
                more = len(claimed) == MOST

    def _report(self, due_s: float, limiter: RateLimiter) -> Iterator[float]:
        yield STORE_S  # course
        self.core_free_s = max(self.core_free_s, self.now_s) + self.chart_s
        yield self.core_free_s - self.now_s
        chat = self.rng.getrandbits(50)
        yield limiter.reserve(chat)
        yield STORE_S  # the right to send
        yield self.rng.uniform(*_TELEGRAM_S)
        self.late_s.append(self.now_s - due_s)
        yield STORE_S  # the end
        yield limiter.reserve(chat)
        yield self.rng.uniform(*_TELEGRAM_S)  # the question of the week


def main() -> None:
    """Prints the table."""
    print(f"{PEOPLE} people, {CHART_S * 1000:.0f} ms a chart, {STORE_S * 1000:.0f} ms a store operation")
    print(f"{'when':26}{'runs':>6}{'minutes':>9}{'per s':>8}{'median late':>13}{'latest':>8}  (late in minutes)")
    for name, shares in (("all at the same moment", {0: 1.0}), ("18:00 in Russia's zones", _RUSSIA)):
        print(row(name, simulate(PEOPLE, shares, random.Random(5))))


def simulate(people: int, shares: Mapping[int, float], rng: random.Random, *, chart_s: float = CHART_S) -> Rush:
    """The result for this many people, whose due moments lie whole hours apart in these shares."""
    waiting: list[list[float]] = [[] for _ in range(SHARDS)]
    for hours in rng.choices(list(shares), weights=list(shares.values()), k=people):
        waiting[rng.randrange(SHARDS)].append((hours - min(shares)) * 3600.0)
    rush = Rush(rng, chart_s, [deque(sorted(due)) for due in waiting])
    tick_s = 0.0
    while any(rush.waiting) and tick_s < _LONGEST.total_seconds():
        rush.run(tick_s)
        tick_s += EVERY.total_seconds()
    return rush


def row(name: str, rush: Rush) -> str:
    """A line of the table: runs that sent, their minutes together, reports a second in them, how late reports came."""
    median, latest = statistics.median(rush.late_s) / 60, max(rush.late_s) / 60
    rate = len(rush.late_s) / rush.busy_s
    return f"{name:26}{rush.runs:6}{rush.busy_s / 60:9.1f}{rate:8.1f}{median:13.1f}{latest:8.1f}"


if __name__ == "__main__":
    main()
