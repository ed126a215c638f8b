"""One log line and one set of metrics per invocation: how many of what, and milliseconds. Nothing about any person."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from burnout.redaction import redacted_logger
from functions.report.metrics import RunMetrics

# Each name costs 0.30 USD a month while it is used: these are on the dashboard or under an alarm, the rest in the log.
COUNTED: Final = ("sent", "reminders", "noted", "failed", "crashed", "shards_unreadable")


@cache
def _logger() -> Logger:
    return redacted_logger()


@contextmanager
def reported() -> Iterator[RunMetrics]:
    """The invocation's metrics, reported when it ends, however it ends."""
    run_metrics, logger = RunMetrics(), _logger()  # first: from here on no log shows a secret
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
                "stage_ms": dict(run_metrics.stage_ms),
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
