"""Faces get the same answer from other instruction sets, for which ONNX Runtime has other kernels.

Eight views of two people; the exporter compares 64 people with exact arithmetic, on the machine that it runs on.
"""

import json

import numpy as np
import pytest

from infra.stack.command import UnavailableError, run
from tests.build.answers import answers
from tests.build.other_processors import graviton, haswell
from tests.real_faces import real_faces

TOLERANCE = 0.005  # of a probability, or of a patch's side: rounding may differ, overflow moves it by tenths
FACES = slice(None, None, 8)  # 8 of the 64, of both people: half a second each


@pytest.mark.parametrize("processor", [haswell, graviton], ids=["haswell", "graviton"])
def test_another_processor_gives_real_faces_the_same_answer(processor, tmp_path, measured):
    try:
        python, path = processor()
    except UnavailableError as reason:
        pytest.skip(str(reason))
    faces_nchw = real_faces()[FACES]
    np.save(tmp_path / "faces.npy", faces_nchw)

    found = f"import sys; sys.path[:0] = {[str(folder) for folder in path]}; from tests.build import answers"
    command = [*python, "-B", "-c", f"{found}; answers.main()", tmp_path / "faces.npy"]
    ran = run(command, limit_s=900)

    here, there = answers(faces_nchw), json.loads(ran.output)
    assert list(there) == list(here) == ["baseline", "mvp", "short_range"]
    for name, probabilities in here.items():
        apart = np.abs(np.array(there[name]) - probabilities).max()
        measured(f"{name} on {processor.__name__}, furthest from here (limit {TOLERANCE})", f"{apart:.4f}")
        assert apart < TOLERANCE
