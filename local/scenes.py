"""What people do in a scripted conversation and what they then hear, checked, and printed as a transcript."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from burnout.texts import language_of, text
from local.photo import FACE, does, hides_answer
from local.stack import Stack
from local.telegram.chats import Message
from local.telegram.people import Person

ANSWER_S: Final = 20.0


class SceneError(Exception):
    """The bot does not do what the scene says."""


def require(met: bool, otherwise: str) -> None:
    """Raises: SceneError when the condition is not met."""
    if not met:
        raise SceneError(otherwise)


class Chats:
    """The people's chats with the bot, and their transcript line by line."""

    def __init__(self, stack: Stack, say: Callable[[str], None]) -> None:
        self.stack = stack
        self.say = say

    def writes(self, person: Person, words: str, expected: str) -> None:
        """The person writes, and hears something with `expected` in it."""
        self.say(f"{person.user['first_name']}: {words}")
        person.send_text(words)
        self.hears(person, expected)

    def sends_photo(self, person: Person, photo: Path, expected: str) -> None:
        """The person sends a photo, and hears something with `expected` in it."""
        self.tells(person, f"sends {photo.name}")
        person.send_photo(photo.read_bytes())
        self.hears(person, expected)

    def presses(self, person: Person, label: str, expected: str) -> None:
        """The person presses a button of the newest message, which then says `expected`."""
        self.tells(person, f"presses [{label}]")
        press = person.press(person.chat.last_message(), label)
        notice = press.wait_for_notice(ANSWER_S)
        if notice:
            self.say(f"   (notice: {notice})")
        self.hears(person, expected)

    def rates(self, person: Person, rating: int, expected: str) -> None:
        """The person rates the newest answer; a rating that it has already is changed."""
        changes = [button.label for button in person.chat.last_message().buttons if does(button, "rerate")]
        for label in [*changes, str(rating)]:
            self.presses(person, label, expected if label == str(rating) else "")

    def tells(self, person: Person, deed: str) -> None:
        """A line of the transcript about what somebody does."""
        self.say(f"{person.user['first_name']} {deed}")

    def hears(self, person: Person, expected: str) -> Message:
        """The bot's next message to the person is in the transcript. Raises: SceneError when it is another one."""
        message = person.wait_for_answer(ANSWER_S)
        self.show(message)
        require(expected in message.text, f"expected {expected!r}, heard {message.text!r}")
        return message

    def show(self, message: Message) -> None:
        """A message with its buttons is in the transcript."""
        self.say("bot: " + message.text.replace("\n", "\n     "))
        for row in message.label_rows:
            self.say(f"     {row}")

    def sends_selfie(self, person: Person) -> None:
        """The person sends a selfie and sees its answer."""
        self.tells(person, f"sends {FACE.name}")
        person.send_photo(FACE.read_bytes())
        self.is_answered(person)

    def is_answered(self, person: Person) -> None:
        """The next message answers a photo; half of the answers ask for the person's own rating first."""
        message = self.hears(person, "")
        if hides_answer(message):
            self.presses(person, "3", "")
        language = language_of(str(person.user["language_code"]))
        shown = person.chat.last_message().text
        require(text("answer_caution_rated", language) in shown, f"no answer to a photo: {shown!r}")

    def hears_nothing(self, person: Person) -> None:
        """Everything is delivered, and nothing more was said."""
        require(self.stack.telegram.wait_until_delivered(ANSWER_S), "an update is still on its way")
        require(not person.read_all(), "the bot said more than it should")

    def until(self, happened: Callable[[], Any]) -> None:
        """Waits for something. Raises: SceneError when it does not happen."""
        deadline_s = time.monotonic() + ANSWER_S
        while not happened():
            require(time.monotonic() < deadline_s, "it did not happen in time")
            time.sleep(0.05)
