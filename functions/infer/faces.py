"""Gray picture → level face crops, with Haar cascades only. Knows nothing of files, models or emotions.

Up to six looks, each only while none is certain: the default cascade; the alt2 cascade on an evened-out copy (dark
rooms, light from one side); alt2 on copies turned by 20 and 40 degrees either way (tilted heads). In every look another
cascade must agree: alt2 confirmed 98 of the 100 faces that the default cascade found in 150 photos and none of its 6
mistakes. Then alt2 looks at each face at three tilts: that tells how to level it, and how certain it is.

The numbers beside the constants come from FER-2013 faces in 960 x 1280 px JPEGs, in CPU time on a busy core.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import cv2.data
import numpy as np
from cv2.typing import MatLike, Rect
from numpy.typing import NDArray

from burnout.inference import View

# At the first look 640 px find 109 of 160 faces in 28 ms and 320 px 104 in 20 ms; over all looks both find the same.
DETECTION_SIDE_PX: Final = 320
TURNS_DEG: Final = (20.0, -20.0, 40.0, -40.0)  # a cascade stands about 15 degrees of tilt, so these reach 55
MAX_FACES: Final = 20  # bounds the classifier's time on a crowd
SAME_FACE_OVERLAP: Final = 0.4  # of the smaller box's area
EVEN_OUT_CLIP: Final = 2.0  # CLAHE with OpenCV's own default grid of 8 x 8; higher clips turn noise into edges

Gray = NDArray[np.uint8]


class Look(NamedTuple):
    """How one cascade searches and which other one must agree."""

    cascade: str
    scale_step: float
    neighbours: int  # windows that must agree before they are a box
    least_fraction: float  # the narrowest face looked for, as a share of the long side; it decides the time
    witness: str
    witness_neighbours: int


FIRST_LOOK: Final = Look("default", 1.2, 3, 0.1, "alt2", 2)  # steps of 1.1 take 37 ms, not 20, and find 4 % more
# Up to five of these follow, so they look only for nearer faces, as in a tilted selfie. With 2 neighbours they find 3 %
# more tilted and dark faces, and a face in 8 instead of 5 of 116 pictures of textures.
LATER_LOOKS: Final = Look("alt2", 1.2, 3, 0.15, "default", 1)
FINE_STEP: Final = 1.1  # for the second opinions, which search a small area
FINE_SIDES: Final = (0.7, 1.4)  # of the box in question
WITNESS_BORDER: Final = 0.25  # of the box, on each side
# Which of three tilts most windows agree on tells the tilt to 5 degrees (root mean square of 226 faces; before: 14), in
# 3 ms a face. `negative` of a face tilted by 10 to 18 degrees then differs by 0.076, not 0.088, from the level face's.
# And the box of the best tilt fits better: 82.1 %, not 80.2 %, of 313 labels are those of the bare FER-2013 face.
LEVEL_CASCADE: Final = "alt2"
LEVEL_TILTS_DEG: Final = (-15.0, 0.0, 15.0)
LEVEL_FACE_PX: Final = 40  # the face, enlarged or reduced, in a patch of 64; at 30 px the error is 5.3 degrees
LEVEL_PATCH_PX: Final = 64
# Windows that agree in all three tilts. Of 482 boxes 47 of 468 faces and 12 of 14 mistakes had fewer than 8, and 15 and
# 7 fewer than 3: the first go on to the next look, the second are dropped.
CERTAIN_AGREEMENT: Final = 8
LEAST_AGREEMENT: Final = 3


@dataclass(frozen=True)
class FoundFace:
    """One face of a picture."""

    box_px: tuple[int, int, int, int]  # x, y, width, height: upright, in pixels of the picture, inside it
    crop_hw: Gray  # square and level
    view: View = "whole"


class _Square(NamedTuple):
    """A face in some copy of the picture, in its pixels. Angles are how far to turn the copy against the clock."""

    center_x: float
    center_y: float
    side: float
    turn_deg: float = 0.0  # of the copy in which the face was found
    tilt_deg: float = 0.0  # what is then left to level it
    agreement: int = 0


class _Tools(threading.local):
    """Cascades and histogram equalizer of one thread, made at its first look: OpenCV's must not be shared."""

    def __init__(self) -> None:
        folder = Path(cv2.data.haarcascades)
        names = (FIRST_LOOK.cascade, LATER_LOOKS.cascade)
        self.cascades = {name: cv2.CascadeClassifier(folder / f"haarcascade_frontalface_{name}.xml") for name in names}
        self.even_out = cv2.createCLAHE(EVEN_OUT_CLIP, (8, 8))


