"""Photo bytes: every orientation is turned upright, bombs are refused by their header, broken files by one error."""

import io
import time
import tracemalloc
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from functions.infer.image import MAX_BYTES, ImageError, read_photo
from local.photos import FACE, LANDSCAPE


def encoded(image, kind="JPEG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def scene():
    """96 x 64, dark at the top left, so that every orientation looks different."""
    gray = np.full((64, 96), 200, np.uint8)
    gray[:32, :48] = 20
    gray[:32, 48:] = 120
    return Image.fromarray(gray)


def png_that_claims(width_px, height_px):
    content = bytearray(encoded(Image.new("L", (1, 1)), "PNG"))
    content[16:24] = width_px.to_bytes(4) + height_px.to_bytes(4)
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4)
    return bytes(content)


STORED = {  # EXIF orientation -> what a camera that is held so stores of an upright picture
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: a.T[::-1],
    7: lambda a: a.T[::-1, ::-1],
    8: lambda a: a.T[:, ::-1],
}


@pytest.mark.parametrize("orientation", STORED)
def test_every_exif_orientation_gives_the_same_upright_picture(orientation):
    upright = np.asarray(scene())
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))

    photo = read_photo(encoded(stored, "PNG", exif=exif))

    assert (photo.width_px, photo.height_px) == (96, 64)
    assert np.array_equal(photo.gray_hw, upright)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_orientation_that_does_not_exist_is_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert np.array_equal(read_photo(encoded(scene(), "PNG", exif=exif)).gray_hw, np.asarray(scene()))


@pytest.mark.parametrize(
    "data",
    [
        encoded(scene().convert("RGB"), "JPEG", quality=95),
        encoded(scene().convert("CMYK"), "JPEG", quality=95),
        encoded(scene().convert("RGB"), "JPEG", quality=95, progressive=True),
        encoded(scene().convert("RGB"), "WEBP", lossless=True),
        encoded(scene().convert("P"), "PNG"),
        encoded(scene().convert("LA"), "PNG"),
        encoded(scene().convert("RGBA"), "PNG"),
        encoded(Image.fromarray(np.asarray(scene()).astype(np.uint16) << 8), "PNG"),
        encoded(
            scene().convert("RGB"), "WEBP", lossless=True, save_all=True, append_images=[Image.new("RGB", (96, 64))]
        ),
    ],
    ids=["jpeg", "cmyk", "progressive", "webp", "palette", "gray+alpha", "rgba", "16-bit", "animated webp"],
)
def test_every_kind_of_picture_gives_the_same_gray(data):
    gray_hw = read_photo(data).gray_hw.astype(int)

    assert gray_hw.shape == (64, 96)
    assert np.abs(gray_hw - np.asarray(scene()).astype(int)).mean() < 3


def test_transparent_is_white():
    assert read_photo(encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG")).brightness == 1.0


def test_large_photo_is_worked_on_small_and_its_boxes_are_told_in_its_own_pixels():
    photo = read_photo(encoded(Image.new("RGB", (4000, 3000), (128, 128, 128))))

    assert (photo.width_px, photo.height_px) == (4000, 3000)
    assert 640 <= max(photo.gray_hw.shape) < 1280
    height, width = photo.gray_hw.shape
    assert photo.full_size_px((0, 0, width, height)) == (0, 0, 4000, 3000)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (png_that_claims(30_000, 30_000), "too_large"),
        (png_that_claims(50_000, 1), "too_large"),
        (bytes(MAX_BYTES + 1), "too_large"),
        (encoded(Image.new("L", (20, 20)), "PNG") + b"", None),
        (b"", "not_an_image"),
        (b"just words", "not_an_image"),
        (b"GIF89a" + bytes(100), "not_an_image"),
        (encoded(Image.new("P", (20, 20)), "GIF"), "not_an_image"),
        (encoded(Image.new("RGB", (20, 20)), "BMP"), "not_an_image"),
        (encoded(Image.new("RGB", (20, 20)), "TIFF"), "not_an_image"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "not_an_image"),
        (LANDSCAPE.read_bytes()[:2000], "not_an_image"),
        (png_that_claims(100, 100), "not_an_image"),
        (b"\xff\xd8" + b"\xff\xe0\x00\x02" * 20_000, "too_large"),
    ],
)
def test_what_cannot_be_read_is_one_error_with_its_code(data, code):
    if code is None:
        assert read_photo(data).width_px == 20
        return
    with pytest.raises(ImageError) as raised:
        read_photo(data)
    assert raised.value.code == code


def test_bomb_is_refused_without_decoding_it():
    tracemalloc.start()
    started_s = time.perf_counter()
    with pytest.raises(ImageError):
        read_photo(png_that_claims(30_000, 30_000))
    elapsed_s = time.perf_counter() - started_s
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 1_000_000
    assert elapsed_s < 1.0


SMALL_JPEG = encoded(Image.open(FACE).resize((60, 80)))


@given(st.data())
def test_mutated_jpeg_is_a_photo_or_one_error(data):
    content = bytearray(SMALL_JPEG)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))

    with suppress(ImageError):  # and nothing else
        assert read_photo(bytes(content[:cut])).gray_hw.dtype == np.uint8
