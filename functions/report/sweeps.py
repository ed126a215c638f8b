"""The retention job, a few shards after each run: what is past its time goes, whatever became of the reports."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from burnout.errors import StoreUnavailableError
from burnout.store.privacy import Sweep
from functions.report.deps import Deps
from functions.report.metrics import RunMetrics
from functions.report.shards import shards_to_sweep


def sweep(at_utc: datetime, has_time: Callable[[], bool], deps: Deps, run_metrics: RunMetrics) -> None:
    """The run's shards are swept, as far as its time goes; a shard that fails stops no other.

    By the clock where it is earlier than the run's own time: a simulation's future makes nothing old.
    """
    for shard in shards_to_sweep(at_utc):
        if not has_time():
            run_metrics.add("sweeps_left")
            continue
        try:
            with run_metrics.at("sweep"):
                swept = deps.store(Sweep(shard=shard, at_utc=min(at_utc, deps.now_utc())))
        except StoreUnavailableError:
            run_metrics.add("sweeps_failed")
        except Exception as error:
            run_metrics.crashed(error)
        else:
            for kind, n in msgspec.structs.asdict(swept).items():
                run_metrics.add(f"swept_{kind}", n)
