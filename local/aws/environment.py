"""The one place of `local` that reads or changes the process environment.

The functions see an environment of their own: nothing of the user's AWS configuration reaches them, so a stack on a
laptop that is logged in to a real account still talks to 127.0.0.1 only.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

TOKEN_VARIABLE = "TELEGRAM_BOT_TOKEN"  # noqa: S105  (the variable's name)
SECRET_VARIABLE = "TELEGRAM_WEBHOOK_SECRET"  # noqa: S105  (the variable's name)
_OURS = ("AWS_", "POWERTOOLS_", "LAMBDA_", "_HANDLER", TOKEN_VARIABLE, SECRET_VARIABLE)


def isolated(variables: Mapping[str, str]) -> dict[str, str]:
    """A process's whole environment: the user's, without its AWS side and the bot's token, and `variables`."""
    kept = {name: value for name, value in _current().items() if not name.startswith(_OURS)}
    # The user's proxy stays, since the real Telegram may need it, but never between our own processes.
    kept["NO_PROXY"] = kept["no_proxy"] = ",".join(filter(None, (kept.get("no_proxy"), "127.0.0.1")))
    return {**kept, **variables}


def replace(environment: Mapping[str, str]) -> None:
    """Makes `environment` this process's whole environment."""
    current = _current()
    for name in set(current) - set(environment):
        del current[name]
    current.update(environment)


@contextmanager
def replaced(environment: Mapping[str, str]) -> Iterator[None]:
    """As `replace`, for the length of a with-block; the old environment comes back afterwards."""
    before = dict(_current())
    replace(environment)
    try:
        yield
    finally:
        replace(before)


def bot_token() -> str | None:
    """The real bot's token from TELEGRAM_BOT_TOKEN, or nothing."""
    return _current().get(TOKEN_VARIABLE) or None


def webhook_secret() -> str | None:
    """The webhook's secret from TELEGRAM_WEBHOOK_SECRET, or nothing."""
    return _current().get(SECRET_VARIABLE) or None


def path() -> str:
    """Where programs are looked for."""
    return _current().get("PATH", os.defpath)


def _current() -> "os._Environ[str]":
    return os.environ  # noqa: TID251  (this module is the one reader)
