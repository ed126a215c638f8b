"""The events that the handlers get, shaped as the real services shape them (tests/events/*.json are the originals)."""

import base64
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from burnout.inference import InferRequest
from burnout.report_requests import Canary, Tick
from burnout.store.operation import Operation, ShardOperation
from local.aws.runtime import ACCOUNT, REGION
from local.http_server import Request

Event = dict[str, Any]

_API: Final = "local00000"
_DOMAIN: Final = f"{_API}.execute-api.{REGION}.amazonaws.com"
_SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name)
_WEBHOOK_PATH: Final = "/telegram/webhook"
_TELEGRAM_IP: Final = "91.108.5.7"  # from a range that Telegram announces
# What an HTTP API passes on as text; a body of any other type arrives in base64.
_TEXT_TYPES: Final = ("text/", "application/json", "application/javascript", "application/xml")


def api_event(body: str, webhook_secret: str, *, now_s: float | None = None) -> Event:
    """What the webhook function gets when Telegram posts `body` with its secret header."""
    content = body.encode()
    headers = {
        "accept-encoding": "gzip, deflate",
        "content-length": str(len(content)),
        "content-type": "application/json",
        _SECRET_HEADER: webhook_secret,
    }
    request = Request("POST", _WEBHOOK_PATH, "", headers, content, _TELEGRAM_IP)
    return api_event_of(request, f"POST {_WEBHOOK_PATH}", now_s=now_s)


def api_event_of(
    request: Request, route: str, parameters: Mapping[str, str] | None = None, *, now_s: float | None = None
) -> Event:
    """An HTTP request as an HTTP API hands it on, payload format 2.0: header names in lower case, times in UTC.

    `parameters` are what stands in the path where the route has a name; a request without a body has no such key.
    """
    now_s = time.time() if now_s is None else now_s
    text = _as_text(request)
    body = base64.b64encode(request.body).decode() if text is None else text
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": {**request.headers, **_added_headers(request, now_s)},
        "requestContext": _request_context(request, route, now_s),
        **({"pathParameters": dict(parameters)} if parameters else {}),
        **({"body": body} if body else {}),
        "isBase64Encoded": text is None,
    }


def infer_event(bucket: str, key: str, models: tuple[str, ...] = ()) -> Event:
    """What infer gets for one photo; no models named means all of them."""
    return _builtins(InferRequest(bucket=bucket, key=key, models=models))


def report_tick(at_utc: datetime) -> Event:
    """What EventBridge Scheduler sends every 15 minutes: send what is due."""
    return _builtins(Tick(at_utc=at_utc))


def report_canary() -> Event:
    """What EventBridge Scheduler sends every 5 minutes: find out whether the bot is well."""
    return _builtins(Canary())


def store_event(operation: Operation[Any] | ShardOperation[Any]) -> Event:
    """What the store gets for one operation."""
    return _builtins(operation)


def _builtins(request: msgspec.Struct) -> Event:
    event: Event = msgspec.json.decode(msgspec.json.encode(request))
    return event


def _added_headers(request: Request, now_s: float) -> Mapping[str, str]:
    return {
        "host": _DOMAIN,
        "x-amzn-trace-id": f"Root=1-{int(now_s):08x}-{uuid.uuid4().hex[:24]}",
        "x-forwarded-for": request.client_ip,
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }


def _request_context(request: Request, route: str, now_s: float) -> Event:
    return {
        "accountId": ACCOUNT,
        "apiId": _API,
        "domainName": _DOMAIN,
        "domainPrefix": _API,
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.client_ip,
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": uuid.uuid4().hex[:16],
        "routeKey": route,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now_s)),
        "timeEpoch": int(now_s * 1000),
    }


def _as_text(request: Request) -> str | None:
    if not request.headers.get("content-type", "text/plain").startswith(_TEXT_TYPES):
        return None
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return None
