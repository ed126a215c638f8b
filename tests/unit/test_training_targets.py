"""make's training targets ask for what they cannot guess before anything is installed."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = ["env", "-u", "DATA", "-u", "RUN", "-u", "MAKEFLAGS", "make"]  # the tests themselves may run under make


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["train"], "DATA"),
        (["train", "DATA=folder"], "RUN"),
        (["evaluate"], "DATA"),
        (["export"], "DATA"),
        (["export", "DATA=folder"], "RUN"),
        (["bench-model"], "DATA"),
    ],
)
def test_target_without_a_folder_says_which_one(words, missing):
    done = subprocess.run([*MAKE, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith(f"{missing} is missing: make {words[0]} {missing}=")
    assert "-m training" not in done.stdout
