"""What a file's first bytes and structure say before any pixel is decoded: what is it, and what does decoding cost?

The bytes decide, not the name or the type that came with them. Two bombs do not show in the width and height. A
progressive JPEG is drawn in scans, a dozen bytes each and a pass over the whole picture, which is kept in memory until
the last one; and both JPEG and PNG may hold millions of empty segments, which a parser visits one by one, as it does
every byte between those before a JPEG's picture, and unpacks one by one in a PNG. Knows nothing of pixels.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["JPEG", "PNG", "WEBP", "HEIF"]  # HEIF is the box around HEIC and AVIF

MAX_SEGMENTS: Final = 10_000  # a 20 MiB PNG in libpng's 8 KiB pieces has 2,600; 5 million empty ones parse for 5 s
# Before the first scan Pillow itself parses: 9,000 segments of EXIF take 4 s, 20 MB of FF between two take 6 s.
MAX_HEAD_SEGMENTS: Final = 1000  # 255 may be a profile's, 320 of 64 KiB are 20 MiB
MAX_JUNK_BYTES: Final = 100_000  # 15 ms
MAX_PACKED: Final = 100  # texts and profiles of a PNG: Pillow unpacks each, 1 MB of it from 1 kB in 2 ms

_PNG_PACKED: Final = frozenset((b"iCCP", b"zTXt", b"iTXt"))
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# FF and a code. Inside coded picture data FF is followed by 00 or by a restart marker (D0 to D7); FF FF is filling; 01
# and D8 stand alone, without a length to skip.
_JPEG_MARKER: Final = re.compile(rb"\xff[\x02-\xcf\xd9-\xfe]")
_JPEG_START, JPEG_END, _JPEG_START_OF_SCAN = b"\xff\xd8", b"\xff\xd9", b"\xff\xda"
_JPEG_FRAMES: Final = frozenset(b"\xff%c" % code for code in range(0xC0, 0xD0) if code not in {0xC4, 0xC8, 0xCC})
_PROGRESSIVE: Final = frozenset((b"\xff\xc2", b"\xff\xc6", b"\xff\xca", b"\xff\xce"))
_HEIF_BRANDS: Final = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 mif2 msf1 avif avis".split())
_MOST_BRANDS: Final = 16


class SegmentBombError(Exception):
    """A file has more segments, or bytes between them, than any camera or program writes."""


@dataclass(frozen=True)
class Cost:
    """What decoding takes; the values are those of everything but a JPEG."""

    passes: int = 1  # visits of every pixel
    kept_bytes: int = 0  # in memory until the last scan, however small the result
    is_whole: bool = True  # False: a JPEG stops before its end, and nobody says so unless asked


def kind_of(data: bytes) -> Kind | None:
    """What the first bytes say that the file is; None for all that is not read here."""
    if data.startswith(_JPEG_START + b"\xff"):
        return "JPEG"
    if data.startswith(_PNG_SIGNATURE):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    size = int.from_bytes(data[:4])
    brands = {data[at : at + 4] for at in (8, *range(16, min(size, 16 + 4 * _MOST_BRANDS), 4))}
    return "HEIF" if data[4:8] == b"ftyp" and brands & _HEIF_BRANDS else None


def cost_of(data: bytes, kind: Kind) -> Cost:
    """What decoding the file would take. Raises: SegmentBombError; ValueError for a JPEG that has no scan."""
    if kind == "JPEG":
        return _jpeg_cost(data)
    if kind == "PNG":
        _walk_chunks(data)
    return Cost()


def _jpeg_cost(jpeg: bytes) -> Cost:
    """From the markers before the end of the (first) image."""
    scans, coefficients, components, is_kept, marker = 0, 0, b"", False, b""
    for marker, content in _segments(jpeg):
        if marker == _JPEG_START_OF_SCAN:
            scans += 1
            # One scan of all components is decoded row by row; else libjpeg keeps all, also those that never come.
            is_kept = is_kept or scans > 1 or content[:1] != components
        elif marker in _JPEG_FRAMES:
            coefficients, components = max(coefficients, _coefficients(content)), content[5:6]
            is_kept = is_kept or marker in _PROGRESSIVE
    return Cost(scans, 2 * coefficients if is_kept else 0, is_whole=marker == JPEG_END)


def _segments(jpeg: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each marker with what its segment holds, up to the end of the (first) image. Raises: as `cost_of`."""
    junk_bytes, in_head, at = 0, True, len(_JPEG_START)
    for number in range(MAX_SEGMENTS):
        marker = _JPEG_MARKER.search(jpeg, at)
        if in_head:
            junk_bytes += (marker.start() if marker else len(jpeg)) - at
            if junk_bytes > MAX_JUNK_BYTES or number > MAX_HEAD_SEGMENTS:
                raise SegmentBombError(f"over {MAX_HEAD_SEGMENTS} segments or {MAX_JUNK_BYTES} bytes between them")
            if marker is None or marker[0] == JPEG_END:
                raise ValueError("no scan")
        if marker is None:
            return
        # Skipping by the length keeps thumbnails inside the metadata out of the count.
        after = marker.end() + int.from_bytes(jpeg[marker.end() : marker.end() + 2])
        yield marker[0], jpeg[marker.end() + 2 : after]
        if marker[0] == JPEG_END:
            return
        in_head, at = in_head and marker[0] != _JPEG_START_OF_SCAN, after
    raise SegmentBombError(f"over {MAX_SEGMENTS} segments")


def _coefficients(frame: bytes) -> int:
    """How many a frame header announces: a number for every pixel of every component, as finely as it is sampled."""
    height_px, width_px = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
    samplings = [(sampling >> 4, sampling & 15) for sampling in frame[7::3]]
    finest = max((across for across, _ in samplings), default=1) * max((down for _, down in samplings), default=1)
    return width_px * height_px * sum(across * down for across, down in samplings) // max(1, finest)


def _walk_chunks(png: bytes) -> None:
    packed, at = 0, len(_PNG_SIGNATURE)
    for _ in range(MAX_SEGMENTS):
        if at >= len(png):
            return
        packed += png[at + 4 : at + 8] in _PNG_PACKED
        if packed > MAX_PACKED:
            raise SegmentBombError(f"over {MAX_PACKED} packed texts and profiles")
        at += 12 + int.from_bytes(png[at : at + 4])  # length, type and checksum are 4 bytes each
    raise SegmentBombError(f"over {MAX_SEGMENTS} chunks")
