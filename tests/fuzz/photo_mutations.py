"""Damages photos where their formats rely on what a file says: lengths, sizes, markers, chunks, metadata, frames."""

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from tests.fuzz.hostile_photos import PNG, saved

SIDES = (0, 1, 2, 47, 640, 4999, 16_383, 16_384, 65_535, 2**31 - 1, 2**32 - 1)
TAILS = (b"PK\x03\x04\x14\0\0\0PK\x05\x06" + bytes(18), b"<html><script>alert(1)</script>", b"GIF89a\1\0\1\0\x80\0\0;")
TIFF_NOISE = (b"Exif\0\0II*\0\x08\0\0\0", b"Exif\0\0MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0", b"")


def seeds(photos: Path) -> Iterator[bytes]:
    """Small real photos in every kind of file and pixel that Pillow writes, one face on each."""
    with Image.open(photos / "astronaut.jpg") as whole:
        face = whole.crop((140, 20, 300, 220)).resize((128, 160))
    gray, half = face.convert("L"), face.convert("RGBA")
    half.putalpha(gray)
    small, other = half.resize((64, 80)), half.rotate(180)
    orientation = Image.Exif()
    orientation[0x0112] = 6
    yield from (saved(face, "JPEG", quality=50, **more) for more in ({}, {"progressive": True}, {"exif": orientation}))
    yield from (saved(face.convert(mode), "JPEG", quality=40) for mode in ("CMYK", "L"))
    yield saved(face, "MPO", quality=40, save_all=True, append_images=[face.rotate(180)])
    for mode in ("1", "L", "LA", "P", "RGB", "I;16"):
        yield saved((gray if mode in {"LA", "I;16"} else face).convert(mode).resize((64, 80)), "PNG")
    yield saved(face.convert("P").resize((64, 80)), "PNG", transparency=3)
    yield from (saved(small, "PNG", **more) for more in ({}, {"exif": orientation}))
    yield from (saved(half, "WEBP", quality=30, **more) for more in ({}, {"exif": orientation}))
    yield saved(small, "PNG", save_all=True, append_images=[small.rotate(180)], duration=40)
    yield saved(half, "WEBP", quality=30, save_all=True, append_images=[other], duration=40)
    yield saved(gray.resize((48, 60)), "WEBP", lossless=True)
    yield saved(small, "AVIF", speed=10, exif=orientation)
    yield (photos / "heic" / "turned.heic").read_bytes()


def spoilt(photo: bytes, seed: int) -> bytes:
    """The photo after one mutation that fits its format, or one for every format. The seed decides."""
    dice = random.Random(seed)
    kinds: list[Callable[[bytearray, random.Random], bytes]] = [_cut, _moved, _with_tail, _with_head]
    if photo.startswith(b"\xff\xd8"):
        kinds += [_jpeg] * 6
    elif photo.startswith(PNG):
        kinds += [_png] * 6
    elif photo[8:12] == b"WEBP":
        kinds += [_webp] * 6
    elif photo[4:8] == b"ftyp":
        kinds += [_heif] * 6
    return bytes(dice.choice(kinds)(bytearray(photo), dice))


def _cut(photo: bytearray, dice: random.Random) -> bytes:
    return photo[: dice.randrange(len(photo) + 1)]


def _moved(photo: bytearray, dice: random.Random) -> bytes:
    """A piece is repeated somewhere else."""
    start, at = dice.randrange(len(photo) + 1), dice.randrange(len(photo) + 1)
    return photo[:at] + photo[start : start + dice.choice((1, 4, 64, 2000))] * dice.choice((1, 1, 9)) + photo[at:]


def _with_tail(photo: bytearray, dice: random.Random) -> bytes:
    return photo + dice.choice((*TAILS, photo, PNG))


def _with_head(photo: bytearray, dice: random.Random) -> bytes:
    return dice.choice((*TAILS, b"\xff\xd8", PNG)) + photo


