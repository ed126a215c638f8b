"""A report function with everything around it: the real store on disk, a Telegram that records, a clock of our own."""

import sqlite3
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from burnout.errors import StoreUnavailableError, TelegramRejectedError, TelegramSilentError, TelegramUnavailableError
from burnout.report_requests import ReportRequest, Tick
from burnout.schedule import DEFAULT_ZONES, iso_week
from burnout.store.check_ins import Rate
from burnout.store.people import ChangeSettings
from burnout.store.privacy import TABLES, ReadRows, Sweep, Swept
from burnout.store.reports import AnswerWeek, ClaimDue
from burnout.telegram.calls import BotCall
from functions.report.deps import Deps
from functions.report.metrics import RunMetrics
from functions.report.requests import answer
from functions.report.run import send_due
from functions.report.shards import EVERY
from functions.store.database import shard_file, shard_of, transaction
from functions.store.operations import fulfil, run
from tests.fakes import FakePhotos, KillError
from tests.unit.store.samples import agree, new_check_in, record

AGREED = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday
SUNDAY = datetime(2026, 11, 22, 18, tzinfo=UTC)  # when an English report of that week is due, by default
BLOCKED = TelegramRejectedError("sendPhoto", 403, "Forbidden: bot was blocked by the user")
TOKEN_REFUSED = TelegramRejectedError("sendPhoto", 401, "Unauthorized")
OUR_BUG = TelegramRejectedError("sendPhoto", 400, "Bad Request: can't parse entities")
DOWN = TelegramUnavailableError("sendPhoto: 500")
SILENT = TelegramSilentError("sendPhoto: ReadTimeout")


@dataclass
class Clock:
    """Seconds that pass only when somebody sleeps. Sleeping threads wait for each other."""

    now_s: float = 1000.0
    slept_s: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept_s.append(seconds)
            self.now_s += seconds


@dataclass
class Telegram:
    """Takes what it is sent, or fails by its script: `failing[chat]` first, `failing[None]` for any chat."""

    clock: Clock
    sent: list[tuple[int, str, str]] = field(default_factory=list)  # (chat, method, words)
    at_s: list[float] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    failing: dict[int | None, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    tried: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, call: BotCall, files: Any = None) -> None:
        with self._lock:
            self.tried += 1
            chat = call.params["chat_id"]
            script = self.failing[chat] or self.failing[None]
            if script:
                raise script.popleft()
            if call.method != "sendChatAction":
                self.sent.append((chat, call.method, call.params.get("caption") or call.params["text"]))
                self.at_s.append(self.clock())
                self.pictures += (files or {}).values()

    def to(self, chat: int) -> list[str]:
        """The methods by which the chat got its messages."""
        return [method for to, method, _ in self.sent if to == chat]


