"""python -m training.copies --data DIR

Faces outside Training that also lie in Training: byte-identical ones, which training leaves out of Training, and near
copies, which it does not and which this only reports: the same photo lit, scaled or compressed otherwise, or mirrored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.command_line import one_line_for, parser_of
from training.data import DataError, Faces, Usage, identical, load_faces

NEAR: Final = 0.94  # correlation of two faces at 24 x 24 px; LOG.md says what lies on either side of it
BATCH: Final = 512  # test faces at a time; bounds the memory, does not change a result


@dataclass(frozen=True)
class Copies:
    """For each of some faces (n,), the Training face that is most like it."""

    places: NDArray[np.int64]  # (n,), among the Training faces
    correlation: NDArray[np.float32]  # (n,), at 24 x 24 px, the better one of as it is and mirrored
    identical: NDArray[np.bool_]  # (n,), some Training face has just these bytes

    def near(self) -> NDArray[np.bool_]:
        """(n,), which have a Training face that is nearly the same, identical ones included."""
        return self.identical | (self.correlation >= NEAR)


def find_copies(faces: Faces, training: Faces) -> Copies:
    """The most similar Training face, of at least one, for each of the faces; some seconds for all of FER-2013."""
    known = _standard(training.gray_nhw)
    best, place = np.empty(len(faces), dtype=np.float32), np.empty(len(faces), dtype=np.int64)
    for start in range(0, len(faces), BATCH):
        batch = faces.gray_nhw[start : start + BATCH]
        likeness = np.maximum(_standard(batch) @ known.T, _standard(batch[:, :, ::-1]) @ known.T)
        place[start : start + BATCH] = likeness.argmax(axis=1)
        best[start : start + BATCH] = likeness.max(axis=1)
    return Copies(place, best, identical(faces.gray_nhw, training.gray_nhw))


def _standard(gray_nhw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The faces (n, 576), halved, with mean 0 and length 1: a product is a correlation. An even face is all zeros."""
    n, height, width = gray_nhw.shape
    halved = gray_nhw.reshape(n, height // 2, 2, width // 2, 2).mean(axis=(2, 4), dtype=np.float32)
    flat = halved.reshape(n, -1)
    flat -= flat.mean(axis=1, keepdims=True)
    standard: NDArray[np.float32] = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1)
    return standard


def report(faces: Faces) -> str:
    """How many faces outside Training have copies in it, and how many of these another label there."""
    in_training = faces.usage == Usage.TRAINING.value
    training, tested = faces.where(in_training), faces.where(~in_training)
    found = find_copies(tested, training)
    near, differs = found.near(), tested.labels != training.labels[found.places]
    return (
        f"{len(tested)} faces outside Training\n"
        f"{int(found.identical.sum()):6} byte-identical to a Training face\n"
        f"{int(near.sum()):6} with near copies (correlation {NEAR} or more), "
        f"{int((near & differs).sum())} of them with another label"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__)
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError):
        faces = load_faces(options.data, Usage.TRAINING)
    print(report(faces))


if __name__ == "__main__":
    main()
