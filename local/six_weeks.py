"""Six weeks of three people, day by day: one rises early, one recovers, one is steady with noise.

The store's and the report function's own code answer them, and the script moves the clock. How they feel is made up and
seeded, so that every play gives the same words and pictures.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar
from uuid import uuid4

from burnout.report_requests import ReportRequest, Show, Tick
from burnout.schedule import iso_week
from burnout.store.days import KeepMood, TellDay
from burnout.store.operation import Operation, ShardOperation
from burnout.store.people import ChangeSettings, Consent
from burnout.store.reports import AnswerWeek, ClaimDue, Due
from burnout.telegram.calls import BotCall, Upload
from burnout.values import Language
from functions.report.deps import Deps
from functions.report.metrics import RunMetrics
from functions.report.pictures.calendar import draw_calendar
from functions.report.pictures.course import draw_course
from functions.report.requests import answer
from functions.report.run import send_due
from functions.store.database import shard_of
from functions.store.operations import fulfil
from local.talk import NoPhotos
from local.telegram.limits import check_limits, visible_text
from local.weeks import StrainByWeek, noisy, photo_read, rating_of

A = TypeVar("A")
WEEKS: Final = 6
_MONDAY_UTC: Final = datetime(2026, 10, 5, 17, tzinfo=UTC)  # when they look back at the day, an hour before a report
_TOLD_SHARE: Final = 0.85  # of days
_PHOTO_SHARE: Final = 0.3  # of these have a photo, too
_OVERTIME_SHARE: Final = 0.35
_OVERTIME: Final = 0.35  # strain that a day with overtime has more: 1.4 of the five numbers
_A_RUN_S: Final = 600.0


@dataclass(frozen=True)
class Received:
    """What the report function sent, as it is read."""

    at_utc: datetime
    words: str
    files: Mapping[str, bytes]  # "photo": PNG; "document": PDF


@dataclass
class Somebody:
    """A person, how their strain moves, and what they were sent."""

    name: str
    language: Language
    user_id: int
    strain: StrainByWeek
    about: str
    overtime: float = 0.0  # strain that a day with overtime has more
    sent: list[Received] = field(default_factory=list)

    def reports(self) -> list[Received]:
        """Their weekly reports, with a chart each."""
        return [each for each in self.sent if "photo" in each.files]


@dataclass
class Weeks:
    """The weeks as they pass: where everything is kept, and what time it is."""

    root: Path
    people: dict[int, Somebody]
    now_utc: datetime = _MONDAY_UTC
    _slept_s: float = 0.0

    def pass_by(self) -> None:
        """They agree and want notices; six weeks of evenings pass; then each asks why, and for the page."""
        for one in self.people.values():
            self.store(Consent(user_id=one.user_id, chat_id=one.user_id, version=1, language=one.language))
            self.store(ChangeSettings(user_id=one.user_id, time_zone="Europe/London", alerts=True))
        rngs = {user_id: random.Random(user_id) for user_id in self.people}
        for day in range(7 * WEEKS):
            self.now_utc = _MONDAY_UTC + timedelta(days=day)
            for one in self.people.values():
                for told in _told(one, day, self.now_utc, rngs[one.user_id]):
                    self.store(told)
            self.now_utc += timedelta(hours=1)
            send_due(Tick(at_utc=self.now_utc), uuid4().hex, _A_RUN_S, self._deps, RunMetrics())
        for one in self.people.values():
            for number, show in enumerate[Show](("why", "page"), start=1):
                asked = ReportRequest(user_id=one.user_id, update_id=number, show=show)
                answer(asked, uuid4().hex, _A_RUN_S, self._deps, RunMetrics())

    def store(self, operation: Operation[A] | ShardOperation[A]) -> A:
        """The store's answer at this moment; a shard without people is not looked at."""
        if isinstance(operation, ClaimDue) and operation.shard not in map(shard_of, self.people):
            return Due(reports=(), reminders=(), alerts=(), more=False)  # type: ignore[return-value]
        return fulfil(self.root, NoPhotos(), operation, self.now_utc, lambda _: None)

    def call(self, call: BotCall, files: Mapping[str, Upload] | None = None) -> None:
        """The Bot API: takes a message. Raises: BadRequestError."""
        check_limits(call.method, call.params)
        words = visible_text(call.params, "caption") or visible_text(call.params, "text")
        contents = {kind: file if isinstance(file, bytes) else file[1] for kind, file in (files or {}).items()}
        self.people[call.params["chat_id"]].sent.append(Received(self.now_utc, words, contents))

    def download(self, file_id: str) -> bytes:
        """A file that somebody sent: nobody does, their photos were read before."""
        raise KeyError(file_id)

    def _sleep(self, seconds: float) -> None:
        self._slept_s += seconds

    @property
    def _deps(self) -> Deps:
        return Deps(
            store=self.store,
            telegram=self,
            draw_course=draw_course,
            draw_calendar=draw_calendar,
            now_utc=lambda: self.now_utc,
            clock=lambda: self._slept_s,
            sleep=self._sleep,
            uniform=lambda low, _: low,
        )


