"""Whether the strain index goes with the Copenhagen Burnout Inventory: over people, and within each of them.

Over people: is it higher for those who are more tired than others? Within people: does it rise when somebody is more
tired than usual? A bot that follows one person needs the second, which the first does not show.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from burnout.strain.index import strain_on
from research.pilot_criteria import Criterion, correlated
from research.pilot_export import courses_with_inventories
from research.pilot_statistics import Floats, People

_NAME: Final = "index with the inventory,"


@dataclass(frozen=True)
class Pair:
    """One inventory, and what the bot would have said at the end of its day."""

    person: int  # running number from 0
    index: float  # the strain index, [0, 100]
    score: float  # the inventory's, [0, 100]


def pairs(folder: Path) -> list[Pair]:
    """All inventories of an export whose day has an index, person by person. Raises: ExportError."""
    return [
        Pair(person, index, inventory.score)
        for person, course in enumerate(courses_with_inventories(folder))
        for inventory in course.inventories
        if (index := strain_on(date.fromisoformat(inventory.day), course, course.settings.zone).index) is not None
    ]


def over_people(found: Sequence[Pair]) -> tuple[tuple[Floats, Floats], People]:
    """Each person's mean index and mean score, and their numbers."""
    people = _people(found)
    persons, person_of, times = np.unique(people, return_inverse=True, return_counts=True)
    index, score = (np.bincount(person_of, values, len(persons)) / times for values in _values(found))
    return (index, score), persons


def within_people(found: Sequence[Pair]) -> tuple[tuple[Floats, Floats], People]:
    """What lies around the means of those who have answered more than once, and whose it is."""
    times = Counter(pair.person for pair in found)
    again = [pair for pair in found if times[pair.person] > 1]
    means, persons = over_people(again)
    at = np.searchsorted(persons, people := _people(again))
    index, score = (values - mean[at] for values, mean in zip(_values(again), means, strict=True))
    return (index, score), people


def agreement(found: Sequence[Pair]) -> list[Criterion]:
    """Both criteria."""
    return [
        correlated(f"{_NAME} over people", *over_people(found), answers="means", wanted="above"),
        correlated(f"{_NAME} within people", *within_people(found), answers="inventories", wanted="above"),
    ]


def _values(found: Sequence[Pair]) -> tuple[Floats, Floats]:
    return np.array([pair.index for pair in found], float), np.array([pair.score for pair in found], float)


def _people(found: Sequence[Pair]) -> People:
    return np.array([pair.person for pair in found], dtype=np.int64)
