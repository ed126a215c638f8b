"""python -m research.inventory_sample [--times N] [--seed S]

How many people and months the pilot needs to say whether the strain index goes with the Copenhagen Burnout Inventory,
over people and within them: the width of the interval, and how often it lies above 0. The people are made up
(research.synthetic_people; what is added here stands below), and the estimators are the pilot's own. What is true is
what all people together say.
"""

from collections.abc import Sequence
from math import nan
from statistics import median
from typing import Final

import numpy as np
from numpy.random import Generator

from burnout.store.inventories import QUESTIONS
from burnout.strain.index import WINDOW_DAYS, strain_on
from research.pilot_inventory import Pair, over_people, within_people
from research.pilot_statistics import correlation, spearman
from research.strain_simulation import TODAY
from research.synthetic_people import ZONE, arguments_of, course, latent_loads

PEOPLE: Final = (10, 20, 40, 80)
MONTHS: Final = (3, 6, 12)  # of four weeks
EVERYBODY: Final = 400  # of whom each pilot draws its people
# Chosen, of the latent load from 0 to 1: how people differ, how their months do, and how they differ in answering.
PERSON, PERSON_DEVIATION, MONTH_DEVIATION, STYLE_DEVIATION = 0.30, 0.15, 0.10, 0.10
ALIKE: Final = (1.0, 0.5)
ITEM_NOISE: Final = 0.6  # standard deviation, in steps of an answer, as that of a rating
ANSWERED: Final = 0.7  # of the months


Months = list[Pair | None]  # None: not answered, or too few check-ins for an index


def everybody(alike: float, rng: Generator) -> list[Months]:
    """What each person's months bring: an inventory on the last day, and the index of that day.

    `alike`: the share of what tires people that their check-ins show as well, [0, 1].
    """
    return [_person(number, alike, rng) for number in range(EVERYBODY)]


def pilot(people: Sequence[Months], months: int) -> list[Pair]:
    """What these people give in their first months."""
    return [pair for each in people for pair in each[:months] if pair is not None]


def _person(number: int, alike: float, rng: Generator) -> Months:
    shown, other = rng.normal(PERSON, PERSON_DEVIATION, 2)
    style = rng.normal(0, STYLE_DEVIATION)
    months = rng.normal((shown, other), MONTH_DEVIATION, (max(MONTHS), 2)).clip(0, 1)
    return [_month(number, month, (1 - alike) * unseen + style, alike, rng) for month, unseen in months]


def _month(number: int, mean: float, unseen: float, alike: float, rng: Generator) -> Pair | None:
    latent = latent_loads(mean, WINDOW_DAYS, rng)
    index = strain_on(TODAY, course(latent, rng), ZONE).index
    tired = 4 * (alike * latent.mean() + unseen)
    answers = np.clip(np.round(tired + rng.normal(0, ITEM_NOISE, QUESTIONS)), 0, 4)
    is_answered = rng.random() < ANSWERED
    return Pair(number, index, 25 * float(answers.mean())) if is_answered and index is not None else None


def _row(found: Sequence[Months], people: int, months: int, pilots: int, rng: Generator) -> str:
    """Both intervals' median width, and the share of pilots in which they lie above 0."""
    drawn = [rng.choice(len(found), people, replace=False) for _ in range(pilots)]
    samples = [pilot([found[person] for person in each], months) for each in drawn]
    cells = f"{people:6d} {months:6d}"
    for split in (over_people, within_people):
        results = [correlation(*values, of, rng) for values, of in map(split, samples)]
        known = [each.interval for each in results if each is not None]
        width = median(interval.high - interval.low for interval in known) if known else nan
        cells += f" {width:14.2f} {sum(interval.low > 0 for interval in known) / pilots:8.0%}"
    return cells


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    chosen = arguments_of(__doc__, arguments, 100)
    rng = np.random.default_rng(chosen.seed)
    print(f"pilots {chosen.times}, seed {chosen.seed}")
    for alike in ALIKE:
        found = everybody(alike, rng)
        over, within = (spearman(*split(pilot(found, max(MONTHS)))[0]) for split in (over_people, within_people))
        print(
            f"\n{alike:.0%} of what tires people is in their check-ins: {over:+.2f} over, {within:+.2f} within people"
        )
        print("people months    over: width  above 0  within: width  above 0")
        for people in PEOPLE:
            for months in MONTHS:
                print(_row(found, people, months, chosen.times, rng))


if __name__ == "__main__":
    main()
