"""Stand-ins for what lies outside the webhook, and the store itself on a real SQLite file. No mocks: they behave."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from burnout.emotions import Emotion
from burnout.inference import (
    BASELINE,
    MODELS,
    MVP,
    Face,
    ImageFacts,
    Inference,
    InferFailure,
    Label,
    ModelVersion,
    Prediction,
    Quality,
)
from burnout.store.operation import Operation, ShardOperation
from functions.store.bucket import Listed
from functions.store.operations import fulfil

A = TypeVar("A")


class KillError(BaseException):
    """The process was killed: nothing catches this, nothing is counted, and the update comes again."""


@dataclass
class FakePhotos:
    """S3 as a dict. `failures` come first."""

    kept: dict[str, bytes] = field(default_factory=dict)
    failures: deque[Exception] = field(default_factory=deque)
    now_utc: Callable[[], datetime] = lambda: datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)
    put_at_utc: dict[str, datetime] = field(default_factory=dict)

    def put(self, key: str, content: bytes) -> None:
        """The photo is kept."""
        self._fail()
        self.kept[key] = content
        self.put_at_utc[key] = self.now_utc()

    def mark(self, key: str) -> None:
        """An empty object is there."""
        self.put(key, b"")

    def delete(self, key: str) -> None:
        """No object of that name is there."""
        self._fail()
        self.kept.pop(key, None)

    def delete_all(self, keys: Iterable[str]) -> int:
        """None of these objects is there; how many were named."""
        named = list(keys)
        for key in named:
            self.delete(key)
        return len(named)

    def listed(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """The objects whose names begin so and come after another, in the order of names."""
        self._fail()
        found = [key for key in sorted(self.kept) if key.startswith(prefix) and key > after]
        return iter([Listed(key, self.put_at_utc.get(key, self.now_utc())) for key in found])

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.popleft()


@dataclass
class DirectStore:
    """The store's own operations on SQLite files in a folder, without Lambda between. `failures` come first.

    The photos that go with them lie in `objects`; a test that looks at them gives the webhook the same.
    """

    root: Path
    now_utc: Callable[[], datetime]
    failures: deque[Exception] = field(default_factory=deque)
    objects: FakePhotos = field(default_factory=FakePhotos)
    noted: list[str] = field(default_factory=list)  # what failed without undoing the answer

    def __call__(self, operation: Operation[A] | ShardOperation[A]) -> A:
        """The operation's answer."""
        if self.failures:
            raise self.failures.popleft()
        return fulfil(self.root, self.objects, operation, self.now_utc(), self.noted.append)


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

    def __call__(self, key: str, models: tuple[str, ...]) -> Inference | InferFailure:
        """What the test put there, of these models."""
        self.asked.append(key)
        self.before()
        if self.failures:
            raise self.failures.popleft()
        return of_models(models, self.answer)


def of_models(models: tuple[str, ...], answer: Inference | InferFailure) -> Inference | InferFailure:
    """The answer as infer gives it when it is asked for these models only."""
    if isinstance(answer, InferFailure):
        return answer
    faces = tuple(replace(each, models={name: each.models[name] for name in models}) for each in answer.faces)
    return replace(answer, faces=faces, models={name: answer.models[name] for name in models})


def prediction(negative: float = 0.68, *, sure: bool = True) -> Prediction:
    """A face that is sad for its negative part and happy for the rest."""
    emotions = dict.fromkeys(Emotion, 0.0) | {Emotion.SAD: negative, Emotion.HAPPY: 1 - negative}
    label: Label = "negative" if negative >= 0.5 else "positive"
    return Prediction(negative=negative, label=label, emotions=emotions, sure=sure)


def face(
    side_px: int = 300, *, sharpness: float = 400.0, brightness: float = 0.5, mvp: Prediction | None = None
) -> Face:
    """One readable face of so many pixels; baseline calls it negative, whatever `mvp` says."""
    return Face(
        box_px=(100, 100, side_px, side_px),
        quality=Quality(sharpness=sharpness, brightness=brightness),
        models={BASELINE: prediction(0.91), MVP: mvp or prediction()},
    )


def inference(*faces: Face, brightness: float = 0.5) -> Inference:
    """What infer says about a photo with these faces, largest first."""
    return Inference(
        image=ImageFacts(width_px=960, height_px=1280, brightness=brightness),
        faces=faces,
        models={name: ModelVersion(version="0.1.0", sha256=str(digit) * 64) for digit, name in enumerate(MODELS)},
        elapsed_ms={"fetch": 1.0, "decode": 2.0, "detect": 3.0, "classify": 4.0},
    )
