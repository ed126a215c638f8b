"""What an erasure costs on a shard of 40 people with 200 check-ins each, in time and room (docs/decisions/0008).

python -m tests.integration.store.costs
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from sqlite3 import Connection

from functions.store.database import scrub_shard, transaction_on
from functions.store.files import journal_of
from functions.store.operations import run
from functions.store.privacy import forget
from tests.unit.store.samples import NOON, agree, record, says

TIMES = 30
JOURNALED = (1_000, 20_000, 40_000)  # check-ins
_updates = count(1)


def check_in(shard: Path, user_id: int, times: int) -> None:
    """A person's check-ins, in one transaction."""

    def work(connection: Connection) -> None:
        run(connection, agree(user_id=user_id), NOON)
        for update_id in (next(_updates) for _ in range(times)):
            operation = record(update_id, user_id=user_id, message_id=update_id, answer=says("x" * 700))
            run(connection, operation, NOON)

    transaction_on(shard, work)


def erase(shard: Path, user_id: int) -> int:
    """How many bytes the journal has after it, once the last scrub had emptied it."""
    transaction_on(shard, lambda connection: forget(connection, user_id))
    return journal_of(shard).stat().st_size


def elapsed_ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def main(shard: Path) -> None:
    for user_id in range(1, 41):
        check_in(shard, user_id, 200)
    measured: dict[str, list[float]] = {"ordinary": [], "100 check-ins erased": [], "scrub": []}
    for user_id in range(1000, 1000 + TIMES):
        measured["ordinary"].append(elapsed_ms(lambda: check_in(shard, 1, 1)))
        check_in(shard, user_id, 100)
        measured["100 check-ins erased"].append(elapsed_ms(lambda user_id=user_id: erase(shard, user_id)))  # type: ignore[misc]
        measured["scrub"].append(elapsed_ms(lambda: scrub_shard(shard)))
    sys.stdout.write(f"{shard.stat().st_size / 1e6:.1f} MB\n")
    for check_ins in JOURNALED:
        check_in(shard, 2000, check_ins)
        transaction_on(shard, lambda connection: connection.execute("DELETE FROM seen_updates"))  # kept for 48 h
        scrub_shard(shard)
        sys.stdout.write(f"{check_ins} check-ins erased: {erase(shard, 2000) / 1e6:.1f} MB journaled\n")
    for name, values in measured.items():
        sys.stdout.write(f"{name}: median {statistics.median(values):.1f}, most {max(values):.1f}, n={len(values)}\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder) / "aa.sqlite")
