"""API Gateway's HTTP event and response (payload 2.0)."""

import base64
import re
from http import HTTPStatus
from typing import Any, Final

from burnout.api_event import header_of
from functions.app.api import LATER, Answer
from functions.app.files import HEADERS, File

_API: Final = "/app/api/"
_RETRY_S: Final = "5"
_NEVER: Final = re.compile(r"q=0(\.0*)?")


def path_of(event: dict[str, Any]) -> str:
    """Of the address, without the stage."""
    return str(event.get("rawPath") or "")


def operation_of(event: dict[str, Any]) -> str | None:
    """Which operation is asked for; None for anything else, which may be a file."""
    method = event["requestContext"]["http"]["method"]
    path = path_of(event)
    return path.removeprefix(_API) if method == "POST" and path.startswith(_API) else None


def init_data_of(event: dict[str, Any]) -> str:
    """What Telegram signed, as the page sends it: `Authorization: tma …`; empty without it."""
    scheme, _, value = header_of(event, "authorization").partition(" ")
    return value if scheme == "tma" else ""


def file(found: File | None, event: dict[str, Any]) -> dict[str, Any]:
    """The file, packed for whoever takes it so; 404 for none."""
    if found is None:
        return {"statusCode": HTTPStatus.NOT_FOUND, "headers": HEADERS}
    packs = _takes_gzip(header_of(event, "accept-encoding"))
    headers = {"content-type": found.kind, "cache-control": found.cached, "vary": "accept-encoding"}
    return {
        "statusCode": HTTPStatus.OK,
        "headers": {**HEADERS, **headers, **({"content-encoding": "gzip"} if packs else {})},
        "body": base64.b64encode(found.packed if packs else found.content).decode(),
        "isBase64Encoded": True,
    }


def _takes_gzip(accepted: str) -> bool:
    """Whether gzip is among what is accepted, by its name or by "*", with a weight other than 0 (RFC 9110, 12.5.3)."""
    weights = dict(each.partition(";")[::2] for each in accepted.lower().replace(" ", "").split(","))
    return not _NEVER.fullmatch(weights.get("gzip", weights.get("*", "q=0")))


def json(answer: Answer) -> dict[str, Any]:
    """The answer, which nobody keeps."""
    later = {"retry-after": _RETRY_S} if answer == LATER else {}
    headers = {**HEADERS, "content-type": "application/json", **later}
    return {"statusCode": answer.status, "headers": headers, "body": answer.body.decode()}
