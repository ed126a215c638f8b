"""python -m training.bench --data DIR [--models DIR] [--checkpoint FILE] [--baseline-checkpoint FILE]
                            [--fer-python PYTHON] [--faces N] [--photos N] [--seed S]

The served models against their own networks in torch and against PyPI's `fer`, on the same PublicTest faces in one run:
each contender in processes of its own, one after the other, one face at a time on one thread. A contender that cannot
run is named with its reason. `fer` wants a torch and a numpy of its own, so it needs its own environment:
    python3.11 -m venv .venv-fer && .venv-fer/bin/pip install fer==25.10.3 "setuptools<81"

With --baseline-checkpoint then whole photos, from JPEG bytes to the answer, as infer does it (decode, find, level,
crop, classify): `mvp` in ONNX Runtime against `baseline` in torch eager. Both see the same photos, those of
tests/photos and faces of PublicTest put into JPEGs of 960 x 1280 px as `training.robustness` does. They take turns
photo by photo, and take turns in beginning, so that a busy machine affects both alike; CPU time excludes the waiting.
Photos without a face do not count, since nothing is classified there.
"""

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from burnout.emotions import Emotion
from training import provenance
from training.command_line import one_line_for, parser_of
from training.contender import MODELS, ROOT, Contender, ContenderError, child, in_turns
from training.data import DataError, Faces, Usage, ferplus_majority, load_faces
from training.disturbances import pasted
from training.robustness import sample

STARTS: Final = 3  # processes that only load, for a median that the disk's first read does not decide
REAL_PHOTOS: Final = ("selfie.jpg", "astronaut.jpg")
BAR: Final = 0.05  # mvp must take so much less than baseline

_ORDER: Final = {str(emotion): place for place, emotion in enumerate(Emotion)}


@dataclass
class Result:
    """A contender's answers and costs; of photos only those in which it found a face."""

    emotions: list[int] = field(default_factory=list)  # of the first face in each, index into Emotion
    ms: list[float] = field(default_factory=list)  # from the bytes to the scores
    cpu_ms: list[float] = field(default_factory=list)  # of that, computing: on a busy machine the rest is waiting
    ready_s: list[float] = field(default_factory=list)  # first import to a loaded model, a fresh process each
    cold_ms: list[float] = field(default_factory=list)  # first import to the first answer, likewise
    peak_mb: float | None = None  # resident, after all of them; None if the system does not tell

    def add(self, answer: dict[str, Any]) -> None:
        """Notes a child's answer, if there was a face."""
        if answer["faces"]:
            scores = answer["faces"][0]["emotions"]
            self.emotions.append(_ORDER[max(scores, key=scores.__getitem__)])
            self.ms.append(answer["ms"])
            self.cpu_ms.append(answer["cpu_ms"])
        self.peak_mb = answer["peak_mb"]

    @property
    def p95_ms(self) -> float:
        """The 95th percentile of `ms`."""
        return float(np.percentile(self.ms, 95))


def contenders(options: argparse.Namespace) -> list[Contender]:
    """The exported models, `mvp` first, then the networks of the runs in torch, and PyPI's `fer`."""
    exported = sorted(options.models.glob("*.onnx"), key=lambda path: (path.stem != "mvp", path.stem))
    served = [Contender(f"{path.stem}, ONNX Runtime", "onnx", path) for path in exported]
    in_torch = [
        Contender(f"{name}, torch eager", "torch", path or Path(), missing="" if path else f"no {option}")
        for name, path, option in (
            ("mvp", options.checkpoint, "--checkpoint (best.pt of a run)"),
            ("baseline", options.baseline_checkpoint, "--baseline-checkpoint (best.pt of its run)"),
        )
    ]
    package = "" if options.fer_python else "no --fer-python (a Python that has it; see --help)"
    return [
        *served,
        *in_torch,
        Contender("PyPI's fer", "fer", Path(), python=options.fer_python or "", missing=package),
    ]


def measure(contender: Contender, gray_nhw: NDArray[np.uint8]) -> Result:
    """The contender's answers to the faces (n, 48, 48). Raises: ContenderError."""
    result = Result()
    for _ in range(STARTS):
        with child(contender, "faces") as fresh:
            result.ready_s.append(fresh.ready_s)
    with child(contender, "faces") as asked:
        for face_hw in gray_nhw:
            result.add(asked.ask(face_hw.tobytes()))
    return result


def row(name: str, result: Result, mvp: Result, faces: Faces) -> str:
    """Agreement with the FER+ majority, with FER's labels and with `mvp`, then cost, as one line."""
    majority, emotions = ferplus_majority(faces.votes), np.array(result.emotions)
    voted = majority >= 0
    shares = (
        (emotions == majority)[voted].mean(),
        (emotions == faces.labels).mean(),
        (emotions == np.array(mvp.emotions)).mean(),
    )
    peak = "-" if result.peak_mb is None else f"{result.peak_mb:.0f}"
    return (
        f"{name:22}"
        + "".join(f"{share:8.1%}" for share in shares)
        + f"{statistics.median(result.ms):8.2f}{result.p95_ms:8.2f}"
        + f"{statistics.median(result.ready_s):9.2f}{peak:>7}{len(result.ms):7}"
    )


