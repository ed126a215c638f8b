"""python -m training.bench_photo --data DIR --baseline-checkpoint FILE [--models DIR] [--photos N] [--seed S]

A photo from its JPEG bytes to the answer, as infer does it (decode, Haar, level, crop, classify): `mvp` in ONNX Runtime
against `baseline` in torch eager. Both see the same photos, those of tests/photos and faces of PublicTest put into
JPEGs of 960 x 1280 px as `training.robustness` does, each in a process of its own on one thread. They take turns photo
by photo, and in who begins, so that a busy machine hits both alike; the CPU's time tells what waiting hides. Photos
without a face do not count, since nothing is classified there.
Run from the repository's root.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import numpy as np

from training import provenance
from training.bench import CHILD_ENVIRONMENT, MODELS, ROOT, STARTS, ContenderError, alone
from training.data import DataError, Faces, Usage, load_faces
from training.disturbances import pasted
from training.robustness import sample

REAL_PHOTOS: Final = ("selfie.jpg", "astronaut.jpg")
BAR: Final = 0.05  # mvp must take so much less than baseline


class Contender(NamedTuple):
    """How `training.bench_photo_child` is to run a model."""

    name: str
    kind: str
    model: Path
    contract: Path


@dataclass
class Times:
    """What a contender took, in milliseconds; photos in their order, where a face was found."""

    cold_ms: list[float] = field(default_factory=list)  # first import to first answer, a fresh process each
    photo_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)  # of that, computing: on a busy machine the rest is waiting


def write_photos(faces: Faces, n: int, seed: int, folder: Path) -> list[str]:
    """The names of the JPEGs that are now in the folder: real photos first, then n faces in pictures."""
    rng = np.random.default_rng(seed)
    real = {name: (ROOT / "tests" / "photos" / name).read_bytes() for name in REAL_PHOTOS}
    made = {f"{i:05}.jpg": pasted(gray_hw, rng)[0] for i, gray_hw in enumerate(sample(faces, n, seed).gray_nhw)}
    for name, data in {**real, **made}.items():
        (folder / name).write_bytes(data)
    return [*real, *made]


class Child:
    """A contender's process, which answers one photo at a time."""

    def __init__(self, contender: Contender, process: subprocess.Popen[str]) -> None:
        self._name = contender.name
        self._asked, self._answers, self._errors = map(_pipe, (process.stdin, process.stdout, process.stderr))

    def ask(self, photo: str) -> dict[str, Any]:
        """Milliseconds and the emotions of the faces in the photo. Raises: ContenderError."""
        with suppress(BrokenPipeError):  # it has ended, and its last words say why
            self._asked.write(photo + "\n")
            self._asked.flush()
        line = self._answers.readline()
        if not line:
            said = self._errors.read().strip().splitlines() or ["ended without a word"]
            raise ContenderError(f"{self._name}: {said[-1]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise ValueError("not started with pipes")
    return stream


@contextmanager
def child(contender: Contender, photos: Path) -> Iterator[Child]:
    """A fresh process of the contender for the photos in the folder."""
    module = [sys.executable, "-m", "training.bench_photo_child", contender.kind]
    with subprocess.Popen(  # noqa: S603 - our own module
        [*module, str(contender.model), str(contender.contract), str(photos)],
        env=CHILD_ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield Child(contender, process)


def measure(contenders: Sequence[Contender], photos: Sequence[str], folder: Path) -> list[Times]:
    """The times of each contender. The first photo is the one of the cold starts. Raises: ContenderError."""
    times = [Times() for _ in contenders]
    for _ in range(STARTS):
        for contender, taken in zip(contenders, times, strict=True):
            with child(contender, folder) as fresh:
                taken.cold_ms.append(fresh.ask(photos[0])["ms"])
    with ExitStack() as stack:
        children = [stack.enter_context(child(contender, folder)) for contender in contenders]
        pairs = list(zip(children, times, strict=True))
        for warm, _ in pairs:
            warm.ask(photos[0])
        for turn, photo in enumerate(photos):
            for asked, taken in pairs if turn % 2 else reversed(pairs):
                answer = asked.ask(photo)
                if answer["emotions"]:
                    taken.photo_ms.append(answer["ms"])
                    taken.cpu_ms.append(answer["cpu_ms"])
    return times


def table(contenders: Sequence[Contender], times: Sequence[Times]) -> str:
    """A line for each contender, and how much less the first takes than the second."""
    lines = [f"{'a photo, JPEG to answer':26}{'ms':>8}{'p95':>8}{'CPU ms':>8}{'n':>7}{'cold start ms':>15}"]
    for contender, taken in zip(contenders, times, strict=True):
        medians = [statistics.median(each) for each in (taken.photo_ms, taken.cpu_ms, taken.cold_ms)]
        cost = f"{medians[0]:8.1f}{_p95(taken):8.1f}{medians[1]:8.1f}{len(taken.photo_ms):7}{medians[2]:15.0f}"
        lines.append(contender.name.ljust(26) + cost)
    mvp, baseline = times
    less = 1 - statistics.median(mvp.photo_ms) / statistics.median(baseline.photo_ms)
    less_cpu = 1 - statistics.median(mvp.cpu_ms) / statistics.median(baseline.cpu_ms)
    faster = [ours < theirs for ours, theirs in zip(mvp.photo_ms, baseline.photo_ms, strict=True)]
    return "\n".join(
        [
            *lines,
            f"mvp takes {less:.1%} less in the median, {1 - _p95(mvp) / _p95(baseline):.1%} less at p95, "
            f"{less_cpu:.1%} less of the CPU;",
            f"it is faster on {sum(faster) / len(faster):.0%} of the photos. The bar of {BAR:.0%} in the median is "
            f"{'met' if less >= BAR else 'missed'}.",
        ]
    )


def _p95(taken: Times) -> float:
    return float(np.percentile(taken.photo_ms, 95))


def bench(faces: Faces, options: argparse.Namespace) -> str:
    """The table of one run. Raises: ContenderError."""
    contract = options.models / "baseline.json"
    with tempfile.TemporaryDirectory() as folder:
        mvp = alone(options.models / "mvp.onnx", Path(folder))
        contenders = (
            Contender("mvp, ONNX Runtime", "onnx", mvp, mvp.with_suffix(".json")),
            Contender("baseline, torch eager", "torch", options.baseline_checkpoint, contract),
        )
        photos = write_photos(faces, options.photos, options.seed, Path(folder))
        times = measure(contenders, photos, Path(folder))
        if not times[0].photo_ms:
            raise ContenderError(f"no face was found in {len(photos)} photos")
        return f"{provenance.machine()}; {len(photos)} photos\n{table(contenders, times)}"


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with fer2013.csv and fer2013new.csv")
    parser.add_argument(
        "--baseline-checkpoint", type=Path, required=True, help="best.pt of the run that baseline was exported from"
    )
    parser.add_argument(
        "--models", type=Path, default=MODELS, help="folder of the exported models (default: the served)"
    )
    parser.add_argument("--photos", type=int, default=300, help="faces that are put into pictures (default: 300)")
    parser.add_argument("--seed", type=int, default=0, help="of their choice, sizes and places (default: 0)")
    options = parser.parse_args(argv)
    try:
        print(bench(load_faces(options.data).part(Usage.PUBLIC_TEST), options))
    except (DataError, ContenderError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
