"""A chat with the bot in a terminal: the person's side of the fake Telegram, line by line."""

import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from local.photo import sending, shown
from local.telegram.chats import Message, NoAnswerError
from local.telegram.people import Person
from local.telegram.server import FakeTelegram

HELP: Final = "type /start, the path of a photo, or (a part of) what is written on a button; Ctrl-C ends everything"
_LISTEN_S: Final = 0.5
_BEFORE_WORDS: Final = re.compile(r"^\W+")


class Console:
    """Reads what a person types and shows what the bot says."""

    def __init__(self, telegram: FakeTelegram, person: Person, *, say: Callable[[str], object] = print) -> None:
        self._telegram = telegram
        self._person = person
        self._say = say
        self._said: dict[int, Message] = {}  # by its number, as it stands now; what changed last comes last
        self._closed = threading.Event()

    def run(self, lines: Iterable[str]) -> None:
        """Until the lines end: each is a file to send, a button to press, or a text."""
        listener = threading.Thread(target=self._listen, daemon=True)
        listener.start()
        for line in lines:
            self._act(line.strip())
        self._telegram.wait_until_delivered()
        self._closed.set()
        listener.join()
        for message in self._person.read_all():
            self._show(message)

    def _act(self, typed: str) -> None:
        button = self._button(typed)
        path = _file_of(typed)
        if button:
            self._person.press(*button)
        elif path:
            sending(self._telegram, self._person, path.read_bytes(), path.name)()
        elif typed:
            self._person.send_text(typed)

    def _button(self, typed: str) -> tuple[Message, str] | None:
        """The newest button with this label, signs before it aside; else the only one of the newest message with it."""
        with_buttons = [message for message in reversed(self._said.values()) if message.labels]
        for message in with_buttons:
            for label in message.labels:
                if typed and (typed == label or typed.casefold() == _BEFORE_WORDS.sub("", label).casefold()):
                    return message, label
        newest = with_buttons[0].labels if with_buttons else []
        alike = [label for label in newest if typed and typed.casefold() in label.casefold()]
        return (with_buttons[0], alike[0]) if len(alike) == 1 else None

    def _listen(self) -> None:
        while not self._closed.is_set():
            with suppress(NoAnswerError):
                self._show(self._person.wait_for_answer(_LISTEN_S))

    def _show(self, message: Message) -> None:
        self._said.pop(message.message_id, None)
        self._said[message.message_id] = message
        self._say(f"\nbot: {shown(message)}")


def _file_of(typed: str) -> Path | None:
    try:
        path = Path(typed.strip("'\"")).expanduser()  # terminals quote what is dragged into them
        return path if path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # too long a name, an unknown user's home, a NUL: a text
        return None
