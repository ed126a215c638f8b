"""A bot on fakes and a real SQLite store: `bot(update)` is one delivery, `bot.said` what it answered."""

import re
import shutil
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from textwrap import wrap
from typing import Any

import msgspec
import pytest

from burnout.report_requests import ReportRequest
from burnout.store.check_ins import ReadHistory
from burnout.store.privacy import TABLES, ReadRows
from burnout.telegram.calls import BotCall
from burnout.values import NOTICE_VERSION
from functions.store import files
from functions.store.database import transaction
from functions.store.operations import run
from functions.webhook.assignment import asks_rating_first
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.person import Terms
from functions.webhook.updates import parse_update
from local.telegram.limits import check_limits
from tests import updates
from tests.fakes import DirectStore, FakeFiles, FakeInfer, FakePhotos, face, inference

STALE = "That button is from an older message."
START = datetime.fromtimestamp(updates.DATE, UTC)
THUMBNAIL = {"file_id": "thumb", "file_unique_id": "u", "width": 240, "height": 320}


@dataclass
class FakeReports:
    """Takes every request; `failures` come first."""

    requests: list[ReportRequest] = field(default_factory=list)
    failures: deque[Exception] = field(default_factory=deque)

    def __call__(self, request: ReportRequest) -> None:
        if self.failures:
            raise self.failures.popleft()
        self.requests.append(request)


@dataclass
class Bot:
    store: DirectStore
    photos: FakePhotos
    infer: FakeInfer
    files: FakeFiles
    reports: FakeReports = field(default_factory=FakeReports)
    now_utc: datetime = START
    traces: list[RequestTrace] = field(default_factory=list)
    sent: list[BotCall] = field(default_factory=list)  # at once, beside the answers
    photos_per_hour: int = 30
    photos_per_day: int = 100
    operator_contact: str = "@operator"
    data_place: str = "self"
    baseline_shadow_percent: int = 0
    baseline_shown_percent: int = 0
    around: Callable[[Deps], Deps] = lambda deps: deps

    @property
    def deps(self) -> Deps:
        deps = Deps(
            store=self.store,
            put_photo=self.photos.put,
            infer=self.infer,
            download=self.files.download,
            order_report=self.reports,
            typing=lambda _: nullcontext(),
            send=self.sent.append,
            now_utc=lambda: self.now_utc,
            terms=Terms.of(self),
        )
        return self.around(deps)

    def __call__(self, update: dict[str, Any], trace: RequestTrace | None = None) -> list[BotCall]:
        trace, before = trace or RequestTrace(), len(self.sent)
        self.traces.append(trace)
        calls = handle(parse_update(msgspec.json.encode(update)), self.deps, trace)
        for call in calls:
            check_limits(call.method, call.params)
        if "callback_query" in update:  # whatever was pressed: its spinner ends
            assert [*self.sent[before:], *calls][0].method == "answerCallbackQuery"
        return calls

    def says(self, update: dict[str, Any]) -> str:
        """The text of the only call that answers the update."""
        (call,) = self(update)
        assert call.method == "sendMessage"
        return call.params["text"]

    @property
    def outcome(self) -> str:
        return self.traces[-1].outcome

    def later(self, seconds: float) -> None:
        self.now_utc += timedelta(seconds=seconds)


def bot_in(folder: Path) -> Bot:
    """A bot whose store lies there."""
    photos = FakePhotos(now_utc=lambda: bot.now_utc)  # one bucket, in which the store deletes
    bot = Bot(
        store=DirectStore(folder, lambda: bot.now_utc, objects=photos),
        photos=photos,
        infer=FakeInfer(inference(face())),
        files=FakeFiles(),
    )
    return bot


@pytest.fixture
def stranger(database_dir) -> Bot:
    """A bot whose person 7 has not agreed to anything yet."""
    return bot_in(database_dir)


@pytest.fixture(scope="session")
def agreement(tmp_path_factory) -> Bot:
    """What person 7's yes leaves. A thousand tests begin with it, so it is said once."""
    bot = bot_in(tmp_path_factory.mktemp("agreement"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "RESERVE_BYTES", 2**16)  # each of these tests copies it
        bot(updates.button(f"v1:agree:{NOTICE_VERSION}:en") | {"update_id": 1})  # before any update of a test
    return bot


@pytest.fixture
def bot(stranger, agreement) -> Bot:
    """A bot whose person 7 has agreed."""
    shutil.copytree(agreement.store.root, stranger.store.root, dirs_exist_ok=True)
    stranger.traces, stranger.sent = agreement.traces.copy(), agreement.sent.copy()
    return stranger


@pytest.fixture
def older(bot) -> Bot:
    """A bot whose person 7 agreed to the notice before this one, and has a check-in from then."""
    checked_in(bot)
    to_an_older_one = "UPDATE people SET consent_version = 1"
    transaction(bot.store.root, 7, lambda connection: connection.execute(to_an_older_one))
    return bot


@pytest.fixture
def number(bot) -> int:
    """The number of a check-in that person 7 just made."""
    return checked_in(bot)


def photo(*numbers: int, asks_first: bool = False, make: Callable[..., dict[str, Any]] = updates.photo, **content: Any):
    """An update with a photo whose answer is shown at once, or one whose rating is asked for first."""
    while True:
        update = make(*numbers, **content)
        message = update["message"]
        if asks_rating_first(message["from"]["id"], message["message_id"]) == asks_first:
            return update


def checked_in(bot: Bot, *numbers: int, **content: Any) -> int:
    """The number of a check-in that person 7, or another, just made."""
    update = photo(*numbers, **content)
    bot(update)
    return update["message"]["message_id"]


def check_ins(bot: Bot, user_id: int = 7) -> int:
    """How many check-ins a person has."""
    return sum(day.check_ins for day in bot.store(ReadHistory(user_id=user_id)).days)


def all_rows(bot: Bot, user_id: int = 7) -> dict[str, tuple[Any, ...]]:
    """All rows of a person, by table."""
    reads = [ReadRows(user_id=user_id, table=table) for table in TABLES]
    read = transaction(bot.store.root, user_id, lambda shard: [run(shard, each, bot.now_utc) for each in reads])
    return {table: answer.rows for table, answer in zip(TABLES, read, strict=True)}


def rows(bot: Bot, user_id: int = 7) -> dict[str, int]:
    """How many rows each table has of a person."""
    return {table: len(kept) for table, kept in all_rows(bot, user_id).items()}


def labels(call: BotCall) -> list[list[str]]:
    """The buttons under a call, as a person sees them."""
    return [[button["text"] for button in row] for row in call.params["reply_markup"]["inline_keyboard"]]


def data(call: BotCall) -> list[str]:
    """The callback data of every button, row by row."""
    rows = call.params["reply_markup"]["inline_keyboard"]
    return [button["callback_data"] for row in rows for button in row]


def lines(html: str) -> int:
    """How many lines of 38 characters a text takes on a phone."""
    shown = unescape(re.sub(r"<[^>]+>", "", html)).strip()
    return sum(max(1, len(wrap(line, 38))) for line in shown.split("\n"))
