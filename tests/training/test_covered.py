"""Drawn covers change the face where they should, and the small network learns to tell them."""

import numpy as np
import pytest

from training import covered
from training.occlusions import COVERS, LOOKALIKES, drawn

LOW, HIGH = np.s_[32:42, 18:30], np.s_[16:22, 10:38]  # around the mouth, and the eyes


@pytest.mark.parametrize("name", [*COVERS, *LOOKALIKES])
def test_every_drawing_is_a_face_again_and_differs_each_time(name):
    draw, _ = (COVERS | LOOKALIKES)[name]
    gray_hw, rng = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8), np.random.default_rng(1)

    faces = [drawn(gray_hw, draw, rng) for _ in range(20)]

    assert all(face.shape == (48, 48) and face.dtype == np.uint8 for face in faces)
    assert len({face.tobytes() for face in faces}) == (1 if name == "nothing" else 20)


@pytest.mark.parametrize(("name", "hidden", "seen"), [("mask", LOW, HIGH), ("dark glasses", HIGH, LOW)])
def test_mask_hides_the_mouth_and_glasses_hide_the_eyes(name, hidden, seen):
    """Of a face of noise nothing is left where something lies over it."""
    gray_hw, rng = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8), np.random.default_rng(1)

    faces = np.stack([drawn(gray_hw, COVERS[name][0], rng) for _ in range(50)]).astype(float)

    rough = [np.median([np.abs(np.diff(face[part], axis=1)).mean() for face in faces]) for part in (hidden, seen)]
    assert rough[0] < 0.5 * rough[1]


def test_network_learns_covers_from_a_few_hundred_faces_and_is_the_same_again(monkeypatch):
    monkeypatch.setattr(covered, "LEARNT_FACES", 256)
    rng = np.random.default_rng(2)
    faces_nhw = (rng.normal(128, 30, (400, 12, 12)).clip(0, 255)).astype(np.uint8).repeat(4, axis=1).repeat(4, axis=2)

    one, other = (covered.torch_covers(covered.learnt(faces_nhw[:300], seed=3))(faces_nhw) for _ in range(2))

    assert np.array_equal(one, other)
    _, figures = covered.threshold_and_figures(covered.torch_covers(covered.learnt(faces_nhw, 3)), faces_nhw)
    assert figures["called_covered"]["as they are"] == pytest.approx(0.02, abs=0.01)
    assert figures["called_covered"]["mask"] > 0.8
