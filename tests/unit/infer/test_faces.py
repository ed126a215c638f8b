"""Faces: found where they are, levelled when tilted, largest first."""

import cv2
import numpy as np
import pytest

from functions.infer.analysis import quality
from functions.infer.faces import FaceFinder
from functions.infer.image import read_photo
from local.photos import FACE, LANDSCAPE


@pytest.fixture(scope="module")
def finder():
    return FaceFinder()


@pytest.fixture(scope="module")
def selfie():
    return read_photo(FACE.read_bytes()).gray_hw


def turned(gray_hw, degrees):
    """The picture turned clockwise about its middle, its edge repeated."""
    height, width = gray_hw.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(gray_hw, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def likeness(one_hw, other_hw):
    """Normalised correlation of two crops at 48 px, [-1, 1]."""
    small = [
        cv2.resize(crop, (48, 48), interpolation=cv2.INTER_AREA).astype(float).ravel() for crop in (one_hw, other_hw)
    ]
    return np.corrcoef(*small)[0, 1]


def test_one_face_is_found_where_it_is(finder):
    photo = read_photo(FACE.read_bytes())

    (face,) = finder.find(photo.gray_hw)

    x, y, width, height = photo.full_size_px(face.box_px)  # of 960 x 1280; the nose is at (410, 280)
    assert abs(x + width / 2 - 410) < 40
    assert abs(y + height / 2 - 280) < 40
    assert 180 < width < 320
    assert face.crop_hw.shape[0] == face.crop_hw.shape[1]


def test_picture_without_a_face_has_none(finder):
    assert finder.find(read_photo(LANDSCAPE.read_bytes()).gray_hw) == []


@pytest.mark.parametrize("degrees", [-30, -20, 20, 30, 40])
def test_tilted_face_is_found_and_levelled(finder, selfie, degrees):
    (straight,) = finder.find(selfie)

    (face,) = finder.find(turned(selfie, degrees))

    assert likeness(straight.crop_hw, face.crop_hw) > 0.75
    assert likeness(straight.crop_hw, turned(straight.crop_hw, degrees)) < 0.6, "what it would be without levelling"
    x, y, width, height = face.box_px
    assert 0 <= x < x + width <= selfie.shape[1]
    assert 0 <= y < y + height <= selfie.shape[0]


@pytest.mark.parametrize("degrees", [-15, -8, 8, 15])
def test_slightly_tilted_face_is_found(finder, selfie, degrees):
    assert len(finder.find(turned(selfie, degrees))) == 1


def test_dark_face_is_found(finder, selfie):
    assert len(finder.find((selfie * 0.2).astype(np.uint8))) == 1


def test_twelve_faces_are_twelve_and_the_largest_comes_first(finder, selfie):
    (face,) = finder.find(selfie)
    x, y, width, height = face.box_px
    margin = width // 4
    head = selfie[y - margin : y + height + margin, x - margin : x + width + margin]
    sheet = np.full((900, 1200), 128, np.uint8)
    for number in range(12):
        side = 280 if number == 5 else 230
        row, column = divmod(number, 4)
        sheet[row * 300 : row * 300 + side, column * 300 : column * 300 + side] = cv2.resize(head, (side, side))

    faces = finder.find(sheet)

    areas = [face.box_px[2] * face.box_px[3] for face in faces]
    assert len(faces) == 12
    assert areas == sorted(areas, reverse=True)
    assert 300 < faces[0].box_px[0] + faces[0].box_px[2] / 2 < 600  # number 5: second row, second column


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (20, 20)])
def test_tiny_and_ribbon_pictures_have_no_faces_and_harm_nothing(finder, shape):
    assert finder.find(np.full(shape, 128, np.uint8)) == []


def test_quality_falls_with_darkness_and_with_blur(finder, selfie):
    crop_hw = finder.find(selfie)[0].crop_hw
    side = crop_hw.shape[0]

    darker = [quality((crop_hw * factor).astype(np.uint8)).brightness for factor in (1.0, 0.6, 0.3, 0.1)]
    blurrier = [
        quality(cv2.GaussianBlur(crop_hw, (0, 0), side * share)).sharpness for share in (0.005, 0.02, 0.05, 0.1)
    ]

    assert darker == sorted(darker, reverse=True)
    assert blurrier == sorted(blurrier, reverse=True)
    assert all(0 <= brightness <= 1 for brightness in darker)
