"""Telegram, as far as one person with a page needs it: the chat and the files are in this process."""

import mimetypes
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from burnout.errors import TelegramRejectedError
from burnout.telegram.calls import BotCall, Upload
from local.telegram.chats import Chat, Json
from local.telegram.delivery import Update
from local.telegram.files import Uploaded
from local.telegram.methods import BotMethods
from local.telegram.network import Network
from local.telegram.people import Person
from local.telegram.refusals import ApiError, BadRequestError

PERSON_ID: Final = 1_000_001
TYPING_S: Final = 5.0  # as Telegram shows it


class PageTelegram:
    """What the bot calls, and what the person does. Threads may share it.

    Messages and updates are numbered by the clock, in milliseconds: what an earlier start numbered stays apart, as
    both are keys of what is stored.
    """

    def __init__(self, sink: Callable[[Update], None]) -> None:
        first = int(time.time() * 1000)
        self._network = Network(
            clock=time.time,
            rng=random.SystemRandom(),
            sink=lambda _, update: sink(update),
            first_message=first,
            first_update=first,
        )
        self._methods = BotMethods(self._network)
        self._person = Person(self._network, {"id": PERSON_ID, "is_bot": False, "first_name": "You"})
        self._typing_until = 0.0
        self.chat.begun = True  # a reminder may come before this start's first words
        self.hints: dict[int, str] = {}  # message -> what its answer may look like, where the bot asks for words

    @property
    def chat(self) -> Chat:
        """The conversation."""
        return self._person.chat

    @property
    def notices(self) -> dict[str, str]:
        """What the bot has said to presses so far, by their ids."""
        return {number: press.notice for number, press in self._network.presses.items() if press.notice}

    def typing_s(self) -> float:
        """How long the chat still shows that the bot is at work."""
        return max(0.0, self._typing_until - time.time())

    # ------------------------------------------------------------ the bot

    def call(self, call: BotCall, files: Mapping[str, Upload] | None = None) -> Any:
        """The call's result. Raises: TelegramRejectedError."""
        with self.chat.changed:
            if call.method == "sendChatAction":
                self._typing_until = time.time() + TYPING_S
                self.chat.changed.notify_all()
                return True
            if call.method.startswith("send"):
                self._typing_until = 0.0
            uploaded = {name: _upload(name, content) for name, content in (files or {}).items()}
            result = self._answered(call, uploaded)
            if hint := (call.params.get("reply_markup") or {}).get("input_field_placeholder"):
                self.hints[result["message_id"]] = hint
            return result

    def download(self, file_id: str) -> bytes:
        """A file's bytes. Raises: TelegramRejectedError."""
        content = self.content(file_id)
        if content is None:
            raise TelegramRejectedError("getFile", 400, "no such file")
        return content

    # ------------------------------------------------------------ the person

    def content(self, file_id: str) -> bytes | None:
        """A file's bytes, None when there is none."""
        with self._network.lock:
            try:
                return self._network.shelf.content(file_id)
            except BadRequestError:
                return None

    def speak(self, language_code: str) -> None:
        """The language of whoever has not chosen one: an IETF tag."""
        self._person.user["language_code"] = language_code

    def write(self, words: str, reply_to: int | None) -> None:
        """Sends words, as a reply if there is that message."""
        with self._network.lock:
            quoted = self.chat.messages.get(reply_to or 0)
            content: Json = {"text": words}
            self._person.send(content | ({"reply_to_message": quoted.raw} if quoted else {}))

    def send_photo(self, content: bytes, name: str) -> None:
        """Sends a photo; what nobody could show as one goes as a file, and the bot says what it makes of it."""
        try:
            self._person.send_photo(content)
        except ValueError:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            self._person.send_document(content, name, kind)

    def press(self, message_id: int, data: str) -> bool:
        """Whether there is such a message to press a button of."""
        with self._network.lock:
            message = self.chat.messages.get(message_id)
            if message is not None:
                self._person.press(message, data)
            return message is not None

    def press_below_nothing(self, data: str, timeout_s: float) -> None:
        """The bot has carried out a button that no message has. Raises: NoAnswerError."""
        with self._network.lock:
            message = self.chat.add(self._network.bot, {"text": "…"}, time.time(), "…")
            press = self._person.press(message, data)
        press.wait_for_notice(timeout_s)

    def _answered(self, call: BotCall, uploaded: Mapping[str, Uploaded]) -> Any:
        try:
            return self._methods.call(call.method, call.params, uploaded)
        except ApiError as error:
            raise TelegramRejectedError(call.method, error.code, error.description) from None


def _upload(name: str, content: Upload) -> Uploaded:
    file_name, data = (name, content) if isinstance(content, bytes) else content
    return Uploaded(file_name, data)
