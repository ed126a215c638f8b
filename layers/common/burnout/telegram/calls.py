"""Bot API calls as plain data. The domain says what to say; only an adapter knows how it is sent."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec


class WebAppInfo(NamedTuple):
    """A Mini App that a button opens; Telegram takes an https address, and the button in private chats only."""

    url: str


Button = tuple[str, str]  # (label, callback_data); callback_data is 1 to 64 bytes
DangerButton = tuple[str, str, Literal["danger"]]  # shown in red
WebAppButton = tuple[str, WebAppInfo]
Keyboard = Sequence[Sequence[Button | DangerButton | WebAppButton]]
Upload = bytes | tuple[str, bytes]  # a file's content; with the name that the chat shows, if it shows one


class BotCall(msgspec.Struct, frozen=True):
    """One Bot API method and its parameters, JSON-ready."""

    method: str
    params: dict[str, Any]


def send_message(chat_id: int, html: str, *, keyboard: Keyboard = (), reply_to: int | None = None) -> BotCall:
    """A sendMessage in HTML parse mode: 1 to 4096 characters after entities, values already escaped.

    It is a reply to the message `reply_to` of the chat, as long as that one is there.
    """
    reply = {"reply_parameters": {"message_id": reply_to, "allow_sending_without_reply": True}} if reply_to else {}
    return BotCall("sendMessage", {"chat_id": chat_id, **_formatted(html), **_markup(keyboard), **reply})


def ask_for_words(chat_id: int, html: str, hint: str) -> BotCall:
    """A sendMessage that opens the person's keyboard for a reply to it; the hint has 1 to 64 characters."""
    markup = {"force_reply": True, "input_field_placeholder": hint}
    return BotCall("sendMessage", {"chat_id": chat_id, **_formatted(html), "reply_markup": markup})


def send_photo(chat_id: int, html: str, *, keyboard: Keyboard = ()) -> BotCall:
    """A sendPhoto with a caption of 0 to 1024 characters after entities; the picture itself is uploaded as `photo`."""
    return BotCall("sendPhoto", {"chat_id": chat_id, "caption": html, "parse_mode": "HTML", **_markup(keyboard)})


def send_document(chat_id: int, html: str) -> BotCall:
    """A sendDocument with a caption of 0 to 1024 characters after entities; the file is uploaded as `document`."""
    return BotCall("sendDocument", {"chat_id": chat_id, "caption": html, "parse_mode": "HTML"})


def edit_message(chat_id: int, message_id: int, html: str, *, keyboard: Keyboard = ()) -> BotCall:
    """An editMessageText that replaces a message of the bot and its buttons."""
    target = {"chat_id": chat_id, "message_id": message_id}
    return BotCall("editMessageText", {**target, **_formatted(html), **_markup(keyboard)})


def answer_callback(callback_query_id: str, text: str = "") -> BotCall:
    """An answerCallbackQuery: ends the button's spinner, with a notice of up to 200 characters of plain text."""
    notice = {"text": text} if text else {}
    return BotCall("answerCallbackQuery", {"callback_query_id": callback_query_id, **notice})


def delete_message(chat_id: int, message_id: int) -> BotCall:
    """A deleteMessage: in a private chat also for a message of the person's own, if it is younger than 48 hours."""
    return BotCall("deleteMessage", {"chat_id": chat_id, "message_id": message_id})


def chat_action(chat_id: int, action: Literal["typing", "upload_photo", "upload_document"]) -> BotCall:
    """A sendChatAction: the chat shows for five seconds, or until the next message, that something is coming."""
    return BotCall("sendChatAction", {"chat_id": chat_id, "action": action})


def leave_chat(chat_id: int) -> BotCall:
    """A leaveChat for a group or channel."""
    return BotCall("leaveChat", {"chat_id": chat_id})


def _formatted(html: str) -> dict[str, Any]:
    return {"text": html, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _markup(keyboard: Keyboard) -> Mapping[str, Any]:
    if not keyboard:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_inline(*button) for button in row] for row in keyboard]}}


def _inline(label: str, does: str | WebAppInfo, style: str | None = None) -> Mapping[str, Any]:
    if isinstance(does, WebAppInfo):
        return {"text": label, "web_app": does._asdict()}
    return {"text": label, "callback_data": does} | ({"style": style} if style else {})
