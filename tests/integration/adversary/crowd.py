"""Many people, one bot and one store: every update goes through the real handler, and everything around it watches.

The thread that handles an update is bound to its sender here: an operation, a photo, a file or a chat of anybody else
fails at once. What the store answers must be what the sender's model says, before the update or after it.
"""

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from burnout.emotions import Emotion
from burnout.errors import FunctionUnavailableError, PhotoStorageError, StoreUnavailableError, TransientError
from burnout.inference import Inference, InferFailure, Prediction
from burnout.report_requests import ReportRequest
from burnout.telegram.calls import BotCall
from functions.report import deps as report_deps
from functions.store.database import shard_of, shard_path
from functions.store.errors import ShardError
from functions.store.operations import fulfil
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.person import Terms
from functions.webhook.updates import parse_update
from tests import fakes, updates
from tests.fuzz.properties import LEAK, words_of
from tests.integration.adversary.judges import fits
from tests.integration.adversary.model import Model

START = datetime.fromtimestamp(updates.DATE, UTC)
GROUP = -100500
SEEN = re.compile(r"\((\d+)\s?%\), [^()]+ \((\d+)\s?%\)")  # the two strongest emotions of an answer
MOST_ATTEMPTS = 40
PLANNED = ("StoreUnavailableError", "FunctionUnavailableError", "PhotoStorageError", "OvertakenError")
FAULTS = ("store lost", "store answer lost", "infer", "put", "download", "report", "response lost")


class NotTheirsError(BaseException):
    """A person got what is not theirs. Nothing catches it: the bot would count and survive an AssertionError."""


def must(condition: object, why: object = "") -> None:
    """As assert, for what runs inside the bot."""
    if not condition:
        raise NotTheirsError(why)


@dataclass
class Person:
    """Somebody with a face that only they have: `sad` and `afraid`, in per cent, tell it from everybody else's."""

    index: int
    user_id: int
    sad: int
    afraid: int
    model: Model
    now_utc: datetime = START
    pseudonyms: set[str] = field(default_factory=set)
    answers: dict[int, list[BotCall]] = field(default_factory=dict)  # what each photo was answered with
    messages: int = 0
    update_ids: Iterator[int] = field(default_factory=count)
    received: int = 0  # of what the report function sent
    sent: list[Any] = field(default_factory=list)  # every update so far, to be sent again

    def next_update_id(self) -> int:
        """A number that no other update has: Telegram counts those of everybody together."""
        return next(self.update_ids)

    def prediction(self) -> Prediction:
        """What the model sees in this face, with more digits than anybody is shown."""
        sad, afraid = self.sad / 100 + 1e-5 * (1 + self.index), self.afraid / 100
        rest = (1 - sad - afraid) / 3
        emotions = dict.fromkeys(Emotion, 0.0) | {Emotion.SAD: sad, Emotion.FEAR: afraid}
        emotions |= dict.fromkeys((Emotion.HAPPY, Emotion.SURPRISE, Emotion.NEUTRAL), rest)
        return Prediction(negative=sad + afraid, label="negative", emotions=emotions, sure=self.model.sure)


def people(number: int, shards: int) -> list[Person]:
    """Many people on few shards: a missing condition shows only where other people's rows are."""
    found: list[Person] = []
    user_id, update_ids = 5_700_000_000, count(1)
    while len(found) < number:
        user_id += 1
        if shard_of(user_id) < shards:
            index = len(found)
            sad, afraid = 50 + index % 20, 21 + index // 20
            found.append(Person(index, user_id, sad, afraid, Model(user_id, sure=index % 3 > 0)))
            found[-1].update_ids = update_ids
    return found


@dataclass
class Turn(threading.local):
    """Whose update this thread handles, what may be true of them meanwhile, and what still fails."""

    person: Person | None = None
    models: tuple[Model, ...] = ()
    faults: deque[str] = field(default_factory=deque)

    def fails(self, kind: str) -> bool:
        """Whether this call fails; each fault comes once."""
        if kind not in self.faults:
            return False
        self.faults.remove(kind)
        return True

    @property
    def sender(self) -> Person:
        assert self.person is not None
        return self.person


