"""Photo bytes → upright gray picture. The only place that decodes untrusted bytes; it knows nothing of faces.

Whatever a header tells is checked before any pixel is decoded. HEIC and AVIF, whose headers tell too little, are read
by a process of their own (`heif.py`). Of the metadata only the orientation is read, and nothing of it is kept.
"""

import io
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from burnout.inference import ErrorCode
from functions.infer import heif
from functions.infer.headers import JPEG_END, Cost, SegmentBombError, cost_of, kind_of

MAX_BYTES: Final = 20 * 1024 * 1024  # what the Bot API's getFile gives out at most
# Measured, docs/decisions/0015.
MAX_JPEG_PIXELS: Final = 202_000_000  # phones take up to 16,384 x 12,288; large ones are decoded at an eighth
MAX_PIXELS: Final = 51_000_000  # of the others, which are decoded whole; "50 megapixels" are up to 8192 x 6144
MAX_WEBP_PIXELS: Final = 25_000_000  # Pillow holds five copies of a WebP, RGBA; 144 bytes may ask for 50 megapixels
MAX_KEPT_BYTES: Final = 650_000_000  # a JPEG in scans: 200 megapixels with halved colours as phones write them, or 108
MAX_VISITED_PIXELS: Final = 2_500_000_000  # 200 megapixels in the usual 10 scans; an empty scan of 50 takes 27 ms
MAX_SIDE_PX: Final = 16_384  # WebP's own limit; refuses 50-megapixel ribbons
# Of faces as wide as a tenth of the long side most are found: 64 px here, more than the network's 48.
WORKING_SIDE_PX: Final = 640

HEIF_S: Final = 8.0  # wall time; the webhook waits 10
_HEIF_COMMAND: Final = (sys.executable, "-P", str(Path(heif.__file__)), str(MAX_PIXELS), str(MAX_SIDE_PX))

# Reads a HEIC or AVIF apart: bytes → exit status and output of a process of `heif.py`. Raises: ImageError.
Apart = Callable[[bytes], tuple[int, bytes]]

# Pillow refuses more than twice this, a WebP before it takes memory for the canvas. Set once for the process.
Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS // 2

# `warnings.catch_warnings` changes the whole process for a moment, so two threads must not do it at once.
_quiet_lock = threading.Lock()

_FIRST_ORIENTATION_ON_ITS_SIDE: Final = 5  # EXIF 5 to 8 swap width and height


