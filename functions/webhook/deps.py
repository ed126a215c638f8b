"""What the webhook's domain needs from outside, as Protocols: it cannot tell HTTP from memory."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, Self

from burnout.config import WebhookConfig
from burnout.inference import Inference, InferFailure
from burnout.report_requests import ReportRequest
from burnout.store.check_ins import Begun
from burnout.store.operation import Store
from burnout.telegram.calls import BotCall
from burnout.texts import language_of
from burnout.values import Language, PhotoFolder
from functions.webhook.screens import NOTICE_VERSION
from functions.webhook.updates import User


def now_utc() -> datetime:
    """This moment, UTC. Everything else takes the clock as an argument."""
    return datetime.now(UTC)  # noqa: TID251


class Photos(Protocol):
    """Where a photo lies while it is analysed."""

    def put(self, key: str, content: bytes) -> None:
        """The photo is kept under `key`. Raises: PhotoStorageError."""
        ...


class Infer(Protocol):
    """Whoever finds faces and their expressions in a kept photo."""

    def __call__(self, key: str) -> Inference | InferFailure:
        """What is on the photo. Raises: FunctionUnavailableError, FunctionCrashedError."""
        ...


class Reports(Protocol):
    """Whoever draws reports and charts, and sends them to the person."""

    def __call__(self, request: ReportRequest) -> None:
        """The request is taken; what it asks for comes later, once. Raises: FunctionUnavailableError."""
        ...


class Files(Protocol):
    """Telegram's files."""

    def download(self, file_id: str) -> bytes:
        """The file's bytes. Raises: FileTooLargeError, TelegramUnavailableError, TelegramRejectedError."""
        ...


@dataclass(frozen=True)
class Terms:
    """What the operator has decided, as people are told it."""

    photos_per_hour: int
    photos_per_day: int
    operator_contact: str
    data_place: str  # an AWS region, or "self"

    @classmethod
    def of(cls, config: WebhookConfig) -> Self:
        """The terms in the function's configuration."""
        return cls(config.photos_per_hour, config.photos_per_day, config.operator_contact, config.data_place)


@dataclass(frozen=True)
class Deps:
    """Everything that lies outside the domain."""

    store: Store
    photos: Photos
    infer: Infer
    files: Files
    reports: Reports
    now_utc: Callable[[], datetime]
    terms: Terms
    baseline_shown_percent: int


@dataclass(frozen=True)
class Person:
    """Who an update came from, as far as the bot knows."""

    id: int
    language: Language
    consented: bool  # to the notice as it is now
    known: bool  # to a notice, so that there is something to hand out or to erase
    photo_folder: PhotoFolder | None
    photos_this_hour: int
    photos_today: int


def person_of(sender: User, begun: Begun) -> Person:
    """Who wrote or pressed; they read the language that they chose, else the one that Telegram tells."""
    language = begun.language or language_of(sender.language_code)
    return Person(
        sender.id,
        language,
        # A yes to the present notice comes with a folder: somebody without one would be asked again, and get it.
        consented=(begun.consent_version or 0) >= NOTICE_VERSION and begun.photo_folder is not None,
        known=begun.consent_version is not None,
        photo_folder=begun.photo_folder,
        photos_this_hour=begun.photos_this_hour,
        photos_today=begun.photos_today,
    )


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
