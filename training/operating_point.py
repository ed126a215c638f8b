"""Where `negative` begins, and where no side is named: chosen by what most people see (the FER+ majority).

Pure: arrays in, numbers out. `mass_n` is the calibrated probability of angry, disgust, fear and sad together, within
[0, 1]; `negative_n` says of the same faces whether the majority of their votes is one of these four.
"""

from typing import Final, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

Mass = NDArray[np.float64]
Sides = NDArray[np.bool_]

RISK: Final = 1 / 3  # of naming the wrong side, above which none is named
_THRESHOLDS: Final = [percent / 100 for percent in range(30, 91)]
_LEAST_MASS: Final = 1e-6  # the log odds of less would be endless
_RIDGE: Final = 1e-3  # keeps the curve finite where a few faces can be told apart without an error
_NEWTON_STEPS: Final = 50


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


def choose(mass_n: Mass, negative_n: Sides) -> OperatingPoint:
    """The point to serve, in hundredths.

    The threshold makes two accuracies together largest, that of all faces and the mean of both sides': only one face in
    four is negative, so the first alone would miss them and the second alone would invent them. The bounds are Chow's
    rule (IEEE Trans. Inf. Theory 16, 1970): no side where the risk of the wrong one is above RISK. The risk comes from
    a logistic curve over the log odds of the mass (Platt 1999), as the mass follows people's single votes and their
    majority is surer than these. Threshold and 0.5 lie between the bounds, or a side would be named that has less than
    half of the mass.
    """
    threshold = max(_THRESHOLDS, key=lambda at: sum(_accuracies(mass_n >= at, negative_n)))
    bounds = [threshold, 0.5]
    slope, offset = _logistic(_log_odds(mass_n), negative_n)
    if slope > 0:  # or the mass tells nothing about the sides, and no bound follows from it
        odds = np.log((1 - RISK) / RISK)
        bounds += [_hundredths(0.5 + 0.5 * np.tanh((at - offset) / (2 * slope))) for at in (-odds, odds)]
    return OperatingPoint(threshold, min(bounds), max(bounds))


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


def held_out(mass_n: Mass, negative_n: Sides) -> list[PointScore]:
    """What to expect on new faces: chosen on every second face and scored on the others, and the other way round."""
    halves = [slice(0, None, 2), slice(1, None, 2)]
    return [
        score(mass_n[tested], negative_n[tested], choose(mass_n[chosen], negative_n[chosen]))
        for chosen, tested in (halves, halves[::-1])
    ]


def _accuracies(called_n: Sides, negative_n: Sides) -> tuple[float, float]:
    """The share of right answers, and the mean of this share on each side that occurs."""
    right = called_n == negative_n
    return float(right.mean()), float(np.mean([right[of].mean() for of in (negative_n, ~negative_n) if of.any()]))


def _logistic(x_n: Mass, negative_n: Sides) -> tuple[float, float]:
    """Slope and offset of the most likely logistic curve from `x_n` to the sides, by Newton's method."""
    inputs = np.stack([x_n, np.ones_like(x_n)], axis=1)
    fitted = np.zeros(2)
    for _ in range(_NEWTON_STEPS):
        p_n = 1 / (1 + np.exp(-np.clip(inputs @ fitted, -30, 30)))
        slope = inputs.T @ (p_n - negative_n) + _RIDGE * fitted
        curvature = (inputs * (p_n * (1 - p_n))[:, np.newaxis]).T @ inputs + _RIDGE * np.eye(2)
        fitted = fitted - np.linalg.solve(curvature, slope)
    return float(fitted[0]), float(fitted[1])


def _log_odds(mass_n: Mass) -> Mass:
    clipped = np.clip(mass_n, _LEAST_MASS, 1 - _LEAST_MASS)
    odds: Mass = np.log(clipped / (1 - clipped))
    return odds


def _hundredths(share: float) -> float:
    return min(max(round(float(share), 2), 0.01), 0.99)


def _share(of: Sides) -> float | None:
    return float(of.mean()) if len(of) else None