@dataclass
class Crowd:
    """The bot with its surroundings, and everybody who uses it."""

    root: Path
    everybody: list[Person]
    bucket: fakes.FakePhotos = field(default_factory=lambda: fakes.FakePhotos(now_utc=lambda: START))
    turn: Turn = field(default_factory=Turn)
    requests: list[ReportRequest] = field(default_factory=list)
    sent: list[tuple[BotCall, dict[str, Any]]] = field(default_factory=list)  # by the report function, with its files

    @property
    def deps(self) -> Deps:
        return Deps(
            store=self.store,
            put_photo=self.put,
            infer=self.infer,
            download=self.download,
            order_report=self.report,
            typing=lambda _: nullcontext(),
            send=lambda _: None,
            now_utc=lambda: self.turn.sender.now_utc,
            terms=Terms(photos_per_hour=30, photos_per_day=100, operator_contact="@operator", data_place="self"),
        )

    def report_deps(self, store: Callable[[Any], Any], now_utc: datetime) -> report_deps.Deps:
        """What the report function has around it: nothing is drawn, and its clock does not move."""
        return report_deps.Deps(
            store=store,
            telegram=self,
            draw_course=lambda facts, language, theme: b"a chart",
            draw_calendar=lambda facts, language, theme: b"a calendar",
            now_utc=lambda: now_utc,
            clock=lambda: 0.0,
            sleep=lambda seconds: None,
            uniform=lambda low, high: low,
        )

    def call(self, call: BotCall, files: Any = None) -> None:
        """Telegram, for the report function: it writes to somebody who has agreed, and shows no other face."""
        person = self.everybody_by_id[call.params["chat_id"]]
        check_call(call, person)
        self.sent.append((call, dict(files or {})))

    @cached_property
    def everybody_by_id(self) -> dict[int, Person]:
        return {person.user_id: person for person in self.everybody}

    # ------------------------------------------------------------ what the bot calls
    def store(self, operation: Any) -> Any:
        """The store's answer, watched. Raises: StoreUnavailableError."""
        person = self.turn.sender
        must(operation.user_id == person.user_id, "about somebody else")
        if self.turn.fails("store lost"):
            raise StoreUnavailableError("store: lost")
        answer = self.ask(operation, person.now_utc)
        must(
            any(fits(model, person.prediction(), operation, answer) for model in self.turn.models), (operation, answer)
        )
        if self.turn.fails("store answer lost"):
            raise StoreUnavailableError("store: answer lost")
        return answer

    def ask(self, operation: Any, now_utc: datetime) -> Any:
        """The store's answer, unwatched. Raises: StoreUnavailableError, for a busy shard too, as its client does."""
        try:
            return fulfil(self.root, self.bucket, operation, now_utc, lambda note: None)
        except ShardError as error:
            raise StoreUnavailableError(f"store: {error.code}") from error

    def put(self, key: str, content: bytes) -> None:
        """The photo lies in the sender's own folder."""
        if self.turn.fails("put"):
            raise PhotoStorageError("put: lost")
        must(content.startswith(f"{self.turn.sender.index} ".encode()))
        self.bucket.put(key, content)

    def infer(self, key: str, models: tuple[str, ...]) -> Inference | InferFailure:
        """What is on the photo under the key: whose it is, is in its bytes."""
        if self.turn.fails("infer"):
            raise FunctionUnavailableError("infer: lost")
        content = self.bucket.kept.get(key)
        if content is None:
            return InferFailure(code="no_such_photo", message="")
        index, kind = content.decode().split()
        if kind == "broken":
            return InferFailure(code="not_an_image", message="")
        face = fakes.face(mvp=self.everybody[int(index)].prediction())
        return fakes.of_models(models, fakes.inference(*([face] if kind == "face" else [])))

    def download(self, file_id: str) -> bytes:
        """The bytes of a photo, which is fetched only from somebody who has agreed."""
        if self.turn.fails("download"):
            raise PhotoStorageError("download: lost")
        must(file_id.startswith(f"{self.turn.sender.index} "))
        must(any(model.known for model in self.turn.models), "fetched before consent")
        return file_id.encode()

    def report(self, request: ReportRequest) -> None:
        """The request is the sender's."""
        if self.turn.fails("report"):
            raise FunctionUnavailableError("report: lost")
        must(request.user_id == self.turn.sender.user_id)
        self.requests.append(request)

    # ------------------------------------------------------------ what people do
    def deliver(
        self, person: Person, update: dict[str, Any], models: tuple[Model, ...], faults: tuple[str, ...] = ()
    ) -> list[BotCall]:
        """What the bot said in the end, delivered again as long as it asks for that."""
        self.turn.person, self.turn.models, self.turn.faults = person, models, deque(faults)
        for _ in range(MOST_ATTEMPTS):
            trace = RequestTrace()
            try:
                calls = handle(parse_update(msgspec.json.encode(update)), self.deps, trace)
            except TransientError as error:
                must(trace.error_type in {"", *PLANNED}, trace.error_type)
                person.now_utc += timedelta(seconds=error.retry_after_s or 5)
                continue
            answered = not trace.error_type or trace.outcome == "support"  # who listens is said without the store
            must(answered, f"given up: {trace.error_type}")
            for call in calls:
                check_call(call, person)
            if not self.turn.fails("response lost"):
                return calls
        raise AssertionError("never answered")

    def database_of(self, person: Person) -> Path:
        """The file that the person's rows lie in."""
        return shard_path(self.root, person.user_id)

    def objects(self) -> dict[str, bytes]:
        """Every photo that lies in the bucket, without the erasure log."""
        return {key: content for key, content in dict(self.bucket.kept).items() if not key.startswith("erasures/")}


def check_call(call: BotCall, person: Person) -> None:
    """It goes to the person's own chat, or to a group that the bot leaves, and shows no face but theirs."""
    chat_id = call.params.get("chat_id", person.user_id)
    must(chat_id in {person.user_id, GROUP}, f"to chat {chat_id}")
    for words in words_of(call.params):
        must(not LEAK.search(words), words)
        for seen in SEEN.findall(words):
            must(seen == (str(person.sad), str(person.afraid)), "somebody else's face")
            must(chat_id == person.user_id)


def shows_face(calls: list[BotCall]) -> bool:
    """Whether somebody reads there what the model saw."""
    return any(SEEN.search(words) for call in calls for words in words_of(call.params))


def buttons_of(calls: list[BotCall]) -> Iterator[str]:
    """The callback data of every button."""
    for call in calls:
        for row in call.params.get("reply_markup", {}).get("inline_keyboard", ()):
            yield from (button["callback_data"] for button in row)