class FaceFinder:
    """Finds faces. One is enough for a process, whatever its threads."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)  # a Lambda function has one core: OpenCV's own threads would only wait for each other
        self._tools = _Tools()

    def find(self, gray_hw: Gray) -> list[FoundFace]:
        """The faces, largest first, 20 at most; none found is an empty list.

        Takes uint8 gray (height, width), [0, 255], of any size. Looks for faces of a tenth of the long side and up.
        """
        small_hw, scale = _shrunk(gray_hw)
        largest_first = sorted(self._search(small_hw), key=lambda square: square.side, reverse=True)[:MAX_FACES]
        faces = [_cut_out(gray_hw, square, scale) for square in largest_first]
        return sorted(faces, key=lambda face: face.box_px[2] * face.box_px[3], reverse=True)

    def _search(self, small_hw: Gray) -> list[_Square]:
        """What the first certain look found; without one, what the most certain look found."""
        best: list[_Square] = []
        for found in self._looks(small_hw):
            if _agreement(found) > _agreement(best):
                best = found
            if _agreement(best) >= CERTAIN_AGREEMENT:
                break
        return best

    def _looks(self, small_hw: Gray) -> Iterator[list[_Square]]:
        yield self._look(small_hw, FIRST_LOOK)
        even_hw = np.asarray(self._tools.even_out.apply(small_hw), dtype=np.uint8)
        yield self._look(even_hw, LATER_LOOKS)
        for turn_deg in TURNS_DEG:
            yield self._look_turned(even_hw, turn_deg)

    def _look(self, gray_hw: Gray, look: Look) -> list[_Square]:
        least_px = int(max(gray_hw.shape) * look.least_fraction)
        boxes, agreeing = self._tools.cascades[look.cascade].detectMultiScale2(
            gray_hw, scaleFactor=look.scale_step, minNeighbors=look.neighbours, minSize=(least_px, least_px)
        )
        best_first = [box for _, box in sorted(zip(agreeing, boxes, strict=True), key=lambda pair: -pair[0])]
        witnessed = [box for box in best_first if self._is_witnessed(gray_hw, box, look)]
        squares = [self._levelled(gray_hw, box) for box in _distinct(witnessed)]
        return [square for square in squares if square.agreement >= LEAST_AGREEMENT]

    def _look_turned(self, gray_hw: Gray, turn_deg: float) -> list[_Square]:
        height, width = gray_hw.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, 1.0)
        turned_hw = cv2.warpAffine(gray_hw, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        back = cv2.invertAffineTransform(turn)
        squares = []
        for found in self._look(np.asarray(turned_hw, dtype=np.uint8), LATER_LOOKS):
            center_x, center_y = _mapped(back, found.center_x, found.center_y)
            squares.append(found._replace(center_x=center_x, center_y=center_y, turn_deg=turn_deg))
        return squares

    def _is_witnessed(self, gray_hw: Gray, box: Rect, look: Look) -> bool:
        x, y, side, _ = box
        border = int(side * WITNESS_BORDER)
        around_hw = gray_hw[max(0, y - border) : y + side + border, max(0, x - border) : x + side + border]
        return self._opinion(look.witness, around_hw, side)[0] >= look.witness_neighbours

    def _levelled(self, gray_hw: Gray, box: Rect) -> _Square:
        """The face in the box: where the levelling cascade sees it best, with its tilt and certainty."""
        x, y, side, _ = box
        square = _Square(x + side / 2, y + side / 2, side)
        opinions = [self._opinion_at(gray_hw, square, tilt_deg) for tilt_deg in LEVEL_TILTS_DEG]
        weights = [opinion.agreement**2 for opinion in opinions]  # squared, the best counts more: 4.7 degrees, not 5.0
        tilt_deg = sum(w * tilt for w, tilt in zip(weights, LEVEL_TILTS_DEG, strict=True)) / (sum(weights) or 1)
        best = max(opinions, key=lambda opinion: opinion.agreement)
        return best._replace(tilt_deg=tilt_deg, agreement=sum(opinion.agreement for opinion in opinions))

    def _opinion_at(self, gray_hw: Gray, square: _Square, tilt_deg: float) -> _Square:
        """The face that the levelling cascade sees in the square when it is turned so; the square itself for none."""
        there = _patch_transform(square, tilt_deg, LEVEL_FACE_PX, LEVEL_PATCH_PX)
        agreement, box = self._opinion(LEVEL_CASCADE, _patch(gray_hw, there, LEVEL_PATCH_PX), LEVEL_FACE_PX)
        if box is None:
            return square
        x, y, side, _ = box
        center_x, center_y = _mapped(cv2.invertAffineTransform(there), x + side / 2, y + side / 2)
        return _Square(center_x, center_y, side * square.side / LEVEL_FACE_PX, agreement=agreement)

    def _opinion(self, cascade: str, gray_hw: Gray, side_px: int) -> tuple[int, Rect | None]:
        """The box of about this side on which most windows agree, and how many."""
        least_px, most_px = (int(side_px * share) for share in FINE_SIDES)
        boxes, agreeing = self._tools.cascades[cascade].detectMultiScale2(
            gray_hw, scaleFactor=FINE_STEP, minNeighbors=1, minSize=(least_px, least_px), maxSize=(most_px, most_px)
        )
        none: tuple[int, Rect | None] = (0, None)
        return max(zip(map(int, agreeing), boxes, strict=True), key=lambda pair: pair[0], default=none)


def _shrunk(gray_hw: Gray) -> tuple[Gray, float]:
    """The copy to search, long side at most 640 px, and by how much it is smaller."""
    scale = max(gray_hw.shape) / DETECTION_SIDE_PX
    if scale <= 1.0:
        return gray_hw, 1.0
    height, width = (max(1, round(side / scale)) for side in gray_hw.shape)
    return np.asarray(cv2.resize(gray_hw, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8), scale


def _distinct(best_first: Sequence[Rect]) -> list[Rect]:
    """The boxes without those that lie over a better one."""
    kept: list[Rect] = []
    for box in best_first:
        if all(_overlap(box, better) < SAME_FACE_OVERLAP for better in kept):
            kept.append(box)
    return kept


def _overlap(one: Rect, other: Rect) -> float:
    """The common area as a share of the smaller box, [0, 1]."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0, width) * max(0, height) / min(one[2] * one[3], other[2] * other[3])


