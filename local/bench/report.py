"""`python -m local bench-report`: many people's weekly reports in one run of the report function, and the charts alone.

The store, Lambda's endpoint and the fake Telegram share this machine. Two runs are compared: one in which everybody has
enough data and gets a chart, and one in which everybody gets the sentence that data is missing.
"""

import argparse
import itertools
import statistics
import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from burnout.clock import now_utc
from burnout.schedule import next_report, zone_of
from functions.report.deps import Draw
from functions.report.pictures.calendar import draw_calendar
from functions.report.pictures.course import draw_course
from functions.report.pictures.facts import ChartFacts
from local.bench import LATENCY_MS, Finding
from local.bench.processes import ProcessWatch
from local.photo import registered
from local.stack import Stack
from local.weeks import check_in_daily, tick

_COURSE_DAYS: Final = 27
_CHART_RUNS: Final = 15


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


def find(arguments: argparse.Namespace) -> Finding:
    """Both tables; all is well when everybody got exactly one report."""
    runs = [_measured(arguments.people, with_data=with_data) for with_data in (True, False)]
    lines = [
        f"{'run':24}{'people':>8}{'delivered':>11}{'s':>8}{'per s':>10}{'MB':>9}",
        *(run.row() for run in runs),
        f"{'chart':24}{'median ms':>10}{'n':>6}",
        *_charts(),
    ]
    return Finding(lines, all(run.delivered == run.people for run in runs))


def _measured(people: int, *, with_data: bool) -> Run:
    with Stack() as stack:
        persons = [registered(stack) for _ in range(people)]
        due_utc = next_report(6, 18, zone_of(None, "en"), now_utc().replace(microsecond=0))
        if with_data:
            for person in persons:
                first = due_utc - timedelta(days=_COURSE_DAYS)
                check_in_daily(stack, person.id, lambda week: 0.3 + 0.07 * week, first, due_utc - timedelta(hours=1))
        stack.telegram.latency_ms = LATENCY_MS
        with ProcessWatch(stack) as memory:
            started_s = time.perf_counter()
            tick(stack, due_utc)
            wall_s = time.perf_counter() - started_s
        answers = 1 + with_data  # a report and the question of the week
        delivered = sum(len(person.read_all()) == answers for person in persons)
    name = "with charts" if with_data else "too little data"
    return Run(name, people, delivered, wall_s, memory.peak_mb)


def _charts() -> list[str]:
    today = date(2026, 3, 29)
    drawings: dict[str, Draw] = {"course": draw_course, "calendar": draw_calendar}
    kinds = itertools.product((28, 400), drawings)
    return [_timed(f"{name}, {days} days", drawings[name], _facts(today, days)) for days, name in kinds]


def _facts(today: date, days: int) -> ChartFacts:
    shown = [today - timedelta(days=back) for back in reversed(range(days)) if back % 4]
    strains = {day: 20.0 + 10 * (day.day % 6) for day in shown}
    return ChartFacts(
        strains, tuple(strains.items()), today - timedelta(days=days - 1), today, today - timedelta(days=7), "raised"
    )


def _timed(name: str, draw: Draw, facts: ChartFacts) -> str:
    draw(facts, "ru", "light")  # fonts
    elapsed_ms = []
    for _ in range(_CHART_RUNS):
        started_s = time.perf_counter()
        draw(facts, "ru", "light")
        elapsed_ms.append((time.perf_counter() - started_s) * 1000)
    return f"{name:24}{statistics.median(elapsed_ms):10.0f}{_CHART_RUNS:6}"
