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
from functions.infer.face_network import PATCH_PX, Sighting, distinct, load_network
from functions.infer.windows import BLACK, REPEATED_EDGE, Gray, Picture, Window

DETECTOR: Final = Path(__file__).parent / "detector"
MAX_FACES: Final = 8  # bounds the classifier's time on a crowd
WHOLE_SHARES: Final = (1.0,)
TURNS_DEG: Final = (90.0, 270.0, 180.0)
SMALL_FACE: Final = 0.2  # of the long side: smaller ones are looked for in parts of the picture, too
TILE_SHARE: Final = 0.66  # of the long side
CLOSER_SHARES: Final = (2.0, 1.75, 2.3)  # of the face's box; the first alone where Haar and the network are sure
MIDDLE: Final = 0.5  # of a box's side: centres nearer than that are of one face
SIDE_RATIO: Final = (0.5, 2.0)

# The classifier learnt FER-2013's framing. These put a face where the alt2 cascade put it (median of 383 faces).
EYES_SIDE: Final = 1.3  # the square's side: this much of the distance between the eyes
BOX_SIDE: Final = 0.557  # and this much of the box's side, because in profile the eyes are near each other
CROP_DROP: Final = 0.115  # how far below the eyes its middle is, in parts of its side


@dataclass(frozen=True)
class FoundFace:
    """One face of a picture."""

    box_px: tuple[int, int, int, int]  # x, y, width, height: upright, in pixels of the picture, inside it
    crop_hw: Gray  # square and level
    view: View = "whole"


class FaceFinder:
    """Finds faces. One is enough for a process, whatever its threads."""

    def __init__(self, detector: Path = DETECTOR) -> None:
        """Raises: ContractMismatchError."""
        cv2.setNumThreads(1)  # a Lambda function has one core: OpenCV's own threads would only wait for each other
        self._network = load_network(detector)
        self._cascades = Cascades()

    def find(self, gray_hw: Gray) -> list[FoundFace]:
        """The faces, largest first, 8 at most; none found is an empty list.

        Takes uint8 gray (height, width), [0, 255], of any size.
        """
        picture = Picture(gray_hw)
        light = picture.lightened()
        faces = self._upright(light) or self._turned(light)
        found = [_cut_out(picture, _square(face)) for face in faces]
        return sorted(found, key=lambda face: -face.box_px[2] * face.box_px[3])[:MAX_FACES]

    def _upright(self, picture: Picture) -> list[Sighting]:
        boxes = self._cascades.first_look(picture)
        faces = self._believed(picture, [picture.whole(share) for share in WHOLE_SHARES], boxes)
        if any(face.side >= SMALL_FACE * max(picture.shape) for face in faces):
            return faces
        return distinct([*faces, *self._believed(picture, _tiles(picture), boxes)])

    def _turned(self, picture: Picture) -> list[Sighting]:
        windows = [picture.whole(share, turn_deg) for turn_deg in TURNS_DEG for share in WHOLE_SHARES]
        return self._believed(picture, windows, [])

    def _seen(self, picture: Picture, windows: Sequence[Window]) -> list[Sighting]:
        """What the network sees in these windows, in pixels of the picture, each face once."""
        looks = self._network.look([picture.patch(window, PATCH_PX, BLACK) for window in windows])
        return distinct(
            [
                Sighting(one.score, one.side * window.side, window.points(one.points_xy))
                for window, look in zip(windows, looks, strict=True)
                for one in look
            ]
        )

    def _believed(self, picture: Picture, windows: Sequence[Window], boxes: Sequence[Window]) -> list[Sighting]:
        """The faces that are seen in these windows and again from near by."""
        largest_first = sorted(self._seen(picture, windows), key=lambda sighting: -sighting.side)[: 2 * MAX_FACES]
        small = SMALL_FACE * max(picture.shape)
        believed = []
        for one in largest_first:
            witnessed = any(_same(one, box) for box in boxes)
            sure = witnessed and one.score >= self._network.contract.alone
            closer = self._closer(picture, one, CLOSER_SHARES[:1] if sure else CLOSER_SHARES)
            if closer and self._is_face(picture, closer, small, witnessed):
                believed.append(closer)
        return distinct(believed)

    def _is_face(self, picture: Picture, closer: Sighting, small: float, witnessed: bool) -> bool:
        contract, box = self._network.contract, _box(closer)
        if closer.side < small:
            return closer.score >= contract.small and self._cascades.see_eye(picture, box)
        if closer.score >= contract.alone:
            return True
        if closer.score < contract.witnessed:
            return False
        return witnessed or self._cascades.see_face(picture, box) or self._cascades.see_eye(picture, box)

    def _closer(self, picture: Picture, seen: Sighting, shares: Sequence[float]) -> Sighting | None:
        """The same face from near by and level: the mean of these looks, None where none of them sees it."""
        windows = [_box(seen).around(share) for share in shares]
        looks = self._network.look([picture.patch(window, PATCH_PX, BLACK) for window in windows])
        same = []
        for window, look in zip(windows, looks, strict=True):
            here = [Sighting(one.score, one.side * window.side, window.points(one.points_xy)) for one in look]
            same += [one for one in here if _same(one, _box(seen))][:1]
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


def _box(face: Sighting) -> Window:
    """The face's box, turned until the eyes are level."""
    x, y = face.points_xy[0]
    across_x, across_y = face.points_xy[2] - face.points_xy[1]
    return Window(x, y, face.side, degrees(atan2(across_y, across_x)))


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


def _cut_out(picture: Picture, square: Window) -> FoundFace:
    side_px = max(1, round(square.side))
    return FoundFace(_upright_box(square, picture.shape), picture.patch(square, side_px, REPEATED_EDGE))


def _upright_box(square: Window, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """The upright box around a turned square, clipped to a picture of the given (height, width)."""
    turn = radians(square.turn_deg)
    half = square.side / 2 * (abs(cos(turn)) + abs(sin(turn)))
    left, right = (min(max(round(square.center_x + d), 0), shape[1]) for d in (-half, half))
    top, bottom = (min(max(round(square.center_y + d), 0), shape[0]) for d in (-half, half))
    return left, top, right - left, bottom - top
