"""Gray picture → level face crops. Knows nothing of files, models or emotions.

Haar's cascade looks at the whole picture first, then a small network. Where both see a face, there is one. Where only
one does, both look again, closer and with the eyes level, and the network needs a higher score without the cascades.
Nothing found: the picture may lie on its side or upside down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from burnout.inference import View
from functions.infer.cascades import Cascades
from functions.infer.face_network import PATCH_PX, Sighting, distinct, load_detector
from functions.infer.windows import BLACK, REPEATED_EDGE, Gray, Picture, Window

DETECTOR: Final = Path(__file__).parent / "detector"
MAX_FACES: Final = 6  # bounds the time that a crowd takes
TURNS_DEG: Final = (90.0, 270.0, 180.0)
SMALL_FACE: Final = 0.2  # of the long side: smaller ones are looked for in parts of the picture, too
TILE_SHARE: Final = 0.66  # of the long side
CLOSER_SHARES: Final = (2.0, 1.75, 2.3)  # of the face's box; the first alone where Haar and the network are sure
MIDDLE: Final = 0.5  # of a box's side: centres nearer than that are of one face
SIDE_RATIO: Final = (0.5, 2.0)

# FER-2013 frames a face at 2.7 times the distance between the eyes (median of 1,152); from 2.4 to 2.6 `mvp` reads faces
# equally well: docs/decisions/0014.
EYES_SIDE: Final = 1.25  # the square's side: this much of the distance between the eyes
BOX_SIDE: Final = 0.535  # and this much of the box's side, because in profile the eyes are near each other
CROP_DROP: Final = 0.115  # how far below the eyes its middle is, in parts of its side
# The nose is this far from the middle between the eyes, in parts of their distance: of 294 faces whose expression
# people could tell, turned by three quarters at most, the furthest is at 0.50.
PROFILE_NOSE: Final = 0.55


@dataclass(frozen=True)
class FoundFace:
    """One face of a picture."""

    box_px: tuple[int, int, int, int]  # x, y, width, height: upright, in pixels of the picture, inside it
    crop_hw: Gray  # square and level
    view: View = "whole"  # or "profile"


class FaceFinder:
    """Finds faces. One is enough for a process, whatever its threads."""

    def __init__(self) -> None:
        """Raises: ContractMismatchError."""
        cv2.setNumThreads(1)  # a Lambda function has one core: OpenCV's own threads would only wait for each other
        self._detector = load_detector(DETECTOR)
        self._cascades = Cascades()

    def find(self, gray_hw: Gray) -> list[FoundFace]:
        """The faces, largest first, 6 at most; none found is an empty list.

        Takes uint8 gray (height, width), [0, 255], of any size.
        """
        picture = Picture(gray_hw)
        light = picture.lightened()
        faces = self._upright(light) or self._believed(light, [light.whole(turn_deg) for turn_deg in TURNS_DEG], [])
        found = [_cut_out(picture, face) for face in faces]
        return sorted(found, key=lambda face: -face.box_px[2] * face.box_px[3])[:MAX_FACES]

    def _upright(self, picture: Picture) -> list[Sighting]:
        boxes = self._cascades.first_look(picture)
        faces = self._believed(picture, [picture.whole()], boxes)
        if any(face.side >= SMALL_FACE * max(picture.shape) for face in faces):
            return faces
        return distinct([*faces, *self._believed(picture, _tiles(picture), boxes)])

    def _looks(self, picture: Picture, windows: Sequence[Window]) -> list[list[Sighting]]:
        """What the network sees in each of these windows, in pixels of the picture, surest first."""
        looks = self._detector.look([picture.patch(window, PATCH_PX, BLACK) for window in windows])
        return [[one.in_picture(window) for one in look] for window, look in zip(windows, looks, strict=True)]

    def _believed(self, picture: Picture, windows: Sequence[Window], boxes: Sequence[Window]) -> list[Sighting]:
        """The faces that are seen in these windows and again from near by."""
        small = SMALL_FACE * max(picture.shape)
        believed: list[Sighting] = []
        for one in distinct([one for look in self._looks(picture, windows) for one in look])[:MAX_FACES]:
            witnessed = any(_same(one, box) for box in boxes)
            sure = witnessed and one.score >= self._detector.contract.alone
            closer = self._closer(picture, _box(one), CLOSER_SHARES[:1] if sure else CLOSER_SHARES)
            if not believed and _score(closer) < self._detector.contract.alone:
                closer = max(closer, self._closer(picture, _box(one, 180.0), CLOSER_SHARES), key=_score)
            if closer and self._is_face(picture, closer, small, witnessed):
                believed.append(closer)
        return distinct(believed)

    def _is_face(self, picture: Picture, closer: Sighting, small: float, witnessed: bool) -> bool:
        contract, box = self._detector.contract, _box(closer)
        if closer.side < small:
            return closer.score >= contract.small and self._cascades.see_eye(picture, box)
        if closer.score >= contract.alone:
            return True
        if closer.score < contract.witnessed:
            return False
        return witnessed or self._cascades.see_face(picture, box) or self._cascades.see_eye(picture, box)

    def _closer(self, picture: Picture, box: Window, shares: Sequence[float]) -> Sighting | None:
        """The same face from near by and level: the mean of these looks, None where none of them sees it."""
        looks = self._looks(picture, [box.around(share) for share in shares])
        same = [one for look in looks for one in [one for one in look if _same(one, box)][:1]]
        if not same:
            return None
        score = sum(one.score for one in same) / len(shares)
        side = float(np.mean([one.side for one in same]))
        return Sighting(score, side, np.mean([one.points_xy for one in same], axis=0))


def _tiles(picture: Picture) -> list[Window]:
    """Squares of two thirds of the long side that cover the picture, half over each other."""
    height, width = picture.shape
    side = max(height, width) * TILE_SHARE
    return [Window(x, y, side) for y in _middles(height, side) for x in _middles(width, side)]


def _middles(length: int, side: float) -> list[float]:
    if length <= side:
        return [length / 2]
    return [side / 2, length - side / 2]


def _score(sighting: Sighting | None) -> float:
    return sighting.score if sighting else 0.0


def _box(face: Sighting, turn_deg: float = 0.0) -> Window:
    """The face's box, turned until the eyes are level, and then by this."""
    x, y = face.points_xy[0]
    across_x, across_y = face.points_xy[2] - face.points_xy[1]
    return Window(x, y, face.side, degrees(atan2(across_y, across_x)) + turn_deg)


