"""One log line per request: which operation, how it ended and milliseconds. Nothing about the person."""

from typing import Final

from burnout.clock import Stopwatch
from burnout.redaction import redacted_logger
from functions.app.api import OPERATIONS, Answer

OTHER: Final = "other"  # what a stranger asks for is not written down


def note(op: str, answer: Answer, stopwatch: Stopwatch) -> None:
    """Writes the line."""
    facts = {"op": op if op in OPERATIONS else OTHER, "status": int(answer.status), "stage_ms": stopwatch.stage_ms}
    redacted_logger().info("app", extra=facts)
