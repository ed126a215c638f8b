"""python -m training.bench --data DIR [--models DIR] [--checkpoint FILE] [--baseline-checkpoint FILE]
                            [--fer-python PYTHON] [--faces N]

The served models against their own networks in torch and against PyPI's `fer`, on the same PublicTest faces in one run:
each contender in processes of its own, one after the other, one face at a time on one thread. A contender that cannot
run is named with its reason. `fer` wants a torch and a numpy of its own, so it needs its own environment:
    python3.11 -m venv .venv-fer && .venv-fer/bin/pip install fer==25.10.3 "setuptools<81"
    .venv-fer/bin/pip install --no-deps --editable .
Run from the repository's root.
"""

import argparse
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from training import provenance
from training.data import DataError, Faces, Usage, ferplus_majority, load_faces

ROOT: Final = Path(__file__).parents[1]
MODELS: Final = ROOT / "functions" / "infer" / "models"
STARTS: Final = 3  # processes that only load, for a median that the disk's first read does not decide
CHILD_ENVIRONMENT: Final = {
    **os.environ,  # noqa: TID251 - a child needs the whole of it
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


class ContenderError(Exception):
    """A contender cannot take part. The text is the reason, in one line."""


@dataclass(frozen=True)
class Contender:
    """What is measured, and with which Python. `kind` is a loader of `training.bench_child`."""

    name: str
    kind: str
    model: Path
    python: str = sys.executable
    missing: str = ""  # why it cannot run, when that is known beforehand


@dataclass(frozen=True)
class Result:
    """What a contender said of each face, and what it took."""

    emotions: NDArray[np.int64]  # (n,), index into Emotion
    ms: list[float]  # from the gray face to the scores
    ready_s: list[float]  # from the first import to a loaded model, a fresh process each
    peak_mb: float | None  # resident, after all faces; None if the system does not tell


def contenders(options: argparse.Namespace) -> list[Contender]:
    """The exported models, `mvp` first, then the networks of the runs in torch, and PyPI's `fer`."""
    exported = sorted(options.models.glob("*.onnx"), key=lambda path: (path.stem != "mvp", path.stem))
    served = [Contender(f"{path.stem}, ONNX Runtime", "onnx", path) for path in exported]
    mvp, baseline = options.checkpoint, options.baseline_checkpoint
    package = "" if options.fer_python else "no --fer-python (a Python that has it; see --help)"
    return [
        *served,
        Contender(
            "mvp, torch eager", "torch", mvp or Path(), missing="" if mvp else "no --checkpoint (best.pt of a run)"
        ),
        Contender(
            "baseline, torch eager",
            "torch",
            baseline or Path(),
            missing="" if baseline else "no --baseline-checkpoint (best.pt of its run)",
        ),
        Contender("PyPI's fer", "fer", Path(), python=options.fer_python or "", missing=package),
    ]


def measure(contender: Contender, gray_nhw: NDArray[np.uint8]) -> Result:
    """The contender's answers to the faces (n, 48, 48). Raises: ContenderError."""
    if contender.missing:
        raise ContenderError(contender.missing)
    with tempfile.TemporaryDirectory() as folder:
        none, faces = Path(folder, "none.npy"), Path(folder, "faces.npy")
        np.save(none, gray_nhw[:0])
        np.save(faces, gray_nhw)
        contender = dataclasses.replace(contender, model=alone(contender.model, Path(folder)))
        ready_s = [_run(contender, none)["ready_s"] for _ in range(STARTS)]
        found = _run(contender, faces)
    return Result(np.array(found["emotions"], dtype=np.int64), found["ms"], ready_s, found["peak_mb"])


def alone(model: Path, folder: Path) -> Path:
    """An exported model, by links, in a new folder in this one: infer loads all of a folder's. Others as they are."""
    if model.suffix != ".onnx":
        return model
    only = folder / "model"
    only.mkdir()
    for path in (model, model.with_suffix(".json")):
        (only / path.name).symlink_to(path.resolve())
    return only / model.name


def _run(contender: Contender, faces: Path) -> dict[str, Any]:
    answers = faces.with_suffix(".json")
    module = [contender.python, "-m", "training.bench_child"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [*module, contender.kind, str(contender.model), str(faces), str(answers)],
            env=CHILD_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ContenderError(str(error)) from error
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise ContenderError(lines[-1] if lines else f"ended with {done.returncode}")
    found: dict[str, Any] = json.loads(answers.read_text())
    return found


def heading() -> str:
    """The names over the columns of `row`."""
    return f"{'':22}{'FER+':>8}{'FER':>8}{'as mvp':>8}{'ms':>8}{'p95':>8}{'start s':>9}{'MB':>7}{'n':>7}"


def row(name: str, result: Result, mvp: Result, faces: Faces) -> str:
    """Agreement with the FER+ majority, with FER's labels and with `mvp`, then cost, as one line."""
    majority = ferplus_majority(faces.votes)
    voted = majority >= 0
    shares = (
        (result.emotions == majority)[voted].mean(),
        (result.emotions == faces.labels).mean(),
        (result.emotions == mvp.emotions).mean(),
    )
    peak = "-" if result.peak_mb is None else f"{result.peak_mb:.0f}"
    return (
        f"{name:22}"
        + "".join(f"{share:8.1%}" for share in shares)
        + f"{statistics.median(result.ms):8.2f}{np.percentile(result.ms, 95):8.2f}"
        + f"{statistics.median(result.ready_s):9.2f}{peak:>7}{len(result.ms):7}"
    )


def bench(faces: Faces, options: argparse.Namespace) -> None:
    """Measures and prints, a line as soon as it is known."""
    voted = int((ferplus_majority(faces.votes) >= 0).sum())
    print(f"{provenance.machine()}; {Usage.PUBLIC_TEST}, {len(faces)} faces, {voted} with a FER+ majority")
    print(heading(), flush=True)
    mvp: Result | None = None
    for contender in contenders(options):
        try:
            result = measure(contender, faces.gray_nhw)
        except ContenderError as error:
            print(f"{contender.name:22}  skipped: {error}", flush=True)
            continue
        mvp = mvp or result
        print(row(contender.name, result, mvp, faces), flush=True)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with fer2013.csv and fer2013new.csv")
    parser.add_argument(
        "--models", type=Path, default=MODELS, help="folder of the exported models (default: the served)"
    )
    parser.add_argument("--baseline-checkpoint", type=Path, help="best.pt of the run that baseline was exported from")
    parser.add_argument("--checkpoint", type=Path, help="best.pt of the run that the served model was exported from")
    parser.add_argument("--fer-python", metavar="PYTHON", help="a Python in whose environment PyPI's fer is installed")
    parser.add_argument("--faces", type=int, help="only the first so many of PublicTest (default: all)")
    options = parser.parse_args(argv)
    try:
        public_test = load_faces(options.data).part(Usage.PUBLIC_TEST)
        faces = public_test.where(np.arange(len(public_test)) < (options.faces or len(public_test)))
        if not len(faces):
            raise DataError(f"{options.data}: no {Usage.PUBLIC_TEST} rows")
    except DataError as error:
        parser.exit(1, f"{error}\n")
    bench(faces, options)


if __name__ == "__main__":
    main()
