"""What the webhook's domain needs from outside, as plain calls: it cannot tell HTTP from memory."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from burnout.inference import Inference, InferFailure
from burnout.report_requests import ReportRequest
from burnout.store.operation import Store
from burnout.telegram.calls import BotCall
from functions.webhook.person import Terms


def now_utc() -> datetime:
    """This moment, UTC. Everything else takes the clock as an argument."""
    return datetime.now(UTC)  # noqa: TID251


@dataclass(frozen=True)
class Deps:
    """Everything that lies outside the domain, with what it raises when it fails."""

    store: Store
    put_photo: Callable[[str, bytes], None]  # under a key, while it is analysed; PhotoStorageError
    infer: Callable[[str], Inference | InferFailure]  # of a kept photo; FunctionUnavailableError, FunctionCrashedError
    # A file of Telegram's; FileTooLargeError, TelegramUnavailableError, TelegramRejectedError.
    download: Callable[[str], bytes]
    # The request is accepted, and what it asks for is sent later, once; FunctionUnavailableError.
    order_report: Callable[[ReportRequest], None]
    now_utc: Callable[[], datetime]
    terms: Terms
    baseline_shown_percent: int


@dataclass
class RequestTrace:
    """One update on its way through: how long each stage took, and how it ended. For the operator's log line."""

    update_id: int = 0
    outcome: str = "ignored"
    error_type: str = ""
    current_stage: str = ""  # the stage that runs, or ran last
    stage_ms: dict[str, float] = field(default_factory=dict)
    ends_at_s: float = math.inf  # on `clock`: when the function is killed
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def ending_in(cls, remaining_s: float) -> Self:
        """The trace of a function that has so much time left."""
        return cls(ends_at_s=time.monotonic() + remaining_s)

    def remaining_s(self) -> float:
        """The seconds that are left."""
        return self.ends_at_s - self.clock()

    @contextmanager
    def stage(self, stage: str) -> Iterator[None]:
        """Times a stage, also one that fails."""
        self.current_stage = stage
        started = time.perf_counter()
        try:
            yield
        finally:
            elapsed_ms = (time.perf_counter() - started) * 1000
            self.stage_ms[stage] = round(self.stage_ms.get(stage, 0.0) + elapsed_ms, 1)

    def ends(self, outcome: str, calls: list[BotCall]) -> list[BotCall]:
        """The calls unchanged; the trace now has its outcome."""
        self.outcome = outcome
        return calls
