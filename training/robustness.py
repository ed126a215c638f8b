"""python -m training.robustness --data DIR --model FILE [--n N] [--seed S]

What the served model loses on faces as selfies give them: a table of PublicTest's faces clean, disturbed, and enlarged
in larger pictures that go through the whole of serving (decode, find, level, crop, classify). FILE is an exported
ONNX file with its contract beside it. The disturbances change the bare 48 px face, so what levelling gives back after a
tilt is not in their rows.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from burnout.clock import Stopwatch
from burnout.inference import Face, Prediction
from functions.infer.analysis import analyse
from functions.infer.classifier import Classifier, chosen, load_classifiers
from functions.infer.contract import ContractMismatchError
from functions.infer.faces import FaceFinder
from training.command_line import one_line_for, parser_of
from training.data import DataError, Faces, Usage, chunks, ferplus_majority, load_faces, network_input, vote_shares
from training.disturbances import Box, GrayNHW, disturbances, pasted
from training.metrics import IS_NEGATIVE, calibration_error
from training.processor import processor


@dataclass(frozen=True)
class Answers:
    """What the model says of faces."""

    probabilities: NDArray[np.float64]  # (n, 7), calibrated, in the order of Emotion
    negative: NDArray[np.bool_]  # (n,), by the contract's threshold

    @property
    def emotion(self) -> NDArray[np.int64]:
        """The likeliest emotion of each face, (n,), as an index into Emotion."""
        likeliest: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return likeliest

    def where(self, keep: NDArray[np.bool_]) -> "Answers":
        """The answers at which `keep` (n,) is true."""
        return Answers(self.probabilities[keep], self.negative[keep])


def bare_answers(gray_nhw: GrayNHW, classifier: Classifier) -> Answers:
    """Of the bare faces, as training and `training.evaluate` see them: no picture, no detector."""
    predictions: list[Prediction] = []
    for batch_nhw in chunks(gray_nhw):
        predictions += [each.prediction for each in classifier.classify(network_input(batch_nhw))]
    return _answers(predictions)


def serving_answers(gray_nhw: GrayNHW, classifier: Classifier, seed: int) -> tuple[Answers, NDArray[np.bool_]]:
    """Of the faces that serving finds in pictures, and (n,) which of all these are.

    Found is a face when the largest box of its picture, whose answer a person would get, has its middle in it.
    """
    rng, finder = np.random.default_rng(seed), FaceFinder()
    name = classifier.contract.name
    predictions, found = [], []
    for gray_hw in gray_nhw:
        data, place_px = pasted(gray_hw, rng)
        faces = analyse(data, finder, {name: classifier}, Stopwatch()).faces
        found.append(bool(faces) and _is_at(faces[0], place_px))
        if found[-1]:
            predictions.append(faces[0].models[name])
    return _answers(predictions), np.array(found, dtype=np.bool_)


def _is_at(face: Face, place_px: Box) -> bool:
    x, y, width, height = face.box_px
    left, top, side, _ = place_px
    return left <= x + width / 2 <= left + side and top <= y + height / 2 <= top + side


def _answers(predictions: Sequence[Prediction]) -> Answers:
    probabilities = np.array([list(each.emotions.values()) for each in predictions]).reshape(-1, len(IS_NEGATIVE))
    return Answers(probabilities, np.array([each.label == "negative" for each in predictions], dtype=np.bool_))


class Row(NamedTuple):
    """A line of the table: shares within [0, 1], nan where no face counts. FER+ is its majority, as in `evaluate`."""

    name: str
    faces: int
    same_emotion: float  # of these faces, as the bare clean face gets
    same_side: float  # negative or not
    accuracy: float  # agreement with the FER+ majority
    micro: float  # of negative-or-not, FER+
    macro: float  # the mean of the shares of both sides
    ece: float  # against the votes


def row(name: str, answers: Answers, clean: Answers, faces: Faces) -> Row:
    """The figures of some faces (n,), with what the model said of them and what it says of them clean."""
    majority = ferplus_majority(faces.votes)
    voted = majority >= 0
    is_negative = IS_NEGATIVE[majority[voted]]
    right = answers.negative[voted] == is_negative
    sides = [float(right[of].mean()) for of in (is_negative, ~is_negative) if of.any()]
    shares = vote_shares(faces.votes).astype(np.float64)
    seen = shares.any(axis=1)
    return Row(
        name=name,
        faces=len(faces),
        same_emotion=_share(answers.emotion == clean.emotion),
        same_side=_share(answers.negative == clean.negative),
        accuracy=_share(answers.emotion[voted] == majority[voted]),
        micro=_share(right),
        macro=float(np.mean(sides)) if sides else nan,
        ece=calibration_error(answers.probabilities[seen], shares[seen]) if seen.any() else nan,
    )


def _share(right: NDArray[np.bool_]) -> float:
    return float(right.mean()) if len(right) else nan


def rows(faces: Faces, classifier: Classifier, seed: int) -> Iterator[Row]:
    """The table line by line: clean, every disturbance, and both paths on the faces that serving finds."""
    clean = bare_answers(faces.gray_nhw, classifier)
    yield row("clean", clean, clean, faces)
    for name, change in disturbances(seed).items():
        yield row(name, bare_answers(change(faces.gray_nhw), classifier), clean, faces)
    served, found = serving_answers(faces.gray_nhw, classifier, seed)
    yield row("clean, those that serving finds", clean.where(found), clean.where(found), faces.where(found))
    yield row("the same in pictures, as served", served, clean.where(found), faces.where(found))


def sample(faces: Faces, n: int | None, seed: int) -> Faces:
    """So many of the faces by chance, in their order; all for None, or if there are not more."""
    picked = np.random.default_rng(seed).permutation(len(faces))[:n]
    return faces.where(np.isin(np.arange(len(faces)), picked))


HEADER: Final = (
    f"{'':34}{'faces':>6}{'same':>10}{'same':>8}{'FER+':>10}{'micro':>8}{'macro':>8}{'ECE,':>8}\n"
    f"{'':40}{'emotion':>10}{'side':>8}{'majority':>10}{'side':>8}{'side':>8}{'votes':>8}"
)


def line(of: Row) -> str:
    """A row for people, under HEADER: shares in percent, "-" where no face counts."""
    cells = zip(of[2:], (10, 8, 10, 8, 8, 8), strict=True)
    return f"{of.name:34}{of.faces:>6}" + "".join(f"{_percent(share):>{width}}" for share, width in cells)


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.1f} %"


def _count(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__)
    parser.add_argument("--model", type=Path, required=True, help="exported network (.onnx), its contract beside it")
    parser.add_argument("--n", type=_count, help="so many faces of PublicTest by chance (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample, the noise and the places (default: 0)")
    options = parser.parse_args(argv)
    name = options.model.name.removesuffix(".onnx")
    with one_line_for(parser, DataError, ContractMismatchError, ValueError, OSError):
        classifier = chosen(load_classifiers(options.model.parent), [name])[name]
        public_test = load_faces(options.data, Usage.PUBLIC_TEST).part(Usage.PUBLIC_TEST)
    faces = sample(public_test, options.n, options.seed)
    print(f"{name} {classifier.contract.version}, {len(faces)} faces of PublicTest, seed {options.seed}")
    print(f"{processor()}\n\n{HEADER}")
    for each in rows(faces, classifier, options.seed):
        print(line(each), flush=True)
    print(f"\nServing finds {each.faces} of {len(faces)} faces in pictures ({_percent(each.faces / len(faces))}).")


if __name__ == "__main__":
    main()