def _jpeg(photo: bytearray, dice: random.Random) -> bytes:
    at = [i for i in range(len(photo) - 9) if photo[i] == 0xFF and photo[i + 1] not in (0, 0xFF)]
    marker = dice.choice(at or [0])
    end = marker + 2 + int.from_bytes(photo[marker + 2 : marker + 4])
    match dice.randrange(6):
        case 0:
            photo[marker + 2 : marker + 4] = struct.pack(">H", dice.choice((0, 1, 2, 3, 8, 65_535)))
        case 1:
            del photo[marker:end]
        case 2:
            photo[marker:marker] = photo[marker:end] * dice.choice((1, 2, 50))
        case 3:
            photo[marker + 1] = dice.randrange(0xC0, 0x100)
        case 4:
            start = next((i for i in at if photo[i + 1] in (0xC0, 0xC2)), marker)
            photo[start + 5 : start + 9] = struct.pack(">HH", *(dice.choice(SIDES[:9]) for _ in range(2)))
        case _:
            metadata = dice.choice(TIFF_NOISE) + dice.randbytes(dice.choice((0, 2, 14, 200)))
            kind = dice.choice((0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE))
            photo[2:2] = struct.pack(">BBH", 0xFF, kind, len(metadata) + 2) + metadata
    return photo


def _png(photo: bytearray, dice: random.Random) -> bytes:
    chunks, at = [], len(PNG)
    while at + 12 <= len(photo):
        size = int.from_bytes(photo[at : at + 4])
        chunks.append((bytes(photo[at + 4 : at + 8]), bytearray(photo[at + 8 : at + 8 + size])))
        at += 12 + size
    index = dice.randrange(len(chunks)) if chunks else 0
    match dice.randrange(6) if chunks else 5:
        case 0:
            chunks[0][1][:8] = struct.pack(">II", dice.choice(SIDES), dice.choice(SIDES))
        case 1:  # depth, kind of colours, compression, filter, interlacing
            chunks[0][1][8:] = bytes(dice.choice(range(limit)) for limit in (17, 8, 2, 2, 3))
        case 2:
            chunks.insert(index, chunks[index])
        case 3:
            del chunks[index]
        case 4 if chunks[index][1]:
            content = chunks[index][1]
            content[dice.randrange(len(content))] = dice.randrange(256)
        case _:
            name = dice.choice((b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"tRNS", b"PLTE", b"acTL", b"fcTL", b"fdAT"))
            bomb = b"a\0\0" + zlib.compress(bytes(dice.choice((9, 2_000_000))))
            content = dice.choice((bomb, dice.randbytes(26), b"", *TIFF_NOISE))
            chunks.insert(index, (name, bytearray(content)))
    lie = dice.choice((0, 0, 0, 0, 1, 2**31))
    return PNG + b"".join(
        struct.pack(">I", (len(content) + (lie if number == index else 0)) % 2**32)
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for number, (kind, content) in enumerate(chunks)
    )


def _webp(photo: bytearray, dice: random.Random) -> bytes:
    names = (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"EXIF", b"RIFF")
    at = dice.choice([photo.find(name) for name in names if name in photo] or [0])
    match dice.randrange(4):
        case 0:
            photo[at + 4 : at + 8] = struct.pack("<I", dice.choice(SIDES))
        case 1:
            photo[at : at + 4] = dice.choice(names)
        case 2:  # the canvas of VP8X or a frame's place and size in ANMF, 24 bits each
            photo[at + 12 : at + 18] = b"".join(dice.choice(SIDES[:8]).to_bytes(3, "little") for _ in range(2))
        case _:
            photo[at + 8 + dice.randrange(16) : at + 25] = dice.randbytes(dice.randrange(1, 16))
    return photo


def _heif(photo: bytearray, dice: random.Random) -> bytes:
    """One number of a box: its own size, or what it says of a picture, a tile or a place in the file."""
    names = (b"meta", b"pitm", b"iinf", b"iloc", b"iref", b"iprp", b"ipco", b"ipma", b"ispe", b"irot", b"hvcC", b"mdat")
    at = dice.choice([photo.find(name) for name in names if name in photo] or [4])
    at += dice.choice((-4, 8, 12, dice.randrange(4, 40)))
    photo[at : at + 4] = struct.pack(">I", dice.choice(SIDES))
    return photo
