"""What must hold for any bytes: shared by the fuzzers and the replay of what they found.

No input crashes a function, hangs it, or puts an exception's text or a Python repr into a chat.
"""

import math
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import msgspec

from burnout.clock import Stopwatch
from burnout.errors import TransientError
from burnout.inference import ErrorCode, Inference
from burnout.telegram.calls import BotCall
from functions.infer import app
from functions.infer.analysis import analyse
from functions.infer.classifier import load_classifiers
from functions.infer.faces import FaceFinder
from functions.infer.image import ImageError
from functions.webhook.bot import MOST_ATTEMPTS, handle
from functions.webhook.deps import RequestTrace
from functions.webhook.updates import MalformedUpdateError, Update, parse_update
from local.telegram.checks import CallChecker
from tests import updates
from tests.fakes import DirectStore, FakeFiles, FakeInfer, FakePhotos, face, inference
from tests.integration.adversary.inspection import tables_of
from tests.unit.webhook.conftest import Bot, data

MARKER = "text-of-an-exception"
LEAK = re.compile(
    rf"{MARKER}|Traceback|\w(Error|Exception)\b|object at 0x|\bNone\b|\bnan\b|(burnout|functions)\.\w|msgspec|\w\(\w+="
)
CHECKER = CallChecker()
PHOTO_CPU_S = 5.0  # of the 10 s that the webhook waits for infer
PHOTO_MEMORY_MB = 700  # above what the loaded function needs; it has 1769, of which HEIC's own process may take 1000
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@contextmanager
def fresh_bot() -> Iterator[Bot]:
    """A bot with an empty store, whose person 7 has pressed the yes that /start offers."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        store = DirectStore(Path(folder), lambda: bot.now_utc)
        photos = FakePhotos(kept=store.objects.kept)  # one bucket; only the webhook's calls to it fail on demand
        bot = Bot(store, photos, FakeInfer(inference(face())), FakeFiles())
        yes = next(each for each in data(bot(updates.text("/start"))[0]) if each.startswith("v1:agree"))
        bot(updates.button(yes))
        yield bot


def check_update(bot: Bot, body: bytes) -> None:
    """A request's body gets its calls; in every fourth everything around the bot fails, and it may be put off."""
    try:
        update = parse_update(body)
    except MalformedUpdateError:
        return
    broken = zlib.crc32(body) % 4 == 0
    if broken:
        bot.store.failures.append(RuntimeError(MARKER))  # once: it must be there to count the failure
    for _ in range(MOST_ATTEMPTS + 1):
        trace = RequestTrace()
        _fail_around(bot, times=5 if broken else 0)
        try:
            calls = handle(update, bot.deps, trace)
            _check_calls(calls)
            _check_chats(update, calls)
        except TransientError:
            assert broken, f"a bug is retried: {trace}"
            assert trace.outcome in {"retry", "overtaken"}
            bot.later(seconds=120)  # two failures in one second would count once
        else:
            assert broken or not trace.error_type, f"a bug is given up: {trace}"
            break
        finally:
            _check_kept(bot)
    else:
        raise AssertionError(f"never given up: {trace}")
    bot.store.failures.clear()
    _fail_around(bot, times=0)


def _fail_around(bot: Bot, times: int) -> None:
    """The next calls of everything but the store raise what no adapter declares."""
    for neighbour in (bot.photos, bot.files, bot.infer, bot.reports):
        neighbour.failures.clear()
        neighbour.failures.extend([RuntimeError(MARKER)] * times)


def _check_chats(update: Update, calls: list[BotCall]) -> None:
    """Only the sender of the update gets an answer, or the group that the bot then leaves."""
    content = update.my_chat_member or update.callback_query or update.message  # in the bot's own order
    sender = content.sender if content else None
    chat = None if content is update.callback_query or content is None else content.chat
    allowed = {sender.id if sender else None, chat.id if chat and chat.type != "private" else None}
    assert {call.params["chat_id"] for call in calls if "chat_id" in call.params} <= allowed


def _check_kept(bot: Bot) -> None:
    """No table has a row of somebody who has not agreed, or not again since they were erased."""
    for database in bot.store.root.glob("??.sqlite"):
        tables = dict(tables_of(database))
        agreed = {row["user_id"] for row in tables.get("people", ())}
        assert {row["user_id"] for rows in tables.values() for row in rows} <= agreed


def _check_calls(calls: list[BotCall]) -> None:
    for call in calls:
        CHECKER.check(call.method, msgspec.json.decode(msgspec.json.encode(call.params)))
        for words in words_of(call.params):
            assert not LEAK.search(words), words


def words_of(params: Any) -> Iterator[str]:
    """Everything that somebody reads in a call: texts, captions and the labels of buttons, at any depth."""
    if isinstance(params, dict):
        yield from (value for key, value in params.items() if key in {"text", "caption"})
        params = params.values()
    if not isinstance(params, str) and hasattr(params, "__iter__"):
        for inner in params:
            yield from words_of(inner)


@dataclass
class Photographer:
    """The infer function's inside with its real cascades and nets."""

    finder: FaceFinder = field(default_factory=FaceFinder)
    classifiers: Any = field(default_factory=lambda: load_classifiers(Path(app.__file__).with_name("models")))

    def check_photo(self, photo: bytes) -> str:
        """How a photo's bytes end: faces inside the picture, or one of the error codes, within time and memory."""
        with _within(PHOTO_CPU_S, PHOTO_MEMORY_MB):
            try:
                answer = analyse(photo, self.finder, self.classifiers, Stopwatch())
            except ImageError as error:
                return _known(error.code)
        _check_answer(answer)
        return f"{len(answer.faces)} faces"


@cache
def photographer() -> Photographer:
    return Photographer()


@contextmanager
def _within(cpu_s: float, memory_mb: float) -> Iterator[None]:
    """The block takes no more processor time, and no more memory on top of what the process has (where Linux tells)."""
    before_mb = _memory_mb("VmRSS")
    if _CLEAR.exists():
        _CLEAR.write_text("5")  # the peak counts anew
    started_s = time.process_time()
    try:
        yield
    finally:
        assert time.process_time() - started_s < cpu_s
        assert _memory_mb("VmHWM") - before_mb < memory_mb


def _memory_mb(line: str) -> float:
    status = _STATUS.read_text() if _STATUS.exists() else f"{line}: 0"
    return int(status.partition(f"{line}:")[2].split()[0]) / 1024


def _known(code: str) -> str:
    assert code in get_args(ErrorCode)
    return code


def _check_answer(answer: Inference) -> None:
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Inference) == answer
    for each in answer.faces:
        x, y, width, height = each.box_px
        assert min(x, y) >= 0
        assert min(width, height) > 0
        assert x + width <= answer.image.width_px
        assert y + height <= answer.image.height_px
        for prediction in each.models.values():
            assert math.isclose(sum(prediction.emotions.values()), 1, abs_tol=1e-6)
