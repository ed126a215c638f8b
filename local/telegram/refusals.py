"""Telegram's refusals: the errors a Bot API call can meet, and their JSON shape."""

from typing import Any

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
CHAT_NOT_FOUND = "chat not found"
FILE_UNAVAILABLE = "wrong file_id or the file is temporarily unavailable"


class ApiError(Exception):
    """A call that Telegram answers with `ok: false`."""

    def __init__(self, code: int, description: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s

    def to_json(self) -> dict[str, Any]:
        """The body of Telegram's answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after_s is not None:
            body["parameters"] = {"retry_after": self.retry_after_s}
        return body


class BadRequestError(ApiError):
    """400: the call is wrong, or what it speaks of is not there."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, f"Bad Request: {reason}")


class ForbiddenError(ApiError):
    """403: the person blocked the bot, or it is no member of the group."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, f"Forbidden: {reason}")
