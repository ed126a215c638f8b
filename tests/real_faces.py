"""64 views of the two real faces in tests/photos, as the models are fed: the same on every machine.

Both people smile, and any arithmetic recognises a smile. So in three of four views the mouth is upside down,
covered, or out of focus: what the models see in them ranges from happy to sad.
"""

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
            crop_hw = gray_hw[y : y + size, x : x + size][:, :: dice.choice([-1, 1])].copy()
            mouth_hw = crop_hw[size * 6 // 10 : size * 9 // 10, size // 5 : size * 4 // 5]
            changes = (mouth_hw, mouth_hw[::-1], np.full_like(mouth_hw, 90), cv2.blur(mouth_hw, (size // 8, size // 8)))
            mouth_hw[:] = changes[len(views) % len(changes)].copy()
            views.append(face_input((crop_hw * dice.uniform(0.3, 1)).astype(np.uint8)))
    return np.stack(views)
