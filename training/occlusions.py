"""Faces behind a drawn mask, dark glasses or a hand; and faces that only look like it: a beard, spectacles, a scarf.

Everything is drawn by chance, at twice the side of a face. Places are parts of the side: in FER-2013 the eyes lie at
0.3 and 0.7 of the width and 0.4 of the height, the mouth at 0.77. Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from functions.infer.preprocess import FACE_SIZE_PX

_SIDE_PX: Final = 2 * FACE_SIZE_PX
_EYES_Y: Final = 0.40
_EYE_X: Final = 0.20  # of each eye, from the middle of the face
_Y, _X = np.mgrid[0:_SIDE_PX, 0:_SIDE_PX] / _SIDE_PX

Gray = NDArray[np.uint8]  # (48, 48), [0, 255]
Plane = NDArray[np.float32]  # (96, 96): gray values, or how much of a drawing covers each pixel, [0, 1]
Draw = Callable[[Plane, np.random.Generator], Plane]


def drawn(gray_hw: Gray, draw: Draw, rng: np.random.Generator) -> Gray:
    """The face with one of `COVERS` or `LOOKALIKES` drawn on it."""
    large_hw = cv2.resize(gray_hw, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    small_hw = cv2.resize(draw(large_hw, rng).clip(0, 255), (FACE_SIZE_PX, FACE_SIZE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small_hw.round(), dtype=np.uint8)


def _mask(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """From the nose down to the chin, mostly light, with folds and strings."""
    u = rng.uniform
    top, middle, left, low, jaw = u(0.4, 0.6), u(0.44, 0.56), u(0.02, 0.2), u(0.9, 1.1), u(0.05, 0.2)
    right, ears, nose, slope = 1 - left + u(-0.06, 0.06), top + u(0, 0.12), u(0, 0.06), u(0, 0.05)
    outline = [
        *((left, ears), (middle - 0.18, top + 0.02), (middle - 0.06, top - nose)),
        *((middle + 0.06, top - nose), (middle + 0.18, top + 0.02), (right, ears)),
        *((right - slope, ears + 0.2), (right - jaw, low - 0.08), (middle, low)),
        *((left + jaw, low - 0.08), (left + slope, ears + 0.2)),
    ]
    cloth = _cloth(rng, u(130, 250) if u() < 0.75 else u(10, 130))
    masked_hw = _laid(face_hw, cloth, _filled(outline, rng))
    strings = np.zeros_like(face_hw)
    for x, way, y in ((x, way, y) for x, way in ((left, -1), (right, 1)) for y in (ears, low - 0.12)):
        _line(strings, (x, y), (x + 0.25 * way, y - 0.13), 1)
    return _laid(masked_hw, u(60, 255), strings * (u() < 0.7))


def _dark_glasses(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """Two dark lenses, round, square or drop-shaped, some with a reflection, and what holds them."""
    u = rng.uniform
    y, eye, middle = _EYES_Y + u(-0.05, 0.05), _EYE_X + u(-0.02, 0.04), u(0.46, 0.54)
    width, height, shape = u(0.13, 0.19), u(0.09, 0.15), int(rng.integers(3))
    lenses, glare = np.zeros_like(face_hw), np.zeros_like(face_hw)
    shines = u() < 0.4
    for side in (-1, 1):
        x = middle + side * eye
        _lens(lenses, (x, y), (width, height), shape)
        _line(lenses, (x + 0.9 * side * width, y - height / 2), (middle + 0.55 * side, y - 0.4 * height), 2)
        if shines:
            glare += u(0, 120) * _spot(x + u(-0.06, 0.06), y + u(-0.05, 0.05), u(0.02, 0.08), u(0.02, 0.06))
    _line(lenses, (middle - 0.08, y - 0.4 * height), (middle + 0.08, y - 0.4 * height), 2)
    below = u(-30, 80) * (u() < 0.5) * (_Y - y + height) / (2 * height)  # a gradient
    return _laid(face_hw, (u(0, 70) + below + glare).clip(0, 255), _soft(lenses, u(0.5, 1.2)) * u(0.85, 1))


def _hand(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """A palm and three to five fingers of the face's own gray, from below or from a side."""
    u = rng.uniform
    where = rng.integers(3)
    x = (u(0.25, 0.75), u(-0.05, 0.15), u(0.85, 1.05))[where]
    y = u(0.85, 1.05) if where == 0 else u(0.25, 0.9)
    towards_deg = (u(-140, -40), u(-30, 20), u(160, 210))[where]
    fingers, thick, length = int(rng.integers(3, 6)), u(0.08, 0.12), u(0.3, 0.6)
    hand, gaps = np.zeros_like(face_hw), np.zeros_like(face_hw)
    _ellipse(hand, (x, y), (u(0.18, 0.28), u(0.16, 0.26)), -1)
    across = np.array((np.cos(np.radians(towards_deg + 90)), np.sin(np.radians(towards_deg + 90))))
    for place in np.arange(fingers) - (fingers - 1) / 2:
        angle = np.radians(towards_deg + place * u(0, 7))
        root = np.array((x, y)) + across * place * thick
        tip = root + np.array((np.cos(angle), np.sin(angle))) * length * (1 - 0.12 * abs(place))
        _line(hand, root, tip, int(thick * _SIDE_PX))
        _line(gaps, root + across * thick / 2, tip + across * thick / 2, 1)
    middle_hw = face_hw[int(0.3 * _SIDE_PX) : int(0.7 * _SIDE_PX), int(0.25 * _SIDE_PX) : int(0.75 * _SIDE_PX)]
    skin = float(np.median(middle_hw)) + u(-35, 35) + u(-40, 40) * (_X - 0.5) + u(-40, 40) * (_Y - 0.5)
    shadow = (_soft(hand, 2.5) - hand).clip(0, 1) * u(0, 90)
    return _laid(face_hw - shadow, skin - u(30, 110) * _soft(gaps, 1) + 20 * _noise(rng, 4), _soft(hand, u(0.5, 1.2)))


