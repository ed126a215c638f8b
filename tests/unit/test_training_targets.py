"""make's training targets ask for variables without a default before anything is installed, and pass on the rest."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = [
    "env",
    *(f"-u{name}" for name in ("DATA", "RUN", "REGISTRY", "MVP", "OUT", "MODEL", "MODELS", "VERSION", "MAKEFLAGS")),
    "make",
]  # the tests themselves may run under make


def commands(*words):
    """The modules that make would run, with their arguments."""
    done = subprocess.run([*MAKE, "-n", *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    lines = done.stdout.replace("\\\n", " ").splitlines()
    return [" ".join(line.partition("-m ")[2].split()) for line in lines if "-m training." in line]


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["train"], "DATA"),
        (["train", "DATA=folder"], "RUN"),
        (["evaluate"], "DATA"),
        (["photos"], "DATA"),
        (["export"], "DATA"),
        (["export", "DATA=folder"], "RUN"),
        (["export", "DATA=folder", "RUN=run"], "VERSION"),
        (["bench-model"], "DATA"),
        (["models"], "REGISTRY"),
        (["models", "REGISTRY=s3://models"], "MVP"),
    ],
)
def test_target_without_a_folder_says_which_one(words, missing):
    done = subprocess.run([*MAKE, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith(f"{missing} is missing: make {words[0]} {missing}=")
    assert "-m training" not in done.stdout


def test_train_goes_on_where_its_folder_has_a_checkpoint(tmp_path):
    (tmp_path / "last.pt").touch()

    assert commands("train", "DATA=d", f"RUN={tmp_path}") == [f"training.train --data d --out {tmp_path} --resume"]