def bench_faces(faces: Faces, options: argparse.Namespace) -> None:
    """Measures and prints, a line as soon as it is known."""
    voted = int((ferplus_majority(faces.votes) >= 0).sum())
    print(f"{provenance.machine()}; {Usage.PUBLIC_TEST}, {len(faces)} faces, {voted} with a FER+ majority")
    print(f"{'':22}{'FER+':>8}{'FER':>8}{'as mvp':>8}{'ms':>8}{'p95':>8}{'start s':>9}{'MB':>7}{'n':>7}", flush=True)
    mvp: Result | None = None
    for contender in contenders(options):
        try:
            result = measure(contender, faces.gray_nhw)
        except ContenderError as error:
            print(f"{contender.name:22}  skipped: {error}", flush=True)
            continue
        mvp = mvp or result
        print(row(contender.name, result, mvp, faces), flush=True)


def photos_of(faces: Faces, n: int, seed: int) -> list[bytes]:
    """JPEGs: real photos first, then n faces in pictures."""
    rng = np.random.default_rng(seed)
    real = [(ROOT / "tests" / "photos" / name).read_bytes() for name in REAL_PHOTOS]
    return [*real, *(pasted(gray_hw, rng)[0] for gray_hw in sample(faces, n, seed).gray_nhw)]


def compare(contenders: Sequence[Contender], photos: Sequence[bytes]) -> list[Result]:
    """What each contender took. The first photo is the one of the cold starts. Raises: ContenderError."""
    results = [Result() for _ in contenders]
    for _ in range(STARTS):
        for contender, result in zip(contenders, results, strict=True):
            with child(contender, "photos") as fresh:
                result.cold_ms.append(1000 * fresh.ready_s + fresh.ask(photos[0])["ms"])
    for answers in in_turns(contenders, photos):
        for result, answer in zip(results, answers, strict=True):
            result.add(answer)
    return results


def table(contenders: Sequence[Contender], results: Sequence[Result]) -> str:
    """A line for each contender, and how much less the first takes than the second."""
    lines = [f"{'a photo, JPEG to answer':26}{'ms':>8}{'p95':>8}{'CPU ms':>8}{'n':>7}{'cold start ms':>15}"]
    for contender, taken in zip(contenders, results, strict=True):
        medians = [statistics.median(each) for each in (taken.ms, taken.cpu_ms, taken.cold_ms)]
        cost = f"{medians[0]:8.1f}{taken.p95_ms:8.1f}{medians[1]:8.1f}{len(taken.ms):7}{medians[2]:15.0f}"
        lines.append(contender.name.ljust(26) + cost)
    mvp, baseline = results
    less = 1 - statistics.median(mvp.ms) / statistics.median(baseline.ms)
    less_cpu = 1 - statistics.median(mvp.cpu_ms) / statistics.median(baseline.cpu_ms)
    faster = [ours < theirs for ours, theirs in zip(mvp.ms, baseline.ms, strict=True)]
    return "\n".join(
        [
            *lines,
            f"mvp takes {less:.1%} less in the median, {1 - mvp.p95_ms / baseline.p95_ms:.1%} less at p95, "
            f"{less_cpu:.1%} less of the CPU;",
            f"it is faster on {sum(faster) / len(faster):.0%} of the photos. The bar of {BAR:.0%} in the median is "
            f"{'met' if less >= BAR else 'missed'}.",
        ]
    )


def bench_photos(faces: Faces, options: argparse.Namespace) -> str:
    """The table of one run. Raises: ContenderError."""
    contenders = (
        Contender("mvp, ONNX Runtime", "onnx", options.models / "mvp.onnx"),
        Contender("baseline, torch eager", "torch", options.baseline_checkpoint),
    )
    photos = photos_of(faces, options.photos, options.seed)
    results = compare(contenders, photos)
    if not results[0].ms:
        raise ContenderError(f"no face was found in {len(photos)} photos")
    return f"{provenance.machine()}; {len(photos)} photos\n{table(contenders, results)}"


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__)
    parser.add_argument(
        "--models", type=Path, default=MODELS, help="folder of the exported models (default: the served)"
    )
    parser.add_argument("--baseline-checkpoint", type=Path, help="best.pt of the run that baseline was exported from")
    parser.add_argument("--checkpoint", type=Path, help="best.pt of the run that the served model was exported from")
    parser.add_argument("--fer-python", metavar="PYTHON", help="a Python in whose environment PyPI's fer is installed")
    parser.add_argument("--faces", type=int, help="only the first so many of PublicTest (default: all)")
    parser.add_argument("--photos", type=int, default=300, help="faces that are put into pictures (default: 300)")
    parser.add_argument("--seed", type=int, default=0, help="of their choice, sizes and places (default: 0)")
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError, ContenderError):
        public_test = load_faces(options.data, Usage.PUBLIC_TEST).part(Usage.PUBLIC_TEST)
        bench_faces(public_test.where(np.arange(len(public_test)) < (options.faces or len(public_test))), options)
        if options.baseline_checkpoint:
            print(bench_photos(public_test, options))


if __name__ == "__main__":
    main()
