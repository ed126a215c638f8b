"""What another function answers, also a newer one: while a release shifts, and after a rollback, both versions answer.

A word that this version does not know stands for the most cautious one that it knows, and stops nobody's photo.
"""

import re
from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from burnout.redaction import redacted_logger

A = TypeVar("A")

_UNKNOWN: Final = re.compile(r"^Invalid enum value '(.*)' - at .*?(\w+)(?:\[\d+\])?`$", re.DOTALL)
# What stands in place of an unknown word of these fields; of a list and of a dictionary's keys it is left out.
_CAUTIOUS: Final[dict[str, dict[str, Any]]] = {
    "view": {"view": "covered"},  # the photo says nothing: the person's own word counts
    "label": {"label": "negative", "sure": False},  # no side is named
    "code": {"code": "damaged"},  # a preview is tried, then another photo asked for
    "theme": {"theme": "light"},
}


def decoded(body: bytes | msgspec.Raw, kind: type[A]) -> A:
    """The JSON as this type. Raises: msgspec.MsgspecError for what is more than an unknown word."""
    while True:
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.ValidationError as error:
            unknown = _UNKNOWN.match(str(error))
            if unknown is None:
                raise
            word, field = unknown.groups()
            answer = msgspec.json.decode(body)
            known = _known(answer, field, word)
            if known == answer:
                raise
            _note(field)
            body = msgspec.json.encode(known)


def _known(part: Any, field: str, word: str) -> Any:
    """The same data, in which nothing of that name has the unknown word."""
    if isinstance(part, list):
        return [_known(each, field, word) for each in part]
    if not isinstance(part, dict):
        return part
    whole = {name: _known(each, field, word) for name, each in part.items()}
    value = whole.get(field)
    if value == word:
        return whole | _CAUTIOUS.get(field, {})
    if isinstance(value, list):
        whole[field] = [each for each in value if each != word]
    elif isinstance(value, dict):
        value.pop(word, None)
    return whole


@cache
def _note(field: str) -> None:
    """Once a process and field: an operator sees that two versions answer."""
    redacted_logger().warning("unknown value", extra={"field": field})
