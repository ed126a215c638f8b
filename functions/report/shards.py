"""Which shards a scheduled run visits and sweeps, and in what order: its time alone decides. And the sweep itself.

The sweep is the retention job: a few shards after each run, also when its reports failed, lose what is past its time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from burnout.errors import StoreUnavailableError
from burnout.store.privacy import Sweep
from burnout.values import SHARDS
from functions.report.deps import Deps
from functions.report.metrics import RunMetrics

EVERY: Final = timedelta(minutes=15)
_STRIDE: Final = 97  # odd, so that runs begin at every shard in turn: a backlog must not always delay the same people
_SWEPT: Final = 3  # by a run: with 96 runs a day every shard has its turn within 22 hours


def shards_from(at_utc: datetime) -> list[int]:
    """All shards in the order of a run at that time."""
    first = _number(at_utc) * _STRIDE
    return [(first + n) % SHARDS for n in range(SHARDS)]


def shards_to_sweep(at_utc: datetime) -> list[int]:
    """The shards that a run at that time sweeps. A run that never comes delays only these, until their next turn.

    The turn moves by 31 shards from day to day, an odd number: a machine that runs for an hour a day reaches them all.
    """
    first = _number(at_utc) * _SWEPT - at_utc.astimezone(UTC).toordinal()
    return [(first + n) % SHARDS for n in range(_SWEPT)]


def sweep(at_utc: datetime, has_time: Callable[[], bool], deps: Deps, run_metrics: RunMetrics) -> None:
    """The run's shards are swept, as far as its time goes; a shard that fails stops no other.

    The clock counts where it is earlier than the run's own time: a simulation of the future must not delete anything.
    """
    for shard in shards_to_sweep(at_utc):
        if not has_time():
            run_metrics.add("sweeps_left")
            continue
        try:
            with run_metrics.stopwatch.stage("sweep"):
                swept = deps.store(Sweep(shard=shard, at_utc=min(at_utc, deps.now_utc())))
        except StoreUnavailableError:
            run_metrics.add("sweeps_failed")
        except Exception as error:
            run_metrics.crashed(error)
        else:
            for kind, n in msgspec.structs.asdict(swept).items():
                run_metrics.add(f"swept_{kind}", n)


def _number(at_utc: datetime) -> int:
    return int(at_utc.timestamp() // EVERY.total_seconds())
