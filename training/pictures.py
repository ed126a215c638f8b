"""Figures as pictures, drawn with OpenCV: training needs no plotting library for a grid of numbers."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from burnout.emotions import Emotion

_CELL_PX: Final = 76
_LEFT_PX, _TOP_PX = 110, 96  # room for the names of rows and columns
_MARGIN_PX: Final = 16
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_FULL_BGR: Final = np.array((120, 60, 10))  # of a cell with the whole row in it: dark blue

Picture = NDArray[np.uint8]  # (height, width, 3), blue, green, red


def confusion_picture(counts: NDArray[np.int64], title: str) -> Picture:
    """The matrix (7, 7) of `metrics.confusion`: a row for what is right, in it what was said, in percent and faces."""
    side_px = len(Emotion) * _CELL_PX
    picture = np.full((_TOP_PX + side_px + _MARGIN_PX, _LEFT_PX + side_px + _MARGIN_PX, 3), 255, dtype=np.uint8)
    _write(picture, title, (_MARGIN_PX, 26), 0.55)
    _write(picture, "rows: right; columns: said; % of the row, and faces", (_MARGIN_PX, 50), 0.42)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for i, name in enumerate(Emotion):
        _write(picture, name, (_MARGIN_PX, _TOP_PX + i * _CELL_PX + _CELL_PX // 2 + 5), 0.5)
        _write(picture, name, (_LEFT_PX + i * _CELL_PX + 6, _TOP_PX - 10), 0.45)
        for j in range(len(Emotion)):
            _cell(picture, i, j, float(shares[i, j]), int(counts[i, j]))
    return picture


def write_png(picture: Picture, path: Path) -> None:
    """The picture is in the file. Raises: OSError."""
    _, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    path.write_bytes(data.tobytes())


def _cell(picture: Picture, row: int, column: int, share: float, count: int) -> None:
    left, top = _LEFT_PX + column * _CELL_PX, _TOP_PX + row * _CELL_PX
    color = 255 - share * (255 - _FULL_BGR)
    cv2.rectangle(picture, (left, top), (left + _CELL_PX - 2, top + _CELL_PX - 2), color.tolist(), cv2.FILLED)
    ink = _WHITE if share > 0.5 else _BLACK
    _write(picture, f"{100 * share:.0f}", (left + 22, top + 38), 0.65, ink)
    _write(picture, str(count), (left + 22, top + 60), 0.38, ink)


def _write(
    picture: Picture, text: str, place: tuple[int, int], scale: float, ink: tuple[int, int, int] = _BLACK
) -> None:
    cv2.putText(picture, text, place, _FONT, scale, ink, 1, cv2.LINE_AA)
