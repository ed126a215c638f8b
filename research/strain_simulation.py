"""python -m research.strain_simulation [--times N] [--seed S]

Prints the tables behind the strain index's bands, from synthetic people. They are made up: the tables compare settings
with each other and say nothing about real people. The index is burnout.strain.index's own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, get_args

import numpy as np
from numpy.random import Generator

from burnout.strain.index import WINDOW_DAYS, Strain, strain_on
from burnout.values import Band
from research.synthetic_people import FIRST_DAY, GROUPS, HABITS, USUAL, ZONE, Habits, arguments_of, course, latent_loads

TODAY: Final = FIRST_DAY + timedelta(days=WINDOW_DAYS - 1)

CORRECTED: Final = 0.5
CORRECTIONS: Final = (0.8, 0.9, 1.0)
BANDS: Final[tuple[Band, ...]] = get_args(Band)


@dataclass(frozen=True)
class IndexResult:
    """Percentiles of the index of those who have one, and the share of them, [0, 1], in each band."""

    p10: float
    median: float
    p90: float
    bands: Mapping[Band, float]


def indices(people: int, rng: Generator, *, answers: bool, habits: Habits = USUAL) -> dict[str, IndexResult]:
    """The index after four weeks, for each of GROUPS."""
    return {
        group: _index_result(
            [
                strain_on(
                    TODAY, course(latent_loads(mean, WINDOW_DAYS, rng), rng, habits=habits, answers=answers), ZONE
                )
                for _ in range(people)
            ]
        )
        for group, mean in GROUPS.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    chosen = arguments_of(__doc__, arguments, 2000)
    rng = np.random.default_rng(chosen.seed)
    print(f"index: people {chosen.times}, seed {chosen.seed}\n")
    _print_indices(chosen.times, rng)
    _print_habits(chosen.times, chosen.seed)
    _print_corrections(chosen.times, chosen.seed)


def _print_indices(people: int, rng: Generator) -> None:
    for answers in (False, True):
        print(f"index after 28 days, {'with' if answers else 'without'} the answer")
        print("                        p10  median  p90     calm  raised    high")
        for group, result in indices(people, rng, answers=answers).items():
            bands = "".join(f"{result.bands[band]:8.0%}" for band in BANDS)
            percentiles = f"{result.p10:5.0f} {result.median:7.0f} {result.p90:4.0f}"
            print(f"{group:10} load {GROUPS[group]:.2f}  {percentiles} {bands}")
        print()


def _print_habits(people: int, seed: int) -> None:
    """Of each group the percentiles and the share that is told "high"."""
    print("index after 28 days, without the answer: p10 median p90 (high)")
    print(f"{'':38}" + "".join(f"{group:>19}" for group in GROUPS))
    for name, habits in HABITS.items():
        results = indices(people, np.random.default_rng(seed), answers=False, habits=habits).values()
        cells = (f"{each.p10:7.0f} {each.median:3.0f} {each.p90:3.0f}{each.bands['high']:5.0%}" for each in results)
        print(f"{name:38}" + "".join(cells))


def _print_corrections(people: int, seed: int) -> None:
    """The same people for each number, so that those rows differ by nothing else."""
    print(f"\nindex after 28 days, without the answer, nothing rated, {CORRECTED:.0%} of wrong answers corrected")
    print("corrected to" + "".join(f"{group:>24}" for group in GROUPS))
    corrected = {f"{to:.1f}": Habits(rated=0.0, corrected=CORRECTED, correction=to) for to in CORRECTIONS}
    for name, habits in {"none": Habits(rated=0.0), **corrected}.items():
        results = indices(people, np.random.default_rng(seed), answers=False, habits=habits).values()
        print(
            f"{name:>12}" + "".join(f"{result.p10:14.1f} {result.median:4.1f} {result.p90:4.1f}" for result in results)
        )


def _index_result(people: Sequence[Strain]) -> IndexResult:
    known = [strain for strain in people if strain.index is not None]
    p10, p50, p90 = np.percentile([strain.index for strain in known], (10, 50, 90))
    bands = Counter(strain.band for strain in known)
    return IndexResult(
        p10=float(p10), median=float(p50), p90=float(p90), bands={band: bands[band] / len(known) for band in BANDS}
    )


if __name__ == "__main__":
    main()
