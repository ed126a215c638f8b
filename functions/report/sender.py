"""One message to Telegram, within its rate limits, with an outcome for the store.

The rule behind the rest: what was perhaps delivered is never sent again, because sendMessage and sendPhoto
have no idempotency key.
"""

import threading
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from burnout.errors import TelegramRejectedError, TelegramSilentError, TelegramUnavailableError
from burnout.telegram.calls import BotCall, Upload
from functions.report.deps import Deps
from functions.report.rate_limiter import RateLimiter

RESERVE_S: Final = 30.0  # nothing new begins this long before the function's time is over: what has begun takes seconds
PAUSES_S: Final = (0.5, 2.0)  # seconds before the second and the third try
FAILURES_IN_A_ROW: Final = 5  # one failure may be one person's; five in a row mean that Telegram is down


class Outcome(Enum):
    """What became of a message."""

    DELIVERED = auto()
    PERHAPS = auto()  # it went out and no answer came
    NOT_DELIVERED = auto()  # certainly not delivered; a later run may deliver it
    UNREACHABLE = auto()  # the person has blocked the bot or is gone
    REFUSED = auto()  # our call is wrong, and repeating it would not help


class Sender:
    """Sends for one invocation, until its time is short or Telegram is down. Thread-safe.

    `error` is set once Telegram has refused the bot's token.
    """

    def __init__(self, deps: Deps, remaining_s: float) -> None:
        self._telegram, self._clock, self._sleep, self._uniform = deps.telegram, deps.clock, deps.sleep, deps.uniform
        self._rate_limiter = RateLimiter(deps.clock, deps.sleep)
        self._last_start_s = deps.clock() + remaining_s - RESERVE_S
        self._lock = threading.Lock()
        self._failures = 0
        self._given_up = False
        self.error: TelegramRejectedError | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing new may begin."""
        return self._given_up or self._clock() >= self._last_start_s

    def wait_for_turn(self, chat_id: int) -> None:
        """Returns when a message may go into this chat."""
        self._rate_limiter.wait_for_turn(chat_id)

    def send(self, chat_id: int, call: BotCall, files: Mapping[str, Upload] | None = None) -> Outcome:
        """Sends a message for which the chat's turn has come; a failing one up to three times."""
        for pause_s in (*PAUSES_S, None):
            try:
                self._telegram.call(call, files)
            except TelegramSilentError:
                return self._unanswered(Outcome.PERHAPS)
            except TelegramUnavailableError as error:
                if pause_s is None or not self._waited(error.retry_after_s, pause_s):
                    break
                self.wait_for_turn(chat_id)
            except TelegramRejectedError as error:
                return self._rejected(error)
            else:
                return self._answered(Outcome.DELIVERED)
        return self._unanswered(Outcome.NOT_DELIVERED)

    def _waited(self, retry_after_s: int | None, pause_s: float) -> bool:
        """Waits before another try; False when there is no time for one."""
        if retry_after_s is None:
            self._sleep(pause_s * self._uniform(0.5, 1.5))
        elif self._clock() + retry_after_s < self._last_start_s:
            self._rate_limiter.pause_all(retry_after_s)
        else:
            self._given_up = True
        return not self.stopped

    def _rejected(self, error: TelegramRejectedError) -> Outcome:
        if error.token_refused:
            self.error, self._given_up = error, True
            return Outcome.NOT_DELIVERED
        return self._answered(Outcome.UNREACHABLE if error.unreachable else Outcome.REFUSED)

    def _answered(self, outcome: Outcome) -> Outcome:
        with self._lock:
            self._failures = 0
        return outcome

    def _unanswered(self, outcome: Outcome) -> Outcome:
        with self._lock:
            self._failures += 1
            self._given_up = self._given_up or self._failures >= FAILURES_IN_A_ROW
        return outcome
