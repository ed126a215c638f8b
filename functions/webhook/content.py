"""What a message holds: a picture, words, something that the bot does not read, or nothing that a person sent."""

from typing import Final

from functions.webhook.updates import Document, Message

PICTURE: Final = "picture"
WORDS: Final = "words"
EDITED: Final = "edit_unseen"
_PLACE: Final = "place_unread"
# What else a person sends, and the sentence that it gets. Pins, timers, gifts, topics and joins are not among it.
_UNREAD: Final = {
    "video": "video",
    "voice": "voice_unheard",
    "audio": "voice_unheard",
    "video_note": "voice_unheard",  # somebody speaks in it
    "venue": _PLACE,
    "location": _PLACE,
} | dict.fromkeys(("sticker", "dice", "game", "poll", "story", "checklist", "contact"), "content_unread")

# What a file is called only decides whether it is worth a look; infer goes by its bytes.
_UNTYPED: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})  # iPhones, "send as file"
_PICTURE_NAMES: Final = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif", ".avif")


def kind_of(message: Message) -> str | None:
    """`PICTURE`, `WORDS`, or the sentence about what the bot does not read; None for a message of Telegram's own."""
    if message.text is not None or message.rich_message is not None:
        return WORDS
    if message.photo:
        return PICTURE
    if message.animation is not None:  # before documents: Telegram sends a GIF as both
        return "animation"
    if message.document is not None:
        return _kind_of_file(message.document)
    return next((key for name, key in _UNREAD.items() if getattr(message, name) is not None), None)


def kind_of_edit(message: Message) -> str | None:
    """The sentence about a change that a person made; None for a place that moves on, and where nothing is theirs."""
    return None if kind_of(message) in (None, _PLACE) else EDITED


def _kind_of_file(document: Document) -> str:
    kind, name = ((said or "").lower() for said in (document.mime_type, document.file_name))
    if kind == "image/gif":
        return "animation"
    if name.endswith(_PICTURE_NAMES) or kind in _UNTYPED or kind.startswith("image/"):
        return PICTURE
    return "video" if kind.startswith("video/") else "other_file"