class ImageError(Exception):
    """A photo cannot be read, and the same bytes never will. `code` is the contract's, `message` is for operators."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: Final = code
        self.message: Final = message


@dataclass(frozen=True)
class Photo:
    """An upright photo: its true size in pixels, and a reduced gray copy to work on."""

    width_px: int
    height_px: int
    gray_hw: NDArray[np.uint8]  # long side 640 to 1279 px, or as it came where the photo is smaller
    is_whole: bool = True  # False: its file ends too early, and these are the rows that it has

    @property
    def brightness(self) -> float:
        """Mean gray, [0, 1]."""
        return float(self.gray_hw.mean()) / 255.0

    def full_size_px(self, box_px: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """A box (x, y, width, height) of the gray copy, in pixels of the photo and clipped to it."""
        x, y, w, h = box_px
        scale_x = self.width_px / self.gray_hw.shape[1]
        scale_y = self.height_px / self.gray_hw.shape[0]
        left, right = (min(max(round(value * scale_x), 0), self.width_px) for value in (x, x + w))
        top, bottom = (min(max(round(value * scale_y), 0), self.height_px) for value in (y, y + h))
        return left, top, right - left, bottom - top


def started_apart() -> "subprocess.Popen[bytes]":
    """A process of `heif.py` that waits for a file."""
    pipe = subprocess.PIPE
    return subprocess.Popen(_HEIF_COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_heif_environment())  # noqa: S603


def in_a_new_process(data: bytes) -> tuple[int, bytes]:
    """The `Apart` where processes may be started. Raises: ImageError for a file that takes too long."""
    with started_apart() as process:
        try:
            output, _ = process.communicate(data, timeout=HEIF_S)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise ImageError("heic", f"not read within {HEIF_S} s") from error
    return process.returncode, output


def read_photo(data: bytes, apart: Apart = in_a_new_process) -> Photo:
    """The upright photo in a JPEG, PNG, WebP, HEIC or AVIF file; of several pictures the first or primary one.

    Raises: ImageError `too_large` above 20 MiB, 16,384 px a side or the pixels above; `too_costly` for absurdly many
    segments or scans; `not_an_image` for every other format; `damaged`, of HEIC and AVIF `heic`, for broken files.
    """
    if len(data) > MAX_BYTES:
        raise ImageError("too_large", f"over {MAX_BYTES} bytes")
    kind = kind_of(data)
    if kind is None:
        raise ImageError("not_an_image", "no picture's first bytes")
    if kind == "HEIF":
        return _read_apart(data, apart)
    with _decoding():
        cost = cost_of(data, kind)
        with _quiet():
            image = Image.open(io.BytesIO(data if cost.is_whole else data + JPEG_END), formats=(kind,))
        width_px, height_px = image.size
        _check_cost(image, cost)
        _ask_for_small_luma(image)
        image.load()
        gray_hw = _gray(image)
        if not cost.is_whole:
            rows = len(gray_hw)
            gray_hw = _without_fill(gray_hw)
            height_px = round(height_px * len(gray_hw) / rows)
        return _photo(width_px, height_px, gray_hw, _orientation(image), is_whole=cost.is_whole)


def _read_apart(data: bytes, apart: Apart) -> Photo:
    """The photo in a HEIC or AVIF, read by a process that may die of it."""
    status, output = apart(data)
    if status == heif.TOO_LARGE:
        raise ImageError("too_large", f"over {MAX_PIXELS} pixels or {MAX_SIDE_PX} a side")
    if status:
        raise ImageError("heic", f"its process ended with {status}")
    facts, _, rows = output.partition(b"\n")
    width_px, height_px, orientation = (int(fact) for fact in facts.split())
    return _photo(width_px, height_px, np.frombuffer(rows, np.uint8).reshape(height_px, width_px), orientation)


def _heif_environment() -> dict[str, str]:
    """Where the loader finds libraries; the rights of this function are none of its business."""
    return {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}  # noqa: TID251  (no setting of ours)


def _photo(
    width_px: int, height_px: int, gray_hw: NDArray[np.uint8], orientation: int, *, is_whole: bool = True
) -> Photo:
    """From what is stored: its size, and its gray pixels, which may be fewer."""
    if orientation >= _FIRST_ORIENTATION_ON_ITS_SIDE:
        width_px, height_px = height_px, width_px
    return Photo(width_px, height_px, _upright(_reduced(gray_hw), orientation), is_whole)


@contextmanager
def _decoding() -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as error:
        raise ImageError("too_large", str(error)) from error
    except SegmentBombError as error:
        raise ImageError("too_costly", str(error)) from error
    except ImageError:
        raise
    except Exception as error:
        # Pillow's parsers promise no closed set of exceptions for broken files (OSError, SyntaxError, struct.error,
        # ValueError, EOFError, KeyError ... have been seen); whatever they raise, the picture is broken.
        raise ImageError("damaged", type(error).__name__) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Pillow's warnings are not needed: big pictures are refused, and odd metadata is not used."""
    with _quiet_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_cost(image: Image.Image, cost: Cost) -> None:
    most_pixels = {"JPEG": MAX_JPEG_PIXELS, "MPO": MAX_JPEG_PIXELS, "WEBP": MAX_WEBP_PIXELS}.get(
        image.format or "", MAX_PIXELS
    )
    pixels = image.width * image.height
    if pixels > most_pixels or max(image.size) > MAX_SIDE_PX:
        raise ImageError("too_large", f"over {most_pixels} pixels or {MAX_SIDE_PX} a side")
    if pixels * cost.passes > MAX_VISITED_PIXELS or cost.kept_bytes > MAX_KEPT_BYTES:
        raise ImageError("too_costly", f"over {MAX_VISITED_PIXELS} pixels in all scans, or {MAX_KEPT_BYTES} bytes kept")


def _ask_for_small_luma(image: Image.Image) -> None:
    """JPEG only, a no-op for the others: decode nothing but luma, at 1/2, 1/4 or 1/8 within the inverse transform."""
    factor = max(image.size) // WORKING_SIDE_PX
    if factor:
        width_px, height_px = image.size
        image.draft("L", (max(1, width_px // factor), max(1, height_px // factor)))


def _gray(image: Image.Image) -> NDArray[np.uint8]:
    """Rec. 601 luma, uint8 (height, width)."""
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8)
    if not image.has_transparency_data:
        return np.asarray(image.convert("L"))
    return np.vstack([np.asarray(heif.gray(strip)) for strip in heif.strips(image)])


def _without_fill(gray_hw: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The rows above the even gray that libjpeg gives for what is missing; a face ends there as at a picture's edge."""
    uneven = np.flatnonzero((gray_hw != gray_hw[-1, 0]).any(axis=1))
    if not uneven.size:
        raise ImageError("damaged", "cut off before its first row")
    return gray_hw[: uneven[-1] + 1]


def _reduced(gray_hw: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same picture divided by the largest whole number that leaves a long side of at least 640 px."""
    height_px, width_px = gray_hw.shape
    factor = max(height_px, width_px) // WORKING_SIDE_PX
    if factor <= 1:
        return gray_hw
    size_px = (max(1, width_px // factor), max(1, height_px // factor))
    return np.asarray(cv2.resize(gray_hw, size_px, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _orientation(image: Image.Image) -> int:
    with _quiet():
        return heif.orientation_of(image)


def _upright(gray_hw: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The picture turned and mirrored as EXIF 2.32, table 6, says for orientations 1 to 8."""
    turned_hw = gray_hw.T if orientation >= _FIRST_ORIENTATION_ON_ITS_SIDE else gray_hw
    flip_rows = orientation in {3, 4, 7, 8}
    flip_columns = orientation in {2, 3, 6, 7}
    return np.ascontiguousarray(turned_hw[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1])
