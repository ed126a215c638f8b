"""What the webhook's domain needs from outside, as Protocols: it cannot tell HTTP from memory."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from burnout.calls import BotCall
from burnout.demands import Demand
from burnout.inference import Inference, InferFailure
from burnout.records import Begun, Language, Store
from burnout.texts import language_of
from burnout.updates import User


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

    def __call__(self, demand: Demand) -> None:
        """The demand is taken; what it asks for comes later, once. Raises: FunctionUnavailableError."""
        ...


class Files(Protocol):
    """Telegram's files."""

    def download(self, file_id: str) -> bytes:
        """The file's bytes. Raises: FileTooLargeError, TelegramUnavailableError, TelegramRejectedError."""
        ...


@dataclass(frozen=True)
class Deps:
    """Everything that lies outside the domain."""

    store: Store
    photos: Photos
    infer: Infer
    files: Files
    reports: Reports
    now_utc: Callable[[], datetime]
    pseudonym_key: str = field(repr=False)  # for object names, see burnout.photos.user_prefix


@dataclass(frozen=True)
class Person:
    """Who an update came from, as far as the bot knows."""

    id: int
    language: Language
    consented: bool


def person_of(sender: User, begun: Begun) -> Person:
    """Who wrote or pressed; they read the language that they chose, else the one that Telegram tells."""
    language = begun.language or language_of(sender.language_code)
    return Person(sender.id, language, consented=begun.consent_version is not None)


@dataclass
class Visit:
    """One update on its way through: how long each stage took, and how it ended. For the operator's log line."""

    update_id: int = 0
    outcome: str = "ignored"
    error_type: str = ""
    stage: str = ""  # the stage that runs, or ran last
    stage_ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def at(self, stage: str) -> Iterator[None]:
        """Times a stage, also one that fails."""
        self.stage = stage
        started = time.perf_counter()
        try:
            yield
        finally:
            elapsed_ms = (time.perf_counter() - started) * 1000
            self.stage_ms[stage] = round(self.stage_ms.get(stage, 0.0) + elapsed_ms, 1)

    def ends(self, outcome: str, calls: list[BotCall]) -> list[BotCall]:
        """The calls unchanged; the visit now has its outcome."""
        self.outcome = outcome
        return calls
