"""A folder like the one a user downloads: both CSV files, with 40 rows. Needs only the standard library.

Torch and wandb are in training's environment, moto and what webhook needs in the other one: each runs the tests that
it can.
"""

import gzip
import lzma
import random
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

ON_TORCH = (
    "augment",
    "bench",
    "command_lines",
    "covered",
    "evaluate",
    "export",
    "gpu",
    "model",
    "optimisation",
    "pace",
    "tracking",
    "train",
)
collect_ignore = [] if find_spec("torch") else [f"test_{name}.py" for name in ON_TORCH]
collect_ignore += [] if find_spec("moto") else ["test_publish.py", "test_photos.py"]
FERPLUS_COLUMNS = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
FER_ORDER = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".xz": lzma.compress, ".gz": gzip.compress}


class Row(NamedTuple):
    """One face as both publishers describe it: FER+ gives all ten votes to FER's label."""

    label: int
    pixels: bytes  # 2304 gray values
    usage: str

    def fer(self) -> str:
        return f"{self.label},{' '.join(map(str, self.pixels))},{self.usage}"

    def ferplus(self, number: int) -> str:
        votes = [10 if name == FER_ORDER[self.label] else 0 for name in FERPLUS_COLUMNS]
        return f"{self.usage},fer{number:07}.png,{','.join(map(str, votes))}"


@pytest.fixture(autouse=True)
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test starts a run in Weights & Biases, but those that say so."""
    monkeypatch.setenv("WANDB_MODE", "disabled")


@pytest.fixture(scope="session")
def rows() -> tuple[Row, ...]:
    """32 Training and 8 PublicTest faces of random noise; every emotion occurs in both."""
    dice = random.Random(20130)
    return tuple(Row(i % 7, dice.randbytes(2304), "Training" if i < 32 else "PublicTest") for i in range(40))


@pytest.fixture(scope="session")
def write_csvs(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes both files into a new folder and gives the folder."""

    def write(rows: Sequence[Row], suffix: str = "") -> Path:
        folder = tmp_path_factory.mktemp("data")
        fer = ["emotion,pixels,Usage", *(row.fer() for row in rows)]
        ferplus = [
            ",".join(["Usage", "Image name", *FERPLUS_COLUMNS]),
            *(row.ferplus(i) for i, row in enumerate(rows)),
        ]
        for name, lines in (("fer2013.csv", fer), ("fer2013new.csv", ferplus)):
            (folder / (name + suffix)).write_bytes(COMPRESSORS[suffix](("\n".join(lines) + "\n").encode()))
        return folder

    return write


@pytest.fixture(scope="session")
def folder(rows, write_csvs) -> Path:
    """A folder that no test changes."""
    return write_csvs(rows)


@pytest.fixture(scope="session")
def faces(folder):
    from training.data import load_faces

    return load_faces(folder)


@pytest.fixture(scope="session")
def checkpoint_path(folder, tmp_path_factory) -> Path:
    """A tiny network that is hardly trained."""
    from tests.training.tiny import tiny_checkpoint

    return tiny_checkpoint(folder, tmp_path_factory.mktemp("run") / "best.pt")


@pytest.fixture(scope="session")
def export_to(folder, checkpoint_path):
    """Runs the command on a checkpoint, the tiny one unless another is named; gives the ONNX file."""

    from training import export

    def run(out: Path, name: str, *options: str, saved: Path = checkpoint_path) -> Path:
        source = ["--data", str(folder), "--checkpoint", str(saved), "--version", "1.2.3"]
        export.main([*source, "--out", str(out), "--name", name, *options])
        return out / f"{name}.onnx"

    return run


@pytest.fixture(scope="session")
def exported(export_to, tmp_path_factory) -> Path:
    """Made once: the exporter takes seconds."""
    return export_to(tmp_path_factory.mktemp("models"), "tiny", "--serve-fer-share", "0.3")


@pytest.fixture
def data_folder(rows: tuple[Row, ...], write_csvs: Callable[..., Path]) -> Path:
    """A folder of the test's own, which it may damage."""
    return write_csvs(rows)
