"""What shows through a picture is white, as Telegram and browsers show it."""

import numpy as np
import pytest
from PIL import Image

from functions.infer.image import read_photo
from tests.unit.infer.conftest import encoded


def test_what_is_transparent_is_white():
    half = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    half.paste((100, 100, 100, 128), (20, 0, 40, 20))

    gray_hw = read_photo(encoded(half)).gray_hw

    assert gray_hw[0, 0] == 255
    assert gray_hw[0, 30] == pytest.approx(100 * 128 / 255 + 127, abs=2)


def test_transparent_picture_is_read_strip_by_strip_without_a_seam():
    shades = np.arange(600, dtype=np.uint16)[:, None] % 256 * np.ones((1, 9), np.uint16)
    picture = Image.merge("RGBA", [Image.fromarray(np.uint8(shades))] * 3 + [Image.new("L", (9, 600), 128)])

    gray_hw = read_photo(encoded(picture)).gray_hw

    assert gray_hw.shape == (600, 9)
    assert np.abs(gray_hw - (shades * 128 / 255 + 127)).max() <= 1


def test_transparent_palette_colour_is_white():
    picture = Image.new("P", (10, 10), 1)
    picture.putpalette([0, 0, 0, 50, 50, 50])
    picture.paste(0, (0, 0, 5, 10))

    gray_hw = read_photo(encoded(picture, "PNG", transparency=0)).gray_hw

    assert gray_hw[5].tolist() == [255] * 5 + [50] * 5
