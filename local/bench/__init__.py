"""Benchmarks of the stack on this machine: the command, the table and the measures that all of them share."""

import argparse
import importlib
import math
import platform
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from local.arguments import positive
from training.processor import processor

LATENCY_MS: Final = 100.0  # of Telegram in each call; getFile and the download are two calls: 200 ms a photo
# Command -> the module with `find(arguments)`, the help, and the options with their defaults.
_BENCHMARKS: Final = {
    "bench": (
        "path",
        "photos at a steady rate: latency, throughput, nothing lost",
        {"--photos": 200, "--per-minute": 200},
    ),
    "bench-flood": ("flood", "what a flood from one chat costs everybody else", {"--photos": 100, "--per-minute": 100}),
    "bench-report": ("report", "reports a second, memory, milliseconds a chart", {"--people": 60}),
    "soak": (
        "soak",
        "everything breaks while photos come, and what holds",
        {"--minutes": 10, "--rate": 1000, "--seed": 1},
    ),
    "bench-secret": ("secret", "what a flood with a wrong secret costs", {"--requests": 2000}),
}


@dataclass(frozen=True)
class Finding:
    """What a benchmark found: the lines of its tables, and whether everything came out as it must."""

    lines: Iterable[str]
    is_well: bool


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The benchmarks join the commands."""
    for command, (module, says, numbers) in _BENCHMARKS.items():
        parser = commands.add_parser(command, help=says)
        for name, default in numbers.items():
            parser.add_argument(name, type=positive, default=default, metavar="N", help="(default: %(default)s)")
        parser.add_argument("--out", type=Path, default=Path("build/bench"), help="folder (default: %(default)s)")
        parser.set_defaults(run=partial(_run, module))


def _run(module: str, arguments: argparse.Namespace) -> int:
    """Prints the table under the processor's name and leaves it in the folder; 0 when all was well."""
    finding = importlib.import_module(f"local.bench.{module}").find(arguments)
    text = "\n".join([f"{processor()}, Python {platform.python_version()}", *finding.lines])
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / f"{module}.txt").write_text(f"{text}\n", encoding="utf-8")
    print(text)
    return 0 if finding.is_well else 1


def latency_table(rows: Iterable[tuple[str, list[float]]]) -> list[str]:
    """The lines of a table: p50, p95 and p99 of each row's milliseconds, and how many there are."""
    return [
        f"{'ms':10}{'p50':>8}{'p95':>8}{'p99':>8}{'n':>8}",
        *(f"{name:10}" + "".join(f"{cut:8.0f}" for cut in percentiles(ms)) + f"{len(ms):8}" for name, ms in rows),
    ]


def percentiles(values: list[float]) -> tuple[float, float, float]:
    """p50, p95 and p99; not a number where there is nothing to rank."""
    if len(values) < 2:
        return (math.nan,) * 3
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]
