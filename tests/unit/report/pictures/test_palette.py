"""The charts' colours can be seen and told apart, also without red or green cones."""

from itertools import combinations
from typing import get_args

import numpy as np
import pytest

from burnout.values import Band, Theme
from functions.report.pictures.palette import PALETTES

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG
# 15 (2009), doi 10.1109/TVCG.2009.113: the published matrices of severity 1.0, for linear RGB.
VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
# Björn Ottosson, "A perceptual color space for image processing" (2020): linear sRGB to OKLab. Some 0.02 is just seen.
TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
TO_OKLAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def linear(color):
    shares = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.2's contrast ratio."""
    darker, lighter = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def oklab(color, vision="full"):
    return TO_OKLAB @ np.cbrt(TO_CONES @ np.clip(VISION[vision] @ linear(color), 0, 1))


def distance(one, other, vision):
    return np.linalg.norm(oklab(one, vision) - oklab(other, vision))


def test_the_measures_know_black_white_and_confusable_colours():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert distance("#000000", "#FFFFFF", "full") == pytest.approx(1, abs=0.001)
    assert distance("#C00000", "#5A6900", "deuteranopia") < distance("#C00000", "#5A6900", "full") / 2


@pytest.mark.parametrize("theme", get_args(Theme))
def test_every_mark_stands_out_from_what_lies_behind_it(theme):
    palette = PALETTES[theme]

    for ground in (palette.surface, *palette.grounds.values()):
        for mark in (palette.line, palette.quiet):
            assert contrast(mark, ground) >= 3
    for band, color in palette.bands.items():
        assert min(contrast(color, palette.surface), contrast(color, palette.grounds[band])) >= 3


@pytest.mark.parametrize("theme", get_args(Theme))
def test_more_strain_stands_out_more_by_its_contrast_and_by_its_colour(theme):
    palette = PALETTES[theme]

    calm, raised, high = (contrast(palette.bands[band], palette.surface) for band in get_args(Band))
    colourful = [np.hypot(*oklab(palette.bands[band])[1:]) for band in get_args(Band)]

    assert raised >= 1.15 * calm
    assert high >= 1.45 * raised
    assert colourful == sorted(colourful)  # the palest is never the worst


@pytest.mark.parametrize("theme", get_args(Theme))
def test_every_word_can_be_read(theme):
    palette = PALETTES[theme]

    assert contrast(palette.ink, palette.surface) >= 7
    for ground in (palette.surface, *palette.grounds.values()):
        assert contrast(palette.ink, ground) >= 4.5
    assert contrast(palette.quiet, palette.surface) >= 4.5
    for band in get_args(Band):
        assert contrast(palette.numbers[band], palette.bands[band]) >= 4.5


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("vision", VISION)
def test_colours_are_told_apart_by_every_eye(theme, vision):
    palette = PALETTES[theme]

    assert min(distance(one, other, vision) for one, other in combinations(palette.bands.values(), 2)) >= 0.08
    assert min(distance(palette.line, color, vision) for color in palette.bands.values()) >= 0.1
