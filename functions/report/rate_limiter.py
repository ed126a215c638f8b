"""Telegram's rate limits: each sender waits for its turn, over all threads of a run."""

import threading
from collections.abc import Callable
from typing import Final

# Telegram takes about 30 messages a second from a bot (core.telegram.org/bots/faq). The webhook and the charts that
# people ask for need some of them.
PER_S: Final = 25.0
CHAT_SPACING_S: Final = 1.0  # and about one a second into one chat


class RateLimiter:
    """Gives out turns, evenly spaced. Thread-safe; `clock` and `sleep` are in seconds."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at_s = clock()
        self._chat_free_at_s: dict[int, float] = {}
        self._holds = 0

    def reserve(self, chat_id: int) -> float:
        """Takes the next turn for this chat: the seconds until it."""
        with self._lock:
            now_s = self._clock()
            turn_s = max(now_s, self._free_at_s)
            self._free_at_s = turn_s + 1 / PER_S
            turn_s = max(turn_s, self._chat_free_at_s.get(chat_id, turn_s))
            self._chat_free_at_s[chat_id] = turn_s + CHAT_SPACING_S
            return turn_s - now_s

    def wait_for_turn(self, chat_id: int) -> None:
        """Returns when a message may go into this chat; at once if it may now."""
        holds = None
        while holds != self._holds:  # another thread was told to wait while this one slept
            holds = self._holds
            self._sleep(self.reserve(chat_id))

    def pause_all(self, seconds: float) -> None:
        """No turn is given for this long from now on, because Telegram asked for it."""
        with self._lock:
            self._holds += 1
            self._free_at_s = max(self._free_at_s, self._clock() + seconds)
