"""The three ways in which Bot API parameters travel in a body: JSON, urlencoded form, multipart form."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_DISPOSITION_FIELD = re.compile(r'\b(name|filename)="([^"]*)"')
# Forms carry everything as text; these parameters are JSON inside that text.
_JSON_FIELDS = frozenset(
    {
        "allowed_updates",
        "caption_entities",
        "commands",
        "entities",
        "link_preview_options",
        "reply_markup",
        "reply_parameters",
        "scope",
    }
)


class FormError(ValueError):
    """A body is not what its Content-Type says."""


@dataclass(frozen=True)
class Upload:
    """One file of a multipart form."""

    file_name: str
    data: bytes


@dataclass(frozen=True)
class Form:
    """Parameters by name, and the files that came with them by field name."""

    params: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)


def parse_form(content_type: str, body: bytes) -> Form:
    """The parameters in a body. An empty body or another content type has none.

    Raises:
        FormError: the body cannot be read as its content type.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _from_json(body)
    if kind == "application/x-www-form-urlencoded":
        return Form(_decoded(dict(parse_qsl(_text(body), keep_blank_values=True))))
    if kind == "multipart/form-data":
        return _from_multipart(content_type, body)
    return Form()


def _from_json(body: bytes) -> Form:
    if not body.strip():
        return Form()
    try:
        params = json.loads(body)
    except ValueError as error:
        raise FormError("can't parse JSON object") from error
    if not isinstance(params, dict):
        raise FormError("expected a JSON object")
    return Form(params)


def _from_multipart(content_type: str, body: bytes) -> Form:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise FormError("boundary not found")
    params: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for names, data in _parts(body, boundary[1].encode("latin-1")):
        if "filename" in names:
            uploads[names["name"]] = Upload(names["filename"], data)
        else:
            params[names["name"]] = _text(data)
    return Form(_decoded(params), uploads)


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise FormError("the closing boundary is missing")
    for piece in pieces[1:-1]:
        head, separator, data = piece.partition(b"\r\n\r\n")
        names = dict(_DISPOSITION_FIELD.findall(head.decode("utf-8", "replace")))
        if not separator or "name" not in names:
            raise FormError("a part has no name")
        yield names, data


def _decoded(params: dict[str, str]) -> dict[str, Any]:
    decoded: dict[str, Any] = dict(params)
    for name in _JSON_FIELDS & params.keys():
        try:
            decoded[name] = json.loads(params[name])
        except ValueError as error:
            raise FormError(f"can't parse {name} JSON object") from error
    return decoded


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormError("strings must be encoded in UTF-8") from error
