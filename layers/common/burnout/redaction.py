"""No secret in any log line, whatever writes it: our own loggers, requests and urllib3, boto3, Lambda's runtime.

requests' and urllib3's lines show the URL of a call, and a Bot API URL has the token in it: urllib3 even warns with it,
at the default level, each time it opens a connection again. Libraries that log what they send and receive would also
show the webhook's secret, people's words and ids; what they say below a warning is withheld whole.

An uncaught exception does not pass through a logger: it must be clean itself, see `burnout.telegram.client`.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

HIDDEN: Final = "***"
WITHHELD: Final = "withheld: it may show what was sent or received"
UNREADABLE: Final = "withheld: a log line that cannot be put together"
TOKEN: Final = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{30,}")  # no other would be recognised in a log
# No \b around it: in JSON a token after a line break follows the letter n, and in a URL the letters "bot".
_TOKEN: Final = re.compile(r"\d{5,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
_IN_A_URL: Final = re.compile(r"/bot[^/\s]+/")  # what stands where a token stands, also when it is malformed
# PIL shows the Exif entries of a photo: places, names.
_TALKATIVE: Final = frozenset({"PIL", "boto3", "botocore", "requests", "s3transfer", "urllib3"})
_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def redact(text: str) -> str:
    """The text without anything that looks like a bot's token, also inside a URL, JSON or a `repr`."""
    return _TOKEN.sub(HIDDEN, _IN_A_URL.sub(f"/bot{HIDDEN}/", text))


def install() -> None:
    """From here on no logger of this process shows a token, whatever its level and handlers. May run again."""
    logging.setLogRecordFactory(_CleanRecord)


@cache
def redacted_logger() -> Logger:
    """The one logger with which this process's function speaks: JSON lines on stdout.

    Everything else that logs is clean from here on, too.
    """
    install()
    return Logger(logger_formatter=_CleanLines())


class _CleanLines(LambdaPowertoolsFormatter):
    """Powertools' lines, redacted when they are whole: message, extra fields, exception and stack at once."""

    def serialize(self, log: Any) -> str:
        return redact(super().serialize(log))


class _CleanRecord(logging.LogRecord):
    """A record that is clean before any filter or handler sees it, also one that is added later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.name.partition(".")[0] in _TALKATIVE and self.levelno < logging.WARNING:
            self._say(WITHHELD)
            self.exc_info = self.stack_info = None
            return
        self._clean_message()
        self._clean_exception()
        self.stack_info = self.stack_info and redact(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802  (logging's own name)
        """As ever. Formatters ask for it first, and by now the extra fields are here, so they are cleaned too."""
        for name in vars(self).keys() - _PLAIN:
            setattr(self, name, _clean(getattr(self, name)))
        return super().getMessage()

    def _say(self, message: str) -> None:
        self.msg, self.args = message, ()

    def _clean_message(self) -> None:
        if isinstance(self.msg, Mapping):
            self.msg = _clean(self.msg)
        try:
            text = super().getMessage()
        except Exception:  # noqa: BLE001, RUF100  (logging would print the parts to stderr)
            self._say(UNREADABLE)
            return
        if redact(text) != text:
            self._say(redact(text))

    def _clean_exception(self) -> None:
        if not self.exc_info or self.exc_info[1] is None:
            return
        text = "".join(traceback.format_exception(self.exc_info[1])).rstrip()
        if redact(text) != text:  # formatters show exc_text where there is no exc_info
            self.exc_info, self.exc_text = None, redact(text)


def _clean(value: Any) -> Any:
    """The value without its secrets: itself where it has none, containers as plain ones."""
    if isinstance(value, Mapping):
        return {_clean(key): _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(each) for each in value]
    text = str(value)
    return value if redact(text) == text else redact(text)