@dataclass
class ReportFixture:
    """Everything. `before` sees each call to the outside and may raise instead of it; `after` may lose its answer."""

    root: Path
    clock: Clock = field(default_factory=Clock)
    now_utc: datetime = AGREED
    before: Callable[[object], None] = lambda _: None
    after: Callable[[object], None] = lambda _: None
    draw: Callable[..., bytes] = lambda facts, language, theme: f"course of {len(facts.days)} in {theme}".encode()
    objects: FakePhotos = field(default_factory=FakePhotos)
    sweep: Callable[[Sweep], Swept] | None = None  # instead of the store's own
    noted: list[str] = field(default_factory=list)  # what the store could not delete
    page: int = 500  # rows that the store gives at a time, at most
    runs: int = 0
    telegram: Telegram = field(init=False)

    def __post_init__(self) -> None:
        self.telegram = Telegram(self.clock)

    def store(self, operation: Any) -> Any:
        self.before(operation)
        answer = self._answer(operation)
        self.after(operation)
        return answer

    def _answer(self, operation: Any) -> Any:
        if self.sweep is not None and isinstance(operation, Sweep):
            return self.sweep(operation)
        small = isinstance(operation, ReadRows) and operation.most > self.page
        asked = replace(operation, most=self.page) if small else operation
        return fulfil(self.root, self.objects, asked, self.now_utc, self.noted.append)

    def call(self, call: BotCall, files: Any = None) -> None:
        self.before(call)
        self.telegram.call(call, files)

    @property
    def deps(self) -> Deps:
        return Deps(
            store=self.store,
            telegram=self,
            draw_course=self.draw,
            draw_calendar=lambda facts, language, theme: f"calendar of {len(facts.days)} in {theme}".encode(),
            now_utc=lambda: self.now_utc,
            clock=self.clock,
            sleep=self.clock.sleep,
            uniform=lambda low, high: (low + high) / 2,
        )

    def keep(self, user_id: int, operations: list[Any], at_utc: datetime | None = None) -> None:
        """What a person did is in the store, all of it in one transaction: a test's past costs little."""
        now_utc = at_utc or self.now_utc
        transaction(self.root, user_id, lambda shard: [run(shard, operation, now_utc) for operation in operations])

    def person(
        self, user_id: int, *, days: int = 8, language: str = "en", until: datetime = SUNDAY, answered: bool = True
    ) -> int:
        """Somebody who agreed, chose a clock and has checked in on each of the last so many days, at noon UTC.

        They have `answered` the question of the week that ends then, which would follow their report.
        """
        lived = [
            agree(user_id=user_id, chat_id=user_id, language=language),
            ChangeSettings(user_id=user_id, time_zone=DEFAULT_ZONES[language]),
        ]
        for back in range(days):
            observed = until.replace(hour=12) - timedelta(days=back)
            number = user_id * 1000 + back
            seen = new_check_in(0.7, observed_at_utc=observed)
            lived.append(record(number, user_id=user_id, message_id=number, check_in=seen))
            lived.append(Rate(user_id=user_id, message_id=number, rating=2))
        if answered and days:
            lived.append(AnswerWeek(user_id=user_id, week=iso_week(until.date()), answer=2))
        self.keep(user_id, lived)
        return user_id

    def tick(self, at_utc: datetime = SUNDAY, *, remaining_s: float = 840.0, run_id: str = "") -> Counter[str]:
        """A run of that scheduled time: how many of what, but for the old answers to updates that it swept."""
        counts = self.run_metrics(at_utc, remaining_s=remaining_s, run_id=run_id).counts
        del counts["swept_rows"]  # old answers to updates, which a sweep finds or not by the run's time
        return counts

    def run_metrics(
        self, at_utc: datetime = SUNDAY, *, late: timedelta = timedelta(0), remaining_s: float = 840.0, run_id: str = ""
    ) -> RunMetrics:
        self.now_utc = at_utc + late
        self.runs += 1
        run_metrics = RunMetrics()
        send_due(Tick(at_utc=at_utc), run_id or f"run-{self.runs}", remaining_s, self.deps, run_metrics)
        return run_metrics

    def erase(self, user_id: int) -> None:
        """Every row of the person is gone, as an erasure leaves it."""
        with closing(sqlite3.connect(shard_file(self.root, shard_of(user_id)))) as database, database:
            for table in TABLES:
                database.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))

    def request(
        self, user_id: int, show: str, *, days: int = 0, update_id: int = 900, at_utc: datetime = SUNDAY
    ) -> Counter[str]:
        """A person asks."""
        self.now_utc = at_utc
        self.runs += 1
        run_metrics = RunMetrics()
        request = ReportRequest(user_id=user_id, update_id=update_id, show=show, days=days)
        answer(request, f"run-{self.runs}", 840.0, self.deps, run_metrics)
        return run_metrics.counts


@dataclass
class KillSwitch:
    """Kills right before the n-th call that matters, so right after the one before; then nothing works any more."""

    shards: set[int]
    n: int
    seen: list[object] = field(default_factory=list)
    dead: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, operation: object) -> None:
        with self._lock:
            if self.dead:
                raise KillError
            if isinstance(operation, ClaimDue | Sweep) and operation.shard not in self.shards:
                return  # shards without people: 256 such calls would hide the ones that matter
            self.seen.append(operation)
            if len(self.seen) == self.n:
                self.dead = True
                raise KillError

    @contextmanager
    def on(self, office: ReportFixture) -> Iterator[None]:
        """What runs within dies at its n-th call, if it gets that far."""
        office.before = self
        with suppress(KillError):
            yield
        office.before = lambda _: None


def every_kill(root: Path, live: Callable[[ReportFixture], list[int]]) -> Iterator[tuple[Any, list[int], KillSwitch]]:
    """Offices, the people who `live` in them on one shard, and a switch for each of a run's calls, and one for none."""
    switch = KillSwitch(set(), 0, dead=True)
    while switch.dead:
        office = ReportFixture(root / str(switch.n + 1))
        people = live(office)
        switch = KillSwitch({shard_of(people[0])}, switch.n + 1)
        yield office, people, switch


def later(runs: int = 1, start: datetime = SUNDAY) -> datetime:
    """The scheduled time so many runs later."""
    return start + runs * EVERY


def neighbours(count: int, first: int = 1) -> list[int]:
    """So many people who live on one shard."""
    home = shard_of(first)
    found = [first]
    while len(found) < count:
        candidate = found[-1] + 1
        while shard_of(candidate) != home:
            candidate += 1
        found.append(candidate)
    return found


def broken(*kinds, user_id=None, shard=None, times=10**6):
    """In front of the store: operations of these kinds do not reach it."""
    left = [times]

    def before(operation):
        of_person = user_id is None or getattr(operation, "user_id", None) == user_id
        of_shard = shard is None or getattr(operation, "shard", None) == shard
        if isinstance(operation, kinds) and of_person and of_shard and left[0]:
            left[0] -= 1
            raise StoreUnavailableError("store: busy")

    return before
