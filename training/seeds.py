"""python -m training.seeds FIGURES.json FIGURES.json ...

How much another seed changes: mean and sample standard deviation of the main figures over runs that differ in nothing
else. Each file is what `training.evaluate --json` wrote of one run's checkpoint; `recipes/seeds.sh` makes all of them.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Final

from training.command_line import parser_of

FIGURES: Final = {  # what it is called: where it stands in the record of `training.evaluate`
    "FER head, 7 classes on FER's labels": ("heads", "fer", "fer", "accuracy"),
    "FER head, macro F1 on FER's labels": ("heads", "fer", "fer", "macro_f1"),
    "FER head, binary macro on FER's labels": ("heads", "fer", "binary_fer", "macro"),
    "FER+ head, agreement with the majority": ("heads", "ferplus", "ferplus_majority", "accuracy"),
    "FER+ head, binary macro on the majority": ("heads", "ferplus", "binary_ferplus", "macro"),
    "FER+ head, area under the curve": ("heads", "ferplus", "binary_ferplus", "auc"),
    "FER+ head, ECE on the votes": ("heads", "ferplus", "calibration_votes", "ece"),
}


def spread(records: Sequence[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Mean and sample standard deviation of each of FIGURES, as shares. Raises: KeyError for another kind of record."""
    values = {name: [_at(record, path) for record in records] for name, path in FIGURES.items()}
    return {name: (mean(each), stdev(each)) for name, each in values.items()}


def _at(record: Any, path: Sequence[str]) -> float:
    for key in path:
        record = record[key]
    return float(record)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__, data=False)
    parser.add_argument(
        "figures", type=Path, nargs="+", help="records of training.evaluate, one of each seed; 2 or more"
    )
    options = parser.parse_args(argv)
    if len(options.figures) < 2:
        parser.exit(1, "one seed has no spread: two records or more\n")
    try:
        records = [json.loads(path.read_text(encoding="utf-8")) for path in options.figures]
        found = spread(records)
        print("; ".join(sorted({record["processor"] for record in records})))
    except (OSError, ValueError, KeyError) as error:
        parser.exit(1, f"not a checkpoint's record of training.evaluate: {error}\n")
    for name, (middle, deviation) in found.items():
        print(f"{name:<42}{100 * middle:6.2f} ± {100 * deviation:.2f} %  seeds = {len(options.figures)}")


if __name__ == "__main__":
    main()
