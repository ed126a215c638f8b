"""Hostile HEIC and AVIF files, each with the result that it must have, as in `hostile_photos.py`.

The HEIC files that these are made of: tests/photos/SOURCES.md.
"""

import struct
from pathlib import Path
from typing import Any

from tests.fuzz.hostile_photos import HOSTILE, NO_FACE, ONE_FACE, TOO_LARGE, an_archive, face, saved

FILES = Path(__file__).parents[1] / "photos" / "heic"
HEIC = "heic"
BLACK = (4032, 3024)


def heic(name: str) -> bytes:
    return (FILES / f"{name}.heic").read_bytes()


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def inside(data: bytes, kind: bytes) -> bytes:
    """The content of the first box of this kind."""
    at = data.index(kind)
    return data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at])]


def size_box(width: int, height: int) -> bytes:
    return box(b"ispe", struct.pack(">III", 0, width, height))


def says(data: bytes, size: tuple[int, int], lie: tuple[int, int]) -> bytes:
    """The file with another size in its header than in its pixels."""
    assert size_box(*size) in data
    return data.replace(size_box(*size), size_box(*lie))


def grid(columns: int, rows: int, size: tuple[int, int]) -> bytes:
    """Tiles that are all the same 12 megapixels of black, in a picture that says another size."""
    black, count = heic("black_12_megapixels"), columns * rows
    tiles = range(2, count + 2)
    layout = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size)
    kinds = [(1, b"grid"), *((tile, b"hvc1") for tile in tiles)]
    items = [box(b"infe", struct.pack(">IHH4sB", 2 << 24, item, 0, kind, 0)) for item, kind in kinds]
    properties = box(b"ipco", size_box(*size), size_box(*BLACK), box(b"hvcC", inside(black, b"hvcC")))
    uses = [struct.pack(">HBB", 1, 1, 1), *(struct.pack(">HBBB", tile, 2, 2, 3) for tile in tiles)]
    coded = inside(black, b"mdat")

    def described(begin: int) -> bytes:
        places = [(1, begin, len(layout)), *((tile, begin + len(layout), len(coded)) for tile in tiles)]
        locations = [struct.pack(">HHHII", item, 0, 1, at, length) for item, at, length in places]
        return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + box(
            b"meta",
            bytes(4),
            box(b"hdlr", bytes(8), b"pict", bytes(13)),
            box(b"pitm", struct.pack(">IH", 0, 1)),
            box(b"iinf", struct.pack(">IH", 0, len(items)), *items),
            box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, len(places)), *locations),
            box(b"iref", bytes(4), box(b"dimg", struct.pack(f">HH{count}H", 1, count, *tiles))),
            box(b"iprp", properties, box(b"ipma", struct.pack(">II", 0, len(uses)), *uses)),
        )

    begin = len(described(0)) + 8
    return described(begin) + box(b"mdat", layout, coded)


def avif(**options: Any) -> bytes:
    return saved(face(), "AVIF", speed=10, **options)


HOSTILE |= {
    "heic": (ONE_FACE, lambda: heic("turned")),
    "avif": (ONE_FACE, avif),
    "avif of 20 frames": (ONE_FACE, lambda: avif(save_all=True, append_images=[face().rotate(180)] * 19)),
    "heic of 12 megapixels": (NO_FACE, lambda: heic("black_12_megapixels")),
    "heic that says 30,000 a side": (TOO_LARGE, lambda: says(heic("turned"), (320, 256), (30_000, 30_000))),
    "heic of 12 megapixels that says 64 a side": (HEIC, lambda: says(heic("black_12_megapixels"), BLACK, (64, 64))),
    "heic of one tile": (NO_FACE, lambda: grid(1, 1, BLACK)),
    "heic then zip": (ONE_FACE, lambda: heic("turned") + an_archive()),
    "heic of nothing": (HEIC, lambda: box(b"ftyp", b"heic", bytes(4), b"mif1heic") + bytes(100)),
    "heic cut": (HEIC, lambda: heic("turned")[:-2000]),
    "avif cut": (HEIC, lambda: avif()[:-200]),
    "avif that says 108 megapixels": (TOO_LARGE, lambda: says(avif(), (256, 320), (9000, 12_000))),
    "avif that says 30,000 a side": (HEIC, lambda: says(avif(), (256, 320), (30_000, 30_000))),
    "video that calls itself heic": (HEIC, lambda: box(b"ftyp", b"isom", bytes(4), b"heic") + box(b"mdat", bytes(999))),
}
