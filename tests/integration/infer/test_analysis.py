"""Photo bytes to the whole answer, with a toy net; and the two quality numbers."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from burnout.clock import Stopwatch
from functions.infer.analysis import analyse, quality
from functions.infer.classifier import load_classifiers
from functions.infer.image import read_photo
from tests.unit.infer.conftest import PHOTOS, encoded, write_contract, write_onnx


@pytest.fixture
def classifiers(model_folder):
    return load_classifiers(model_folder)


def test_box_is_in_pixels_of_the_upright_photo(selfie, finder, classifiers):
    """The same portrait, twice as large and stored on its side, has its box at twice the place."""
    plain = analyse((PHOTOS / "selfie.jpg").read_bytes(), finder, classifiers, Stopwatch())
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = selfie.resize((1920, 2560)).transpose(Image.Transpose.ROTATE_90)
    double = analyse(encoded(stored, "JPEG", exif=exif), finder, classifiers, Stopwatch())

    assert (double.image.width_px, double.image.height_px) == (1920, 2560)
    assert double.faces[0].box_px == pytest.approx([2 * side for side in plain.faces[0].box_px], abs=40)


def test_photo_without_a_face_is_an_empty_list(finder, classifiers):
    inference = analyse((PHOTOS / "no_face.jpg").read_bytes(), finder, classifiers, Stopwatch())

    assert inference.faces == ()
    assert inference.models.keys() == {"toy"}


def test_same_bytes_give_the_same_answer(astronaut_bytes, finder, classifiers):
    one, other = (analyse(astronaut_bytes, finder, classifiers, Stopwatch(lambda: 0.0)) for _ in range(2))

    assert one == other


@pytest.mark.parametrize(
    ("seen", "covered_from", "view"),
    [("whole", -1e9, "covered"), ("whole", 1e9, "whole"), ("profile", -1e9, "profile"), ("profile", 1e9, "profile")],
)
def test_finder_tells_a_profile_and_the_model_whether_a_whole_face_is_covered(
    tmp_path, astronaut_bytes, finder, monkeypatch, seen, covered_from, view
):
    write_onnx(tmp_path / "toy.onnx", outputs=("logits", "covered"))
    write_contract(tmp_path / "toy.json", tmp_path / "toy.onnx", covered_output="covered", covered_from=covered_from)
    found = finder.find(read_photo(astronaut_bytes).gray_hw)
    monkeypatch.setattr(finder, "find", lambda _: [replace(each, view=seen) for each in found])

    inference = analyse(astronaut_bytes, finder, load_classifiers(tmp_path), Stopwatch())

    assert [face.view for face in inference.faces] == [view]


@settings(max_examples=15, deadline=None)
@given(st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_darker_crop_is_less_bright(astronaut_hw, one, other):
    crop_hw = astronaut_hw[66:161, 177:272]
    darker, brighter = (quality((crop_hw * gain).astype(np.uint8)).brightness for gain in sorted((one, other)))

    assert darker <= brighter


@settings(max_examples=15, deadline=None)
@given(st.floats(0.3, 8), st.floats(0.3, 8), st.integers(48, 400))
def test_more_blurred_crop_is_less_sharp(astronaut_hw, one, other, side):
    crop_hw = cv2.resize(astronaut_hw[66:161, 177:272], (side, side), interpolation=cv2.INTER_AREA)
    sharper, softer = (
        quality(cv2.GaussianBlur(crop_hw, (0, 0), sigma * side / 95)).sharpness for sigma in sorted((one, other))
    )

    assert softer <= sharper


def test_sharpness_hardly_depends_on_the_crops_size(astronaut_hw):
    crop_hw = astronaut_hw[66:161, 177:272]
    large = quality(cv2.resize(crop_hw, (380, 380), interpolation=cv2.INTER_CUBIC)).sharpness

    assert large == pytest.approx(quality(crop_hw).sharpness, rel=0.25)


def test_quality_of_a_flat_crop():
    flat = quality(np.full((60, 60), 51, np.uint8))

    assert flat.sharpness == 0
    assert flat.brightness == pytest.approx(0.2)
