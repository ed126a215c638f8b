"""The retention job, a few shards after each run: what is past its time goes, whatever became of the reports."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from burnout.errors import StoreUnavailableError
from burnout.store.privacy import Sweep
from functions.report.deps import Deps
from functions.report.metrics import Tally
from functions.report.shards import shards_to_sweep


def sweep(at_utc: datetime, has_time: Callable[[], bool], deps: Deps, tally: Tally) -> None:
    """The run's shards are swept, as far as its time goes; a shard that fails stops no other.

    By the clock where it is earlier than the run's own time: a simulation's future makes nothing old.
    """
    for shard in shards_to_sweep(at_utc):
        if not has_time():
            tally.add("sweeps_left")
            continue
        try:
            with tally.at("sweep"):
                swept = deps.store(Sweep(shard=shard, at_utc=min(at_utc, deps.now_utc())))
        except StoreUnavailableError:
            tally.add("sweeps_failed")
        except Exception as error:
            tally.crashed(error)
        else:
            for kind, n in msgspec.structs.asdict(swept).items():
                tally.add(f"swept_{kind}", n)
