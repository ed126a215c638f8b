"""What can go wrong, split by what to do about it.

BurnoutError
├── ConfigError                   the operator's mistake: refuse to start
├── TransientError                try later: 503 with Retry-After
│   ├── StoreUnavailableError     the attempt cannot be counted, so it is never a dead letter
│   ├── OvertakenError            another run of the same update is answering it right now
│   ├── OutOfTimeError            the next call would outlive the function that makes it
│   ├── FunctionUnavailableError  throttled, timed out or unreachable
│   │   └── FunctionBrokenError   it cannot start: no input is to blame, so it is never a dead letter either
│   ├── PhotoStorageError         S3 did not take or give the photo
│   └── TelegramUnavailableError  5xx, 429 or no connection: the call certainly did nothing
│       └── TelegramSilentError   no answer to a call that was sent: perhaps it did something
└── PermanentError                say a sentence, record it, stop
    ├── FunctionCrashedError      the code failed on this very input
    ├── FileTooLargeError         over the Bot API's 20 MB or our own limit
    └── TelegramRejectedError     4xx: our call was wrong, or the person is gone
"""

from http import HTTPStatus


class BurnoutError(Exception):
    """The root: every error that this project raises on purpose."""


class ConfigError(BurnoutError):
    """A setting or secret is missing or unusable."""


class TransientError(BurnoutError):
    """The same update may succeed later. `retry_after_s` is what the other side asked for, if it asked."""

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StoreUnavailableError(TransientError):
    """The store did not answer, so nothing is known and nothing was counted: each attempt has the same pause."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after_s=30)


class OvertakenError(TransientError):
    """Another run of the same update was faster; it answers, and this one must not answer as well."""


class OutOfTimeError(TransientError):
    """Too little time is left for the next call: it could be killed halfway and would not be counted."""


class FunctionUnavailableError(TransientError):
    """A Lambda function was throttled, timed out or could not be reached."""


class FunctionBrokenError(FunctionUnavailableError):
    """A Lambda function cannot start, whatever it is asked: each attempt has the same pause until it is mended."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after_s=60)


class PhotoStorageError(TransientError):
    """S3 did not take or give a photo."""


class TelegramUnavailableError(TransientError):
    """Telegram answered 5xx or 429, or could not be reached; the call did nothing and may be repeated."""


class TelegramSilentError(TelegramUnavailableError):
    """The call went out and no answer came back. A message was perhaps delivered, so it must not be sent again."""


class PermanentError(BurnoutError):
    """Repeating the same update cannot help."""


class FunctionCrashedError(PermanentError):
    """A Lambda function raised on this input. `error_type` is the exception's class name, never its text."""

    def __init__(self, function: str, error_type: str) -> None:
        super().__init__(f"{function} failed with {error_type}")
        self.function = function
        self.error_type = error_type


class FileTooLargeError(PermanentError):
    """A file is larger than the Bot API's limit or our own."""


class TelegramRejectedError(PermanentError):
    """Telegram refused a call. Carries the evidence; never the token."""

    def __init__(self, method: str, status: int, description: str) -> None:
        super().__init__(f"{method}: {status} {description}")
        self.method = method
        self.status = status
        self.description = description

    @property
    def unreachable(self) -> bool:
        """Whether it is about the person: they blocked the bot, deleted their account, or never wrote to it."""
        # 403 is always that. Of the many 400s the Bot API gives only words to tell this one by.
        lost = self.status == HTTPStatus.BAD_REQUEST and self.description.endswith("chat not found")
        return lost or self.status == HTTPStatus.FORBIDDEN

    @property
    def token_refused(self) -> bool:
        """Whether it is about the bot itself, so that no other call can do better: 401, and 404 for a broken token."""
        return self.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
