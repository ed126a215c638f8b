"""One log line and one set of metrics per update: its number, outcome and milliseconds. Nothing about the person."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from burnout.redaction import redacted_logger
from functions.webhook.deps import RequestTrace

# Each name costs 0.30 USD a month while it is used: these are on the dashboard or under an alarm, the rest in the log.
COUNTED: Final = ("answered", "no_face", "duplicate", "retry", "dead_letter")
OTHER: Final = "other"
TIMED: Final = ("begin", "download", "put", "infer", "record", "reply")


@contextmanager
def reported(trace: RequestTrace) -> Iterator[RequestTrace]:
    """Reports the trace when it ends, however it ends."""
    try:
        yield trace
    finally:
        redacted_logger().info(
            "update",
            extra={
                "update_id": trace.update_id,
                "outcome": trace.outcome,
                "error_type": trace.error_type,
                "stage_ms": trace.stopwatch.stage_ms,
            },
        )
        metrics = EphemeralMetrics()  # its own instance: the shared one would mix concurrent updates on a laptop
        outcome = trace.outcome if trace.outcome in COUNTED else OTHER
        metrics.add_metric(name=f"Outcome.{outcome}", unit=MetricUnit.Count, value=1)
        for stage in TIMED:
            if stage in trace.stopwatch.stage_ms:
                elapsed_ms = trace.stopwatch.stage_ms[stage]
                metrics.add_metric(name=f"StageMs.{stage}", unit=MetricUnit.Milliseconds, value=elapsed_ms)
        metrics.flush_metrics()
