"""The files that Telegram keeps: photos in several real sizes, documents, and the links that getFile gives out."""

import base64
import hashlib
import io
import itertools
import random
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from local.telegram.refusals import FILE_UNAVAILABLE, BadRequestError

PHOTO_BOXES_PX = (90, 320, 800, 1280, 2560)  # long sides that Telegram makes, never larger than what was sent
DOWNLOAD_MAX_BYTES = 20 << 20
LINK_LIFETIME_S = 3600
_JPEG_QUALITY = 87
_MODES = ("RGB", "L")


@dataclass(frozen=True)
class Rendition:
    """One size of a picture, as JPEG."""

    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class Picture:
    """An image as Telegram keeps it: JPEG in every size that fits, smallest first, without EXIF.

    Made once by `FileStore.picture`, it can be sent any number of times; each sending has fresh file ids.
    """

    renditions: tuple[Rendition, ...]


@dataclass(frozen=True)
class Uploaded:
    """One file of a multipart form, as a bot sends it."""

    file_name: str
    data: bytes


@dataclass(frozen=True)
class StoredFile:
    """A file under the id that the bot sees."""

    file_id: str
    unique_id: str
    folder: str
    suffix: str
    data: bytes


class FileStore:
    """Every file of one fake Telegram. Not locked: its owner is."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._files: dict[str, StoredFile] = {}
        self._links: dict[str, tuple[float, bytes]] = {}
        self._pictures: dict[bytes, Picture] = {}
        self._serial = itertools.count(1)

    def picture(self, image: bytes) -> Picture:
        """The image in all of Telegram's sizes; the same bytes are encoded only once.

        Raises:
            ValueError: Pillow cannot read the image, so no Telegram app would send it as a photo.
        """
        digest = hashlib.sha256(image).digest()
        if digest not in self._pictures:
            self._pictures[digest] = _rendered(image)
        return self._pictures[digest]

    def keep(self, data: bytes, *, folder: str, suffix: str, file_id: str = "") -> StoredFile:
        """Store bytes under a fresh file_id, or under this one."""
        file = StoredFile(file_id or self._token(54), self._token(12), folder, suffix, data)
        self._files[file.file_id] = file
        return file

    def photo_sizes(self, picture: Picture) -> list[dict[str, Any]]:
        """The `photo` of a message: a PhotoSize for each rendition, each under fresh ids."""
        return [self._photo_size(rendition) for rendition in picture.renditions]

    def content(self, file_id: str) -> bytes:
        """The bytes behind a file_id, in either direction.

        Raises:
            BadRequestError: no such file.
        """
        return self._find(file_id).data

    def describe(self, file_id: str, now: float) -> dict[str, Any]:
        """What getFile answers: a File with a link that is good for an hour.

        Raises:
            BadRequestError: the id is unknown, or the file is over 20 MB.
        """
        file = self._find(file_id)
        if len(file.data) > DOWNLOAD_MAX_BYTES:
            raise BadRequestError("file is too big")
        path = f"{file.folder}/file_{next(self._serial)}{file.suffix}"
        self._links[path] = (now + LINK_LIFETIME_S, file.data)
        return {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_size": len(file.data),
            "file_path": path,
        }

    def download(self, path: str, now: float) -> bytes | None:
        """The bytes behind a link of getFile, or None when there is none or its hour is over."""
        expires_at, data = self._links.get(path, (0.0, b""))
        return data if now < expires_at else None

    def _find(self, file_id: str) -> StoredFile:
        if file_id not in self._files:
            raise BadRequestError(FILE_UNAVAILABLE)
        return self._files[file_id]

    def _photo_size(self, rendition: Rendition) -> dict[str, Any]:
        file = self.keep(rendition.data, folder="photos", suffix=".jpg")
        return {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_size": len(file.data),
            "width": rendition.width,
            "height": rendition.height,
        }

    def _token(self, size_bytes: int) -> str:
        return base64.urlsafe_b64encode(self._rng.randbytes(size_bytes)).decode().rstrip("=")


def check_photo_upload(data: bytes) -> None:
    """Return when Telegram takes these bytes as a sendPhoto upload.

    Raises:
        BadRequestError: no image, over 10 MB, or of a forbidden shape (core.telegram.org/bots/api#sendphoto).
    """
    if len(data) > 10 << 20:
        raise BadRequestError("file is too big for a photo")
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
    except (OSError, Image.DecompressionBombError) as error:
        raise BadRequestError("IMAGE_PROCESS_FAILED") from error
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise BadRequestError("PHOTO_INVALID_DIMENSIONS")


def _rendered(data: bytes) -> Picture:
    image = _opened(data)
    long_side = max(image.size)
    boxes = {box for box in PHOTO_BOXES_PX if box < long_side} | {min(long_side, PHOTO_BOXES_PX[-1])}
    return Picture(tuple(_fitted(image, box) for box in sorted(boxes)))


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as image:
            upright = ImageOps.exif_transpose(image)
            return upright if upright.mode in _MODES else upright.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError("not an image that Pillow can read") from error


def _fitted(image: Image.Image, box_px: int) -> Rendition:
    scale = min(1.0, box_px / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # reducing_gap: with 3 the smaller photo is as good as after a full resampling, in a third of the time.
    resized = image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    buffer = io.BytesIO()
    resized.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return Rendition(size[0], size[1], buffer.getvalue())
