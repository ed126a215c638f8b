"""Photo sizes, documents and the links of getFile, without a socket."""

import io
import random

import pytest
from PIL import Image

from local.telegram.files import DOWNLOAD_MAX_BYTES, FileStore, check_photo_upload
from local.telegram.refusals import BadRequestError


@pytest.fixture
def shelf():
    return FileStore(random.Random(1))


def image(width, height, kind="JPEG", **options):
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((48, 48), [(48, 48)]),
        ((90, 60), [(90, 60)]),
        ((640, 480), [(90, 68), (320, 240), (640, 480)]),
        ((600, 1000), [(54, 90), (192, 320), (480, 800), (600, 1000)]),
        ((1280, 960), [(90, 68), (320, 240), (800, 600), (1280, 960)]),
        ((2600, 130), [(90, 4), (320, 16), (800, 40), (1280, 64), (2560, 128)]),
    ],
)
def test_a_picture_has_telegrams_sizes_and_none_is_larger_than_what_was_sent(shelf, size, sizes):
    renditions = shelf.picture(image(*size)).renditions

    assert [(each.width, each.height) for each in renditions] == sizes
    decoded = [Image.open(io.BytesIO(each.data)) for each in renditions]
    assert [(each.format, each.size) for each in decoded] == [("JPEG", each) for each in sizes]
    assert len({each.data for each in renditions}) == len(sizes)


def test_a_picture_is_upright_and_carries_no_exif(shelf):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    exif[0x010F] = "Camera of Anna"

    (*_, largest) = shelf.picture(image(80, 60, exif=exif)).renditions

    assert (largest.width, largest.height) == (60, 80)
    assert b"Anna" not in largest.data


def test_the_same_image_is_encoded_once_but_sent_under_fresh_ids(shelf):
    picture = shelf.picture(image(640, 480))
    assert shelf.picture(image(640, 480)) is picture

    first, second = shelf.photo_sizes(picture), shelf.photo_sizes(picture)

    ids = [size[name] for size in first + second for name in ("file_id", "file_unique_id")]
    assert len(set(ids)) == 12
    assert shelf.content(first[1]["file_id"]) == shelf.content(second[1]["file_id"]) == picture.renditions[1].data


@pytest.mark.parametrize("data", [b"", b"no image", image(64, 64)[:50]])
def test_what_is_no_image_cannot_become_a_picture(shelf, data):
    with pytest.raises(ValueError, match="not an image"):
        shelf.picture(data)


def test_a_file_of_exactly_20_mb_can_be_fetched_and_one_byte_more_cannot(shelf):
    fits = shelf.keep(bytes(DOWNLOAD_MAX_BYTES), folder="documents", suffix="")
    too_big = shelf.keep(bytes(DOWNLOAD_MAX_BYTES + 1), folder="documents", suffix="")

    assert shelf.describe(fits.file_id, 0.0)["file_size"] == 20 * 1024 * 1024
    with pytest.raises(BadRequestError, match="file is too big"):
        shelf.describe(too_big.file_id, 0.0)


def test_an_unknown_file_id_is_refused(shelf):
    with pytest.raises(BadRequestError, match="wrong file_id or the file is temporarily unavailable"):
        shelf.describe("nobody", 0.0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no image", "IMAGE_PROCESS_FAILED"),
        (image(2100, 100, "PNG"), "PHOTO_INVALID_DIMENSIONS"),
        (image(9000, 1001, "PNG"), "PHOTO_INVALID_DIMENSIONS"),
        (bytes((10 << 20) + 1), "file is too big for a photo"),
    ],
)
def test_a_photo_that_telegram_would_not_take_is_refused(data, reason):
    with pytest.raises(BadRequestError, match=reason):
        check_photo_upload(data)
