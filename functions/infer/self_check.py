"""Would a photo get an answer here and now? A drawn face of nobody is looked at as a person's photo is.

It comes from no bucket and is kept nowhere. The label is not compared: another model may call a drawing otherwise.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from burnout.clock import Stopwatch
from functions.infer.analysis import analyse
from functions.infer.classifier import Classifier
from functions.infer.faces import FaceFinder

_SIDE_PX: Final = 320
_WHOLE, _UPPER, _LOWER = (0, 360), (180, 360), (0, 180)  # arcs, degrees
# Ellipses: centre and half axes in parts of the side, blue-green-red, arc; a later one lies over those before.
_DRAWING: Final = (
    ((0.5, 0.5), (0.26, 0.36), (195, 205, 215), _WHOLE),  # the face
    ((0.5, 0.2), (0.27, 0.12), (40, 40, 45), _UPPER),  # hair
    *(
        ((0.5 + side * x, y), axes, bgr, _WHOLE)
        for side in (-1, 1)
        for x, y, axes, bgr in (
            (0.11, 0.43, (0.075, 0.05), (120, 125, 130)),  # a socket
            (0.11, 0.43, (0.045, 0.022), (235, 235, 235)),  # an eye
            (0.11, 0.43, (0.02, 0.02), (25, 25, 25)),
            (0.11, 0.375, (0.07, 0.015), (50, 50, 55)),  # an eyebrow
        )
    ),
    ((0.5, 0.55), (0.03, 0.09), (215, 222, 230), _WHOLE),  # the nose
    ((0.475, 0.61), (0.012, 0.012), (90, 95, 100), _WHOLE),
    ((0.525, 0.61), (0.012, 0.012), (90, 95, 100), _WHOLE),
    ((0.5, 0.69), (0.09, 0.04), (70, 70, 120), _LOWER),  # the mouth
)


class SelfCheckError(Exception):
    """The drawn face was not found, or a model gave no probabilities for it."""


def check(finder: FaceFinder, classifiers: Mapping[str, Classifier]) -> dict[str, Any]:
    """`{"ok": {}}` when every model answers. Raises: SelfCheckError, and what the libraries raise."""
    _, jpeg = cv2.imencode(".jpg", _drawn_face())
    faces = analyse(jpeg.tobytes(), finder, classifiers, Stopwatch()).faces
    if len(faces) != 1:
        raise SelfCheckError(f"{len(faces)} faces instead of one")
    for name, prediction in faces[0].models.items():
        if not math.isclose(sum(prediction.emotions.values()), 1.0, abs_tol=1e-6):  # NaN is close to nothing
            raise SelfCheckError(f"{name}: no probabilities")
    return {"ok": {}}


def _drawn_face() -> NDArray[np.uint8]:
    """A face that the finder knows as one: height, width, blue-green-red."""
    image = np.full((_SIDE_PX, _SIDE_PX, 3), 150, np.uint8)
    for center, axes, bgr, arc in _DRAWING:
        center_px, axes_px = ([round(part * _SIDE_PX) for part in pair] for pair in (center, axes))
        cv2.ellipse(image, center_px, axes_px, 0, *arc, bgr, -1)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 3), np.uint8)  # no edge is sharper than a photo's
