"""Face crop → network input. Serving owns this module and training imports it, so both see the same numbers."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

FACE_SIZE_PX: Final = 48
MEAN: Final = 0.5
STD: Final = 0.25


def face_input(face_gray_hw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The network's input for one face crop.

    Takes uint8 gray in [0, 255], any size of at least 1 x 1 pixel. Returns float32 of shape (1, 48, 48)
    (channel, height, width), `(gray / 255 - MEAN) / STD`, so within [-2, 2].
    """
    if face_gray_hw.shape != (FACE_SIZE_PX, FACE_SIZE_PX):
        # INTER_AREA averages when shrinking, which a selfie's face always is; it does not alias.
        face_gray_hw = cv2.resize(face_gray_hw, (FACE_SIZE_PX, FACE_SIZE_PX), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    scaled = face_gray_hw.astype(np.float32) / 255.0
    return ((scaled - MEAN) / STD)[np.newaxis]
