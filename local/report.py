"""`python -m local report`: a person's report of a week, from the databases on this machine, not sent.

Reads what the store reads and writes what Telegram would get: the text to the terminal, the chart to a file.
"""

import argparse
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from burnout.clock import now_utc
from burnout.schedule import at_hour, iso_week, local_day
from burnout.store.operation import Operation
from burnout.store.people import ReadSettings, Settings
from burnout.store.reports import Course, DueReport, ReadCourse
from burnout.strain.findings import REPORT_DAYS
from burnout.values import WeekKey
from functions.report.messages import OutgoingMessage, weekly_message
from functions.report.pictures.course import draw_course
from functions.store.database import transaction
from functions.store.operations import run as run_operation

A = TypeVar("A")

NOTHING: Final = 1


def add_parser(commands: Any) -> None:
    """Adds `report` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "report",
        help="print a person's report of a week and write its chart",
        description="Prints a person's report of a week and writes its chart. Exit status: 0 when there is a report, "
        "1 when the person is unknown or the week has too little data.",
    )
    parser.add_argument("--user", type=int, required=True, metavar="ID", help="the person's Telegram id")
    parser.add_argument("--week", type=last_day, metavar="YYYY-Wnn", help="an ISO week (default: up to now)")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="of the stack, or of selfhost")
    parser.add_argument("--out", type=Path, default=Path("build/report.png"), help="(default: %(default)s)")
    parser.set_defaults(run=run)


def last_day(week: str) -> date:
    """The Sunday of an ISO week such as "2026-W48". Raises: argparse.ArgumentTypeError."""
    try:
        return datetime.strptime(f"{week}-7", "%G-W%V-%u").replace(tzinfo=UTC).date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"not an ISO week such as 2026-W48: {week}") from None


def run(arguments: argparse.Namespace) -> int:
    """Prints the report; the exit status."""
    root, user_id, at_utc = arguments.data / "store", arguments.user, now_utc()
    settings = _asked(root, ReadSettings(user_id=user_id), at_utc)
    if settings is None:
        print(f"nobody with this id has agreed to anything in {arguments.data}")
        return NOTHING
    due_at_utc = _due(arguments.week, settings) if arguments.week else at_utc
    since_utc = due_at_utc - timedelta(days=REPORT_DAYS)
    course = _asked(root, ReadCourse(user_id=user_id, since_utc=since_utc, before_utc=due_at_utc), at_utc)
    assert course is not None  # noqa: S101  (who has settings has a course; this tells the type checker)
    week, message = report_of(user_id, course, due_at_utc)
    if message.call is None:
        print(f"nothing is sent in {week}: the week before had too little data too, and the person knows why")
        return NOTHING
    print(message.call.params.get("caption") or message.call.params["text"])
    if message.photo is None:
        return NOTHING
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(message.photo)
    print(f"\n{week}: {arguments.out}")
    return 0


def report_of(user_id: int, course: Course, due_at_utc: datetime) -> tuple[WeekKey, OutgoingMessage]:
    """The week of a report that is due at that moment, and the report."""
    week = iso_week(local_day(due_at_utc, course.settings.zone))
    due = DueReport(user_id=user_id, chat_id=user_id, key=week, due_at_utc=due_at_utc, unfinished=False)
    return week, weekly_message(due, course, draw_course)


def _due(sunday: date, settings: Settings) -> datetime:
    """When the person's report of the week that ends so is due: one that was sent then is not its own predecessor."""
    day = sunday - timedelta(days=6 - settings.report_weekday)
    return at_hour(day, settings.report_hour, settings.zone)


def _asked(root: Path, operation: Operation[A], at_utc: datetime) -> A | None:
    """The store's answer, read as the store function reads it; None where nothing was ever kept."""
    if not root.is_dir():
        return None
    return transaction(root, operation.user_id, lambda connection: run_operation(connection, operation, at_utc))