def _agreement(found: Sequence[_Square]) -> int:
    return max((square.agreement for square in found), default=0)


def _cut_out(gray_hw: Gray, square: _Square, scale: float) -> FoundFace:
    """The face that was found in a copy `scale` times smaller than the picture."""
    full = square._replace(center_x=square.center_x * scale, center_y=square.center_y * scale, side=square.side * scale)
    side_px = max(1, round(full.side))
    level = _patch_transform(full, full.turn_deg + full.tilt_deg, side_px, side_px)
    return FoundFace(_upright_box(full, gray_hw.shape), _patch(gray_hw, level, side_px))


def _upright_box(square: _Square, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The upright box around a turned square, clipped to a picture of the given (height, width)."""
    turn = radians(square.turn_deg)
    half = square.side / 2 * (abs(cos(turn)) + abs(sin(turn)))
    left, right = (min(max(round(square.center_x + d), 0), shape[1]) for d in (-half, half))
    top, bottom = (min(max(round(square.center_y + d), 0), shape[0]) for d in (-half, half))
    return left, top, right - left, bottom - top


def _patch_transform(square: _Square, turn_deg: float, face_px: int, patch_px: int) -> NDArray[np.float64]:
    """The 2 x 3 matrix that puts the square in the middle of a patch, turned, and its side at face_px."""
    transform = cv2.getRotationMatrix2D((square.center_x, square.center_y), turn_deg, face_px / square.side)
    transform[:, 2] += np.array((patch_px / 2 - square.center_x, patch_px / 2 - square.center_y))
    return np.asarray(transform, dtype=np.float64)


def _patch(gray_hw: Gray, transform: NDArray[np.float64], side_px: int) -> Gray:
    """The square patch; beyond the picture its edge is repeated."""
    patch_hw = cv2.warpAffine(gray_hw, transform, (side_px, side_px), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch_hw, dtype=np.uint8)


def _mapped(transform: MatLike, x: float, y: float) -> tuple[float, float]:
    mapped_x, mapped_y = transform @ np.array((x, y, 1.0))
    return float(mapped_x), float(mapped_y)
