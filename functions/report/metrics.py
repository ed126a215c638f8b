"""What an invocation did, counted by many threads at once, as one log line and one set of metrics when it ends.

Counts, milliseconds and gauges for the operator; nothing about any person.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from burnout.clock import Stopwatch
from burnout.redaction import redacted_logger

# Each name costs 0.30 USD a month while it is used: these are on the dashboard or under an alarm, the rest in the log.
COUNTED: Final = ("sent", "reminders", "noted", "failed", "crashed", "shards_unreadable")


class RunMetrics:
    """Counts of endings, and how long each stage took."""

    def __init__(self) -> None:
        self.op = "none"  # "due", or what a person asked for
        self.outcome = "done"
        self.counts: Counter[str] = Counter()
        self.error_types: set[str] = set()
        self.stopwatch = Stopwatch()
        self.gauges: dict[str, int] = {}  # what was measured, and not counted
        self._lock = threading.Lock()

    def add(self, ending: str, n: int = 1) -> None:
        """Adds to a count; zero leaves no count behind."""
        with self._lock:
            if n:
                self.counts[ending] += n

    def crashed(self, error: Exception) -> None:
        """An error in our code stopped one person's report; the others go on."""
        with self._lock:
            self.counts["crashed"] += 1
            self.error_types.add(type(error).__name__)

    def gauge(self, name: str, value: int) -> None:
        """What was measured under a name."""
        self.gauges[name] = value


@contextmanager
def reported() -> Iterator[RunMetrics]:
    """The invocation's metrics, reported when it ends, however it ends."""
    run_metrics, logger = RunMetrics(), redacted_logger()  # first: from here on no log shows a secret
    try:
        yield run_metrics
    except Exception as error:
        run_metrics.outcome = type(error).__name__
        raise
    finally:
        logger.info(
            "report",
            extra={
                "op": run_metrics.op,
                "outcome": run_metrics.outcome,
                "counts": dict(run_metrics.counts),
                "error_types": sorted(run_metrics.error_types),
                "stage_ms": run_metrics.stopwatch.stage_ms,
                "gauges": run_metrics.gauges,
            },
        )
        _send_metrics(run_metrics)


def _send_metrics(run_metrics: RunMetrics) -> None:
    metrics = EphemeralMetrics()
    for ending in COUNTED:
        if ending in run_metrics.counts:
            metrics.add_metric(name=f"Count.{ending}", unit=MetricUnit.Count, value=run_metrics.counts[ending])
    for name, value in run_metrics.gauges.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if metrics.metric_set:  # Powertools warns of an empty set
        metrics.flush_metrics()
