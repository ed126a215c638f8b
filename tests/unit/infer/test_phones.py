"""What phones really send: files under other names, of any size, turned, cut off. The bytes decide."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from burnout.clock import Stopwatch
from functions.infer import image as image_module
from functions.infer.analysis import analyse
from functions.infer.headers import cost_of
from functions.infer.image import ImageError, read_photo
from tests.fuzz.hostile_heif import BLACK, grid, heic
from tests.unit.infer.conftest import encoded
from tests.unit.infer.test_image import quadrants

WITHOUT_END = 2  # bytes: the end marker


def faces(data, finder):
    return len(analyse(data, finder, {}, Stopwatch()).faces)


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((8176, 6132), {}),  # 50.14 megapixels
        ((9248, 6936), {}),
        ((9248, 6936), {"progressive": True}),
        ((12_000, 9000), {}),
        ((16_384, 12_288), {}),
    ],
)
def test_jpeg_of_50_to_200_megapixels_is_read_reduced(size, options):
    picture = Image.fromarray(quadrants(12, 16)).resize(size, Image.Resampling.NEAREST)

    photo = read_photo(encoded(picture, "JPEG", quality=50, **options))

    assert (photo.width_px, photo.height_px) == size
    height, width = photo.gray_hw.shape
    assert 640 <= width < 1280
    middles = [photo.gray_hw[y * height // 4, x * width // 4] for y in (1, 3) for x in (1, 3)]
    assert middles == pytest.approx([0, 80, 160, 240], abs=3)


@pytest.mark.parametrize(
    ("options", "bytes_a_pixel"),
    [
        ({}, 0),
        ({"progressive": True}, 3),  # colours halved both ways: half as many again as of luma, two bytes each
        ({"progressive": True, "subsampling": 1}, 4),
        ({"progressive": True, "subsampling": 0}, 6),
    ],
)
def test_what_a_jpeg_keeps_until_its_last_scan_is_known_before(options, bytes_a_pixel):
    cost = cost_of(encoded(Image.new("RGB", (64, 32)), "JPEG", **options), "JPEG")

    assert cost.kept_bytes == bytes_a_pixel * 64 * 32


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("share", [0.5, 0.9, 1])
def test_jpeg_without_its_end_is_read_as_far_as_it_goes(options, share, selfie, finder):
    data = encoded(selfie, "JPEG", quality=90, **options)[:-WITHOUT_END]

    assert faces(data[: int(len(data) * share)], finder) >= 1


def test_picture_of_a_jpeg_without_its_end_ends_where_the_bytes_do(selfie):
    data = encoded(selfie, "JPEG", quality=90)

    photo = read_photo(data[: len(data) // 2])

    assert photo.width_px == selfie.width
    assert selfie.height // 3 < photo.height_px < selfie.height * 2 // 3
    assert (photo.gray_hw[-1] != photo.gray_hw[-1, 0]).any()
    whole_hw = read_photo(data).gray_hw
    assert np.abs(photo.gray_hw[:200].astype(int) - whole_hw[:200]).max() <= 1


def test_jpeg_without_its_end_and_without_a_face_in_the_rest_is_damaged_not_faceless(selfie, finder):
    data = encoded(selfie, "JPEG", quality=90)

    with pytest.raises(ImageError) as refusal:
        faces(data[: len(data) // 12], finder)

    assert refusal.value.code == "damaged"


def test_heic_is_turned_once_though_its_metadata_say_so_too(finder):
    photo = read_photo(heic("turned"))

    assert (photo.width_px, photo.height_px) == (256, 320)
    assert faces(heic("turned"), finder) == 1


def test_heic_with_broken_metadata_is_read():
    whole = heic("turned")
    at = whole.index(b"MM\0*")

    photo = read_photo(whole[:at] + b"XXXX" + whole[at + 4 :])

    assert (photo.width_px, photo.height_px) == (256, 320)


def test_process_that_reads_heic_is_given_no_secret(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    script = "import os, sys; sys.stdin.buffer.read(); sys.exit(7 if 'AWS_SECRET_ACCESS_KEY' in os.environ else 9)"
    monkeypatch.setattr(image_module, "_HEIF_COMMAND", (sys.executable, "-c", script))

    with pytest.raises(ImageError, match="ended with 9"):
        read_photo(heic("turned"))


def test_of_several_pictures_in_a_heic_the_primary_is_read():
    assert read_photo(heic("second_is_primary")).brightness == pytest.approx(30 / 255, abs=0.02)


def test_ten_bits_become_eight_and_what_is_transparent_is_white():
    gray_hw = read_photo(heic("ten_bits_half_transparent")).gray_hw

    assert gray_hw[24, [8, 56]].tolist() == pytest.approx([255, 100 * 128 / 255 + 127], abs=2)


def test_heic_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(image_module, "HEIF_S", 1)

    with pytest.raises(ImageError, match="not read within 1 s"):
        read_photo(grid(25, 25, BLACK))


@pytest.mark.parametrize(
    ("limit", "too_much"),
    [("MEMORY_BYTES = 80_000_000", heic("black_12_megapixels")), ("CPU_S = 1", grid(25, 25, BLACK))],
    ids=["memory", "time"],
)
def test_process_that_reads_heic_ends_at_its_limits(monkeypatch, limit, too_much):
    sizes = f"{image_module.MAX_PIXELS}, {image_module.MAX_SIDE_PX}"
    start = f"import sys; from functions.infer import heif; heif.{limit}; sys.exit(heif.main({sizes}))"
    monkeypatch.setattr(image_module, "_HEIF_COMMAND", (sys.executable, "-c", start))
    monkeypatch.setattr(image_module, "HEIF_S", 60)
    monkeypatch.chdir(Path(__file__).parents[3])

    assert read_photo(heic("second_is_primary")).width_px == 64
    with pytest.raises(ImageError, match="its process ended with") as refusal:
        read_photo(too_much)
    assert refusal.value.code == "heic"
