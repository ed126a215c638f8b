"""Telegram's update, as far as this bot reads it. Unknown fields and kinds pass; wrong types are one clear error.

Names and types follow https://core.telegram.org/bots/api (10.3).
"""

from typing import Annotated, Any, Final

import msgspec

from burnout.errors import BurnoutError
from burnout.values import UserId, Whole

UnixTime = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]  # s, UTC, until 2106; later years have no datetime at all


class MalformedUpdateError(BurnoutError):
    """The body is no update: not JSON, a required field missing, or of a wrong type."""


class User(msgspec.Struct, frozen=True):
    """The person who pressed or wrote."""

    id: UserId
    is_bot: bool = False
    language_code: str | None = None


class Chat(msgspec.Struct, frozen=True):
    """Where. `type` stays a string: a future kind of chat must not break parsing."""

    id: Annotated[int, msgspec.Meta(gt=-(2**53), lt=2**53)]
    type: str


class PhotoSize(msgspec.Struct, frozen=True):
    """One size of a photo; Telegram re-encodes them as JPEG."""

    file_id: str
    width: Whole
    height: Whole
    file_size: Whole | None = None


class Document(msgspec.Struct, frozen=True):
    """A file as its sender declares it."""

    file_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: Whole | None = None
    thumbnail: PhotoSize | None = None


class Quoted(msgspec.Struct, frozen=True):
    """The message that one replies to, as far as it says whether the bot had asked something, and when."""

    date: UnixTime = 0
    sender: User | None = msgspec.field(default=None, name="from")
    text: str | None = None


class Message(msgspec.Struct, frozen=True):
    """A message. Content that the bot only recognises is not looked into."""

    message_id: Whole
    date: UnixTime
    chat: Chat
    sender: User | None = msgspec.field(default=None, name="from")
    text: str | None = None
    caption: str | None = None
    media_group_id: str | None = None
    photo: tuple[PhotoSize, ...] = ()
    document: Document | None = None
    forward_origin: Any = None
    forward_date: Any = None  # this and the next three came in forwarded messages before Bot API 7.0
    forward_from: Any = None
    forward_from_chat: Any = None
    forward_sender_name: Any = None
    is_automatic_forward: Any = None  # of a channel's post into its discussion
    via_bot: Any = None  # what the sender chose of what another bot offered
    rich_message: Any = None  # words, laid out
    dice: Any = None
    game: Any = None
    poll: Any = None
    story: Any = None
    checklist: Any = None
    contact: Any = None
    location: Any = None
    venue: Any = None
    animation: Any = None
    video: Any = None
    video_note: Any = None
    voice: Any = None
    audio: Any = None
    sticker: Any = None
    reply_to_message: Quoted | None = None

    @property
    def is_forwarded(self) -> bool:
        """Whether somebody else made what is sent, however Telegram says so; what a reply quotes does not count."""
        signs = (self.forward_origin, self.forward_date, self.forward_from, self.forward_from_chat)
        others = (self.forward_sender_name, self.is_automatic_forward, self.via_bot)
        return any(sign not in (None, False) for sign in (*signs, *others))


class PressedMessage(msgspec.Struct, frozen=True):
    """The bot's message under a pressed button; it may be too old to be read (`date` 0), or a picture."""

    message_id: Whole
    chat: Chat
    date: UnixTime = 0
    text: str | None = None  # only a message with text can be edited into another text
    reply_to_message: Message | None = None


class CallbackQuery(msgspec.Struct, frozen=True):
    """A pressed button. `data` is whatever the client sent, not what the bot wrote."""

    id: str
    sender: User = msgspec.field(name="from")
    message: PressedMessage | None = None
    data: str | None = None


class ChatMember(msgspec.Struct, frozen=True):
    """The bot's new standing in a chat: member, administrator, left, kicked …"""

    status: str


class ChatMemberUpdated(msgspec.Struct, frozen=True):
    """The bot was added, removed, blocked or unblocked."""

    chat: Chat
    sender: User = msgspec.field(name="from")
    new_chat_member: ChatMember


class Update(msgspec.Struct, frozen=True):
    """One update; all contents absent means a kind that the bot does not read."""

    update_id: Whole
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None


_DECODER: Final = msgspec.json.Decoder(Update)


def parse_update(body: bytes) -> Update:
    """The update in a request body. Raises: MalformedUpdateError, which never quotes the body."""
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedUpdateError(type(error).__name__) from None
