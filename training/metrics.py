"""Figures of merit from probabilities and labels. Pure: arrays in, numbers out. All shares are within [0, 1]."""

from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from burnout.emotions import NEGATIVE, Emotion

ECE_BINS: Final = 15
IS_NEGATIVE: Final[NDArray[np.bool_]] = np.array([emotion in NEGATIVE for emotion in Emotion])


class BinaryScore(TypedDict):
    """Negative against the rest: `micro` is the share of right answers, `macro` the mean of `recall`.

    `faces` and `recall` have a number for each side that occurs, `called_negative` the share of faces called negative
    for each emotion that occurs. `auc` is how often a negative face has more negative mass than another one, whatever
    the threshold; None unless both sides occur.
    """

    n: int
    micro: float
    macro: float
    faces: dict[str, int]
    recall: dict[str, float]
    called_negative: dict[str, float]
    auc: float | None


class SevenClassScore(TypedDict):
    """Seven classes; `faces` and `recall` have a number for each emotion that occurs."""

    n: int
    accuracy: float
    macro_f1: float
    faces: dict[str, int]
    recall: dict[str, float]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities (n, 7), each row summing to 1, for logits (n, 7)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def seven_classes(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> SevenClassScore:
    """Accuracy, macro F1 and recall by class for predictions and labels (n,)."""
    classes = np.arange(len(Emotion))
    right = np.array([np.sum((predicted == c) & (labels == c)) for c in classes], dtype=np.float64)
    actual = np.bincount(labels, minlength=len(Emotion))
    claimed = np.bincount(predicted, minlength=len(Emotion))
    # F1 = 2 right / (actual + claimed); a class that is neither there nor claimed counts as 0.
    f1 = 2 * right / np.maximum(actual + claimed, 1)
    return {
        "n": len(labels),
        "accuracy": float(np.mean(predicted == labels)),
        "macro_f1": float(f1.mean()),
        "faces": {str(emotion): int(actual[i]) for i, emotion in enumerate(Emotion) if actual[i]},
        "recall": {str(emotion): float(right[i] / actual[i]) for i, emotion in enumerate(Emotion) if actual[i]},
    }


def confusion(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many faces of each emotion, in rows, were given each emotion, in columns: (7, 7)."""
    counts = np.zeros((len(Emotion), len(Emotion)), dtype=np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def negative_mass(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """The summed probability (n,) of angry, disgust, fear and sad, for probabilities (n, 7)."""
    mass: NDArray[np.float64] = probabilities[:, IS_NEGATIVE].sum(axis=1)
    return mass


def binary(probabilities: NDArray[np.float64], labels: NDArray[np.int64], *, threshold: float = 0.5) -> BinaryScore:
    """Negative at this mass and above against the rest, for probabilities (n, 7) and labels (n,)."""
    mass = negative_mass(probabilities)
    predicted = mass >= threshold
    actual = IS_NEGATIVE[labels]
    right = predicted == actual
    sides = {name: of for name, of in (("negative", actual), ("positive", ~actual)) if of.any()}
    recall = {name: float(right[of].mean()) for name, of in sides.items()}
    return {
        "n": len(labels),
        "micro": float(right.mean()),
        "macro": float(np.mean(list(recall.values()))),
        "faces": {name: int(of.sum()) for name, of in sides.items()},
        "recall": recall,
        "called_negative": {
            str(emotion): float(predicted[labels == i].mean()) for i, emotion in enumerate(Emotion) if i in labels
        },
        "auc": area_under_curve(mass[actual], mass[~actual]),
    }


def area_under_curve(higher: NDArray[np.float64], lower: NDArray[np.float64]) -> float | None:
    """The share of pairs where a number of `higher` is above one of `lower`, a tie for a half; None without pairs."""
    if not len(higher) or not len(lower):
        return None
    ordered = np.sort(lower)
    below, not_above = (np.searchsorted(ordered, higher, side=side) for side in ("left", "right"))
    return float(np.mean(below + not_above) / (2 * len(lower)))


def calibration_error(probabilities: NDArray[np.float64], targets: NDArray[np.float64]) -> float:
    """Expected calibration error (15 equal bins of the top probability), for probabilities and target shares (n, 7).

    In each bin the mean confidence is compared with the mean share of the target that the named emotion has: of right
    answers where the targets are labels, of people who agree where they are votes.
    """
    confidence = probabilities.max(axis=1)
    agreed = np.take_along_axis(targets, probabilities.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]
    bins = np.minimum((confidence * ECE_BINS).astype(np.int64), ECE_BINS - 1)
    gaps = [abs(agreed[bins == b].mean() - confidence[bins == b].mean()) * np.mean(bins == b) for b in np.unique(bins)]
    return float(np.sum(gaps))


def one_hot(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Target shares (n, 7) that give everything to the labels (n,)."""
    return np.eye(len(Emotion))[labels]


def cross_entropy(logits: NDArray[np.float64], targets: NDArray[np.float64], temperature: float) -> float:
    """Mean loss in nats of softmax(logits / temperature), for logits and target shares (n, 7)."""
    scaled = logits / temperature
    top = scaled.max(axis=1)
    log_sum = top + np.log(np.exp(scaled - top[:, np.newaxis]).sum(axis=1))
    return float(np.mean((targets * (log_sum[:, np.newaxis] - scaled)).sum(axis=1)))


def best_temperature(logits: NDArray[np.float64], targets: NDArray[np.float64]) -> float:
    """The temperature in [0.05, 20] with the smallest loss, to four digits, for logits and target shares (n, 7).

    The loss is convex in 1 / temperature, so golden-section search on it finds the only minimum.
    """
    ratio = (np.sqrt(5) - 1) / 2
    low, high = 0.05, 20.0
    while high - low > 1e-6:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if cross_entropy(logits, targets, 1 / left) < cross_entropy(logits, targets, 1 / right):
            high = right
        else:
            low = left
    return float(f"{2 / (low + high):.4g}")
