"""Is the bot well, seen from outside? Telegram is asked how its deliveries fare, and the webhook gets an update.

The update goes through the public address with the real secret, down to the store, and changes nothing: a person
who cannot exist asks for help, which only reads. The webhook's answer is its response's body, so no message is sent.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec
import requests

from burnout.errors import TelegramRejectedError, TelegramUnavailableError
from burnout.telegram.calls import BotCall
from burnout.telegram.client import Telegram
from functions.report.metrics import RunMetrics

NOBODY: Final = 2**53 - 1  # Telegram's own ids have at most 52 bits
_SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)
# Connect, read: a cold start is slow and no failure; the API gives up after 26 s.
_TIMEOUT_S: Final = (3.0, 27.0)
# Of a delivery that failed: the canary's own period, so that a single one is in one canary only, and no alarm.
_RECENT_S: Final = 300
# A 5xx is the webhook's own word, "later": other alarms count those, and Telegram's last error is one of them all day.
_SAYS_LATER: Final = re.compile(r"Wrong response from the webhook: 5\d\d")


class _WebhookInfo(msgspec.Struct):
    url: str = ""
    pending_update_count: int = 0
    last_error_date: int = 0  # seconds of Unix time
    last_error_message: str = ""


class _Answer(msgspec.Struct):
    method: str = ""


@dataclass(frozen=True)
class WebhookEndpoint:
    """The webhook's public address and its secret."""

    url: str
    webhook_secret: str = field(repr=False)

    def post(self, update: bytes) -> requests.Response:
        """Its answer to an update. Raises: requests.RequestException."""
        headers = {_SECRET_HEADER: self.webhook_secret, "Content-Type": "application/json"}
        # No redirect is followed: the secret is for this address only.
        return requests.post(self.url, data=update, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False)


def probe(
    endpoint: WebhookEndpoint, telegram: Telegram, run_metrics: RunMetrics, wall: Callable[[], float] = time.time
) -> None:
    """The metrics say whether both are well (`CanaryOk`), and how many updates wait (`PendingUpdates`).

    Their outcome is "done", or what is wrong first. It raises nothing: the alarm is on the metric.
    """
    run_metrics.op = "canary"
    now_s = round(wall())
    with run_metrics.stopwatch.stage("telegram"):
        delivered = _delivered(endpoint, telegram, run_metrics, now_s)
    with run_metrics.stopwatch.stage("webhook"):
        answered = _answered(endpoint, now_s)
    wrong = [fault for fault in (delivered, answered) if fault]
    run_metrics.outcome = wrong[0] if wrong else "done"
    run_metrics.gauge("CanaryOk", int(not wrong))


def _delivered(endpoint: WebhookEndpoint, telegram: Telegram, run_metrics: RunMetrics, now_s: int) -> str:
    """What is wrong with the webhook as Telegram knows it; empty when nothing is."""
    try:
        info = msgspec.convert(telegram.call(BotCall("getWebhookInfo", {})), _WebhookInfo)
    except TelegramUnavailableError:
        return "telegram_unavailable"
    except (TelegramRejectedError, msgspec.ValidationError):
        return "telegram_refused"
    run_metrics.gauge("PendingUpdates", info.pending_update_count)
    if info.url != endpoint.url:
        return "registered_elsewhere" if info.url else "not_registered"
    if now_s - info.last_error_date >= _RECENT_S or _SAYS_LATER.match(info.last_error_message):
        return ""
    # Our own update carries the stack's secret; Telegram's carry the one that it was told.
    return "secret_not_told" if "401" in info.last_error_message else "deliveries_fail"


def _answered(endpoint: WebhookEndpoint, now_s: int) -> str:
    """What is wrong with the webhook's answer; empty when it came from behind the store."""
    try:
        response = endpoint.post(_update(now_s))
    except requests.RequestException:  # its text has the address, and nothing else to tell
        return "webhook_unreachable"
    if response.status_code != requests.codes.ok:
        return f"webhook_{response.status_code}"
    try:  # the sentence is said only after the store was asked; an ignored update gets an empty body
        said = msgspec.json.decode(response.content, type=_Answer).method
    except msgspec.MsgspecError:
        said = ""
    return "" if said == "sendMessage" else "webhook_silent"


def _update(now_s: int) -> bytes:
    sender = {"id": NOBODY, "is_bot": False, "first_name": "Canary", "language_code": "en"}
    chat = {"id": NOBODY, "type": "private", "first_name": "Canary"}
    message = {"message_id": 1, "date": now_s, "chat": chat, "from": sender, "text": "/help"}
    return msgspec.json.encode({"update_id": now_s, "message": message})
