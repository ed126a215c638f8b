"""Updates as Telegram sends them, as plain dicts; tests/integration/local checks the shapes against aiogram."""

from itertools import count
from typing import Any

DATE = 1_795_000_000  # 2026-11-18T11:06:40Z
_numbers = count(1000)


def user(user_id: int = 7, language: str = "en", **extra: Any) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": language, **extra}


def message(user_id: int = 7, *, language: str = "en", chat_type: str = "private", **content: Any) -> dict[str, Any]:
    """An update with a message; its numbers are fresh unless given."""
    number = next(_numbers)
    chat_id = user_id if chat_type == "private" else -100500
    body = {
        "message_id": number,
        "date": DATE,
        "chat": {"id": chat_id, "type": chat_type},
        "from": user(user_id, language),
        **content,
    }
    return {"update_id": number, "message": body}


def photo(user_id: int = 7, *, long_side_px: int = 1280, **content: Any) -> dict[str, Any]:
    """An update with a photo in Telegram's usual sizes."""
    sizes = [side for side in (90, 320, 800, 1280, 2560) if side <= long_side_px]
    photo_sizes = [
        {"file_id": f"size{side}", "file_unique_id": f"u{side}", "width": side * 3 // 4, "height": side}
        for side in sizes
    ]
    return message(user_id, photo=photo_sizes, **content)


def document(mime_type: str | None, *, user_id: int = 7, **extra: Any) -> dict[str, Any]:
    """An update with a file."""
    fields = {"file_id": "file", "file_unique_id": "ufile", **extra}
    return message(user_id, document=fields | ({"mime_type": mime_type} if mime_type else {}))


def text(words: str, user_id: int = 7, **content: Any) -> dict[str, Any]:
    return message(user_id, text=words, **content)


def reply(words: str, to: str, sender: dict[str, Any] | None = None, *, after_s: int = 0) -> dict[str, Any]:
    """Words that answer a message, by default the bot's, of so long ago."""
    chat, bot = {"id": 7, "type": "private"}, user(1) | {"is_bot": True}
    quoted = {"message_id": 5, "date": DATE - after_s, "chat": chat, "from": sender or bot, "text": to}
    return text(words, reply_to_message=quoted)


def button(
    data: str | None, user_id: int = 7, *, chat_id: int | None = None, language: str = "en", **content: Any
) -> dict[str, Any]:
    """An update with a pressed button under the bot's message 555."""
    chat = {"id": chat_id or user_id, "type": "private"}
    under = {"message_id": 555, "date": DATE, "chat": chat, "text": "…", **content}
    query = {"id": "42", "from": user(user_id, language), "chat_instance": "1", "message": under}
    return {"update_id": next(_numbers), "callback_query": query | ({} if data is None else {"data": data})}


def membership(status: str, user_id: int = 7, chat_type: str = "private") -> dict[str, Any]:
    """An update saying that the bot's standing in a chat changed."""
    bot = {"id": 1, "is_bot": True, "first_name": "Bot"}
    change = {
        "chat": {"id": user_id if chat_type == "private" else -100500, "type": chat_type},
        "from": user(user_id),
        "date": DATE,
        "old_chat_member": {"status": "left", "user": bot},
        "new_chat_member": {"status": status, "user": bot},
    }
    return {"update_id": next(_numbers), "my_chat_member": change}
