"""What a phone's camera does to a batch of faces, at random and on the whole tensor at once; `augment` moves the faces.

Each of the four happens to a share of the faces only, so that about half of a batch stays as sharp and clean as
FER-2013 is. Out of focus comes first, as light passes a lens before a sensor and a file.
"""

import math
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from functions.infer.preprocess import MEAN, STD
from training.disturbances import SENSOR_NOISE
from training.knobs import Knobs

_BLUR_RADIUS_PX: Final = 4  # where a Gaussian of sigma 2 has fallen to an eighth
_LEAST_QUALITY, _MOST_QUALITY = 20, 90  # of a JPEG: below, no face is left; above, there is no visible loss
_BLOCK_PX: Final = 8
# The example table for luminance in ITU-T T.81, annex K, which every common encoder scales by its quality.
_JPEG_TABLE: Final = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


def photographed(x_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    """Faces (n, 1, 48, 48) within [-2, 2], some out of focus, badly lit, noisy or compressed."""
    gray_nchw = (x_nchw * STD + MEAN) * 255
    for probability, change in (
        (knobs.blur_probability, _out_of_focus),
        (knobs.dark_probability, _badly_lit),
        (knobs.noise_probability, _noisy),
        (knobs.jpeg_probability, _compressed),
    ):
        if probability > 0:
            chosen = torch.rand(len(gray_nchw), generator=generator) < probability
            if chosen.any():
                gray_nchw[chosen] = change(gray_nchw[chosen], knobs, generator).clamp_(0, 255)
    return (gray_nchw / 255 - MEAN) / STD


def blurred(gray_nchw: Tensor, sigma_px: Tensor) -> Tensor:
    """Faces (n, 1, h, w), each through a Gaussian of its own sigma (n,) above 0; the edge goes on beyond the edge."""
    n, _, height, width = gray_nchw.shape
    places = torch.arange(-_BLUR_RADIUS_PX, _BLUR_RADIUS_PX + 1, dtype=gray_nchw.dtype)
    kernel = torch.exp(-0.5 * (places / sigma_px.view(n, 1)) ** 2)
    kernel = kernel / kernel.sum(dim=1, keepdim=True)
    padded = functional.pad(gray_nchw, [_BLUR_RADIUS_PX] * 4, mode="replicate").view(1, n, *_padded(height, width))
    down = functional.conv2d(padded, kernel.view(n, 1, -1, 1), groups=n)
    return functional.conv2d(down, kernel.view(n, 1, 1, -1), groups=n).view(n, 1, height, width)


def compressed(gray_nchw: Tensor, quality: Tensor) -> Tensor:
    """Faces (n, 1, h, w) as JPEG of each one's quality (n,), 1 to 100, gives them back; sides are multiples of 8.

    JPEG's own loss: 8 x 8 blocks, their cosine transform rounded to multiples of the table's entries.
    """
    n, _, height, width = gray_nchw.shape
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
    table = ((torch.tensor(_JPEG_TABLE) * scale.view(n, 1, 1) + 50) / 100).floor().clamp_(1, 255).view(n, 1, 1, 8, 8)
    blocks = gray_nchw.view(n, height // _BLOCK_PX, _BLOCK_PX, width // _BLOCK_PX, _BLOCK_PX).transpose(2, 3) - 128
    cosines = _cosines()
    coefficients = ((cosines @ blocks @ cosines.T) / table).round() * table
    restored = cosines.T @ coefficients @ cosines + 128
    return restored.round().clamp(0, 255).transpose(2, 3).reshape(n, 1, height, width)


def _out_of_focus(gray_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    share = torch.rand(len(gray_nchw), generator=generator).clamp_(min=0.1)  # sigma 0 has no kernel
    return blurred(gray_nchw, share * knobs.blur_sigma_px)


def _badly_lit(gray_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    """With less light, evenly in its logarithm, then gamma either way; the sensor's noise does not get darker."""
    n = len(gray_nchw)
    dimmed, curved = (torch.rand(n, 1, 1, 1, generator=generator) for _ in range(2))
    gamma = knobs.gamma ** (2 * curved - 1)
    light = knobs.dark_light_share**dimmed
    lit = 255 * (gray_nchw.clamp(0, 255) / 255) ** gamma * light
    return lit + SENSOR_NOISE * torch.randn(gray_nchw.shape, generator=generator)


def _noisy(gray_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    std_gray = knobs.noise_gray * torch.rand(len(gray_nchw), 1, 1, 1, generator=generator)
    return gray_nchw + std_gray * torch.randn(gray_nchw.shape, generator=generator)


def _compressed(gray_nchw: Tensor, _: Knobs, generator: torch.Generator) -> Tensor:
    share = torch.rand(len(gray_nchw), generator=generator)
    return compressed(gray_nchw, _LEAST_QUALITY + share * (_MOST_QUALITY - _LEAST_QUALITY))


def _padded(height: int, width: int) -> tuple[int, int]:
    return height + 2 * _BLUR_RADIUS_PX, width + 2 * _BLUR_RADIUS_PX


def _cosines() -> Tensor:
    """The orthonormal cosine transform of 8 values as a matrix (8, 8), frequencies in rows."""
    frequency, place = torch.meshgrid(torch.arange(_BLOCK_PX), torch.arange(_BLOCK_PX), indexing="ij")
    waves = torch.cos(math.pi * (2 * place + 1) * frequency / (2 * _BLOCK_PX))
    return waves * torch.where(frequency == 0, math.sqrt(1 / _BLOCK_PX), math.sqrt(2 / _BLOCK_PX))
