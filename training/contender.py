"""What is measured beside something else: each in a process of its own, on one thread. Needs no torch itself."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

import numpy as np

ROOT: Final = Path(__file__).parents[1]
MODELS: Final = ROOT / "functions" / "infer" / "models"
ASKED: Final = Path(__file__).with_name("bench_child.py")
CHILD_ENVIRONMENT: Final = {
    **os.environ,  # noqa: TID251 - a child needs the whole of it
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


class ContenderError(Exception):
    """A contender cannot take part. The text is the reason, in one line."""


@dataclass(frozen=True)
class Contender:
    """What is measured, and with which Python. `kind` is one of `training.bench_child`."""

    name: str
    kind: str
    model: Path
    python: str = sys.executable
    root: Path = ROOT  # of the checkout whose serving answers
    missing: str = ""  # why it cannot run, when that is known beforehand


class Child:
    """A contender's process, which answers one face or photo at a time."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str]) -> None:
        """Waits until the contender is ready. Raises: ContenderError."""
        self._process, self._errors = process, errors
        self._asked, self._answers = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        self.ready_s: Final[float] = self._answer()["ready_s"]

    def ask(self, data: bytes) -> dict[str, Any]:
        """Milliseconds and the emotions of the faces in it. Raises: ContenderError."""
        with suppress(BrokenPipeError):  # it has ended, and its last line says why
            self._asked.write(data.hex() + "\n")
            self._asked.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._answers.readline()
        if not line:
            status = self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().strip().splitlines() or [f"ended with {status}"]
            raise ContenderError(said[-1])
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def child(contender: Contender, what: str) -> Iterator[Child]:
    """A fresh process of the contender for "faces" or "photos". Raises: ContenderError."""
    if contender.missing:
        raise ContenderError(contender.missing)
    # This checkout's question to another one's serving: by path, and without this folder on the path of its modules.
    command = [contender.python, "-P", str(ASKED), what, contender.kind]
    modules = f"{contender.root}{os.pathsep}{contender.root / 'layers' / 'common'}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        errors = stack.enter_context((folder / "errors.txt").open("w+"))
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [*command, str(alone(contender.model, folder))],
                env={**CHILD_ENVIRONMENT, "PYTHONPATH": modules},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        except OSError as error:
            raise ContenderError(str(error)) from error
        yield Child(stack.enter_context(process), errors)


def alone(model: Path, folder: Path) -> Path:
    """An exported model, by links, in a new folder in this one: infer loads all of a folder's. Others as they are."""
    if model.suffix != ".onnx":
        return model
    only = folder / "model"
    only.mkdir()
    for path in (model, model.with_suffix(".json")):
        (only / path.name).symlink_to(path.resolve())
    return only / model.name


def in_turns(contenders: Sequence[Contender], photos: Iterable[bytes]) -> Iterator[list[dict[str, Any]]]:
    """What each says of each photo, after a first one that only warms them up. Raises: ContenderError.

    They take turns photo by photo, and in beginning, so that a busy machine affects all alike.
    """
    with ExitStack() as stack:
        children = [stack.enter_context(child(contender, "photos")) for contender in contenders]
        for turn, photo in enumerate(photos):
            if not turn:
                for asked in children:
                    asked.ask(photo)
            answers = {asked: asked.ask(photo) for asked in (children if turn % 2 else reversed(children))}
            yield [answers[asked] for asked in children]


def by_turns(contenders: Sequence[Contender], photos: Iterable[bytes]) -> dict[str, list[float]]:
    """CPU milliseconds of each contender by its name, for each photo. Raises: ContenderError."""
    turns = [[answer["cpu_ms"] for answer in answers] for answers in in_turns(contenders, photos)]
    return {each.name: list(taken) for each, taken in zip(contenders, zip(*turns, strict=True), strict=True)}


def cost_table(systems: Mapping[str, Sequence[float]]) -> str:
    """CPU milliseconds a photo of each system, from the bytes to the scores: mean, 95th percentile and longest."""
    return "\n".join(
        [f"{'CPU ms a photo':32}{'mean':>8}{'p95':>8}{'max':>8}{'n':>6}"]
        + [
            f"{name:32}{np.mean(cpu_ms):8.1f}{np.percentile(cpu_ms, 95):8.1f}{max(cpu_ms):8.1f}{len(cpu_ms):6}"
            for name, cpu_ms in systems.items()
        ]
    )
