"""FER-2013 and FER+ as their publishers distribute them → arrays. Knows nothing of torch.

`fer2013.csv` is Kaggle's (columns emotion, pixels, Usage), `fer2013new.csv` Microsoft's (ten people's votes on the
same faces). They are joined by row: FER+'s image names are not row numbers. Either may be compressed (.xz, .gz). A
folder made by `training.pack` gives the same faces.
"""

import csv
import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from burnout.emotions import Emotion
from functions.infer.preprocess import FACE_SIZE_PX, face_input

FER_CSV: Final = "fer2013.csv"
FERPLUS_CSV: Final = "fer2013new.csv"
PACKED_FACES: Final = "faces.png"  # training.pack: all faces side by side, in rows
PACKED_LABELS: Final = "labels.npz"  # and what is known of them; a folder with this file is a pack
VOTERS: Final = 10  # people who looked at each face for FER+
PIXELS_PER_FACE: Final = FACE_SIZE_PX * FACE_SIZE_PX

# FER+'s column for each emotion, in the order of Emotion; the last three columns have no counterpart in FER-2013.
_EMOTION_COLUMNS: Final = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
VOTE_COLUMNS: Final = (*_EMOTION_COLUMNS, "contempt", "unknown", "NF")

# A table lookup is strict (no signs, no underscores, no 256) and faster than int() on 74 million pixels.
_PIXEL_VALUES: Final = {str(value): value for value in range(256)}

_BROKEN: Final = (OSError, EOFError, lzma.LZMAError, zlib.error)  # what a cut or damaged archive raises
_OPENERS: Final[Mapping[str, Callable[..., Any]]] = {"": open, ".xz": lzma.open, ".gz": gzip.open}


class DataError(Exception):
    """A data file is absent or is not what its publisher distributes. The text names file, row and problem."""


class Usage(StrEnum):
    """Kaggle's three parts of FER-2013."""

    TRAINING = "Training"
    PUBLIC_TEST = "PublicTest"
    PRIVATE_TEST = "PrivateTest"


@dataclass(frozen=True)
class Faces:
    """Faces in file order, with both sets of labels."""

    gray_nhw: NDArray[np.uint8]  # (n, 48, 48), [0, 255]
    labels: NDArray[np.int64]  # (n,), index into Emotion, as FER-2013 has it
    votes: NDArray[np.int64]  # (n, 10), FER+ votes in the order of VOTE_COLUMNS, 0 to 10 each
    usage: NDArray[np.str_]  # (n,), a Usage value each

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, keep: NDArray[np.bool_]) -> "Faces":
        """The faces at which `keep` (n,) is true."""
        return Faces(self.gray_nhw[keep], self.labels[keep], self.votes[keep], self.usage[keep])

    def part(self, usage: Usage) -> "Faces":
        """The faces of one of Kaggle's parts; none if the file has no such rows."""
        return self.where(self.usage == usage.value)


def load_faces(folder: Path, *required: Usage) -> Faces:
    """All faces of a folder with both CSV files, or of a pack. Raises: DataError, also if a required part is empty."""
    faces = _read_pack(folder) if (folder / PACKED_LABELS).is_file() else _read_csvs(folder)
    for part in required:
        if part not in faces.usage:
            raise DataError(f"{folder}: no {part} rows")
    return faces


def _read_csvs(folder: Path) -> Faces:
    fer_path, ferplus_path = csv_path(folder, FER_CSV), csv_path(folder, FERPLUS_CSV)
    gray_nhw, labels, usage = read_fer(fer_path)
    votes, votes_usage = read_ferplus(ferplus_path)
    if len(votes) != len(labels):
        alone = min(len(votes), len(labels)) + 1
        raise DataError(
            f"{ferplus_path.name}: {len(votes)} rows, but {fer_path.name} has {len(labels)}; they are joined by row, "
            f"and row {alone} has no partner"
        )
    differs = np.flatnonzero(usage != votes_usage)
    if differs.size:
        row = int(differs[0])
        raise DataError(
            f"{ferplus_path.name}, row {row + 1}: Usage is {votes_usage[row]}, but {fer_path.name} says {usage[row]}"
        )
    return Faces(gray_nhw, labels, votes, usage)


