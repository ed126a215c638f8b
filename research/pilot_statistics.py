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
from scipy.sparse import coo_array  # type: ignore[import-untyped]  # it has no types of its own
from scipy.stats import binomtest, spearmanr  # type: ignore[import-untyped]
from scipy.stats import t as student

Floats = NDArray[np.float64]
People = NDArray[np.int64]  # (n,), 0 to the number of people - 1: whose answer it is

POWER: Final = 0.80
RESAMPLES: Final = 2000  # of the bootstrap; the ends of an interval then waver by about a twentieth of its length
_CELLS: Final = 300_000  # of pairs times resamples at once: megabytes, which a core's cache nearly holds
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
    return max(1.0, count / (count - 1) * float(sums @ sums) / spread * (float(student.ppf(0.975, count - 1)) / Z) ** 2)


def mean_interval(values: Floats, people: People) -> Interval:
    """The normal interval of the mean of `values` (n,), n above 0, with people as clusters (see `design_effect`)."""
    half = Z * sqrt(float(np.var(values)) / len(values) * design_effect(values, people))
    return Interval(float(values.mean()) - half, float(values.mean()) + half)


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p of two models being right equally often, from the answers where only one of them was.

    McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika 12 (1947)
    153-157, with the binomial in place of its normal limit. It takes answers as independent and ignores whose they are.
    """
    n = only_first + only_second
    return float(binomtest(only_first, n).pvalue) if n else 1.0


def spearman(first: Floats, second: Floats) -> float | None:
    """The correlation of the ranks of two arrays (n,); None where one of them does not vary.

    Spearman, "The proof and measurement of association between two things", American Journal of Psychology 15 (1904).
    """
    if len(np.unique(first)) < 2 or len(np.unique(second)) < 2:
        return None
    return float(spearmanr(first, second).statistic)


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
    persons, person_of = np.unique(people, return_inverse=True)
    if rho is None or len(persons) < 2:
        return None
    pairs, pair_of = np.unique(np.stack((first, second)), axis=1, return_inverse=True)
    said = coo_array((np.ones(len(first)), (person_of, pair_of)), shape=(len(persons), pairs.shape[1])).tocsr()
    drawn = rng.multinomial(len(persons), np.full(len(persons), 1 / len(persons)), size=RESAMPLES)
    batches = np.array_split(drawn, -(-RESAMPLES * pairs.shape[1] // _CELLS))
    rhos = np.concatenate([weighted_spearman(pairs[0], pairs[1], batch @ said) for batch in batches])
    rhos = rhos[~np.isnan(rhos)]
    low, high = np.percentile(rhos, (2.5, 97.5))
    spread = float(np.var(np.arctanh(np.clip(rhos, -0.999, 0.999))))
    effect = max(1.0, spread * (len(first) - 3) / FIELLER) if len(first) > 3 else 1.0
    return Correlation(rho, Interval(float(low), float(high)), effect)


def weighted_spearman(first: Floats, second: Floats, times: Floats) -> Floats:
    """Spearman's correlation (r,) where pair i of n counts `times[:, i]` (r, n) times; NaN without variation."""
    mean = (times.sum(axis=1, keepdims=True) + 1) / 2
    a, b = _weighted_ranks(first, times) - mean, _weighted_ranks(second, times) - mean
    scale = np.sqrt((times * a**2).sum(axis=1) * (times * b**2).sum(axis=1))
    rhos: Floats = np.divide((times * a * b).sum(axis=1), scale, out=np.full(len(times), np.nan), where=scale > 0)
    return rhos


def _weighted_ranks(values: Floats, times: Floats) -> Floats:
    """Ranks from 1, (r, n), of values (n,) that are there `times` (r, n) times; equal values share their mean."""
    order = np.argsort(values)
    distinct, starts = np.unique(values[order], return_index=True)
    counts = np.add.reduceat(times[:, order], starts, axis=1)
    shared: Floats = np.cumsum(counts, axis=1) - (counts - 1) / 2
    return shared[:, np.searchsorted(distinct, values)]


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
