"""python -m training.bench --data DIR [--models DIR] [--checkpoint FILE] [--baseline-checkpoint FILE]
                            [--fer-python PYTHON] [--faces N] [--photos N]

The served models against their own networks in torch and against PyPI's `fer`, on the same PublicTest faces in one run:
each contender in processes of its own, one after the other, one face at a time on one thread. A contender that cannot
run is named with its reason. `fer` wants a torch and a numpy of its own, so it needs its own environment:
    python3.11 -m venv .venv-fer && .venv-fer/bin/pip install fer==25.10.3 "setuptools<81"

With --baseline-checkpoint then whole photos, from JPEG bytes to the answer, as infer does it (decode, find, level,
crop, classify): `mvp` in ONNX Runtime against `baseline` in torch eager, by turns. The photos are those of tests/photos
and faces of PublicTest put into JPEGs of 960 x 1280 px as `training.robustness` does.
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
from training.contender import MODELS, ROOT, Contender, ContenderError, by_turns, child, cost_table
from training.data import DataError, Faces, Usage, ferplus_majority, load_faces
from training.disturbances import pasted
from training.robustness import sample

STARTS: Final = 3  # processes that only load, for a median that the disk's first read does not decide
REAL_PHOTOS: Final = ("selfie.jpg", "astronaut.jpg")
BAR: Final = 0.05  # mvp must take so much less than baseline

_ORDER: Final = {str(emotion): place for place, emotion in enumerate(Emotion)}


@dataclass
class Result:
    """A contender's answers to faces, and what they cost."""

    emotions: list[int] = field(default_factory=list)  # index into Emotion
    ms: list[float] = field(default_factory=list)  # from the bytes to the scores
    ready_s: list[float] = field(default_factory=list)  # first import to a loaded model, a fresh process each
    peak_mb: float | None = None  # resident, after all of them; None if the system does not tell

    def add(self, answer: dict[str, Any]) -> None:
        """Notes a child's answer to one face."""
        scores = answer["faces"][0]["emotions"]
        self.emotions.append(_ORDER[max(scores, key=scores.__getitem__)])
        self.ms.append(answer["ms"])
        self.peak_mb = answer["peak_mb"]


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
        + f"{statistics.median(result.ms):8.2f}{np.percentile(result.ms, 95):8.2f}"
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


def photos_of(faces: Faces, n: int) -> list[bytes]:
    """JPEGs: real photos first, then n faces in pictures."""
    rng = np.random.default_rng(0)
    real = [(ROOT / "tests" / "photos" / name).read_bytes() for name in REAL_PHOTOS]
    return [*real, *(pasted(gray_hw, rng)[0] for gray_hw in sample(faces, n, seed=0).gray_nhw)]


def bench_photos(photos: Sequence[bytes], mvp: Path, baseline: Path) -> str:
    """What a photo costs with `mvp` in ONNX Runtime, and with this checkpoint in torch. Raises: ContenderError."""
    contenders = (Contender("mvp, ONNX Runtime", "onnx", mvp), Contender("baseline, torch eager", "torch", baseline))
    taken = by_turns(contenders, photos)
    ours, theirs = map(statistics.mean, taken.values())
    less = 1 - ours / theirs
    verdict = "met" if less >= BAR else "missed"
    return f"{cost_table(taken)}\nmvp takes {less:.1%} less. The bar of {BAR:.0%} is {verdict}."


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
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError, ContenderError):
        public_test = load_faces(options.data, Usage.PUBLIC_TEST).part(Usage.PUBLIC_TEST)
        bench_faces(public_test.where(np.arange(len(public_test)) < (options.faces or len(public_test))), options)
        if options.baseline_checkpoint:
            photos = photos_of(public_test, options.photos)
            print(bench_photos(photos, options.models / "mvp.onnx", options.baseline_checkpoint))


if __name__ == "__main__":
    main()
