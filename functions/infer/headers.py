"""What a file's structure says before any pixel is decoded: does it cost far more time than its size suggests?

Two bombs do not show in the width and height. A progressive JPEG is drawn in scans, a dozen bytes each and a pass over
the whole picture; and both JPEG and PNG may hold millions of empty segments, which a parser visits one by one.
Knows nothing of pixels.
"""

import re
from typing import Final

MAX_SEGMENTS: Final = 10_000  # a 20 MiB PNG in libpng's 8 KiB pieces has 2,600; 5 million empty ones parse for 5 s

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# FF and a code. Inside coded picture data FF is followed by 00 or by a restart marker (D0 to D7); FF FF is filling.
_JPEG_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_JPEG_START, _JPEG_END, _JPEG_START_OF_SCAN = b"\xff\xd8", b"\xff\xd9", b"\xff\xda"


class SegmentBombError(Exception):
    """A file has more segments than any camera or program writes."""


def passes_over_picture(data: bytes) -> int:
    """How often decoding visits every pixel: a JPEG's number of scans, 1 for everything else.

    Raises: SegmentBombError above 10,000 segments.
    """
    if data.startswith(_JPEG_START):
        return _count_scans(data)
    if data.startswith(_PNG_SIGNATURE):
        _walk_chunks(data)
    return 1


def _count_scans(jpeg: bytes) -> int:
    """The start-of-scan markers before the end of the (first) image."""
    scans, at = 0, len(_JPEG_START)
    for _ in range(MAX_SEGMENTS):
        marker = _JPEG_MARKER.search(jpeg, at)
        if marker is None or marker[0] == _JPEG_END:
            return scans
        scans += marker[0] == _JPEG_START_OF_SCAN
        # Skipping by the length keeps thumbnails inside the metadata out of the count.
        at = marker.end() + int.from_bytes(jpeg[marker.end() : marker.end() + 2])
    raise SegmentBombError(f"over {MAX_SEGMENTS} segments")


def _walk_chunks(png: bytes) -> None:
    at = len(_PNG_SIGNATURE)
    for _ in range(MAX_SEGMENTS):
        if at >= len(png):
            return
        at += 12 + int.from_bytes(png[at : at + 4])  # length, type and checksum are 4 bytes each
    raise SegmentBombError(f"over {MAX_SEGMENTS} chunks")
