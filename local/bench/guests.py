"""People who come, press, delete everything while a photo is on its way, and stay away or return."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from burnout.telegram.buttons import data_of
from burnout.texts import text
from local.photo import does
from local.stack import Stack
from local.telegram.chats import Message, NoAnswerError
from local.telegram.files import Picture
from local.telegram.people import Person

_ASKED_AGAIN_AFTER_S: Final = 60.0
_ASKED: Final = 4  # times
_RETURN_SHARE: Final = 0.5
_DONATE_SHARE: Final = 0.5


@dataclass(frozen=True)
class Guest:
    """How a visit ended: `known` whether the person agreed last, and not erased; `mishap` what they waited for."""

    user_id: int
    known: bool
    mishap: str = ""


def come_and_go(stack: Stack, picture: Picture, seed: int, ends_s: float) -> list[Guest]:
    """One visit after another until `ends_s` on time.monotonic()'s clock, the last one to its end."""
    rng, guests = random.Random(seed), []
    while time.monotonic() < ends_s:
        guests.append(_visit(stack, picture, rng))
    return guests


def _visit(stack: Stack, picture: Picture, rng: random.Random) -> Guest:
    person, returns = stack.telegram.person(), rng.random() < _RETURN_SHARE
    try:
        notice = _hears(person, lambda: person.send_text("/start"), _has("agree"))
        _hears(person, lambda: _press(person, notice, "agree"), _says("first_city"))
        if rng.random() < _DONATE_SHARE:
            person.press(notice, data_of("donate", "on"))
        _press_about(person, _hears(person, lambda: person.send_photo(picture), _is_about_a_photo), rng)
        person.send_text(rng.choice(("/report", "/export", "/history", "/settings")))
        question = _hears(person, lambda: person.send_text("/delete"), _has("erase"))
        person.send_photo(picture)
        time.sleep(rng.uniform(0, 0.3))  # the photo is being fetched, kept, looked at, recorded
        _hears(person, lambda: _press(person, question, "erase", times=2), _says("erased"))
        if returns:
            again = _hears(person, lambda: person.send_text("/start"), _has("agree"))
            _hears(person, lambda: _press(person, again, "agree"), _says("first_city"))
        person.send_photo(picture)
    except NoAnswerError as error:
        return Guest(person.id, known=returns, mishap=str(error))
    return Guest(person.id, known=returns)


def _hears(person: Person, ask: Callable[[], object], is_wanted: Callable[[Message], bool]) -> Message:
    """The first message that is wanted; what it answers is asked again after a minute. Raises: NoAnswerError."""
    for _ in range(_ASKED):
        ask()
        ends_s = time.monotonic() + _ASKED_AGAIN_AFTER_S
        with suppress(NoAnswerError):
            while True:
                message = person.wait_for_answer(max(0.0, ends_s - time.monotonic()))
                if is_wanted(message):
                    return message
    raise NoAnswerError(f"no answer in {_ASKED} times {_ASKED_AGAIN_AFTER_S:.0f} s; the chat is:\n{person.view()}")


def _press(person: Person, message: Message, action: str, *, times: int = 1) -> None:
    data = next(button.data for button in message.buttons if button.data and f":{action}" in button.data)
    for _ in range(times):
        person.press(message, data)


def _press_about(person: Person, answer: Message, rng: random.Random) -> None:
    for button in rng.sample(answer.buttons, min(2, len(answer.buttons))):
        if not does(button, "bin"):
            person.press(answer, button.data or "")


def _has(action: str) -> Callable[[Message], bool]:
    return lambda message: any(f":{action}" in (button.data or "") for button in message.buttons)


def _says(key: str) -> Callable[[Message], bool]:
    return lambda message: message.source == text(key, "en")


def _is_about_a_photo(message: Message) -> bool:
    return message.source == text("apology", "en") or any(does(each, "up", "name", "show") for each in message.buttons)
