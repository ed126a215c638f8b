"""What a phone's camera does to a batch of faces, at random; `augment` moves the faces.

Each of the five happens to a share of the faces only, so that about half of a batch stays as sharp and clean as
FER-2013 is. Out of focus comes first, as light passes a lens before a sensor and a file. Blur and JPEG are those of the
robustness table.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from functions.infer.preprocess import MEAN, STD
from training import on_device
from training.disturbances import SENSOR_NOISE, GrayNHW, blurred, compressed
from training.knobs import Knobs

_LEAST_QUALITY, _MOST_QUALITY = 20, 90  # of a JPEG: below, no face is left; above, there is no visible loss


def photographed(x_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    """Faces (n, 1, 48, 48) within [-2, 2], some out of focus, badly lit, noisy or compressed."""
    gray_nchw = (x_nchw * STD + MEAN) * 255
    for probability, change in (
        (knobs.blur_probability, _out_of_focus),
        (knobs.dark_probability, _badly_lit),
        (knobs.side_light_probability, _lit_from_one_side),
        (knobs.noise_probability, _noisy),
        (knobs.jpeg_probability, _compressed),
    ):
        if probability > 0:
            chosen = torch.rand(len(gray_nchw), generator=generator) < probability
            if chosen.any():
                gray_nchw[chosen] = change(gray_nchw[chosen], knobs, generator).clamp_(0, 255)
    return (gray_nchw / 255 - MEAN) / STD


def _out_of_focus(gray_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    share = torch.rand(len(gray_nchw), generator=generator).clamp_(min=0.1)  # sigma 0 has no kernel
    sigma_n = share * knobs.blur_sigma_px
    if gray_nchw.device.type != "cpu":
        return on_device.blurred(gray_nchw, sigma_n, knobs.blur_sigma_px)
    return _each(gray_nchw, blurred, sigma_n)


def _badly_lit(gray_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    """With less light, evenly in its logarithm, then gamma either way; the sensor's noise does not get darker."""
    n = len(gray_nchw)
    dimmed, curved = (torch.rand(n, 1, 1, 1, generator=generator) for _ in range(2))
    gamma = knobs.gamma ** (2 * curved - 1)
    light = knobs.dark_light_share**dimmed
    lit = 255 * (gray_nchw.clamp(0, 255) / 255) ** gamma * light
    return lit + SENSOR_NOISE * torch.randn(gray_nchw.shape, generator=generator)


def _lit_from_one_side(gray_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    """With less light towards one edge, as beside a window or a screen: all of it there, a share of it opposite."""
    n, _, height, width = gray_nchw.shape
    angle, dimmed = (torch.rand(n, 1, 1, 1, generator=generator) for _ in range(2))
    angle = angle * 2 * math.pi
    rows = torch.linspace(-0.5, 0.5, height).view(1, 1, height, 1)
    columns = torch.linspace(-0.5, 0.5, width).view(1, 1, 1, width)
    # Within [-sqrt(0.5), sqrt(0.5)] for each direction, so the clamp only cuts corners.
    away = (angle.cos() * columns + angle.sin() * rows + 0.5).clamp(0, 1)
    return gray_nchw * (knobs.side_light_share**dimmed) ** away


def _noisy(gray_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    std_gray = knobs.noise_gray * torch.rand(len(gray_nchw), 1, 1, 1, generator=generator)
    return gray_nchw + std_gray * torch.randn(gray_nchw.shape, generator=generator)


def _compressed(gray_nchw: Tensor, _: Knobs, generator: torch.Generator) -> Tensor:
    quality = torch.randint(_LEAST_QUALITY, _MOST_QUALITY + 1, (len(gray_nchw),), generator=generator)
    if gray_nchw.device.type != "cpu":
        return on_device.compressed(gray_nchw, quality)
    return _each(gray_nchw, compressed, quality)


def _each(gray_nchw: Tensor, change: Callable[[GrayNHW, Any], GrayNHW], strength_n: Tensor) -> Tensor:
    """Faces (n, 1, h, w), each changed by a strength of its own."""
    gray_nhw = gray_nchw[:, 0].round().clamp(0, 255).byte().numpy()
    changed = [change(face_hw[None], each) for face_hw, each in zip(gray_nhw, strength_n.tolist(), strict=True)]
    return torch.from_numpy(np.stack(changed)).float()
