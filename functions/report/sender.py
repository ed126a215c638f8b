"""One message to Telegram, within its rate limits, with an outcome for the store.

The rule behind the rest: what was perhaps delivered is never sent again, because sendMessage and sendPhoto
have no idempotency key.

A chat that fails is its own affair: its person is postponed, and the others go on at once. When several chats fail and
none succeeds between them, it may be Telegram or the bot itself: then everybody waits as long as Telegram asks, a chat
action tries each next chat before anything is sent to it, and after many failures the run is given up.
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import Final

from burnout.errors import StoreUnavailableError, TelegramRejectedError, TelegramSilentError, TelegramUnavailableError
from burnout.store.reports import Postpone
from burnout.telegram.calls import BotCall, Upload, chat_action
from functions.report.deps import Deps
from functions.report.rate_limiter import RateLimiter

RESERVE_S: Final = 30.0  # nothing new begins this long before the function's time is over: what has begun takes seconds
PAUSES_S: Final = (0.5, 2.0)  # seconds before the second and the third try
SEVERAL: Final = 3  # chats that failed in a row: it may be everybody's
GIVE_UP_AT: Final = 25  # chats in a row; more than a run claims at a time, so one shard's failing chats are not enough


class Outcome(Enum):
    """What became of a message."""

    DELIVERED = auto()
    PERHAPS = auto()  # it went out and no answer came
    NOT_DELIVERED = auto()  # certainly not delivered; a later run may deliver it
    UNREACHABLE = auto()  # the person has blocked the bot or is gone
    REFUSED = auto()  # our call is wrong, and repeating it would not help


_FAILED: Final = frozenset({Outcome.PERHAPS, Outcome.NOT_DELIVERED})


class Sender:
    """Sends for one invocation, until its time is short or Telegram is down. Thread-safe.

    A chat is a private one: its id is its person's. `several` is how many failing chats in a row are everybody's
    trouble. `error` is set once Telegram has refused the bot's token.
    """

    def __init__(self, deps: Deps, remaining_s: float, several: int = SEVERAL) -> None:
        self._deps, self._several = deps, several
        self._rate_limiter = RateLimiter(deps.clock, deps.sleep)
        self._last_start_s = deps.clock() + remaining_s - RESERVE_S
        self._lock = threading.Lock()
        self._failing: set[int] = set()  # chats that failed since any chat's last success
        self._left: set[int] = set()  # chats to which this run sends nothing more
        self._given_up = False
        self.error: TelegramRejectedError | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing new may begin."""
        return self._given_up or self._deps.clock() >= self._last_start_s

    def ready(self, chat_id: int) -> bool:
        """Whether a message may go into this chat now: its turn has come, and Telegram does not seem to fail."""
        if chat_id in self._left:
            return False
        self._rate_limiter.wait_for_turn(chat_id)
        if len(self._failing) >= self._several and not self.stopped:
            if self.send(chat_id, chat_action(chat_id, "upload_photo"), pauses_s=()) in _FAILED:
                return False
            self._rate_limiter.wait_for_turn(chat_id)
        return not self.stopped

    def send(
        self,
        chat_id: int,
        call: BotCall,
        files: Mapping[str, Upload] | None = None,
        *,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> Outcome:
        """Sends a message for which the chat is ready; a failing one again after each pause, in seconds."""
        for pause_s in (*pauses_s, None):
            try:
                self._deps.telegram.call(call, files)
            except TelegramSilentError:
                return self._failed(chat_id, Outcome.PERHAPS)
            except TelegramUnavailableError as error:
                if not self._waited(chat_id, error.retry_after_s, pause_s):
                    return self._failed(chat_id, Outcome.NOT_DELIVERED, error.retry_after_s or 0)
            except TelegramRejectedError as error:
                return self._rejected(error)
            else:
                return self._answered(Outcome.DELIVERED)
        raise AssertionError("the last try has no pause")

    def _waited(self, chat_id: int, retry_after_s: int | None, pause_s: float | None) -> bool:
        """Waits before another try. False when there is none; after a chat's own 429 a later run tries again."""
        everybodys = self._is_everybodys(chat_id)
        if retry_after_s is not None and everybodys:
            self._hold(retry_after_s)
        if pause_s is None or self.stopped or (retry_after_s is not None and not everybodys):
            return False
        if retry_after_s is None:
            self._deps.sleep(pause_s * self._deps.uniform(0.5, 1.5))
        self._rate_limiter.wait_for_turn(chat_id)
        return not self.stopped

    def _hold(self, seconds: float) -> None:
        if self._deps.clock() + seconds < self._last_start_s:
            self._rate_limiter.pause_all(seconds)
        else:
            self._given_up = True

    def _is_everybodys(self, chat_id: int) -> bool:
        """Counts this chat as failing. Whether so many failed in a row that it need not be this one's own fault."""
        with self._lock:
            self._failing.add(chat_id)
            self._given_up = self._given_up or len(self._failing) >= GIVE_UP_AT
            return len(self._failing) >= self._several

    def _failed(self, chat_id: int, outcome: Outcome, wait_s: int = 0) -> Outcome:
        self._left.add(chat_id)
        if not self._is_everybodys(chat_id):
            with suppress(StoreUnavailableError):  # the next run tries again, and fails again
                self._deps.store(Postpone(user_id=chat_id, wait_s=wait_s))
        return outcome

    def _rejected(self, error: TelegramRejectedError) -> Outcome:
        if error.token_refused:
            self.error, self._given_up = error, True
            return Outcome.NOT_DELIVERED
        return self._answered(Outcome.UNREACHABLE if error.unreachable else Outcome.REFUSED)

    def _answered(self, outcome: Outcome) -> Outcome:
        with self._lock:
            self._failing.clear()
        return outcome