@cache
def lived() -> tuple[Somebody, ...]:
    """The three after their six weeks, which are played once a process."""
    people = (
        Somebody("Nina", "en", 6_000_001, lambda week: 0.2 if week < 1 else 0.65, "rises in the second week"),
        Somebody("Timur", "ru", 6_000_002, lambda week: max(0.2, 0.75 - 0.12 * week), "recovers"),
        Somebody("Sam", "en", 6_000_003, lambda _: 0.2, "is steady, with noise and days of overtime", _OVERTIME),
    )
    with TemporaryDirectory() as folder:
        Weeks(Path(folder), {one.user_id: one for one in people}).pass_by()
    return people


def show_six_weeks(folder: Path) -> str:
    """Leaves the three's words, charts and pages in the folder, and returns the words."""
    lines = [f"# {WEEKS} weeks of three people"]
    for one in lived():
        lines.append(f"\n## {one.name} {one.about}")
        for n, message in enumerate(one.sent):
            if any(message.words == earlier.words for earlier in one.sent[:n]):
                continue  # the question of the week once more
            quoted = "\n".join(f"> {line}".rstrip() for line in message.words.splitlines())
            lines.append(f"\n{message.at_utc:%A, %-d %B}:\n\n{quoted}")
            for kind, content in message.files.items():
                end = "png" if kind == "photo" else "pdf"
                (folder / f"six_weeks_{one.name}_{message.at_utc:%d_%b}.{end}").write_bytes(content)
    (folder / "six_weeks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "\n".join(lines)


def _told(one: Somebody, day: int, at_utc: datetime, rng: random.Random) -> Iterator[Operation[Any]]:
    """What somebody tells of a day: a number, energy, the night, what was in it; perhaps a photo; the weekly answer."""
    user_id, key = one.user_id, at_utc.date().isoformat()
    has_overtime, has_exercise = rng.random() < _OVERTIME_SHARE, rng.random() < _OVERTIME_SHARE
    strain = one.strain(day / 7) + one.overtime * has_overtime
    if at_utc.weekday() == 0 and one.reports():  # about the week that was: the question came with its report
        week, felt = iso_week((at_utc - timedelta(days=1)).date()), noisy(one.strain((day - 1) / 7), rng)
        yield AnswerWeek(user_id=user_id, week=week, answer=6 - rating_of(felt))
    if rng.random() > _TOLD_SHARE:
        return
    yield KeepMood(user_id=user_id, observed_at_utc=at_utc, rating=rating_of(noisy(strain, rng)))
    yield TellDay(user_id=user_id, day=key, fact="energy", value=rating_of(noisy(strain, rng)))
    yield TellDay(user_id=user_id, day=key, fact="sleep", value=3 - round(2 * noisy(strain, rng)))
    if has_overtime:
        yield TellDay(user_id=user_id, day=key, fact="overtime", value=1)
    if has_exercise:
        yield TellDay(user_id=user_id, day=key, fact="exercise", value=1)
    if rng.random() < _PHOTO_SHARE:
        yield photo_read(user_id, day + 1, at_utc, noisy(strain, rng))
