"""Where `negative` begins, and where no side is named: chosen on FER+ and, where there are any, on real photos.

Pure but for `photo_sample`. A sample's `mass_n` is the calibrated probability of angry, disgust, fear and sad
together, within [0, 1]; its `negative_n` says whether these faces are negative, by FER+'s majority or a photo's label.
"""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from burnout.emotions import Emotion
from training.metrics import IS_NEGATIVE, negative_mass, softmax

Mass = NDArray[np.float64]
Sides = NDArray[np.bool_]

# What naming no side costs, where naming the wrong one costs 1. At 1/3 the halves of the photos disagree.
RISK: Final = 1 / 4
_AT: Final = np.arange(1, 100) / 100  # where a bound may lie
_ORDER: Final = {emotion: place for place, emotion in enumerate(Emotion)}


class PhotosError(Exception):
    """The file is not what `training.photos --json` wrote of this model. The text says what is wrong, in one line."""


class Sample(NamedTuple):
    """Faces (n,) of one source; both kinds occur, or they count for nothing."""

    mass_n: Mass
    negative_n: Sides

    def every_second(self, first: int) -> "Sample":
        """Every second face from `first` on."""
        return Sample(self.mass_n[first::2], self.negative_n[first::2])


class OperatingPoint(NamedTuple):
    """Negative at `threshold` and above; from `unsure_from` to below `unsure_to` no side is named."""

    threshold: float = 0.5
    unsure_from: float = 0.5
    unsure_to: float = 0.5


class PointScore(TypedDict):
    """What an operating point does to n faces; shares within [0, 1], None where they are of no face.

    `micro` and `macro` are of the threshold alone. `unsure` is how often no side is named, `right_unsure` how often the
    threshold would have been right then, `right_named` how often the named side is. `told_negative` is the share of the
    faces that are not negative, and `told_positive` of those that are, for which the wrong side is named.
    """

    n: int
    micro: float
    macro: float
    unsure: float
    right_unsure: float | None
    right_named: float | None
    told_negative: float | None
    told_positive: float | None


def choose(*samples: Sample) -> OperatingPoint:
    """The point to serve, in hundredths.

    Each source counts the same however many faces it has, and so does each side in it: only one face in four of FER+ is
    negative, and most of the photos are. The threshold makes the share of right sides largest. The bounds are Chow's
    (IEEE Trans. Inf. Theory 16, 1970): they make the mean cost least, of 1 for the wrong side and RISK for none.
    Threshold and 0.5 lie between the bounds, or a side would be named that has less than half of the mass.
    """
    below = [
        [(mass_n[side, np.newaxis] < _AT).mean(axis=0) for side in (negative_n, ~negative_n)]
        for mass_n, negative_n in samples
        if negative_n.any() and not negative_n.all()
    ]
    if not below:
        return OperatingPoint()
    negative, positive = np.mean(below, axis=0)  # the share of each side whose mass is below each of _AT
    threshold = float(_AT[(positive - negative).argmax()])
    # No side from _AT[i] on to below _AT[j]: what each bound adds to the cost does not depend on the other.
    from_cost = negative - RISK * (negative + positive)
    to_cost = (1 - positive) + RISK * (negative + positive)
    from_cost[min(threshold, 0.5) < _AT] = np.inf
    to_cost[max(threshold, 0.5) > _AT] = np.inf
    return OperatingPoint(threshold, float(_AT[from_cost.argmin()]), float(_AT[to_cost.argmin()]))


def score(mass_n: Mass, negative_n: Sides, point: OperatingPoint) -> PointScore:
    """What the point does to these faces."""
    called = mass_n >= point.threshold
    unsure = (point.unsure_from <= mass_n) & (mass_n < point.unsure_to)
    micro, macro = _accuracies(called, negative_n)
    return {
        "n": len(mass_n),
        "micro": micro,
        "macro": macro,
        "unsure": float(unsure.mean()),
        "right_unsure": _share((called == negative_n)[unsure]),
        "right_named": _share((called == negative_n)[~unsure]),
        "told_negative": _share((called & ~unsure)[~negative_n]),
        "told_positive": _share((~called & ~unsure)[negative_n]),
    }


def held_out(*samples: Sample) -> list[list[PointScore]]:
    """What to expect on new faces of each sample: chosen on every second face, scored on the others; and reversed."""
    even, odd = ([sample.every_second(first) for sample in samples] for first in (0, 1))
    by_even, by_odd = choose(*even), choose(*odd)
    return [[score(*second, by_even), score(*first, by_odd)] for first, second in zip(even, odd, strict=True)]


def photo_sample(path: Path, model_sha256: str, output: str, temperature: float) -> Sample:
    """The clearly labelled faces, seen whole, that `training.photos --json` wrote of a model. Raises: PhotosError."""
    try:
        records: list[dict[str, Any]] = json.loads(path.read_bytes())
        if {r["model_sha256"] for r in records} != {model_sha256}:
            raise PhotosError(f"{path.name}: of another model; measure this one with training.photos --json first")
        used = [r for r in records if r["label"] and r["clear"] and r["is_main"] and r["view"] == "whole"]
        logits = np.array([r["logits"][output] for r in used], dtype=np.float64).reshape(-1, len(Emotion))
        labels = np.array([_ORDER[Emotion(r["label"])] for r in used], dtype=np.int64)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise PhotosError(f"{path.name}: not what training.photos --json writes: {error!r}") from error
    return Sample(negative_mass(softmax(logits / temperature)), IS_NEGATIVE[labels])


def _accuracies(called_n: Sides, negative_n: Sides) -> tuple[float, float]:
    """The share of right answers, and the mean of this share on each side that occurs."""
    right = called_n == negative_n
    return float(right.mean()), float(np.mean([right[of].mean() for of in (negative_n, ~negative_n) if of.any()]))


def _share(of: Sides) -> float | None:
    return float(of.mean()) if len(of) else None
