"""The conversation as the page draws it, and what of it has changed."""

import html
import time
from typing import Any, Final

from local.telegram.chats import Message
from selfhost.chat.telegram import PageTelegram

_LOOK_S: Final = 0.5  # while the bot is at work: the sign of it ends by the clock


class View:
    """Numbers every change of the chat, so that a page asks for what is new. Threads may share it."""

    def __init__(self, telegram: PageTelegram) -> None:
        self._telegram = telegram
        self._now = 1  # an empty chat is news to a page that knows nothing
        self._seen: dict[int, tuple[int, Message]] = {}
        self._gone: dict[int, int] = {}
        self._notices: dict[str, tuple[int, str]] = {}
        self._typing = False

    def since(self, after: int, wait_s: float) -> dict[str, Any]:
        """What has changed after that number; waits so long for something."""
        ends_s = time.monotonic() + wait_s
        changed = self._telegram.chat.changed
        with changed:
            while True:
                self._look()
                left_s = ends_s - time.monotonic()
                if self._now > after or left_s <= 0:
                    return self._drawn(after)
                changed.wait(min(left_s, _LOOK_S) if self._typing else left_s)

    def _look(self) -> None:
        messages = self._telegram.chat.messages
        for number, message in messages.items():
            if number not in self._seen or self._seen[number][1] is not message:
                self._seen[number] = (self._next(), message)
        for number in self._seen.keys() - messages.keys():
            del self._seen[number]
            self._gone[number] = self._next()
        for press, notice in self._telegram.notices.items():
            if press not in self._notices:
                self._notices[press] = (self._next(), notice)
        if (typing := self._telegram.typing_s() > 0) != self._typing:
            self._typing = typing
            self._next()

    def _next(self) -> int:
        self._now += 1
        return self._now

    def _drawn(self, after: int) -> dict[str, Any]:
        return {
            "now": self._now,
            "messages": [self._message(message) for n, message in self._seen.values() if n > after],
            "gone": [number for number, n in self._gone.items() if n > after],
            "notices": [{"n": n, "text": text} for n, text in self._notices.values() if n > after],
            "typing": self._typing,
        }

    def _message(self, message: Message) -> dict[str, Any]:
        raw, mine = message.raw, not message.from_bot
        drawn = {"id": message.message_id, "mine": mine, "at": raw["date"]}
        drawn["html"] = html.escape(message.text, quote=False) if mine else message.source
        if keyboard := raw.get("reply_markup", {}).get("inline_keyboard"):
            drawn["rows"] = [[_button(each) for each in row] for row in keyboard]
        if "photo" in raw:
            drawn["photo"] = message.file_id
        if document := raw.get("document"):
            drawn["file"] = {"id": message.file_id, "name": document["file_name"], "size": document["file_size"]}
        if "reply_to_message" in raw:
            drawn["reply_to"] = raw["reply_to_message"]["message_id"]
        if hint := self._telegram.hints.get(message.message_id):
            drawn["ask"] = hint
        return drawn


def _button(raw: dict[str, Any]) -> dict[str, Any]:
    if "web_app" in raw:
        return {"label": raw["text"], "page": True}
    drawn = {"label": raw["text"], "data": raw.get("callback_data")}
    return drawn | ({"danger": True} if raw.get("style") == "danger" else {})
