"""`python -m infra.webhook set|check|delete`: tells Telegram where a deployed bot is, and checks what Telegram says.

The token comes from Secrets Manager or the environment, never from the command line, where every user of a machine can
read it. Updates that wait at Telegram are people's messages: no command here drops them.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from burnout import redaction
from burnout.errors import ConfigError, TelegramRejectedError, TelegramUnavailableError
from burnout.secret import BotSecret, read_bot_secret
from burnout.telegram.calls import BotCall
from burnout.telegram.client import ALLOWED_UPDATES, TELEGRAM_URL, TelegramClient
from infra.profile import profile_calls
from local.aws import environment

WRONG: Final = 1
_FAILED: Final = 3  # 2 is argparse's
MAX_CONNECTIONS: Final = 40  # below the webhook's reserved concurrency, see infra/template.yaml
_PORTS: Final = (443, 80, 88, 8443)  # core.telegram.org/bots/api#setwebhook
_TRIES: Final = 4
_LONGEST_WAIT_S: Final = 60
_RECENT_S: Final = 900  # an older failure of a delivery says nothing about now
_REFUSED: Final = "401"


class WebhookError(Exception):
    """The command cannot do what was asked, and says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit status."""
    try:
        return run(_parser().parse_args(argv))
    except WebhookError as error:
        print(f"webhook: {error}", file=sys.stderr)
        return _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.webhook",
        description="Sets, checks or deletes the webhook of a deployed bot, and sets its commands and descriptions. "
        "Exit status: 0 when all is well, 1 with a sentence about what is not, 3 when Telegram cannot be asked.",
    )
    parser.add_argument("what", choices=("set", "check", "delete"))
    parser.add_argument("--url", type=_https, help="the stack's output WebhookUrl; set needs it, check compares it")
    parser.add_argument(
        "--secret-arn",
        metavar="ARN",
        help="the stack's secret in Secrets Manager; without it the token is taken from "
        f"{environment.TOKEN_VARIABLE} and the webhook's secret from {environment.SECRET_VARIABLE}",
    )
    parser.add_argument(
        "--telegram-url", default=TELEGRAM_URL, metavar="URL", help="another Bot API server (default: %(default)s)"
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Does what was asked, and prints one sentence. Raises: WebhookError."""
    redaction.install()  # urllib3 warns with the URL, and so with the token
    if arguments.what == "set" and not arguments.url:
        raise WebhookError("set needs --url, the stack's output WebhookUrl")
    secret = _secret(arguments.secret_arn, with_webhook_secret=arguments.what == "set")
    bot = Bot(TelegramClient(secret.token, arguments.telegram_url))
    try:
        wrong = _done(arguments.what, bot, arguments.url, secret.webhook_secret)
    except TelegramRejectedError as error:
        reason = "Telegram does not accept this token" if error.token_refused else str(error)
        raise WebhookError(reason) from None
    except TelegramUnavailableError as error:
        raise WebhookError(f"Telegram cannot be asked now: {error}") from None
    print(wrong or _WELL[arguments.what])
    return WRONG if wrong else 0


_WELL: Final = {
    "set": "Telegram delivers to this address, and nothing is wrong with it.",
    "check": "Telegram delivers, and nothing is wrong.",
    "delete": "There is no webhook any more; Telegram keeps what arrives for 24 hours.",
}


@dataclass(frozen=True)
class Bot:
    """The Bot API for one bot; it waits where Telegram asks for it."""

    client: TelegramClient
    sleep: Callable[[float], None] = time.sleep

    def call(self, method: str, **params: Any) -> Any:
        """The call's result, after as many pauses as Telegram asks for. Raises: as TelegramClient.call."""
        for left in reversed(range(_TRIES)):
            try:
                return self.client.call(BotCall(method, params))
            except TelegramUnavailableError as error:
                if not left or error.retry_after_s is None or error.retry_after_s > _LONGEST_WAIT_S:
                    raise
                self.sleep(error.retry_after_s)
        raise AssertionError("unreachable")


