"""The camera's blur and JPEG for a whole batch of faces at once, on an accelerator: it would wait for OpenCV's.

On a CPU `camera` uses OpenCV: a seed's run stays the same to the bit.
"""

import math
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

_BLOCK_PX: Final = 8
# JPEG's luminance table (ITU-T T.81, table K.1), as libjpeg scales it by the quality.
_STEPS_8X8: Final = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


def blurred(gray_nchw: Tensor, sigma_n: Tensor, most_px: float) -> Tensor:
    """Faces (n, 1, h, w), each with a Gaussian of its own sigma, `most_px` at most, in pixels."""
    radius = math.ceil(3 * most_px)
    away = torch.arange(-radius, radius + 1, device=gray_nchw.device)
    weights = torch.softmax(-(away**2) / (2 * sigma_n.view(-1, 1, 1, 1, 1) ** 2), dim=-1)
    for _ in range(2):  # along the rows, then along the columns
        padded = functional.pad(gray_nchw, (radius, radius, 0, 0), mode="reflect")
        gray_nchw = (padded.unfold(3, 2 * radius + 1, 1) * weights).sum(dim=-1).transpose(2, 3)
    return gray_nchw


def compressed(gray_nchw: Tensor, quality_n: Tensor) -> Tensor:
    """Faces (n, 1, h, w) as a JPEG of its own quality (1 to 100) leaves each; the sides are multiples of eight."""
    n, _, height, width = gray_nchw.shape
    device = gray_nchw.device
    scale = torch.where(quality_n < 50, 5000 // quality_n, 200 - 2 * quality_n).view(n, 1, 1, 1, 1)
    step = ((torch.tensor(_STEPS_8X8, device=device) * scale + 50) // 100).clamp(1, 255)
    at = torch.arange(_BLOCK_PX, device=device)
    cosines = torch.cos((2 * at + 1) * at.view(-1, 1) * math.pi / (2 * _BLOCK_PX)) / 2
    cosines[0] /= math.sqrt(2)
    shape = (n, height // _BLOCK_PX, _BLOCK_PX, width // _BLOCK_PX, _BLOCK_PX)
    blocks = gray_nchw.round().view(shape).transpose(2, 3) - 128
    kept = (cosines @ blocks @ cosines.T / step).round() * step
    return (cosines.T @ kept @ cosines + 128).transpose(2, 3).reshape(gray_nchw.shape)
