"""What Haar cascades see: boxes in a whole picture, and whether a face is where somebody else saw one."""

import threading
from pathlib import Path
from typing import Final

import cv2
import cv2.data

from functions.infer.windows import REPEATED_EDGE, Picture, Window

FACE: Final = "frontalface_default"
EYES: Final = ("lefteye_2splits", "righteye_2splits")

FIRST_LOOK_PX: Final = 160
FIRST_LOOK_STEP: Final = 1.3
FIRST_LOOK_NEIGHBOURS: Final = 3  # windows that must agree before they are a box
LEAST_FRACTION: Final = 0.2  # the narrowest face looked for, as a share of the long side; it decides the time

FINE_STEP: Final = 1.1
FACE_PX, FACE_PATCH_PX = 40, 72  # the face in its patch
FACE_SIDES_PX: Final = (26, 64)
FACE_WINDOWS: Final = 2  # that agree
EYES_FACE_PX, EYES_PATCH_PX = 96, 136
EYES_ROWS: Final = slice(14, 84)  # of the patch, in which eyes may lie
EYE_SIDES_PX: Final = (18, 44)
EYE_WINDOWS: Final = 5


class Cascades(threading.local):
    """The cascades of one thread, made at its first look: OpenCV's must not be shared."""

    def __init__(self) -> None:
        folder = Path(cv2.data.haarcascades)
        self._of = {name: cv2.CascadeClassifier(folder / f"haarcascade_{name}.xml") for name in (FACE, *EYES)}

    def first_look(self, picture: Picture) -> list[Window]:
        """The faces in the whole picture, upright, in no order."""
        small_hw = picture.reduced(FIRST_LOOK_PX)
        least_px = int(max(small_hw.shape) * LEAST_FRACTION)
        boxes = self._of[FACE].detectMultiScale(
            small_hw, FIRST_LOOK_STEP, FIRST_LOOK_NEIGHBOURS, minSize=(least_px, least_px)
        )
        scale = max(picture.shape) / max(small_hw.shape)
        return [Window((x + side / 2) * scale, (y + side / 2) * scale, side * scale) for x, y, side, _ in boxes]

    def see_face(self, picture: Picture, face: Window) -> bool:
        """Whether the face's cascade sees one in this window, which is level and as large as the face."""
        patch_hw = picture.patch(face.around(FACE_PATCH_PX / FACE_PX), FACE_PATCH_PX, REPEATED_EDGE)
        return self._most_windows(FACE, patch_hw, FACE_SIDES_PX) >= FACE_WINDOWS

    def see_eye(self, picture: Picture, face: Window) -> bool:
        """Whether an eye's cascade sees one there."""
        patch_hw = picture.patch(face.around(EYES_PATCH_PX / EYES_FACE_PX), EYES_PATCH_PX, REPEATED_EDGE)[EYES_ROWS]
        return any(self._most_windows(eye, patch_hw, EYE_SIDES_PX) >= EYE_WINDOWS for eye in EYES)

    def _most_windows(self, cascade: str, gray_hw: cv2.typing.MatLike, sides_px: tuple[int, int]) -> int:
        """How many windows agree on the box that most agree on."""
        least_px, most_px = sides_px
        _, agreeing = self._of[cascade].detectMultiScale2(
            gray_hw, FINE_STEP, 1, minSize=(least_px, least_px), maxSize=(most_px, most_px)
        )
        return max(map(int, agreeing), default=0)
