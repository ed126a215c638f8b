"""Bytes in, an upright gray picture out. Pictures that are cut, broken or bombs are in `tests/fuzz`, too."""

import time
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from functions.infer import image as image_module
from functions.infer.headers import cost_of
from functions.infer.image import ImageError, Photo, read_photo
from tests.fuzz.hostile_photos import chunk, png_of, zeros
from tests.unit.infer.conftest import encoded

ORIENTATION = 0x0112
# What a camera stores for an upright picture when it is held as EXIF's orientation 1 to 8 says: the inverse of showing.
STORED_AS = {
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.T,
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright.T, 2),
    8: lambda upright: np.rot90(upright, -1),
}


def with_orientation(pixels, orientation, file_format, **options):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(Image.fromarray(np.ascontiguousarray(pixels)), file_format, exif=exif, **options)


def quadrants(height=60, width=80):
    """A picture that no turn or mirroring leaves as it is."""
    picture = np.zeros((height, width), np.uint8)
    picture[: height // 2, width // 2 :] = 80
    picture[height // 2 :, : width // 2] = 160
    picture[height // 2 :, width // 2 :] = 240
    return picture


def refused(data):
    with pytest.raises(ImageError) as refusal:
        read_photo(data)
    return refusal.value.code


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize(("file_format", "options"), [("JPEG", {}), ("PNG", {}), ("WEBP", {}), ("AVIF", {"speed": 10})])
def test_orientation_gives_the_same_upright_picture(orientation, file_format, options):
    stored = STORED_AS[orientation](quadrants())

    photo = read_photo(with_orientation(stored, orientation, file_format, **options))

    assert (photo.width_px, photo.height_px) == (80, 60)
    assert photo.gray_hw.shape == (60, 80)
    assert np.abs(photo.gray_hw.astype(int) - quadrants()).mean() < 3  # lossy formats blur the edges


def test_large_jpeg_on_its_side_keeps_its_upright_size_and_is_reduced():
    stored = STORED_AS[6](quadrants(1920, 1440))

    photo = read_photo(with_orientation(stored, 6, "JPEG"))

    assert (photo.width_px, photo.height_px) == (1440, 1920)
    assert photo.gray_hw.shape == (960, 720)
    assert photo.gray_hw.flags.c_contiguous
    assert [int(photo.gray_hw[y, x]) for y in (240, 720) for x in (180, 540)] == pytest.approx([0, 80, 160, 240], abs=2)


@pytest.mark.parametrize("garbage", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"])
def test_broken_metadata_does_not_cost_the_photo(garbage):
    photo = read_photo(encoded(Image.fromarray(quadrants()), "JPEG", exif=garbage))

    assert photo.gray_hw.shape == (60, 80)


def test_absurd_orientation_counts_as_upright():
    assert read_photo(with_orientation(quadrants(), 99, "PNG")).gray_hw.tolist() == quadrants().tolist()


@pytest.mark.parametrize(
    ("picture", "file_format"),
    [
        (Image.new("RGB", (32, 24), (200, 200, 200)), "JPEG"),
        (Image.new("CMYK", (32, 24), (0, 0, 0, 55)), "JPEG"),
        (Image.new("L", (32, 24), 200), "JPEG"),
        (Image.new("RGB", (32, 24), (200, 200, 200)), "WEBP"),
        (Image.new("RGBA", (32, 24), (200, 200, 200, 255)), "WEBP"),
        (Image.new("P", (32, 24), 0), "PNG"),
        (Image.fromarray(np.full((24, 32), 200 * 257, np.uint16)), "PNG"),
        (Image.new("LA", (32, 24), (200, 255)), "PNG"),
        (Image.new("RGB", (32, 24), (200, 200, 200)), "PNG"),
    ],
    ids=["jpeg", "cmyk", "gray-jpeg", "webp", "webp-alpha", "palette", "16-bit", "gray-alpha", "png"],
)
def test_every_kind_of_picture_becomes_gray(picture, file_format):
    if picture.mode == "P":
        picture.putpalette([200, 200, 200] * 256)

    photo = read_photo(encoded(picture, file_format))

    assert photo.gray_hw.dtype == np.uint8
    assert photo.gray_hw.shape == (24, 32)
    assert np.abs(photo.gray_hw.astype(int) - 200).max() <= 3


def test_16_bit_gray_keeps_its_shades():
    ramp = np.tile(np.arange(0, 65536, 2048, dtype=np.uint16), (4, 1))

    assert read_photo(encoded(Image.fromarray(ramp))).gray_hw[0].tolist() == [value >> 8 for value in ramp[0].tolist()]


@pytest.mark.parametrize("file_format", ["WEBP", "PNG", "MPO"])
def test_animation_or_a_phones_second_picture_leaves_the_first(file_format):
    frames = [Image.new("RGB", (64, 48), (shade,) * 3) for shade in (30, 220)]

    data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100)

    assert read_photo(data).brightness == pytest.approx(30 / 255, abs=0.02)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"Hello, I am a text.",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0" * 100,
        b"%PDF-1.7\n",
        b"PK\3\4" + b"\0" * 100,
        encoded(Image.new("L", (8, 8)), "GIF"),
        encoded(Image.new("L", (8, 8)), "BMP"),
        encoded(Image.new("L", (8, 8)), "TIFF"),
    ],
    ids=["empty", "stub", "text", "svg", "video", "pdf", "zip", "gif", "bmp", "tiff"],
)
def test_anything_else_is_not_an_image(data):
    assert refused(data) == "not_an_image"


@pytest.mark.parametrize(
    "data",
    [
        *(png_of(*size, zeros(100)) for size in ((30_000, 30_000), (8_000, 8_000), (11_000, 9_000), (50_000, 10))),
        b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + (16_382).to_bytes(3, "little") * 2 + b"\0" * 40,
    ],
    ids=["900-megapixels", "64-megapixels", "99-megapixels", "ribbon", "webp"],
)
def test_bomb_is_refused_by_its_header(data):
    tracemalloc.start()
    started_s = time.process_time()

    code = refused(data)

    assert code == "too_large"
    assert time.process_time() - started_s < 0.2
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_more_than_20_mib_is_too_large():
    assert refused(b"\xff\xd8\xff" + bytes(20 * 1024 * 1024)) == "too_large"


@pytest.mark.parametrize("head", [b"", b"\xff\xe0\0\2", b"\xff\xd9" + b"\xff\xfe\0\2" * 20_000])
def test_jpeg_that_ends_before_its_picture_is_damaged_before_a_parser_looks_for_one(head):
    with pytest.raises(ValueError, match="no scan"):
        cost_of(b"\xff\xd8" + head, "JPEG")


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt", b"iTXt"])
def test_hundreds_of_packed_texts_or_profiles_are_too_costly(kind):
    """Each is up to 1 MB in 1 kB, and is unpacked: 9,000 of them take 18 s."""
    whole = encoded(Image.new("L", (8, 8)))
    packed = chunk(kind, b"")

    assert refused(whole[:33] + packed * 200 + whole[33:]) == "too_costly"


def test_thumbnail_inside_the_metadata_is_no_scan(monkeypatch):
    thumbnail = encoded(Image.new("L", (160, 120)), "JPEG", progressive=True)
    monkeypatch.setattr(image_module, "MAX_VISITED_PIXELS", 100 * 100)

    photo = read_photo(encoded(Image.new("L", (100, 100)), "JPEG", exif=b"Exif\0\0" + thumbnail))

    assert photo.gray_hw.shape == (100, 100)


@pytest.mark.parametrize("size", [(1, 1), (3, 16_000), (16_000, 1), (641, 640), (1279, 2), (1280, 2), (2600, 1900)])
def test_any_shape_is_read_at_a_working_size(size):
    photo = read_photo(encoded(Image.new("L", size), "PNG"))

    assert (photo.width_px, photo.height_px) == size
    assert max(photo.gray_hw.shape) == max(size) if max(size) < 1280 else 640 <= max(photo.gray_hw.shape) < 1280


def test_box_is_told_in_pixels_of_the_whole_photo():
    photo = Photo(1281, 961, np.zeros((480, 640), np.uint8))

    assert photo.full_size_px((0, 0, 640, 480)) == (0, 0, 1281, 961)
    assert photo.full_size_px((100, 50, 200, 200)) == (200, 100, 400, 401)
    assert photo.full_size_px((-5, 400, 700, 100)) == (0, 801, 1281, 160)


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
