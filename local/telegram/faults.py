"""Errors on demand: what the next matching calls of the bot get instead of an answer, or after one."""

import threading
from dataclasses import dataclass, replace
from typing import Self

from local.telegram.refusals import ApiError

HANG_S = 3600.0
DOWNLOAD = "download"  # as a method name: the GET of a file


@dataclass(frozen=True)
class Fault:
    """One kind of trouble: an error that Telegram answers, or silence. Make it with a class method."""

    code: int = 0
    description: str = ""
    retry_after_s: int | None = None
    hang_s: float = 0.0
    lost: bool = False

    @property
    def error(self) -> ApiError | None:
        """A fresh exception to raise, or None when Telegram says nothing."""
        return ApiError(self.code, self.description, retry_after_s=self.retry_after_s) if self.code else None

    @classmethod
    def too_many(cls, retry_after_s: int) -> Self:
        """429 with `parameters.retry_after`."""
        return cls(429, f"Too Many Requests: retry after {retry_after_s}", retry_after_s)

    @classmethod
    def blocked(cls) -> Self:
        """403: the person blocked the bot."""
        return cls(403, "Forbidden: bot was blocked by the user")

    @classmethod
    def bad_request(cls, reason: str) -> Self:
        """400 with a reason of your own."""
        return cls(400, f"Bad Request: {reason}")

    @classmethod
    def server_error(cls) -> Self:
        """500, as during a restart of Telegram's server."""
        return cls(500, "Internal Server Error: restart")

    @classmethod
    def hang(cls, seconds: float = HANG_S) -> Self:
        """Silence: nothing is executed, and the connection closes without an answer after `seconds`."""
        return cls(hang_s=seconds, lost=True)

    @classmethod
    def lost_response(cls) -> Self:
        """The call is executed, but the connection closes without an answer."""
        return cls(lost=True)


@dataclass(frozen=True)
class _Rule:
    fault: Fault
    method: str | None
    chat_id: int | None
    times: int

    def matches(self, method: str, chat_id: int | None) -> bool:
        return self.method in (None, method) and self.chat_id in (None, chat_id)


class Faults:
    """The faults that wait for their calls, oldest first."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault, *, method: str | None = None, chat_id: int | None = None, times: int = 1) -> None:
        """Let the next `times` calls fail; None matches every method or chat, `DOWNLOAD` the GET of a file."""
        with self._lock:
            self._rules.append(_Rule(fault, method, chat_id, times))

    def clear(self) -> None:
        """Forget every fault that has not happened yet."""
        with self._lock:
            self._rules.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that this call meets, used up by one; None: the call goes well."""
        with self._lock:
            for place, rule in enumerate(self._rules):
                if rule.matches(method, chat_id):
                    left = [replace(rule, times=rule.times - 1)] if rule.times > 1 else []
                    self._rules[place : place + 1] = left
                    return rule.fault
        return None
