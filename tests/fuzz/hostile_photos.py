"""Hostile pictures, each with the result that it must have. `make fuzz` begins its mutations with them.

Polyglots are two kinds of file at once, bombs cost far more than their size, and the rest is what a phone never sends.
Every picture is built from the same face, so "1 faces" says that the hostile part was skipped.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
JPEG_END = b"\xff\xd9"
SCRIPT = b"/*<html><script>alert(document.domain)</script>*/"
ORIENTATION, EXIF_FOLDER = 0x0112, 0x8769
ONE_FACE, NO_FACE = "1 faces", "0 faces"
NO_IMAGE, DAMAGED, TOO_LARGE, TOO_COSTLY = "not_an_image", "damaged", "too_large", "too_costly"

HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {}  # name -> (the result it must have, how it is made)


def _hostile(name: str, outcome: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def kept(make: Callable[[], bytes]) -> Callable[[], bytes]:
        HOSTILE[name] = (outcome, make)
        return make

    return kept


@cache
def face() -> Image.Image:
    """A small picture in which the models find one face."""
    with Image.open(Path(__file__).parents[1] / "photos" / "astronaut.jpg") as whole:
        return whole.crop((140, 20, 300, 220)).resize((256, 320)).convert("RGB")


def saved(image: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """A piece of a PNG with its length and checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def segment(marker: int, content: bytes) -> bytes:
    """A piece of a JPEG with its length."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def png_of(width: int, height: int, packed: bytes, *, depth: int = 8, colours: int = 6) -> bytes:
    """A PNG that claims a size, around any compressed rows."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return PNG + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """So many zero bytes, compressed to a thousandth, in a little memory."""
    packer, piece = zlib.compressobj(1), bytes(1 << 20)
    whole, rest = divmod(count, len(piece))
    return b"".join([*(packer.compress(piece) for _ in range(whole)), packer.compress(piece[:rest]), packer.flush()])


def jpeg(**options: Any) -> bytes:
    return saved(face(), "JPEG", quality=80, **options)


def png() -> bytes:
    return saved(face(), "PNG")


def webp(**options: Any) -> bytes:
    return saved(face(), "WEBP", quality=70, **options)


def in_jpeg(*segments: bytes) -> bytes:
    """The face as a JPEG with these pieces right after its start."""
    return jpeg()[:2] + b"".join(segments) + jpeg()[2:]


def in_png(*chunks: bytes) -> bytes:
    """The face as a PNG with these pieces right after its header."""
    return png()[:33] + b"".join(chunks) + png()[33:]


def in_webp(kind: bytes, content: bytes) -> bytes:
    """The face as a WebP with one more piece at its end."""
    content += bytes(len(content) % 2)
    body = webp(exif=b"Exif\0\0")[12:] + kind + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def an_archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return buffer.getvalue()


def ifd(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """A folder of EXIF entries (tag, type, count, value), and where the next folder is said to lie."""
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + rows + struct.pack("<I", following)


def exif(*folders: bytes) -> bytes:
    return b"Exif\0\0II*\0\x08\0\0\0" + b"".join(folders)


# ---------------------------------------------------------------- two kinds of file at once
for _name, _tail in {"zip": an_archive(), "html": SCRIPT, "program": b"MZ" + bytes(500), "pdf": b"%PDF-1.7\n"}.items():
    _hostile(f"jpeg then {_name}", ONE_FACE)(lambda tail=_tail: jpeg() + tail)
    _hostile(f"png then {_name}", ONE_FACE)(lambda tail=_tail: png() + tail)
    _hostile(f"webp then {_name}", ONE_FACE)(lambda tail=_tail: webp() + tail)
    _hostile(f"{_name} then jpeg", NO_IMAGE)(lambda tail=_tail: tail + jpeg())
_hostile("jpeg with a script in its comment", ONE_FACE)(lambda: in_jpeg(segment(0xFE, SCRIPT)))
# Length 0x2F2A is "/*": browsers that took the file for a script would read `ÿØÿà/*...*/=alert(1)`.
_hostile("jpeg that is a script", ONE_FACE)(
    lambda: in_jpeg(segment(0xE0, b"JFIF\0\1\1" + bytes(0x2F2A - 9)), segment(0xFE, b"*/=alert(1)/*"))
)
_hostile("jpeg with a gif in its comment", ONE_FACE)(lambda: in_jpeg(segment(0xFE, saved(face(), "GIF")[:60_000])))
_hostile("jpeg with a png in its comment", ONE_FACE)(lambda: in_jpeg(segment(0xFE, png()[:60_000])))
_hostile("gif then jpeg", NO_IMAGE)(lambda: saved(face().resize((8, 8)), "GIF") + jpeg())
_hostile("gif that calls itself jpeg", DAMAGED)(lambda: b"\xff\xd8\xff\xe0" + saved(face(), "GIF"))
_hostile("jpeg then jpeg without a face", ONE_FACE)(lambda: jpeg() + saved(Image.new("RGB", (9, 9)), "JPEG"))
_hostile("png with a script in its text", ONE_FACE)(lambda: in_png(chunk(b"tEXt", b"Comment\0" + SCRIPT)))
_hostile("png with a jpeg inside", ONE_FACE)(lambda: in_png(chunk(b"jpEg", jpeg())))
_hostile("webp with a script inside", ONE_FACE)(lambda: in_webp(b"XMP ", SCRIPT))
_hostile("sound that calls itself webp", NO_IMAGE)(lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(20) + webp())


# ---------------------------------------------------------------- bombs
_hostile("png of 50,000 x 50,000", TOO_LARGE)(lambda: png_of(50_000, 50_000, zeros(1 << 20)))
_hostile("png of 2^31 a side", TOO_LARGE)(lambda: png_of(2**31 - 1, 2**31 - 1, zeros(100)))
_hostile("png with more rows than it says", NO_FACE)(lambda: png_of(64, 64, zeros(200 << 20), colours=2))
_hostile("png of 50 megapixels, 16 bits, with alpha", NO_FACE)(
    lambda: png_of(7000, 7000, zeros(7000 * (1 + 8 * 7000)), depth=16)
)
_hostile("png of 50 megapixels, invisible", NO_FACE)(lambda: png_of(8160, 6120, zeros(6120 * (1 + 4 * 8160))))
_hostile("png of 50 megapixels, 1 bit", NO_FACE)(
    lambda: png_of(16_384, 3000, zeros(3000 * (1 + 2048)), depth=1, colours=0)
)
_hostile("webp of 16,383 x 16,383", TOO_LARGE)(
    lambda: b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + (16_382).to_bytes(3, "little") * 2 + bytes(40)
)
_hostile("webp of 50 megapixels in 144 bytes", TOO_LARGE)(
    (Path(__file__).parent / "corpus/photos/animated_50_megapixels.webp").read_bytes
)
_hostile("webp of 25 megapixels", NO_FACE)(lambda: saved(Image.new("RGB", (5000, 5000)), "WEBP", quality=1, method=0))
_hostile("jpeg of 65,500 x 65,500", TOO_LARGE)(lambda: _claims(65_500, 65_500))
_hostile("jpeg of 7,000 x 7,000 that ends at once", NO_FACE)(lambda: _claims(7000, 7000))
# Its scans are all kept in memory until the last one: 604 MB of them with halved colours, 1.2 GB with all.
_hostile("progressive jpeg of 200 megapixels that ends at once", NO_FACE)(
    lambda: _claims(16_384, 12_288, progressive=True)
)
_hostile("progressive jpeg of 200 megapixels in all colours", TOO_COSTLY)(
    lambda: _claims(16_384, 12_288, progressive=True, subsampling=0)
)


def _claims(width: int, height: int, mode: str = "RGB", **options: Any) -> bytes:
    """The face's JPEG with another size in its header."""
    whole = saved(face().convert(mode), "JPEG", quality=80, **options)
    at = whole.index(b"\xff\xc2" if "progressive" in options else b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def _one_scan(**options: Any) -> bytes:
    """A JPEG of 200 megapixels in four colours with the first of its scans only."""
    return b"\xff\xda".join(_claims(16_384, 12_288, "CMYK", **options).split(b"\xff\xda")[:2]) + JPEG_END


# Of these libjpeg keeps 1.6 GB, though no second scan comes: the first one is not all of it.
_hostile("progressive jpeg of 200 megapixels with one scan", TOO_COSTLY)(lambda: _one_scan(progressive=True))
_hostile("jpeg of 200 megapixels with a scan of one colour", TOO_COSTLY)(
    lambda: re.sub(rb"\xff\xda\x00.\x04(..).{9}", lambda of: b"\xff\xda\0\x08\1" + of[1] + b"\0\x3f\0", _one_scan())
)


def _scans(side_px: int, more: int) -> bytes:
    """A progressive JPEG whose last scan, which says nothing, comes so many times more."""
    whole = saved(Image.new("L", (side_px, side_px), 128), "JPEG", progressive=True)
    return whole[:-2] + whole[whole.rfind(b"\xff\xda") : -2] * more + JPEG_END


_hostile("jpeg of 4,000 scans", NO_FACE)(lambda: _scans(480, 4000))  # just under the limit
_hostile("large jpeg of 4,000 scans", TOO_COSTLY)(lambda: _scans(1500, 4000))
_hostile("jpeg of 20,000 scans", TOO_COSTLY)(lambda: _scans(16, 20_000))
# FF 01 has no length: who takes the next two bytes, FF C4, for one skips 65,476 bytes and all the scans in them.
_hostile("jpeg whose scans hide behind a marker", TOO_COSTLY)(
    lambda: b"\xff\xda".join(
        part.replace(b"\xff\xc4", b"\xff\x01\xff\xc4", 1) if number == 1 else part
        for number, part in enumerate(_scans(1500, 4000).split(b"\xff\xda"))
    )
)
_hostile("jpeg of 20,000 comments", TOO_COSTLY)(lambda: in_jpeg(segment(0xFE, b"") * 20_000))
# Before the first scan Pillow copies all EXIF for each segment of it, and looks at every byte between two segments.
_hostile("jpeg with metadata in 9,000 pieces", TOO_COSTLY)(
    lambda: in_jpeg(segment(0xE1, b"Exif\0\0" + bytes(2000)) * 9000)
)
for _name, _junk in {
    "ff": b"\xff",
    "zeros": b"\0",
    "restarts": b"\xff\xd0",
    "ff 01": b"\xff\1",
    "ff 00": b"\xff\0",
}.items():
    _hostile(f"jpeg with 2 MB of {_name} before its picture", TOO_COSTLY)(
        lambda junk=_junk: in_jpeg(segment(0xE0, b""), junk * (2_000_000 // len(junk)))
    )
_hostile("png of 20,000 chunks", TOO_COSTLY)(lambda: in_png(chunk(b"teSt", b"") * 20_000))


# ---------------------------------------------------------------- metadata
_hostile("jpeg with a profile of 16 MB", ONE_FACE)(
    lambda: in_jpeg(
        *(segment(0xE2, b"ICC_PROFILE\0" + bytes((number, 255)) + bytes(65_000)) for number in range(1, 256))
    )
)
_hostile("jpeg with 900 profiles of nothing", ONE_FACE)(lambda: in_jpeg(*[segment(0xE2, b"ICC_PROFILE\0\1\1")] * 900))
_hostile("png with a profile of 100 MB", DAMAGED)(lambda: in_png(chunk(b"iCCP", b"a\0\0" + zeros(100 << 20))))
_hostile("png with a text of 100 MB", DAMAGED)(lambda: in_png(chunk(b"zTXt", b"a\0\0" + zeros(100 << 20))))
_hostile("png with international text of 100 MB", DAMAGED)(
    lambda: in_png(chunk(b"iTXt", b"a\0\1\0en\0a\0" + zeros(100 << 20)))
)
_hostile("png with 5,000 texts", ONE_FACE)(lambda: in_png(*[chunk(b"tEXt", b"a\0" + b"b" * 1000)] * 5000))
_hostile("webp with a profile of 10 MB", ONE_FACE)(lambda: webp(icc_profile=bytes(10 << 20)))
_hostile("webp with metadata of 10 MB", ONE_FACE)(lambda: webp(exif=b"Exif\0\0II*\0" + bytes(10 << 20)))
_hostile("jpeg whose metadata nest for ever", ONE_FACE)(
    lambda: jpeg(exif=exif(ifd((EXIF_FOLDER, 4, 1, 8), following=8)))
)
_hostile("jpeg whose metadata nest 2,000 deep", ONE_FACE)(
    lambda: jpeg(exif=exif(*(ifd((EXIF_FOLDER, 4, 1, 8 + 18 * n), following=8 + 18 * n) for n in range(1, 2001))))
)
_hostile("jpeg whose orientation has 2^32 values", ONE_FACE)(
    lambda: jpeg(exif=exif(ifd((ORIENTATION, 3, 2**32 - 1, 8))))
)
_hostile("jpeg with 5,000 tags", ONE_FACE)(
    lambda: jpeg(exif=exif(ifd(*((0x9000 + n, 2, 60_000, 0) for n in range(5000)))))
)
_hostile("png whose metadata nest for ever", ONE_FACE)(
    lambda: in_png(chunk(b"eXIf", exif(ifd((EXIF_FOLDER, 4, 1, 8), following=8))[6:]))
)


# ---------------------------------------------------------------- moving pictures
def _moving(file_format: str, frames: int, size: tuple[int, int] = (256, 320)) -> bytes:
    others = [Image.new("RGB", size, (shade % 256, 0, 0)) for shade in range(1, frames)]
    return saved(face().resize(size), file_format, save_all=True, append_images=others, duration=40)


_hostile("png of 300 frames", ONE_FACE)(lambda: _moving("PNG", 300))
_hostile("webp of 300 frames", ONE_FACE)(lambda: _moving("WEBP", 300))
_hostile("png that says 2^31 frames", ONE_FACE)(lambda: in_png(chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))))
_hostile("png whose frame lies outside", DAMAGED)(
    lambda: in_png(
        chunk(b"acTL", struct.pack(">II", 2, 0)),
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 2**31 - 1, 2**31 - 1, 9, 9, 1, 1, 0, 0)),
    )
)


