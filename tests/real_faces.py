"""64 views of the two real faces in tests/photos, as the models are fed: the same on every machine."""

from pathlib import Path

import cv2
import numpy as np

from functions.infer.preprocess import face_input

PHOTOS = Path(__file__).parent / "photos"
BOXES_PX = {"astronaut.jpg": (177, 66, 95), "selfie.jpg": (278, 154, 271)}  # left, top, side: what Haar finds
VIEWS = 32  # of each face


def real_faces():
    """Inputs (64, 1, 48, 48) float32: each face moved, scaled, mirrored and darkened by chance."""
    dice = np.random.default_rng(20261129)
    views = []
    for name, (left, top, side) in BOXES_PX.items():
        gray_hw = cv2.imread(str(PHOTOS / name), cv2.IMREAD_GRAYSCALE)
        for _ in range(VIEWS):
            size = int(side * dice.uniform(0.85, 1.15))
            x, y = (max(0, int(place + side * dice.uniform(-0.1, 0.1))) for place in (left, top))
            crop_hw = gray_hw[y : y + size, x : x + size][:, :: dice.choice([-1, 1])]
            views.append(face_input((crop_hw * dice.uniform(0.4, 1)).astype(np.uint8)))
    return np.stack(views)
