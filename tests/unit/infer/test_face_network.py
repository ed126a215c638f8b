"""The detector: its file and contract belong together, a face is one sighting, a profile is told by its nose."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from functions.infer.contract import ContractMismatchError
from functions.infer.face_network import PATCH_PX, Sighting, distinct, load_detector
from functions.infer.faces import DETECTOR, FaceFinder, view_of
from functions.infer.windows import BLACK, Picture


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [({"sha256": "0" * 64}, "sha256"), ({"input_px": 256}, "input_px"), ({"pair_sum_max": 9}, "pair_sum_max")],
    ids=lambda value: str(value)[:20],
)
def test_contract_that_does_not_fit_the_file_is_refused(tmp_path, spoilt, fault):
    shutil.copytree(DETECTOR, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "short_range.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | spoilt))

    with pytest.raises(ContractMismatchError, match=fault):
        load_detector(tmp_path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ContractMismatchError, match="face detector"):
        load_detector(tmp_path)


def test_patch_without_a_face_has_no_sighting():
    assert load_detector(DETECTOR).look([np.full((PATCH_PX, PATCH_PX), 128, np.uint8)]) == [[]]


def sighting(x, y, score=0.9, side=10.0, nose=5.0):
    points = np.array([(5, 5), (2, 3), (8, 3), (nose, 6), (5, 8), (0, 5), (10, 5)], float)
    return Sighting(score, side, points + np.array((x, y)))


def test_of_two_sightings_of_a_face_the_surer_is_kept():
    surer, other, neighbour = sighting(0, 0, 0.9), sighting(2, 1, 0.8), sighting(9, 0, 0.7)

    assert distinct([neighbour, other, surer]) == [surer, neighbour]


@pytest.mark.parametrize(("nose", "view"), [(5, "whole"), (8, "whole"), (8.5, "profile"), (1.5, "profile")])
def test_nose_outside_the_eyes_is_a_profile(nose, view):
    assert view_of(sighting(0, 0, nose=nose)) == view


def test_many_anchors_that_see_one_face_are_one_sighting(selfie):
    picture = Picture(np.asarray(selfie.convert("L")))

    (seen,) = load_detector(DETECTOR).look([picture.patch(picture.whole(), PATCH_PX, BLACK)])

    assert len(seen) == 1


def test_patch_is_a_mean_of_the_picture_and_not_a_sample():
    stripes_hw = np.tile(np.array([0, 255], np.uint8), (256, 128))
    picture = Picture(stripes_hw)

    inner_hw = picture.patch(picture.whole(), 32, BLACK)[2:-2, 2:-2]

    assert np.abs(inner_hw.astype(int) - 127).max() < 5


FACE, EYE, NOBODY = {"see_face"}, {"see_eye"}, set()


@pytest.mark.parametrize(
    ("score", "side", "witnesses", "is_face"),
    [
        (0.83, 300, NOBODY, True),
        (0.81, 300, NOBODY, False),
        (0.56, 300, FACE, True),
        (0.56, 300, EYE, True),
        (0.54, 300, FACE | EYE, False),
        (0.95, 90, FACE, False),
        (0.71, 90, EYE, True),
        (0.69, 90, EYE, False),
    ],
)
def test_network_is_believed_at_a_lower_score_where_a_cascade_agrees(score, side, witnesses, is_face):
    finder = FaceFinder()
    finder._cascades = SimpleNamespace(
        **{each: lambda *_, said=each in witnesses: said for each in ("see_face", "see_eye")}
    )

    seen = sighting(100, 100, score, side)

    assert finder._is_face(Picture(np.zeros((500, 500), np.uint8)), seen, small=100, witnessed=False) is is_face
