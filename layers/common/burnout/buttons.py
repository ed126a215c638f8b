"""Callback data: a closed, versioned grammar, `v1:<button>:<field>:…`, at most 64 bytes.

A client can send callback data that no message ever contained, so what arrives is parsed into one of these types with
checked fields, or ignored. Nothing else in the bot sees the text.
"""

from typing import Any, Final

import msgspec

from burnout.emotions import Emotion
from burnout.records import Language, Rating
from burnout.updates import Whole

_VERSION: Final = "v1"


class _Button(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    pass


class Agree(_Button, tag="agree", frozen=True):
    """Yes to this version of the notice. The language is the one it was read in."""

    version: Whole
    language: Language


class Decline(_Button, tag="decline", frozen=True):
    """No to the notice."""

    language: Language


class ShowStart(_Button, tag="start", frozen=True):
    """The notice again, in this language; nothing is stored before a yes."""

    language: Language


class ThumbUp(_Button, tag="up", frozen=True):
    """👍 for the check-in of this message."""

    message_id: Whole


class ThumbDown(_Button, tag="down", frozen=True):
    """👎 for the check-in of this message; asks which of the seven it was."""

    message_id: Whole


class Correct(_Button, tag="is", frozen=True):
    """What the expression was instead."""

    message_id: Whole
    emotion: Emotion


class RateMood(_Button, tag="rate", frozen=True):
    """The person's own rating, 1 to 5."""

    message_id: Whole
    rating: Rating


class ShowHistory(_Button, tag="hist", frozen=True):
    """The history of so many days; 0 is all of it."""

    days: Whole


class ChooseLanguage(_Button, tag="lang", frozen=True):
    """The bot's language from now on."""

    language: Language


Button = Agree | Decline | ShowStart | ThumbUp | ThumbDown | Correct | RateMood | ShowHistory | ChooseLanguage


def data_of(button: Button) -> str:
    """The callback data of a button: 1 to 64 bytes of ASCII."""
    fields: list[Any] = msgspec.to_builtins(button)
    return ":".join((_VERSION, *map(str, fields)))


def parse_button(data: str | None) -> Button | None:
    """The button that `data` spells exactly, or None for anything else."""
    version, *fields = (data or "").split(":")
    try:
        button: Button = msgspec.convert(fields, Button, strict=False)
    except msgspec.ValidationError:
        return None
    # Spelled exactly: "07", "+7" or "7.0" would otherwise be read as 7 as well.
    return button if version == _VERSION and data_of(button) == data else None
