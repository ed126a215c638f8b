"""Chats as people see them: messages with their edits, buttons, notices, and what the bot has said lately."""

import itertools
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class NoAnswerError(AssertionError):
    """The bot did not say what was waited for. The text shows the chat."""


@dataclass(frozen=True)
class Button:
    """An inline button: `data` of a callback, or the address of the page that it opens."""

    label: str
    data: str | None
    page: str | None = None


@dataclass(frozen=True)
class Message:
    """One version of a message; an edit makes another. `raw` is its Bot API object.

    `source` is the markup as the bot wrote it; `at` is when this version came about, in seconds on the fake's clock.
    """

    raw: Json
    source: str
    at: float

    @property
    def message_id(self) -> int:
        """Unique and rising in its chat."""
        return int(self.raw["message_id"])

    @property
    def chat_id(self) -> int:
        """The chat it is in."""
        return int(self.raw["chat"]["id"])

    @property
    def from_bot(self) -> bool:
        """Whether the bot sent it."""
        return bool(self.raw["from"]["is_bot"])

    @property
    def text(self) -> str:
        """The text or caption as a person reads it."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def keyboard(self) -> list[list[Button]]:
        """The rows of inline buttons."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [[_button(each) for each in row] for row in rows]

    @property
    def buttons(self) -> list[Button]:
        """The inline buttons, row by row."""
        return [button for row in self.keyboard for button in row]

    @property
    def labels(self) -> list[str]:
        """What is written on the buttons, row by row."""
        return [button.label for button in self.buttons]

    @property
    def label_rows(self) -> list[str]:
        """The rows of buttons as text, each button in brackets."""
        return [" ".join(f"[{button.label}]" for button in row) for row in self.keyboard]

    @property
    def file_id(self) -> str | None:
        """The file in it: a photo's largest size, or the document."""
        if self.raw.get("photo"):
            return str(self.raw["photo"][-1]["file_id"])
        return self.raw["document"]["file_id"] if "document" in self.raw else None

    def data_of(self, label_or_data: str) -> str:
        """The callback data of the button with this label; anything else is taken as (forged) data."""
        found = (button.data for button in self.buttons if button.label == label_or_data)
        return next(found, None) or label_or_data


class Chat:
    """A private chat or a group. Its state is guarded by the lock of the whole network, which `changed` shares."""

    def __init__(self, raw: Json, lock: threading.RLock, first_message: int = 1) -> None:
        self.raw = raw
        self.changed = threading.Condition(lock)
        self.messages: dict[int, Message] = {}
        self.begun = False  # a bot cannot write first: until the person has written, the chat is "not found"
        self.bot_status = "member"
        self._numbers = itertools.count(first_message)
        self._unread: deque[Message] = deque()
        self._log: list[int | str] = []

    @property
    def id(self) -> int:
        """A person's id for a private chat, negative for a group."""
        return int(self.raw["id"])

    @property
    def is_private(self) -> bool:
        """Whether it is a chat of one person with the bot."""
        return bool(self.raw["type"] == "private")

    def add(self, sender: Json, content: Json, at: float, source: str = "") -> Message:
        """Put a new message into the chat."""
        with self.changed:
            number = next(self._numbers)
            raw = {"message_id": number, "from": sender, "chat": self.raw, "date": int(at), **content}
            self._log.append(number)
            return self._stored(Message(raw, source, at))

    def replace(self, message: Message, content: Json, at: float, source: str = "") -> Message:
        """Put an edited version in a message's place; None in `content` takes a field away."""
        merged = {**message.raw, "edit_date": int(at), **content}
        with self.changed:
            return self._stored(
                Message({name: value for name, value in merged.items() if value is not None}, source, at)
            )

    def remove(self, message_id: int) -> None:
        """Delete a message for everybody."""
        with self.changed:
            del self.messages[message_id]
            self.changed.notify_all()

    def remark(self, line: str) -> None:
        """Put a line into the view that is no message: a notice, a press, a membership."""
        with self.changed:
            self._log.append(line)
            self.changed.notify_all()

    def wait_for_answer(self, timeout_s: float = 10.0) -> Message:
        """The next message or edit of the bot that was not read yet, oldest first.

        Raises:
            NoAnswerError: nothing came in time.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: bool(self._unread), timeout_s):
                raise NoAnswerError(f"no answer in {timeout_s} s; the chat is:\n{self.view()}")
            return self._unread.popleft()

    def read_all(self) -> list[Message]:
        """Everything of the bot that was not read yet; afterwards it counts as read."""
        with self.changed:
            unread = list(self._unread)
            self._unread.clear()
            return unread

    def last_message(self) -> Message:
        """The newest message of the bot that still exists, as it is now.

        Raises:
            NoAnswerError: the bot has said nothing.
        """
        with self.changed:
            said = [message for message in self.messages.values() if message.from_bot]
            if not said:
                raise NoAnswerError(f"the bot has said nothing; the chat is:\n{self.view()}")
            return said[-1]

    def view(self) -> str:
        """The chat as it looks now: who says what, buttons as labels in brackets, notices between the messages."""
        with self.changed:
            return "\n".join(itertools.chain.from_iterable(self._lines(entry) for entry in self._log))

    def _stored(self, message: Message) -> Message:
        self.messages[message.message_id] = message
        if message.from_bot:
            self._unread.append(message)
        self.changed.notify_all()
        return message

    def _lines(self, entry: int | str) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        elif entry in self.messages:
            message = self.messages[entry]
            who = "bot" if message.from_bot else message.raw["from"]["first_name"]
            yield f"{who}: {_shown(message)}"
            yield from (f"    {row}" for row in message.label_rows)


class Press:
    """A button press on its way: what the person sees of its answer."""

    def __init__(self, query_id: str, chat: Chat, asked_at: float) -> None:
        self.query_id = query_id
        self.chat = chat
        self.asked_at = asked_at
        self.notice: str | None = None  # None: the button still spins; "": the spinner ended without a notice

    def answer(self, notice: str) -> None:
        """End the spinner, with a notice if it is not empty."""
        with self.chat.changed:
            self.notice = notice
            if notice:
                self.chat.remark(f"(notice: {notice})")
            self.chat.changed.notify_all()

    def wait_for_notice(self, timeout_s: float = 10.0) -> str:
        """The notice once the button has stopped spinning; "" when it stopped without one.

        Raises:
            NoAnswerError: it still spins.
        """
        with self.chat.changed:
            if not self.chat.changed.wait_for(lambda: self.notice is not None, timeout_s):
                raise NoAnswerError(f"the button still spins after {timeout_s} s; the chat is:\n{self.chat.view()}")
            return self.notice or ""


def _button(raw: Json) -> Button:
    return Button(raw["text"], raw.get("callback_data"), raw.get("web_app", {}).get("url"))


def _shown(message: Message) -> str:
    kinds = ("photo", "document", "sticker", "video", "voice", "location")
    kind = next((kind for kind in kinds if kind in message.raw), None)
    parts = [f"[{kind}]" if kind else "", "[forwarded]" if "forward_origin" in message.raw else "", message.text]
    shown = " ".join(part for part in parts if part) or "[service message]"
    return f"{shown} (edited)" if "edit_date" in message.raw and not message.from_bot else shown