def _beard(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """Dark hair around the mouth and on the cheeks."""
    u = rng.uniform
    middle = u(0.46, 0.54)
    outline = [
        *((u(0.05, 0.2), u(0.55, 0.7)), (middle - 0.17, u(0.64, 0.72)), (middle, u(0.6, 0.68))),
        *((middle + 0.17, u(0.64, 0.72)), (u(0.8, 0.95), u(0.55, 0.7)), (0.85, 0.95), (middle, 1.05), (0.15, 0.95)),
    ]
    mouth = np.zeros_like(face_hw)
    _ellipse(mouth, (middle, u(0.76, 0.82)), (u(0.1, 0.15), u(0.03, 0.07)), -1)
    hair = _filled(outline, rng, blur=u(2, 5)) * (1 - _soft(mouth, 1.5)) * u(0.6, 1)
    return _laid(face_hw, face_hw * u(0.25, 0.7) + _noise(rng, 1) * u(5, 40), hair)


def _spectacles(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """Frames with clear lenses, some of them tinted a little or with a reflection."""
    u = rng.uniform
    y, eye, thick, is_round = _EYES_Y + u(-0.04, 0.04), _EYE_X + u(-0.02, 0.03), int(rng.integers(1, 4)), u() < 0.5
    size = u(0.12, 0.18), u(0.08, 0.14)
    frames, lenses, glare = (np.zeros_like(face_hw) for _ in range(3))
    for side in (-1, 1):
        x = 0.5 + side * eye
        _lens(frames, (x, y), size, 0 if is_round else 1, thick)
        _lens(lenses, (x, y), size, 0 if is_round else 1)
        glare += u(0, 90) * _spot(x + u(-0.06, 0.06), y + u(-0.05, 0.05), u(0.02, 0.08), u(0.02, 0.06))
    behind_hw = face_hw * (1 - lenses * u(0, 0.5) * (u() < 0.5)) + lenses * glare * (u() < 0.4)
    _line(frames, (0.43, y - 0.02), (0.57, y - 0.02), thick)
    return _laid(behind_hw, u(0, 90) if u() < 0.8 else u(150, 255), _soft(frames, 0.7))


def _side_light(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """Light from one side: beyond a soft or sharp edge it is dark."""
    u = rng.uniform
    angle = u(0, 2 * np.pi)
    beyond = (_X - 0.5) * np.cos(angle) + (_Y - 0.5) * np.sin(angle) - u(-0.2, 0.2)
    dark = u(0.15, 0.6)
    return np.asarray(face_hw * (dark + (1 - dark) / (1 + np.exp(beyond * u(4, 30)))), dtype=np.float32)


def _scarf(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """Cloth below the mouth."""
    top = rng.uniform(0.88, 0.97)
    outline = [(-0.1, top + rng.uniform(-0.1, 0.1)), (0.5, top), (1.1, top), (1.1, 1.2), (-0.1, 1.2)]
    return _laid(face_hw, _cloth(rng, rng.uniform(0, 255)), _filled(outline, rng))


def _fringe(face_hw: Plane, rng: np.random.Generator) -> Plane:
    """Dark hair or a hat on the forehead, above the eyes."""
    low = rng.uniform(0.1, 0.3)
    outline = [(-0.1, -0.2), (1.1, -0.2), (1.1, low + 0.1), (0.5, low - rng.uniform(0, 0.1)), (-0.1, low + 0.05)]
    return _laid(face_hw, _cloth(rng, rng.uniform(0, 120)), _filled(outline, rng, blur=2))


def _as_it_is(face_hw: Plane, rng: np.random.Generator) -> Plane:
    return face_hw


# What covers a face, and what must not be called so; each with its share of the drawings of its side.
COVERS: Final[Mapping[str, tuple[Draw, float]]] = {
    "mask": (_mask, 0.5),
    "dark glasses": (_dark_glasses, 0.25),
    "hand": (_hand, 0.25),
}
LOOKALIKES: Final[Mapping[str, tuple[Draw, float]]] = {
    "nothing": (_as_it_is, 0.4),
    "spectacles": (_spectacles, 0.2),
    "beard": (_beard, 0.1),
    "light from one side": (_side_light, 0.1),
    "scarf": (_scarf, 0.1),
    "fringe": (_fringe, 0.1),
}


def _cloth(rng: np.random.Generator, gray: float) -> Plane:
    """A plane of about this gray, lit unevenly, some with folds across, some with a pattern."""
    u = rng.uniform
    cloth = gray + u(-60, 60) * (_X - 0.5) + u(-40, 40) * (_Y - 0.7) + _noise(rng, u(1, 6)) * u(0, 25)
    if u() < 0.6:
        for y in np.linspace(0.6, 0.9, int(rng.integers(2, 5))):
            cloth += u(-25, 10) * np.exp(-(((_Y - y - u(-0.03, 0.03)) / u(0.008, 0.02)) ** 2))
    if u() < 0.2:
        spots = rng.random((int(rng.integers(3, 13)), int(rng.integers(1, 13)))).astype(np.float32)
        cloth += u(20, 150) * (cv2.resize(spots, (_SIDE_PX, _SIDE_PX)) - 0.5)
    return np.asarray(cloth, dtype=np.float32)


def _laid(face_hw: NDArray[Any], over_hw: NDArray[Any] | float, cover_hw: NDArray[Any]) -> Plane:
    return np.asarray(face_hw * (1 - cover_hw) + over_hw * cover_hw, dtype=np.float32)


def _filled(outline: list[tuple[float, float]], rng: np.random.Generator, blur: float | None = None) -> Plane:
    cover = np.zeros((_SIDE_PX, _SIDE_PX), np.float32)
    cv2.fillPoly(cover, [_px(outline)], 1.0, cv2.LINE_AA)
    return _soft(cover, rng.uniform(0.5, 1.5) if blur is None else blur)


def _soft(cover: Plane, sigma_px: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), sigma_px), dtype=np.float32)


def _noise(rng: np.random.Generator, sigma_px: float) -> Plane:
    return _soft(rng.normal(0, 1, (_SIDE_PX, _SIDE_PX)).astype(np.float32), sigma_px)


def _spot(x: float, y: float, width: float, height: float) -> Plane:
    return np.asarray(np.exp(-(((_X - x) / width) ** 2) - ((_Y - y) / height) ** 2), dtype=np.float32)


def _lens(
    cover: Plane, middle: tuple[float, float], size: tuple[float, float], shape: int, thickness_px: int = -1
) -> None:
    """An ellipse, a rectangle or a drop of these half axes; filled without a thickness."""
    (x, y), (width, height) = middle, size
    if shape == 0:
        _ellipse(cover, middle, size, thickness_px)
    elif shape == 1:
        corners = _px([(x - width, y - height), (x + width, y + height)])
        cv2.rectangle(cover, corners[0].tolist(), corners[1].tolist(), 1.0, thickness_px)
    else:
        drop = [(-1, -1), (1, -1), (0.8, 0.7), (0, 1.1), (-0.7, 0.6)]
        cv2.fillPoly(cover, [_px([(x + across * width, y + down * height) for across, down in drop])], 1.0)


def _ellipse(cover: Plane, middle: tuple[float, float], axes: tuple[float, float], thickness_px: int) -> None:
    (center, half) = _px([middle, axes])
    cv2.ellipse(cover, center.tolist(), half.tolist(), 0, 0, 360, 1.0, thickness_px, cv2.LINE_AA)


def _line(cover: Plane, start: object, end: object, thickness_px: int) -> None:
    (from_px, to_px) = _px([start, end])
    cv2.line(cover, from_px.tolist(), to_px.tolist(), 1.0, thickness_px, cv2.LINE_AA)


def _px(places: object) -> NDArray[np.int32]:
    """Places in parts of the side, in pixels."""
    return np.asarray(np.asarray(places, dtype=np.float64) * _SIDE_PX).astype(np.int32)