# ---------------------------------------------------------------- files that end too early, and what phones never send
def _files() -> Iterator[tuple[str, bytes]]:
    yield from (("jpeg", jpeg()), ("progressive jpeg", jpeg(progressive=True)), ("png", png()), ("webp", webp()))


_READ_WITHOUT_END = {("jpeg", 0.9), ("progressive jpeg", 0.3), ("progressive jpeg", 0.9)}  # as far as they go
for _name, _whole in _files():
    for _share in (0.02, 0.3, 0.9):
        _end = ONE_FACE if (_name, _share) in _READ_WITHOUT_END else DAMAGED
        _hostile(f"{_name} cut at {_share:.0%}", _end)(lambda whole=_whole, s=_share: whole[: int(len(whole) * s)])
for _format, _longest in (("JPEG", 16_384), ("PNG", 16_384), ("WEBP", 16_383)):
    for _size in ((1, 1), (1, _longest), (_longest, 1), (2, 3)):
        _hostile(f"{_format.lower()} of {_size[0]} x {_size[1]}", NO_FACE)(
            lambda size=_size, kind=_format: saved(Image.new("RGB", size), kind)
        )
_hostile("jpeg of 1 x 65,000", TOO_LARGE)(lambda: saved(Image.new("L", (1, 65_000)), "JPEG"))
_hostile("cmyk jpeg", ONE_FACE)(lambda: saved(face().convert("CMYK"), "JPEG"))
_hostile("cmyk jpeg that says it is ycck", NO_FACE)(
    lambda: saved(face().convert("CMYK"), "JPEG").replace(b"Adobe\0d\0\0\0\0\0", b"Adobe\0d\0\0\0\0\2")
)
_hostile("16-bit gray png", ONE_FACE)(
    lambda: saved(face().convert("L").convert("I;16").point(lambda v: v * 257), "PNG")
)
_hostile("16-bit colour png", NO_FACE)(lambda: png_of(64, 64, zeros(64 * (1 + 6 * 64)), depth=16, colours=2))
_hostile("1-bit png", ONE_FACE)(lambda: saved(face().convert("1", dither=Image.Dither.NONE), "PNG"))
_hostile("palette png with transparency", ONE_FACE)(lambda: saved(face().convert("P"), "PNG", transparency=3))
_hostile("invisible png", NO_FACE)(lambda: png_of(640, 640, zeros(640 * (1 + 4 * 640))))
