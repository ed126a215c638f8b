"""Random changes to a batch of faces. What happens to all of them is done on the whole tensor: face by face is slow."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.camera import photographed
from training.knobs import Knobs

# Of the input's range [-2, 2]: one full range of gray is four units of the network's input.
_INPUT_LIMIT = 2.0
_INPUT_RANGE = 4.0


def augment(x_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    """Faces (n, 1, 48, 48) within [-2, 2], each moved, turned, scaled, relit and partly hidden at random.

    Some are also out of focus, dark, noisy or compressed, as `camera` makes them.
    """
    relit = _relit(_moved(x_nchw, knobs, generator), knobs, generator)
    return _erased(photographed(relit, knobs, generator), knobs, generator)


def shrunk(x_nchw: Tensor, side_px: int) -> Tensor:
    """The faces (n, 1, side_px, side_px), averaged so that nothing aliases; as they are if they have that side."""
    if x_nchw.shape[-1] == side_px:
        return x_nchw
    return functional.interpolate(x_nchw, size=(side_px, side_px), mode="bilinear", antialias=True)


def mixing(n: int, knobs: Knobs, generator: torch.Generator) -> tuple[float, Tensor]:
    """How much of each face stays, and whose face (n,) is laid over each with the rest: one mixup of a batch.

    The share is drawn from Beta(alpha, alpha); with `mixup_alpha` 0 it is 1 and nothing is drawn.
    """
    if not knobs.mixup_alpha:
        return 1.0, torch.arange(n)
    # torch draws no Beta from a generator of one's own, so the generator gives numpy's its seed.
    dice = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    return float(dice.beta(knobs.mixup_alpha, knobs.mixup_alpha)), torch.randperm(n, generator=generator)


def _uniform(n: int, limit: float, generator: torch.Generator) -> Tensor:
    """(n,) uniform in [-limit, limit]."""
    return (torch.rand(n, generator=generator) * 2 - 1) * limit


def _moved(x_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    n = len(x_nchw)
    angle = _uniform(n, math.radians(knobs.rotation_deg), generator)
    zoom = 1 + _uniform(n, knobs.scale_fraction, generator)
    mirror = torch.where(torch.rand(n, generator=generator) < knobs.flip_probability, -1.0, 1.0)
    # The grid runs over [-1, 1], so a shift by a share of the side is twice that in grid units.
    shift_x, shift_y = (_uniform(n, 2 * knobs.shift_fraction, generator) for _ in range(2))
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    affine_n23 = torch.stack([mirror * cos, -sin, shift_x, mirror * sin, cos, shift_y], dim=1).view(n, 2, 3)
    grid = functional.affine_grid(affine_n23, list(x_nchw.shape), align_corners=False)
    # Padding with zeros is mid-gray, the mean of the input.
    return functional.grid_sample(x_nchw, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _relit(x_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    n = len(x_nchw)
    gain = 1 + _uniform(n, knobs.contrast, generator).view(n, 1, 1, 1)
    offset = _uniform(n, knobs.brightness * _INPUT_RANGE, generator).view(n, 1, 1, 1)
    mean = x_nchw.mean(dim=(1, 2, 3), keepdim=True)
    return ((x_nchw - mean) * gain + mean + offset).clamp_(-_INPUT_LIMIT, _INPUT_LIMIT)


def _erased(x_nchw: Tensor, knobs: Knobs, generator: torch.Generator) -> Tensor:
    """With a box of 0.2 to 0.5 of each side set to mid-gray, in the chosen share of the faces."""
    n, _, height, width = x_nchw.shape
    chosen = torch.rand(n, generator=generator) < knobs.erase_probability
    inside = chosen.view(n, 1, 1)
    for size, shape in ((height, (n, -1, 1)), (width, (n, 1, -1))):
        length = size * (0.2 + 0.3 * torch.rand(n, 1, generator=generator))
        start = torch.rand(n, 1, generator=generator) * (size - length)
        place = torch.arange(size).expand(n, -1)
        inside = inside & ((place >= start) & (place < start + length)).view(shape)
    return x_nchw.masked_fill(inside.unsqueeze(1), 0.0)
