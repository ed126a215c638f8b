"""Faces are found, levelled, ordered and boxed. The face is the astronaut's, in a picture of 512 x 512."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from functions.infer.faces import MAX_FACES
from functions.infer.image import read_photo
from tests.unit.infer.conftest import PHOTOS, encoded

ASTRONAUT_BOX = (163, 56, 115, 115)  # forehead to chin, as FER-2013 frames faces; brows to lips are 95 px


def overlap(one, other):
    """Intersection over union of two boxes."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(0, width) * max(0, height)
    return common / (one[2] * one[3] + other[2] * other[3] - common)


def turned(picture_hw, degrees):
    """The picture turned against the clock, its corners filled by repeating the edge."""
    height, width = picture_hw.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(picture_hw, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)


def likeness(one_hw, other_hw):
    """Normalized correlation of two crops at 48 x 48 px, -1 to 1."""
    small = [cv2.resize(crop, (48, 48), interpolation=cv2.INTER_AREA).astype(float) for crop in (one_hw, other_hw)]
    return np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1]


@pytest.fixture(scope="session")
def straight(astronaut_hw, finder):
    """The astronaut's crop from the untouched picture."""
    return finder.find(astronaut_hw)[0].crop_hw


def test_face_is_found_where_it_is(astronaut_hw, finder):
    (face,) = finder.find(astronaut_hw)

    assert overlap(face.box_px, ASTRONAUT_BOX) > 0.75
    assert face.crop_hw.shape[0] == face.crop_hw.shape[1] == pytest.approx(115, abs=10)
    assert face.crop_hw.dtype == np.uint8


def test_selfie_has_one_face(finder):
    photo = read_photo((PHOTOS / "selfie.jpg").read_bytes())

    (face,) = finder.find(photo.gray_hw)

    assert overlap(photo.full_size_px(face.box_px), (260, 140, 290, 290)) > 0.75


def test_picture_without_a_face_has_none(finder):
    assert finder.find(read_photo((PHOTOS / "no_face.jpg").read_bytes()).gray_hw) == []


@pytest.mark.parametrize("degrees", [-40, -30, -15, 15, 30, 40])
def test_tilted_face_is_found_and_levelled(astronaut_hw, finder, straight, degrees):
    around_hw = astronaut_hw[:300, 75:375]  # the face is in the middle, so turning leaves it inside

    faces = finder.find(turned(around_hw, degrees))

    assert faces
    best = max(faces, key=lambda face: likeness(face.crop_hw, straight))
    assert best is faces[0]
    assert likeness(best.crop_hw, straight) > 0.8


@pytest.mark.parametrize("degrees", [-8, 15, 40])
def test_levelling_is_what_makes_the_crops_alike(finder, degrees):
    selfie_hw = read_photo((PHOTOS / "selfie.jpg").read_bytes()).gray_hw
    (level,) = finder.find(selfie_hw)

    (face,) = finder.find(turned(selfie_hw, degrees))

    assert likeness(face.crop_hw, level.crop_hw) > 0.75
    assert likeness(face.crop_hw, level.crop_hw) > likeness(turned(level.crop_hw, degrees), level.crop_hw)


def test_tilted_box_lies_upright_inside_the_picture(astronaut_hw, finder):
    around_hw = turned(astronaut_hw[:300, 75:375], 40)

    x, y, w, h = finder.find(around_hw)[0].box_px

    assert 0 <= x < x + w <= 300
    assert 0 <= y < y + h <= 300
    assert 115 < w < 170  # wider than the head's own square


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_picture_on_its_side_or_upside_down_gives_the_upright_face(finder, turns):
    selfie_hw = read_photo((PHOTOS / "selfie.jpg").read_bytes()).gray_hw
    (level,) = finder.find(selfie_hw)

    (face,) = finder.find(np.ascontiguousarray(np.rot90(selfie_hw, turns)))

    assert likeness(face.crop_hw, level.crop_hw) > 0.75


@pytest.mark.parametrize("turns", [1, 3])
def test_unsharp_picture_on_its_side_is_turned_before_it_is_given_up(finder, turns):
    unsharp_hw = cv2.GaussianBlur(read_photo((PHOTOS / "selfie.jpg").read_bytes()).gray_hw, (0, 0), 4)

    assert len(finder.find(np.ascontiguousarray(np.rot90(unsharp_hw, turns)))) == 1


@pytest.mark.parametrize("share", [0.1, 0.15, 0.3])
def test_face_is_found_however_small(astronaut_hw, finder, share):
    side = round(95 / share)
    around_hw = np.full((side, side), 90, np.uint8)
    around_hw[-300:, -290:] = cv2.GaussianBlur(astronaut_hw, (0, 0), 0.5)[:300, 60:350]

    (face,) = finder.find(around_hw)

    x, y, w, h = ASTRONAUT_BOX
    assert overlap(face.box_px, (x - 60 + side - 290, y + side - 300, w, h)) > 0.6


def test_face_that_fills_the_picture_is_found(astronaut_hw, finder):
    assert len(finder.find(np.ascontiguousarray(astronaut_hw[70:165, 175:275]))) == 1


@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("quality", [15, 40, 90])
@pytest.mark.parametrize("side", [320, 640, 1280])
def test_picture_saved_again_never_grows_a_second_face(selfie, finder, side, quality, file_format):
    small = selfie.convert("RGB").resize((side * 3 // 4, side))

    assert len(finder.find(read_photo(encoded(small, file_format, quality=quality)).gray_hw)) == 1


def test_dark_face_is_found(astronaut_hw, finder):
    dark_hw = (astronaut_hw * 0.08).astype(np.uint8)

    assert overlap(finder.find(dark_hw)[0].box_px, ASTRONAUT_BOX) > 0.6


def test_faces_come_largest_first_and_a_crowd_is_cut(astronaut_hw, finder):
    tile_hw = astronaut_hw[20:200, 140:320]
    sides = [240] * 6 + [200] * 6
    collage_hw = np.full((720, 960), 120, np.uint8)
    for number, side in enumerate(sides):
        row, column = divmod(number, 4)
        collage_hw[row * 240 : row * 240 + side, column * 240 : column * 240 + side] = cv2.resize(tile_hw, (side, side))

    faces = finder.find(collage_hw)

    areas = [face.box_px[2] * face.box_px[3] for face in faces]
    assert len(faces) == MAX_FACES
    assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize("shape", [(1, 1), (1, 640), (640, 1), (23, 23), (40, 1200)])
def test_picture_too_small_for_a_face_has_none(finder, shape):
    assert finder.find(np.full(shape, 128, np.uint8)) == []


def test_threads_may_share_a_finder(astronaut_hw, finder):
    with ThreadPoolExecutor(2) as threads:
        found = threads.map(finder.find, [astronaut_hw] * 2)
        boxes = [[face.box_px for face in faces] for faces in found]

    assert boxes == [[face.box_px for face in finder.find(astronaut_hw)]] * 2
