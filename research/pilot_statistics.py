"""The pilot's estimators: shares, paired comparison, rank correlation, and how many answers each of them needs. Pure.

Answers of one person resemble each other, so n answers of few people tell less than n answers of n people. What is an
average here is widened by its design effect; the rank correlation's interval draws whole people. All intervals are 95 %
and two-sided; the answers needed are those that show an effect of that size in `POWER` of such pilots.
"""

from dataclasses import dataclass
from math import atanh, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
People = NDArray[np.int64]  # (n,), 0 to the number of people - 1: whose answer it is

POWER: Final = 0.80
RESAMPLES: Final = 2000  # of the bootstrap; the ends of an interval then waver by about a twentieth of its length
Z: Final = NormalDist().inv_cdf(0.975)
Z_POWER: Final = NormalDist().inv_cdf(POWER)
FIELLER: Final = 1.06  # variance of atanh(rho), times n - 3: Fieller, Hartley and Pearson, Biometrika 44 (1957) 470-481


@dataclass(frozen=True)
class Interval:
    """Both ends of a 95 % interval."""

    low: float
    high: float


def wilson(share: float, n: float) -> Interval:
    """The interval of a share seen in n answers; n need not be whole (an effective number). n is above 0.

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209-212. With an
    effective n it is Korn and Graubard's idea for surveys, Survey Methodology 24 (1998) 193-201.
    """
    middle = share + Z**2 / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return Interval((middle - half) / (1 + Z**2 / n), (middle + half) / (1 + Z**2 / n))


def design_effect(values: Floats, people: People) -> float:
    """How many times wider the variance of the mean of `values` (n,) is than if every answer were another person's.

    Kish, "Survey Sampling" (1965), sections 5.4 and 6.1: the variance of the mean from the people's sums of deviations,
    over the variance of n independent answers. Never below 1. Where it cannot be told (one person, or all answers
    alike) it is the worst that can be: all answers of a person count as one. Few people say little about how alike
    their answers are, so it grows by (t / z)² as in Korn and Graubard (see `wilson`). `values` is not empty.
    """
    n, count = len(values), len(np.unique(people))
    if count == n:
        return 1.0  # everybody answered once
    deviations = values - values.mean()
    if count < 2 or not deviations.any():
        return n / count
    sums = np.bincount(people, weights=deviations)
    spread = float(deviations @ deviations) * n / (n - 1)
    return max(1.0, count / (count - 1) * float(sums @ sums) / spread * (_student(count - 1) / Z) ** 2)


def _student(freedom: int) -> float:
    """Student's t in place of Z, within 2 % from 4 degrees of freedom on: Abramowitz and Stegun (1964), 26.7.5."""
    return Z + (Z**3 + Z) / (4 * freedom) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * freedom**2)


def mean_interval(values: Floats, people: People) -> Interval:
    """The normal interval of the mean of `values` (n,), n above 0, with people as clusters (see `design_effect`)."""
    half = Z * sqrt(float(np.var(values)) / len(values) * design_effect(values, people))
    return Interval(float(values.mean()) - half, float(values.mean()) + half)


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p of two models being right equally often, from the answers where only one of them was.

    McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika 12 (1947)
    153-157, with the binomial in place of its normal limit. It takes answers as independent, people are not seen here.
    """
    n, smaller = only_first + only_second, min(only_first, only_second)
    term = total = 1
    for k in range(1, smaller + 1):
        term = term * (n - k + 1) // k  # n over k, exactly
        total += term
    return min(1.0, float(2 * total / 2**n))


def ranks(values: Floats) -> Floats:
    """Ranks from 1, (n,); equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    shared: Floats = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return shared


def spearman(first: Floats, second: Floats) -> float | None:
    """The correlation of the ranks of two arrays (n,); None where one of them does not vary.

    Spearman, "The proof and measurement of association between two things", American Journal of Psychology 15 (1904).
    """
    if len(first) < 2:
        return None
    a, b = ranks(first), ranks(second)
    a, b = a - a.mean(), b - b.mean()
    scale = sqrt(float(a @ a) * float(b @ b))
    return float(np.clip(a @ b / scale, -1, 1)) if scale else None


@dataclass(frozen=True)
class Correlation:
    """A rank correlation with its interval. `effect` is the design effect of people, at least 1."""

    rho: float
    interval: Interval
    effect: float


def correlation(first: Floats, second: Floats, people: People, rng: np.random.Generator) -> Correlation | None:
    """Spearman's correlation with its percentile bootstrap; None without two people or without variation.

    Whole people are drawn, with replacement: Efron, "Bootstrap methods", Annals of Statistics 7 (1979), on clusters as
    in Davison and Hinkley (1997), section 3.8. It pools people: differences between them count like those of days.
    """
    rho = spearman(first, second)
    rows = [np.flatnonzero(people == person) for person in np.unique(people)]
    if rho is None or len(rows) < 2:
        return None
    drawn = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])
        drawn.append(spearman(first[chosen], second[chosen]))
    rhos = np.array([each for each in drawn if each is not None])
    low, high = np.percentile(rhos, (2.5, 97.5))
    spread = float(np.var(np.arctanh(np.clip(rhos, -0.999, 0.999))))
    effect = max(1.0, spread * (len(first) - 3) / FIELLER) if len(first) > 3 else 1.0
    return Correlation(rho, Interval(float(low), float(high)), effect)


def answers_for_share(share: float, bound: float) -> float:
    """Answers that show a true `share` to be above `bound`, which is below it.

    The one-sample formula of Fleiss, "Statistical Methods for Rates and Proportions" (1981), section 2.2.
    """
    return ((Z * sqrt(bound * (1 - bound)) + Z_POWER * sqrt(share * (1 - share))) / (share - bound)) ** 2


def answers_for_difference(difference: float, discordant: float) -> float:
    """Paired answers that show a true `difference` of two accuracies, where models differ in a share `discordant`.

    Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43 (1987).
    """
    discordant = max(discordant, difference)  # nothing smaller is possible
    return ((Z * sqrt(discordant) + Z_POWER * sqrt(discordant - difference**2)) / difference) ** 2


def answers_for_correlation(rho: float) -> float:
    """Answers that show a true rank correlation of `rho`, not 0, to differ from 0.

    By Fisher's atanh with Fieller's variance; Bonett and Wright, Psychometrika 65 (2000) 23-28, discuss both.
    """
    strength = atanh(min(abs(rho), 0.999))
    return 3 + FIELLER * ((Z + Z_POWER) / strength) ** 2
