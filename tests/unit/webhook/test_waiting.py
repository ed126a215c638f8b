"""While an answer is not there yet: "typing" after a second, and one sentence when it lasts."""

import threading
from contextlib import contextmanager, suppress
from dataclasses import replace

import msgspec
import pytest

from burnout.errors import TelegramRejectedError, TelegramUnavailableError, TransientError
from burnout.telegram.calls import answer_callback
from burnout.texts import text
from functions.webhook.budget import EXTRA_S
from functions.webhook.deps import RequestTrace
from functions.webhook.updates import parse_update
from functions.webhook.waiting import AFTER_S, AGAIN_S, say_if_slow, sending_by, typing_by
from tests import updates

LOST_S = 10


class Telegram:
    """In TelegramClient's place; raises what it is told to."""

    def __init__(self, error=None):
        self.calls, self.error = [], error

    def call(self, call):
        self.calls.append(call)
        if self.error:
            raise self.error


class Clock:
    """A second passes when the test says so: `pass_time` gives the pause that is over, `ended` when none follows."""

    def __init__(self):
        self.pauses, self.ended = [], threading.Event()
        self._waits, self._over = threading.Semaphore(0), threading.Semaphore(0)

    def wait(self, done, pause_s):
        self.pauses.append(pause_s)
        self._waits.release()
        assert self._over.acquire(timeout=LOST_S)
        if done.is_set():
            self.ended.set()
        return done.is_set()

    def until_it_waits(self):
        assert self._waits.acquire(timeout=LOST_S)

    def pass_time(self):
        self._over.release()


@pytest.mark.parametrize("error", [None, TelegramUnavailableError("429"), TelegramRejectedError("a", 403, "blocked")])
def test_typing_is_shown_after_a_second(error):
    telegram, clock = Telegram(error), Clock()

    with typing_by(telegram, clock.wait)(7):
        clock.until_it_waits()
        assert telegram.calls == []  # the second is not over
        for _ in range(2):
            clock.pass_time()
            clock.until_it_waits()
    clock.pass_time()

    assert clock.ended.wait(LOST_S)
    assert [(call.method, call.params) for call in telegram.calls] == [
        ("sendChatAction", {"chat_id": 7, "action": "typing"})
    ] * 2
    assert clock.pauses == [AFTER_S, AGAIN_S, AGAIN_S]


def test_work_of_less_than_a_second_shows_no_typing_also_when_it_fails():
    telegram, clock = Telegram(), Clock()

    with suppress(ZeroDivisionError), typing_by(telegram, clock.wait)(7):
        clock.until_it_waits()
        raise ZeroDivisionError
    clock.pass_time()

    assert clock.ended.wait(LOST_S)
    assert telegram.calls == []


def test_typing_is_shown_around_all_work_on_a_photo_and_around_nothing_else(bot):
    seen = []

    @contextmanager
    def typing(chat_id):
        seen.append((chat_id, len(bot.files.downloaded)))
        yield
        seen.append((chat_id, len(bot.infer.asked)))

    bot.around = lambda deps: replace(deps, typing=typing)
    bot(updates.text("/help"))
    bot(updates.photo())

    assert seen == [(7, 0), (7, 1)]


@pytest.mark.parametrize(
    ("update", "language", "said"),
    [(updates.photo(), "ru", "ru"), (updates.photo(), None, "en"), (updates.button("v1:report"), "en", "en")],
)
def test_a_long_retry_is_said_once(update, language, said):
    telegram, update = Telegram(), parse_update(msgspec.json.encode(update))

    for slow in (False, True):
        say_if_slow(update, telegram, RequestTrace(slow=slow, language=language))

    (call,) = telegram.calls
    assert (call.params["chat_id"], call.params["text"]) == (7, text("retry_slow", said))


def test_the_language_that_a_person_chose_is_known_to_whoever_speaks_of_a_failure(bot):
    bot(updates.button("v1:lang:ru"))
    bot.files.failures.append(TelegramUnavailableError("getFile: 500"))
    with pytest.raises(TransientError):
        bot(updates.photo())
    bot(updates.button("v1:set"))

    assert [trace.language for trace in bot.traces[-2:]] == ["ru", "ru"]


@pytest.mark.parametrize("left_s", [EXTRA_S, 60])
def test_a_long_retry_is_said_only_in_time_and_costs_nothing_when_telegram_fails(left_s):
    telegram, update = Telegram(TelegramUnavailableError("500")), parse_update(msgspec.json.encode(updates.photo()))

    say_if_slow(update, telegram, RequestTrace(slow=True, clock=lambda: 0.0, ends_at_s=left_s))

    assert len(telegram.calls) == (left_s > EXTRA_S)


@pytest.mark.parametrize("error", [None, TelegramUnavailableError("429"), TelegramRejectedError("a", 400, "too old")])
def test_a_call_is_sent_beside_the_work_which_does_not_wait_for_it(error):
    may_end, ended = threading.Event(), threading.Event()

    class SlowTelegram(Telegram):
        def call(self, call):
            assert may_end.wait(LOST_S)
            ended.set()
            super().call(call)

    telegram = SlowTelegram(error)

    sending_by(telegram)(answer_callback("42"))

    assert telegram.calls == []
    may_end.set()
    assert ended.wait(LOST_S)