def set_webhook(bot: Bot, url: str, webhook_secret: str) -> str:
    """Telegram delivers to `url`, the bot shows its commands and descriptions; what is wrong, or empty."""
    bot.call("getMe")  # a wrong token is told before anything changes
    bot.call(
        "setWebhook",
        url=url,
        secret_token=webhook_secret,
        allowed_updates=list(ALLOWED_UPDATES),
        max_connections=MAX_CONNECTIONS,
    )
    for call in profile_calls(has_page=True):
        bot.call(call.method, **call.params)
    return trouble(bot.call("getWebhookInfo"), url, time.time())


def delete_webhook(bot: Bot) -> str:
    """Telegram delivers nowhere; what waits there stays. What is wrong, or empty."""
    bot.call("deleteWebhook")
    left = bot.call("getWebhookInfo").get("url")
    return f"Telegram still delivers to {left}." if left else ""


def trouble(info: Mapping[str, Any], url: str | None, now_s: float) -> str:
    """What is wrong with a webhook according to getWebhookInfo, in one sentence; empty when nothing is."""
    if not info.get("url"):
        return "No webhook is set: run `python -m infra.webhook set`."
    if url and info["url"] != url:
        return f"Telegram delivers to {info['url']}, not to {url}: run `python -m infra.webhook set`."
    if set(info.get("allowed_updates", ())) != set(ALLOWED_UPDATES):
        return f"Telegram delivers other kinds of updates than {', '.join(ALLOWED_UPDATES)}: run set again."
    if info.get("max_connections") != MAX_CONNECTIONS:
        return f"Telegram opens up to {info.get('max_connections')} connections, not {MAX_CONNECTIONS}: run set again."
    return _undelivered(info, now_s)


def _undelivered(info: Mapping[str, Any], now_s: float) -> str:
    age_s = now_s - info.get("last_error_date", 0)
    if age_s > _RECENT_S:
        return ""
    said = f"The last delivery failed {age_s:.0f} s ago ({info.get('last_error_message', 'no reason given')})"
    waiting = f"{info.get('pending_update_count', 0)} updates wait"
    if _REFUSED in info.get("last_error_message", ""):
        return f"{said}: the secret at Telegram is not the stack's, run set again; {waiting}."
    return f"{said}; {waiting}: see the webhook's log."


def _done(what: str, bot: Bot, url: str | None, webhook_secret: str) -> str:
    if what == "set":
        return set_webhook(bot, str(url), webhook_secret)
    if what == "delete":
        return delete_webhook(bot)
    return trouble(bot.call("getWebhookInfo"), url, time.time())


def _secret(arn: str | None, *, with_webhook_secret: bool) -> BotSecret:
    """Raises: WebhookError."""
    if arn:
        try:
            return read_bot_secret(arn)
        except ConfigError as error:
            raise WebhookError(f"{error} ({arn})") from None
    token, webhook_secret = environment.bot_token(), environment.webhook_secret()
    missing = [] if token else [environment.TOKEN_VARIABLE]
    missing += [environment.SECRET_VARIABLE] if with_webhook_secret and not webhook_secret else []
    if missing:
        raise WebhookError(f"give --secret-arn, or set {' and '.join(missing)}")
    return BotSecret(str(token), webhook_secret or "")


def _https(text: str) -> str:
    """The address, if Telegram would take it. Raises: argparse.ArgumentTypeError."""
    try:
        parts = urlsplit(text)
        port = parts.port or 443
    except ValueError:
        raise argparse.ArgumentTypeError(f"not an address: {text}") from None
    if parts.scheme != "https" or not parts.hostname:
        raise argparse.ArgumentTypeError(f"Telegram delivers to https addresses only, not to {text}")
    if port not in _PORTS:
        raise argparse.ArgumentTypeError(f"Telegram delivers to the ports 443, 80, 88 and 8443 only, not to {port}")
    return text


if __name__ == "__main__":
    sys.exit(main())
