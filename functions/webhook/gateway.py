"""API Gateway's HTTP event and response (payload 2.0), and the secret header that Telegram sends.

The last call of an answer travels in the response's own body (Telegram executes it), so acknowledgement and answer are
one message: a lost response is redelivered, a delivered one is never doubled.
"""

import hmac
from typing import Any, Final

import msgspec

from burnout import api_event
from burnout.errors import OutOfTimeError, TelegramRejectedError, TelegramUnavailableError
from burnout.telegram.calls import BotCall
from burnout.telegram.client import Telegram
from functions.webhook.budget import EXTRA_S, fits
from functions.webhook.deps import RequestTrace
from functions.webhook.updates import MalformedUpdateError

_SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name)
_LEAST_RETRY_S: Final = 5
# Telegram's largest updates have a few ten thousand bytes; parsing time and memory grow with the size.
BODY_LIMIT_BYTES: Final = 1 << 20


def secret_matches(event: dict[str, Any], webhook_secret: str) -> bool:
    """Whether the request carries the webhook's secret: bytes, in constant time (a non-ASCII str would raise)."""
    sent = api_event.header_of(event, _SECRET_HEADER)
    return hmac.compare_digest(sent.encode(errors="replace"), webhook_secret.encode())


def body_of(event: dict[str, Any]) -> bytes:
    """The request's body. Raises: MalformedUpdateError for one over 1 MiB, which is not parsed."""
    content = api_event.body_of(event)
    if len(content) > BODY_LIMIT_BYTES:
        raise MalformedUpdateError("over 1 MiB")
    return content


def app_url_of(event: dict[str, Any]) -> str:
    """Where the Mini App is: the same API serves it, and only the event says under which name."""
    domain = (event.get("requestContext") or {}).get("domainName")
    return f"https://{domain}/app" if domain else ""


def refused() -> dict[str, Any]:
    """401: not from Telegram."""
    return {"statusCode": 401}


def try_later(retry_after_s: int | None) -> dict[str, Any]:
    """503 with Retry-After, which Telegram honours instead of its own back-off."""
    return {"statusCode": 503, "headers": {"retry-after": str(retry_after_s or _LEAST_RETRY_S)}}


def accepted(calls: list[BotCall], telegram: Telegram, trace: RequestTrace) -> dict[str, Any]:
    """200 whose body is the last call. The calls before it are extras (a spinner's end) and were sent by now.

    A failing extra is counted and lost, and so is one that would come too late: holding up the chat's queue for it
    would be worse.
    """
    if not calls:
        return {"statusCode": 200}
    *extras, answer = calls
    with trace.stage("reply"):
        for extra in extras:
            if not fits(trace, EXTRA_S):
                trace.error_type = OutOfTimeError.__name__
                break
            try:
                telegram.call(extra)
            except (TelegramUnavailableError, TelegramRejectedError) as error:
                trace.error_type = type(error).__name__
    body = msgspec.json.encode({"method": answer.method, **answer.params}).decode()
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