def _same(one: Sighting, box: Window) -> bool:
    x, y = one.points_xy[0]
    least, most = SIDE_RATIO
    near = hypot(x - box.center_x, y - box.center_y) < MIDDLE * box.side
    return near and least < box.side / one.side < most


def _square(face: Sighting) -> Window:
    """The square that the classifier should see."""
    right, left = face.points_xy[1:3]
    across = left - right
    distance = max(hypot(*across), 1.0)
    side = EYES_SIDE * distance + BOX_SIDE * face.side
    x, y = (right + left) / 2 + np.array((-across[1], across[0])) / distance * CROP_DROP * side
    return Window(x, y, side, degrees(atan2(across[1], across[0])))


def _cut_out(picture: Picture, face: Sighting) -> FoundFace:
    square = _square(face)
    crop_hw = picture.patch(square, max(1, round(square.side)), REPEATED_EDGE)
    return FoundFace(_upright_box(square, picture.shape), crop_hw, view_of(face))


def view_of(face: Sighting) -> View:
    """Whether the face is seen from the side, as its nose tells; never "covered"."""
    right, left, nose = face.points_xy[1:4]
    across = left - right
    aside = (nose - (right + left) / 2) @ across / max(float(across @ across), 1.0)
    return "profile" if abs(aside) > PROFILE_NOSE else "whole"


def _upright_box(square: Window, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """The upright box around a turned square, clipped to a picture of the given (height, width)."""
    turn = radians(square.turn_deg)
    half = square.side / 2 * (abs(cos(turn)) + abs(sin(turn)))
    left, right = (min(max(round(square.center_x + d), 0), shape[1]) for d in (-half, half))
    top, bottom = (min(max(round(square.center_y + d), 0), shape[0]) for d in (-half, half))
    return left, top, right - left, bottom - top
