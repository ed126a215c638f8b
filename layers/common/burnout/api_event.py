"""What API Gateway's HTTP event (payload 2.0) holds, for whichever function it is."""

import base64
from typing import Any


def header_of(event: dict[str, Any], name: str) -> str:
    """The header of this name, which is in lower case; empty without it."""
    headers = event.get("headers") or {}
    return next((str(value) for each, value in headers.items() if each.lower() == name), "")


def body_of(event: dict[str, Any]) -> bytes:
    """The request's body; what claims to be base64 and is not counts as empty."""
    body = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return b""
