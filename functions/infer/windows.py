"""Square windows of a picture, turned and at any size, and the small patches that a detector looks at."""

from math import cos, log, log2, radians, sin
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Points = NDArray[np.float64]

# Detectors learnt from pictures that somebody could see something on: a darker one is lightened to this mean gray.
LIGHT_ENOUGH: Final = 0.4

BLACK: Final = cv2.BORDER_CONSTANT
REPEATED_EDGE: Final = cv2.BORDER_REPLICATE


class Window(NamedTuple):
    """A square in pixels of a picture, which may reach beyond it."""

    center_x: float
    center_y: float
    side: float
    turn_deg: float = 0.0  # how far to turn the picture against the clock for what is inside to be level

    def around(self, share: float) -> "Window":
        """The window with the same centre and `share` times the side."""
        return self._replace(side=self.side * share)

    def points(self, unit_xy: Points) -> Points:
        """Points (n, 2) of the picture, from parts of the window's side, [0, 1] inside it."""
        turn = radians(self.turn_deg)
        back = np.array(((cos(turn), sin(turn)), (-sin(turn), cos(turn)))) * self.side
        return np.asarray((unit_xy - 0.5) @ back + (self.center_x, self.center_y), dtype=np.float64)


class Picture:
    """A gray picture with its halves: a patch of it is an average of pixels and not a sample."""

    def __init__(self, gray_hw: Gray) -> None:
        self._halves = [gray_hw]

    def lightened(self) -> "Picture":
        """The picture, or a lighter copy of a dark one."""
        gray_hw = self._halves[0]
        mean = float(gray_hw.mean()) / 255.0
        if not 0.0 < mean < LIGHT_ENOUGH:
            return self
        gamma = log(LIGHT_ENOUGH) / log(mean)
        table = np.round(255.0 * (np.arange(256) / 255.0) ** gamma).astype(np.uint8)
        return Picture(np.asarray(cv2.LUT(gray_hw, table), dtype=np.uint8))

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, pixels."""
        height, width = self._halves[0].shape
        return height, width

    def whole(self, turn_deg: float = 0.0) -> Window:
        """The window of the long side around the picture's middle."""
        height, width = self.shape
        return Window(width / 2, height / 2, max(height, width), turn_deg)

    def reduced(self, side_px: int) -> Gray:
        """The whole picture, its long side at most this."""
        scale = min(1.0, side_px / max(self.shape))
        height, width = (max(1, round(side * scale)) for side in self.shape)
        return np.asarray(cv2.resize(self._halves[0], (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def patch(self, window: Window, side_px: int, border: int) -> Gray:
        """The window as a square patch, uint8 (side_px, side_px)."""
        steps = max(0, round(log2(window.side / side_px)))
        half_hw = self._half(steps)
        height, width = self.shape
        per_x, per_y = half_hw.shape[1] / width, half_hw.shape[0] / height
        middle = (window.center_x, window.center_y)
        into = np.asarray(cv2.getRotationMatrix2D(middle, window.turn_deg, side_px / window.side), np.float64)
        into[:, 2] += side_px / 2 - np.array(middle)
        into[:, :2] /= np.array((per_x, per_y))
        patch_hw = cv2.warpAffine(half_hw, into, (side_px, side_px), borderMode=border)
        return np.asarray(patch_hw, dtype=np.uint8)

    def _half(self, steps: int) -> Gray:
        """The picture divided by two `steps` times, or as often as its short side allows."""
        while len(self._halves) <= steps and min(self._halves[-1].shape) > 1:
            height, width = self._halves[-1].shape
            half_hw = cv2.resize(self._halves[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            self._halves.append(np.asarray(half_hw, dtype=np.uint8))
        return self._halves[min(steps, len(self._halves) - 1)]
