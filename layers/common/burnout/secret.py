"""The bot's secret: its token and the webhook's shared secret, from Secrets Manager, cached for five minutes."""

import re
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from burnout.errors import ConfigError
from burnout.redaction import TOKEN

_CACHE_S: Final = 300
_WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")  # core.telegram.org/bots/api#setwebhook


@dataclass(frozen=True)
class BotSecret:
    """Never shown: both fields stay out of `repr`."""

    token: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def read_bot_secret(arn: str) -> BotSecret:
    """The secret as it stands now, at most five minutes old.

    Raises: ConfigError when it cannot be read, is not `{"token": ..., "webhook_secret": ...}`, or has a field that is
    empty or malformed: an unset webhook secret would let everybody in.
    """
    try:
        return _read(arn)
    except ConfigError:
        return _read(arn, force_fetch=True)  # a token that was just put must not wait for the cache's end


def _read(arn: str, *, force_fetch: bool = False) -> BotSecret:
    try:
        text = parameters.get_secret(arn, max_age=_CACHE_S, force_fetch=force_fetch)
        secret = msgspec.json.decode(text, type=BotSecret)
    except (GetParameterError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        failure = ConfigError(f"the bot's secret is unusable: {type(error).__name__}")
    else:
        return _checked(secret)
    raise failure  # out here: an error that quotes the secret must not be its __context__


def _checked(secret: BotSecret) -> BotSecret:
    if not secret.token or not secret.webhook_secret:
        raise ConfigError("the bot's secret has an empty token or webhook_secret")
    if not TOKEN.fullmatch(secret.token):
        raise ConfigError("the bot's secret has a token that is none of @BotFather's: digits, a colon, letters")
    if not _WEBHOOK_SECRET.fullmatch(secret.webhook_secret):
        raise ConfigError("the bot's secret has a webhook_secret that Telegram cannot send: 1-256 of A-Z a-z 0-9 _ -")
    return secret
