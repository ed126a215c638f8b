"""One log line and one set of metrics per invocation: how many of what, and milliseconds. Nothing about any person."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from burnout.redaction import redacted_logger
from functions.report.tally import Tally


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
            },
        )
        metrics = EphemeralMetrics()
        metrics.add_metric(name=f"Outcome.{tally.op}.{tally.outcome}", unit=MetricUnit.Count, value=1)
        for ending, n in tally.counts.items():
            metrics.add_metric(name=f"Count.{ending}", unit=MetricUnit.Count, value=n)
        for stage, elapsed_ms in tally.stage_ms.items():
            metrics.add_metric(name=f"StageMs.{stage}", unit=MetricUnit.Milliseconds, value=elapsed_ms)
        metrics.flush_metrics()
