"""What reads faces tells nobody about it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVED = "from functions.infer.classifier import served_classifiers; served_classifiers(Path('functions/infer/models'))"
TRAINED = "import training, onnxruntime; onnxruntime.InferenceSession('functions/infer/models/mvp.onnx')"


@pytest.mark.parametrize("use", [SERVED, TRAINED], ids=["infer", "training"])
def test_onnx_runtime_keeps_no_number_of_the_machine_and_sends_nothing(use, tmp_path):
    """It writes what it would send, and under whose number, into the user's folder first."""
    command = [sys.executable, "-c", f"from pathlib import Path; {use}"]

    subprocess.run(command, cwd=ROOT, env={"HOME": str(tmp_path)}, check=True, timeout=60)

    assert list(tmp_path.rglob("*")) == []
