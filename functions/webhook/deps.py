"""What the webhook's domain needs from outside, as plain calls: it cannot tell HTTP from memory."""

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypeVar, cast

from msgspec import structs

from burnout.clock import Stopwatch
from burnout.inference import Inference, InferFailure
from burnout.report_requests import ReportRequest
from burnout.store.operation import Choice, Operation, ShardOperation, Store
from burnout.telegram.calls import BotCall
from burnout.values import Language, PhotoFolder
from functions.webhook.person import Terms

A = TypeVar("A")


@dataclass(frozen=True)
class Deps:
    """Everything that lies outside the domain, with what it raises when it fails."""

    store: Store
    put_photo: Callable[[str, bytes], None]  # under a key, while it is analysed; PhotoStorageError
    # By these models, of a kept photo; FunctionUnavailableError, FunctionCrashedError.
    infer: Callable[[str, tuple[str, ...]], Inference | InferFailure]
    # A file of Telegram's; FileTooLargeError, TelegramUnavailableError, TelegramRejectedError.
    download: Callable[[str], bytes]
    # The request is accepted, and what it asks for is sent later, once; FunctionUnavailableError.
    order_report: Callable[[ReportRequest], None]
    # While its block lasts longer than a second, the chat shows that the bot is at work; raises nothing of its own.
    typing: Callable[[int], AbstractContextManager[None]]
    # A call at once, beside the work; raises nothing, and one that Telegram does not take is lost.
    send: Callable[[BotCall], None]
    now_utc: Callable[[], datetime]
    terms: Terms

    def at(self, app_url: str) -> Self:
        """The same dependencies of a bot whose Mini App is there."""
        return replace(self, terms=replace(self.terms, app_url=app_url))

    def numbered(self, update_id: int) -> Self:
        """The same dependencies, but the store is told with every choice which update made it: the newest stands."""

        def store(operation: Operation[A] | ShardOperation[A]) -> A:
            if isinstance(operation, Choice):
                return cast("A", self.store(structs.replace(operation, update_id=update_id)))
            return self.store(operation)

        return replace(self, store=store)


@dataclass
class RequestTrace:
    """One update on its way through: how long each stage took, and how it ended, for the operator's log line."""

    update_id: int = 0
    outcome: str = "ignored"
    error_type: str = ""
    slow: bool = False  # the update has failed so often that its sender should hear of it, once
    language: Language | None = None  # that the person reads, once the store has said it
    current_stage: str = ""  # the stage that runs, or ran last
    photo_folder: PhotoFolder | None = field(default=None, repr=False)  # of a photo; never logged
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    ends_at_s: float = math.inf  # on `clock`: when the function is killed
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def ending_in(cls, remaining_s: float) -> Self:
        """The trace of a function that has so much time left."""
        return cls(ends_at_s=time.monotonic() + remaining_s)

    def remaining_s(self) -> float:
        """The seconds that are left."""
        return self.ends_at_s - self.clock()

    def stage(self, stage: str) -> AbstractContextManager[None]:
        """Times a stage, also one that fails."""
        self.current_stage = stage
        return self.stopwatch.stage(stage)

    def ends(self, outcome: str, calls: list[BotCall]) -> list[BotCall]:
        """The calls unchanged; the trace now has its outcome."""
        self.outcome = outcome
        return calls