def _read_pack(folder: Path) -> Faces:
    kept = _packed_labels(folder)
    path = folder / PACKED_FACES
    try:
        picture_hw = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
        if picture_hw is None:
            raise DataError(f"{path}: not a picture")
        rows, columns = (side // FACE_SIZE_PX for side in picture_hw.shape)
        tiles = picture_hw.reshape(rows, FACE_SIZE_PX, columns, FACE_SIZE_PX).swapaxes(1, 2)
        gray_nhw = tiles.reshape(-1, FACE_SIZE_PX, FACE_SIZE_PX)[: len(kept["labels"])].astype(np.uint8)
    except (OSError, ValueError, cv2.error) as error:
        raise DataError(f"{path}: {error}") from error
    if hashlib.sha256(gray_nhw.tobytes()).hexdigest() != kept["pixels_sha256"]:
        raise DataError(f"{path}: not the faces that were packed with {PACKED_LABELS}")
    return Faces(gray_nhw, kept["labels"].astype(np.int64), kept["votes"].astype(np.int64), kept["usage"])


def _packed_labels(folder: Path) -> dict[str, NDArray[Any]]:
    """The arrays that `training.pack` wrote beside the picture, by name. Raises: DataError."""
    try:
        with (folder / PACKED_LABELS).open("rb") as stream, np.load(stream) as file:
            return {name: file[name] for name in ("labels", "votes", "usage", "pixels_sha256", "csv_sha256")}
    except (*_BROKEN, LookupError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{folder / PACKED_LABELS}: {error}") from error


def csv_path(folder: Path, name: str) -> Path:
    """The file of that name in the folder, plain or compressed. Raises: DataError if there is none."""
    for suffix in _OPENERS:
        path = folder / (name + suffix)
        if path.is_file():
            return path
    raise DataError(f"{name}: not in {folder}, neither plain nor as {', '.join(s for s in _OPENERS if s)}")


def content_sha256(path: Path) -> str:
    """Lower-case hex SHA-256 of a file's decompressed content, so that compression does not change it."""
    with _opened(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def data_sha256(folder: Path) -> dict[str, str]:
    """`content_sha256` of both files in the folder, or of those that a pack came from, by name. Raises: DataError."""
    if (folder / PACKED_LABELS).is_file():
        return dict(zip((FER_CSV, FERPLUS_CSV), _packed_labels(folder)["csv_sha256"].tolist(), strict=True))
    return {name: content_sha256(csv_path(folder, name)) for name in (FER_CSV, FERPLUS_CSV)}


def read_fer(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.str_]]:
    """Pixels (n, 48, 48) uint8, labels (n,) and Usage (n,) of Kaggle's file. Raises: DataError."""
    pixels, labels, usage = bytearray(), [], []
    for where, (emotion, pixel_text, part) in _rows(path, ("emotion", "pixels", "Usage")):
        labels.append(_parse_whole(emotion, len(Emotion) - 1, where, "emotion"))
        pixels += parse_pixels(pixel_text, where)
        usage.append(_parse_usage(part, where))
    gray_nhw = np.frombuffer(bytes(pixels), dtype=np.uint8).reshape(-1, FACE_SIZE_PX, FACE_SIZE_PX)
    return gray_nhw, np.array(labels, dtype=np.int64), np.array(usage, dtype=np.str_)


def read_ferplus(path: Path) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Votes (n, 10) in the order of VOTE_COLUMNS and Usage (n,) of FER+'s file. Raises: DataError."""
    votes, usage = [], []
    for where, (part, *row) in _rows(path, ("Usage", *VOTE_COLUMNS)):
        usage.append(_parse_usage(part, where))
        votes.append([_parse_whole(text, VOTERS, where, "vote") for text in row])
    return np.array(votes, dtype=np.int64).reshape(-1, len(VOTE_COLUMNS)), np.array(usage, dtype=np.str_)


def parse_pixels(text: str, where: str) -> bytes:
    """The 2304 gray values of one `pixels` field. `where` starts the error's text. Raises: DataError."""
    values = text.split()
    if len(values) != PIXELS_PER_FACE:
        raise DataError(f"{where}: {len(values)} pixels instead of {PIXELS_PER_FACE}")
    try:
        return bytes(map(_PIXEL_VALUES.__getitem__, values))
    except KeyError as error:
        raise DataError(f"{where}: pixel {error.args[0]!r} is not a whole number from 0 to 255") from error


def without_test_copies(faces: Faces) -> Faces:
    """The faces less every Training face that is byte-identical to a face outside Training.

    Because of such copies (8 % of FER-2013's test faces have one) the test would measure memory.
    """
    in_training = faces.usage == Usage.TRAINING.value
    return faces.where(~(in_training & identical(faces.gray_nhw, faces.gray_nhw[~in_training])))


def identical(gray_nhw: NDArray[np.uint8], others_nhw: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(n,), which of the faces are byte-identical to one of the others. By content hash."""
    digests, known = (
        np.array([hashlib.sha256(face.tobytes()).digest() for face in faces], dtype="S32")
        for faces in (gray_nhw, others_nhw)
    )
    return np.isin(digests, known)


def chunks(array: Any, size: int = 256) -> Iterator[Any]:
    """The array in parts of at most `size`: bounds the memory, does not change a result."""
    return (array[start : start + size] for start in range(0, len(array), size))


def network_input(gray_nhw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Faces (n, 48, 48) uint8 as serving would see them: float32 (n, 1, 48, 48), within [-2, 2]."""
    return np.stack([face_input(gray_hw) for gray_hw in gray_nhw])


def vote_shares(votes: NDArray[np.int64]) -> NDArray[np.float32]:
    """Each emotion's share of the FER+ votes for the seven, (n, 7); all zeros for a face with none of these votes.

    Contempt, unknown and not-a-face are left out. A row of zeros has no cross-entropy, so it teaches nothing.
    """
    usable = votes[:, : len(Emotion)].astype(np.float32)
    shares: NDArray[np.float32] = usable / np.maximum(usable.sum(axis=1, keepdims=True), 1)
    return shares


def ferplus_majority(votes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The emotion with most FER+ votes, (n,), as an index into Emotion; -1 where the votes name no single emotion.

    No single emotion: a tie for the lead, or most votes for contempt, unknown or not-a-face.
    """
    lead = votes.max(axis=1, keepdims=True)
    majority: NDArray[np.int64] = votes.argmax(axis=1)
    majority[((votes == lead).sum(axis=1) > 1) | (majority >= len(Emotion))] = -1
    return majority


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedIOBase]:
    """The decompressed bytes of a file. Raises: DataError if the compression is broken."""
    try:
        with _OPENERS.get(path.suffix, open)(path, "rb") as stream:
            yield stream
    except _BROKEN as error:
        raise DataError(f"{path.name}: {error}") from error


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The named columns of each row, with "file, row n" (from 1, the header not counted) for error texts."""
    with _opened(path) as stream:
        reader = csv.reader(line.decode("ascii", errors="replace") for line in stream)
        number = 0
        try:
            header = [name.strip() for name in next(reader, [])]
            missing = [name for name in columns if name not in header]
            if missing:
                raise DataError(f"{path.name}: no column {', '.join(missing)}")
            places = [header.index(name) for name in columns]
            for number, row in enumerate(reader, start=1):
                where = f"{path.name}, row {number}"
                if len(row) != len(header):
                    raise DataError(f"{where}: {len(row)} fields instead of {len(header)}")
                yield where, [row[place] for place in places]
        except (csv.Error, *_BROKEN) as error:
            # The row after the last whole one; with number 0 that may also be the header.
            raise DataError(f"{path.name}, row {number + 1}: {error}") from error


def _parse_whole(text: str, most: int, where: str, what: str) -> int:
    if not text.isdecimal() or int(text) > most:
        raise DataError(f"{where}: {what} {text!r} is not a whole number from 0 to {most}")
    return int(text)


def _parse_usage(text: str, where: str) -> str:
    if text not in tuple(Usage):
        raise DataError(f"{where}: Usage {text!r} is none of {', '.join(Usage)}")
    return text
