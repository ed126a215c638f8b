"""Updates generated from the Bot API's own types, as aiogram's models spell them; mostly what the bot reads."""

import json
import types
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from burnout.telegram.buttons import GRAMMAR
from functions.webhook.dispatch import COMMANDS as ANSWERED
from tests.fuzz.properties import check_update, fresh_bot

DEEPEST = 4
ALWAYS = {"Message": ("from_user",), "CallbackQuery": ("message", "data")}  # else the bot has nothing to do
LIKED = {
    "Update": ("message", "callback_query", "my_chat_member"),
    "Message": ("text", "photo", "document", "media_group_id", "forward_origin"),
    "User": ("language_code",),
    "Document": ("mime_type", "thumbnail", "file_size"),
}
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "\0", "<b>", "&", "%s{}", "\u202e", "😀", "None", "Traceback", "'; DROP TABLE x;--"]),
)
NUMBERS = st.integers(0, 9) | st.sampled_from([90, 800, 1280, 2**31, 2**52]) | st.integers(0, 2**52)
PEOPLE = st.sampled_from([*[7] * 20, 8, -1, -100500, 2**52])
COMMANDS = sorted({*ANSWERED, ""})
PLACES = ["Berlin", "Moscow", "Europe/Berlin", "a", "+3", "../../etc/passwd", "UTC", "Берлин", "São", "🏙"]
FIELDS = [
    "1",
    "0",
    "5",
    "7",
    "30",
    "555",
    "en",
    "ru",
    "sad",
    "on",
    "off",
    "dark",
    "light",
    "2026-W47",
    "course",
    "zone",
]
FIELDS += ["hour", "weekday", "quiet", "Europe/Berlin", "9007199254740991", "-1", "", "None"]
TAGS = list(GRAMMAR)
NAMED = {
    "text": st.builds("/{} {}".format, st.sampled_from(COMMANDS), st.sampled_from(PLACES) | WORDS) | WORDS,
    "data": st.builds(
        "v1:{}{}".format,
        st.sampled_from(TAGS) | WORDS,
        st.sampled_from(
            [
                ":en",
                ":1:en",
                ":7",
                ":5:3",
                ":2:en",
                ":5:answer",
                ":5:question",
                ":5:sad",
                ":on",
                ":course",
                ":zone",
                ":2026-W47:3",
                ":2026-11-18",
                ":2026-11-17:3",
                ":2026-11-18:rest:1",
                ":2026-11-18:sleep",
                ":1795000000:3",
                ":UTC",
            ]
        )
        | st.lists(st.sampled_from(FIELDS) | WORDS, max_size=3).map(lambda fields: "".join(f":{x}" for x in fields)),
    )
    | WORDS,
    "language_code": st.sampled_from(["en", "ru", "ru-RU", "EN", "xx"]) | WORDS,
    "mime_type": st.sampled_from(["image/jpeg", "image/heic", "image/gif", "IMAGE/PNG", "video/mp4"]) | WORDS,
    "type": st.sampled_from(["private", "private", "private", "group", "supergroup", "channel", "future"]),
    "status": st.sampled_from(["member", "left", "kicked", "future"]),
    "media_group_id": st.sampled_from(["1", "2"]) | WORDS,
}


def _values(annotation: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(inner[0], name, depth)
    if origin in (Union, types.UnionType):
        return st.one_of([_values(each, name, depth) for each in inner if each is not type(None)])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is list:
        return st.lists(st.deferred(lambda: _values(inner[0], name, depth)), max_size=3)
    if not isinstance(annotation, type):
        return WORDS
    if issubclass(annotation, BaseModel):
        return objects(annotation, depth)
    if issubclass(annotation, Enum):
        return st.sampled_from([each.value for each in annotation])
    if issubclass(annotation, bool):
        return st.sampled_from([False, False, True])
    if issubclass(annotation, str):
        return NAMED.get(name, WORDS)
    if issubclass(annotation, datetime):
        return st.sampled_from([0, 1_795_000_000, 2**31, 2**40]) | NUMBERS
    if issubclass(annotation, int):
        return PEOPLE if name == "id" else NUMBERS
    return st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def objects(draw: st.DrawFn, model: type[BaseModel], depth: int = 0) -> dict[str, Any]:
    """A JSON object of this type: what is required, and a few of the rest."""
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    required += ALWAYS.get(model.__name__, ())
    optional = [name for name in model.model_fields if name not in required]
    liked = [name for name in LIKED.get(model.__name__, ()) if name in optional]
    chosen = list(required)
    if depth <= DEEPEST:
        chosen += draw(st.sets(st.sampled_from(liked), min_size=1)) if liked else ()
        chosen += draw(st.sets(st.sampled_from(optional), max_size=1)) if optional else ()
    fields = {name: model.model_fields[name] for name in chosen}
    return {
        field.alias or name: draw(_values(field.annotation, name, depth + 1))
        for name, field in fields.items()
        if depth <= DEEPEST + 2  # deeper, even what is required is left out: no real update nests messages this deep
    }


@given(st.lists(objects(Update), min_size=1, max_size=4))
def bot_survives(conversation: list[dict[str, Any]]) -> None:
    """The bot answers every update of a conversation, whatever a person and a new Bot API make of them."""
    with fresh_bot() as bot:
        for update in conversation:
            check_update(bot, json.dumps(update).encode())
