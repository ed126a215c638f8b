"""`python -m local bench-report`: many people's weekly reports in one run of the report function, and the charts alone.

The store, Lambda's endpoint and the fake Telegram share this machine. Two runs are compared: one in which everybody has
enough data and gets a chart, and one in which nobody has, and a sentence says so.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from burnout.schedule import next_report, zone_of
from functions.report.deps import Draw
from functions.report.pictures.calendar import draw_calendar
from functions.report.pictures.course import draw_course
from functions.report.pictures.facts import ChartFacts
from functions.report.strain import DayLoad
from local.arguments import positive
from local.bench.path import MemoryWatch, machine
from local.photo import registered
from local.stack import Options, Stack
from local.weeks import Plan, check_in_daily, tick

_LATENCY_MS: Final = 100.0  # of Telegram, for each message
_COURSE_DAYS: Final = 27
_CHART_RUNS: Final = 15
_LAST_MESSAGE_S: Final = 60.0


@dataclass(frozen=True)
class Run:
    """One run of the report function."""

    name: str
    people: int
    delivered: int
    wall_s: float
    peak_mb: float  # resident, all processes together

    def row(self) -> str:
        """A line of the table."""
        rate = self.delivered / self.wall_s
        return f"{self.name:24}{self.people:8}{self.delivered:11}{self.wall_s:8.1f}{rate:10.1f}{self.peak_mb:9.0f}"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`bench-report` joins the commands."""
    parser = commands.add_parser("bench-report", help="reports a second, memory, milliseconds a chart")
    parser.add_argument("--people", type=positive, default=60, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="folder (default: %(default)s)")
    parser.set_defaults(run=lambda arguments: run_bench(arguments.people, arguments.out))


def run_bench(people: int, folder: Path) -> int:
    """Prints the tables and leaves them in the folder; 0 when everybody got exactly one report."""
    runs = [_measured(people, with_data=with_data) for with_data in (True, False)]
    lines = [
        machine(),
        f"{'run':24}{'people':>8}{'delivered':>11}{'s':>8}{'per s':>10}{'MB':>9}",
        *(run.row() for run in runs),
        f"{'chart':24}{'median ms':>10}{'n':>6}",
        *_charts(),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0 if all(run.delivered == run.people for run in runs) else 1


def _measured(people: int, *, with_data: bool) -> Run:
    with Stack(Options(runtime="process")) as stack:
        persons = [registered(stack, "en") for _ in range(people)]
        now_utc = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  (the people agree now)
        due_utc = next_report(6, 18, zone_of(None, "en"), now_utc)
        if with_data:
            for person in persons:
                first = due_utc - timedelta(days=_COURSE_DAYS)
                check_in_daily(stack, Plan(person, 0.3, 0.6), first, due_utc - timedelta(hours=1))
        stack.telegram.latency_ms = _LATENCY_MS
        with MemoryWatch() as memory:
            started_s = time.perf_counter()
            tick(stack, due_utc)
            wall_s = time.perf_counter() - started_s
        delivered = sum(len(person.read_all()) == 1 for person in persons)
    name = "with charts" if with_data else "too little data"
    return Run(name, people, delivered, wall_s, memory.peak_mb)


def _charts() -> list[str]:
    today = date(2026, 3, 29)
    rows = []
    for days in (28, 400):
        facts = _facts(today, days)
        rows += [
            _timed(f"course, {days} days", draw_course, facts),
            _timed(f"calendar, {days} days", draw_calendar, facts),
        ]
    return rows


def _facts(today: date, days: int) -> ChartFacts:
    dates: Sequence[date] = [today - timedelta(days=back) for back in range(days) if back % 4]
    loads = tuple(
        DayLoad(day=day, load=0.2 + 0.1 * (day.day % 6), photos=0.4, rating=3.0, check_ins=1, ratings=1)
        for day in sorted(dates)
    )
    return ChartFacts(loads, today - timedelta(days=days - 1), today, today - timedelta(days=7))


def _timed(name: str, draw: Draw, facts: ChartFacts) -> str:
    draw(facts, "ru", "light")  # fonts
    elapsed_ms = []
    for _ in range(_CHART_RUNS):
        started_s = time.perf_counter()
        draw(facts, "ru", "light")
        elapsed_ms.append((time.perf_counter() - started_s) * 1000)
    return f"{name:24}{statistics.median(elapsed_ms):10.0f}{_CHART_RUNS:6}"
