"""The bot survives every kind of update and of message that the Bot API knows; the lists are aiogram's own types."""

from dataclasses import fields

import msgspec
import pytest
from aiogram.types import Message, Update

from burnout.telegram.client import ALLOWED_UPDATES
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.updates import parse_update
from tests import updates

READ = set(ALLOWED_UPDATES)
KINDS = sorted(set(Update.model_fields) - {"update_id"})
# What a person sends; the rest of a message is about it, or is Telegram's own: pins, timers, gifts, topics, joins …
CONTENT = {
    "text", "rich_message", "photo", "animation", "document", "video", "video_note", "voice", "audio", "sticker",
    "dice", "game", "poll", "story", "checklist", "contact", "location", "venue",
}  # fmt: skip
TYPED = {
    "caption",
    "message_id",
    "date",
    "chat",
    "from_user",
    "media_group_id",
    "reply_to_message",
}  # never alone, or never a dict


def nothing_is_needed(*_):
    raise AssertionError("an ignored update must not need anything")


NO_DEPS = Deps(*[nothing_is_needed] * len(fields(Deps)))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - READ))
def test_kind_that_the_bot_does_not_read_is_ignored_without_any_work(kind):
    trace = RequestTrace()

    calls = handle(parse_update(f'{{"update_id": 1, "{kind}": {{"id": "1", "date": 1}}}}'.encode()), NO_DEPS, trace)

    assert (calls, trace.outcome) == ([], "ignored")


@pytest.mark.parametrize("kind", ["message", "edited_message"])
@pytest.mark.parametrize("field", sorted(set(Message.model_fields) - CONTENT - TYPED))
def test_service_messages_are_silent(field, kind):
    update = updates.message(**{field: {"anything": 1}})
    trace = RequestTrace()

    body = msgspec.json.encode({"update_id": 1, kind: update["message"]})
    calls = handle(parse_update(body), NO_DEPS, trace)

    assert (calls, trace.outcome) == ([], "service")


def test_what_a_person_sends_is_known_to_the_bot_api():
    assert set(Message.model_fields) >= CONTENT


def test_the_kinds_that_the_bot_reads_exist():
    assert set(KINDS) >= READ
    assert len(KINDS) > 20
