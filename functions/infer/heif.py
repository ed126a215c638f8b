"""A process of its own that reads HEIC and AVIF: a file on standard input, its size and gray pixels on standard output.

Both are boxes of boxes, tiles and references, whose sizes may contradict the pictures inside them, and libheif and
libde265 are the youngest of the decoders here. So no parsing before the decoder proves that a file is harmless: the
kernel bounds its memory and time and lets it open nothing, and whatever goes wrong ends this process only. `image.py`
starts it; it imports nothing of the project.
"""

import io
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from PIL import ExifTags, Image

TOO_LARGE: Final = 3  # the exit status for a picture over the limit of pixels; every other but 0: not readable
MEMORY_BYTES: Final = 1_000_000_000  # of address space; with infer's own it must fit into the function's 1769 MB
CPU_S: Final = 5
STRIP_HEIGHT_PX: Final = 256
NOBODY: Final = 65534  # Linux's and macOS's last resort of a user


def main(most_pixels: int, most_side_px: int) -> int:
    """The exit status; on standard output a line of width, height and EXIF orientation, then the rows of gray."""
    _load_decoders()
    for limit, value in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError):  # macOS refuses the first
            resource.setrlimit(limit, (value, value))
    shut_in()
    Image.MAX_IMAGE_PIXELS = None  # what is too large is told by the exit status
    image = _opened(sys.stdin.buffer.read())
    if image.width * image.height > most_pixels or max(image.size) > most_side_px:
        return TOO_LARGE
    image.load()  # of several pictures the one that the file calls its primary
    sys.stdout.buffer.write(b"%d %d %d\n" % (*image.size, orientation_of(image)))
    for strip in strips(image):
        sys.stdout.buffer.write(gray(strip).tobytes())
    return 0


def shut_in() -> None:
    """From here on this process has what is open and loaded now, and never more: no file, no socket, no program.

    It cannot be undone: only root may raise a limit again, and root has become nobody by then.
    """
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def strips(image: Image.Image) -> Iterator[Image.Image]:
    """The picture from top to bottom: whole, the copies that gray takes would be 400 MB of 50 megapixels."""
    for top in range(0, image.height, STRIP_HEIGHT_PX):
        yield image.crop((0, top, image.width, min(top + STRIP_HEIGHT_PX, image.height)))


def orientation_of(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8. Metadata that cannot be read must not cost the person the photo: then 1, upright."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _load_decoders() -> None:
    """All that Pillow and they would load when they are first used."""
    # Here, so that infer itself, which imports this module for its path, never loads them.
    from pi_heif import register_heif_opener  # type: ignore[import-untyped]  # noqa: PLC0415
    from PIL import AvifImagePlugin, TiffImagePlugin, _avif  # noqa: F401, PLC0415

    Image.preinit()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _opened(data: bytes) -> Image.Image:
    """The file's first picture, not decoded yet. libheif has turned a HEIC already; of an AVIF EXIF tells the turn."""
    return Image.open(io.BytesIO(data), formats=("AVIF", "HEIF"))


def gray(image: Image.Image) -> Image.Image:
    """Rec. 601 luma; what is transparent is white, as Telegram and browsers show it."""
    if not image.has_transparency_data:
        return image.convert("L")
    image = image.convert("RGBA")
    white = Image.new("L", image.size, 255)
    white.paste(image.convert("L"), mask=image.getchannel("A"))
    return white


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
