"""The bot's secret: its token and the webhook's shared secret, from Secrets Manager, cached for five minutes."""

from dataclasses import dataclass, field

import msgspec
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from burnout.errors import SettingsError

_CACHE_S = 300


@dataclass(frozen=True)
class BotSecret:
    """Never shown: both fields stay out of `repr`."""

    token: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def read_bot_secret(arn: str) -> BotSecret:
    """The secret as it stands now, at most five minutes old.

    Raises: SettingsError when it cannot be read, is not `{"token": ..., "webhook_secret": ...}`, or has an empty field:
    an unset webhook secret would let everybody in.
    """
    try:
        text = parameters.get_secret(arn, max_age=_CACHE_S)
        secret = msgspec.json.decode(text, type=BotSecret)
    except (GetParameterError, msgspec.MsgspecError) as error:
        # `from None`: a validation error could quote the secret.
        raise SettingsError(f"the bot's secret is unusable: {type(error).__name__}") from None
    if not secret.token or not secret.webhook_secret:
        raise SettingsError("the bot's secret has an empty token or webhook_secret")
    return secret
