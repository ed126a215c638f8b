"""Stand-ins for what lies outside the webhook, and the store itself on a real SQLite file. No mocks: they behave."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from burnout.emotions import Emotion
from burnout.inference import Face, ImageFacts, Inference, InferFailure, ModelVersion, Quality, Scores
from burnout.records import Operation, ShardOperation
from functions.store.shards import perform

A = TypeVar("A")


@dataclass
class DirectStore:
    """The store's own operations on SQLite files in a folder, without Lambda between. `failures` come first."""

    root: Path
    now_utc: Callable[[], datetime]
    failures: deque[Exception] = field(default_factory=deque)

    def __call__(self, operation: Operation[A] | ShardOperation[A]) -> A:
        """The operation's answer."""
        if self.failures:
            raise self.failures.popleft()
        return perform(self.root, operation, self.now_utc())


@dataclass
class FakePhotos:
    """S3 as a dict. `failures` come first."""

    kept: dict[str, bytes] = field(default_factory=dict)
    failures: deque[Exception] = field(default_factory=deque)

    def put(self, key: str, content: bytes) -> None:
        """The photo is kept."""
        if self.failures:
            raise self.failures.popleft()
        self.kept[key] = content


@dataclass
class FakeFiles:
    """Telegram's files: every file_id has bytes; `failures` come first."""

    downloaded: list[str] = field(default_factory=list)
    failures: deque[Exception] = field(default_factory=deque)

    def download(self, file_id: str) -> bytes:
        """Some bytes that name the file."""
        self.downloaded.append(file_id)
        if self.failures:
            raise self.failures.popleft()
        return f"bytes of {file_id}".encode()


@dataclass
class FakeInfer:
    """Answers with `answer`; `failures` come first; `before` runs inside every call."""

    answer: Inference | InferFailure
    asked: list[str] = field(default_factory=list)
    failures: deque[Exception] = field(default_factory=deque)
    before: Callable[[], object] = lambda: None

    def __call__(self, key: str) -> Inference | InferFailure:
        """What the test put there."""
        self.asked.append(key)
        self.before()
        if self.failures:
            raise self.failures.popleft()
        return self.answer


def scores(negative: float = 0.68) -> Scores:
    """A face that is sad for its negative part and happy for the rest."""
    emotions = dict.fromkeys(Emotion, 0.0) | {Emotion.SAD: negative, Emotion.HAPPY: 1 - negative}
    return Scores(negative=negative, label="negative" if negative >= 0.5 else "positive", emotions=emotions)


def face(side_px: int = 300, *, sharpness: float = 400.0, brightness: float = 0.5, negative: float = 0.68) -> Face:
    """One readable face of so many pixels."""
    return Face(
        box_px=(100, 100, side_px, side_px),
        quality=Quality(sharpness=sharpness, brightness=brightness),
        models={"mvp": scores(negative)},
    )


def inference(*faces: Face, brightness: float = 0.5) -> Inference:
    """What infer says about a photo with these faces, largest first."""
    return Inference(
        image=ImageFacts(width_px=960, height_px=1280, brightness=brightness),
        faces=faces,
        models={"mvp": ModelVersion(version="0.1.0", sha256="0" * 64)},
        elapsed_ms={"fetch": 1.0, "decode": 2.0, "detect": 3.0, "classify": 4.0},
    )
