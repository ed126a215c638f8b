"""The three ways in which Bot API parameters travel in a body: JSON, urlencoded form, multipart form."""

import json
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from local.telegram.files import Uploaded

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
class Form:
    """Parameters by name, and the files that came with them by field name."""

    params: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Uploaded] = field(default_factory=dict)


def parse_form(content_type: str, body: bytes) -> Form:
    """The parameters in a body. An empty body or another content type has none.

    Raises:
        FormError: the body cannot be read as its content type.
    """
    kind, options = parse_options_header(content_type)
    if kind == "application/json":
        return _from_json(body)
    parser = FormDataParser(max_form_memory_size=None, silent=False)  # an export has up to 50 MB
    try:
        _, params, files = parser.parse(BytesIO(body), kind, len(body), options)
    except ValueError as error:
        raise FormError(f"can't parse the body: {error}") from error
    return Form(_decoded(params.to_dict()), {name: _upload(file) for name, file in files.items()})


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


def _upload(file: FileStorage) -> Uploaded:
    with closing(file):  # above half a megabyte Werkzeug keeps it on disk
        return Uploaded(file.filename or "", file.read())


def _decoded(params: dict[str, str]) -> dict[str, Any]:
    decoded: dict[str, Any] = dict(params)
    for name in _JSON_FIELDS & params.keys():
        try:
            decoded[name] = json.loads(params[name])
        except ValueError as error:
            raise FormError(f"can't parse {name} JSON object") from error
    return decoded
