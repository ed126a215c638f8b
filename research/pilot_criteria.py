"""One line of the pilot's report: a criterion, when it counts as met or missed, and that of a rank correlation."""

from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

import numpy as np

from research.pilot_statistics import Floats, People, answers_for_correlation, correlation

FEWEST_PEOPLE: Final = 10  # below, neither a bootstrap of people nor a design effect means anything
CORRELATED: Final = 0.20  # the weakest rank correlation worth proving


@dataclass(frozen=True)
class Criterion:
    """One line of the report."""

    name: str
    verdict: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict} ({self.evidence})"


def verdict(*, met: bool = False, missed: bool = False, n: int, needed: float, people: int) -> str:
    """In words: met, not met once it is missed or the answers would have sufficed, else how many more it needs."""
    if people < FEWEST_PEOPLE:
        more = max(ceil(needed) - n, FEWEST_PEOPLE - people)
        return f"needs about {more} more answers, and at least {FEWEST_PEOPLE - people} more people"
    if met:
        return "met"
    return "not met" if missed or n >= needed else f"needs about {ceil(needed) - n} more answers"


def correlated(
    name: str, pairs: tuple[Floats, Floats], people: People, *, answers: str, wanted: Literal["above", "below"]
) -> Criterion:
    """Whether Spearman's interval lies on the wanted side of 0. `answers` is what the n pairs are called."""
    n, persons = len(people), len(np.unique(people))
    found = correlation(*pairs, people, np.random.default_rng(1))
    if found is None:
        needed = max(answers_for_correlation(CORRELATED), n + 1)
        evidence = f"{n} {answers} of {persons} people: no correlation yet"
        return Criterion(name, verdict(n=n, needed=needed, people=persons), evidence)
    sign = 1 if wanted == "above" else -1
    low, high = sorted((sign * found.interval.low, sign * found.interval.high))
    needed = answers_for_correlation(max(CORRELATED, sign * found.rho)) * found.effect
    words = verdict(
        met=low > 0,
        missed=high < 0,
        n=n,
        needed=max(needed, n + 1) if sign * found.rho >= CORRELATED else needed,
        people=persons,
    )
    interval = f"[{found.interval.low:+.2f}, {found.interval.high:+.2f}]"
    return Criterion(
        name, words, f"Spearman {found.rho:+.2f} {interval} of {n} {answers} of {persons} people; wanted {wanted} 0"
    )
