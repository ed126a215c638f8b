"""One log line and one set of metrics per invocation: how many of what, and milliseconds. Nothing about any person."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from burnout.redaction import redacted_logger
from functions.report.metrics import Tally

# Each name costs 0.30 USD a month while it is used: these are on the dashboard or under an alarm, the rest in the log.
COUNTED: Final = ("sent", "reminders", "noted", "failed", "crashed", "shards_unreadable")


@cache
def _logger() -> Logger:
    return redacted_logger()


@contextmanager
def reported() -> Iterator[Tally]:
    """The invocation's tally, reported when it ends, however it ends."""
    tally, logger = Tally(), _logger()  # first: from here on no log shows a secret
    try:
        yield tally
    except Exception as error:
        tally.outcome = type(error).__name__
        raise
    finally:
        logger.info(
            "report",
            extra={
                "op": tally.op,
                "outcome": tally.outcome,
                "counts": dict(tally.counts),
                "error_types": sorted(tally.error_types),
                "stage_ms": dict(tally.stage_ms),
                "gauges": tally.gauges,
            },
        )
        _send_metrics(tally)


def _send_metrics(tally: Tally) -> None:
    metrics = EphemeralMetrics()
    for ending in COUNTED:
        if ending in tally.counts:
            metrics.add_metric(name=f"Count.{ending}", unit=MetricUnit.Count, value=tally.counts[ending])
    for name, value in tally.gauges.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if metrics.metric_set:  # Powertools warns of an empty set
        metrics.flush_metrics()
