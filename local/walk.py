"""People who walk through the conversation and keep what they see, on the webhook's own code and a real store."""

import re
import textwrap
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from burnout.inference import InferFailure
from burnout.telegram.buttons import data_of
from burnout.telegram.calls import BotCall
from burnout.texts import LANGUAGES
from burnout.values import Language
from functions.webhook.assignment import asks_rating_first
from functions.webhook.person import Terms
from local.talk import NOW_UTC, Read, Talk, rows_of
from local.telegram.limits import visible_text

WIDTH: Final = 38  # letters of a line on a small telephone
TERMS: Final = Terms(99, 999, "@operator", "eu-central-1", app_url="https://example.org/app")
PAUSE: Final = timedelta(minutes=20)  # between two messages of a story: a mood is another one after ten
# Pressed last: they take away what other buttons are about.
_LATE: Final = ("undo", "unmood", "selfie", "erase", "agree")
_ALIKE: Final = ("day", "hour")  # one of their many values is enough
_NOTHING: Final = InferFailure(code="not_an_image", message="")  # of a photo that nobody sends


class Shown(NamedTuple):
    """A text that somebody saw, and how they came to it."""

    language: Language
    reached_by: str  # the first step, then the buttons' data
    text: str
    labels: tuple[tuple[str, ...], ...] = ()  # of the buttons under it, row by row
    is_notice: bool = False  # it pops up after a press, for a moment

    @property
    def lines(self) -> int:
        """How many lines of WIDTH letters it takes on a telephone."""
        return sum(max(1, len(textwrap.wrap(line, WIDTH))) for line in self.text.split("\n"))


@dataclass(kw_only=True)
class Walk(Talk):
    """People of one language who press whatever there is to press, each button of a kind once."""

    terms: Terms = TERMS
    shown: dict[str, Shown] = field(default_factory=dict)  # by its text
    actions: set[str] = field(default_factory=set)  # of the buttons that were pressed
    _pressed: set[str] = field(default_factory=set)

    def begin(self, name: str, content: dict[str, Any], read: Read) -> None:
        """Somebody who has agreed sends it, and goes wherever its buttons lead; then a stranger does so.

        A photo comes twice: some are asked for their rating before they read the answer.
        """
        user_id, stranger = self.agreed(), next(self._numbers)
        for first in (False, True) if "photo" in content else (False,):
            number = next(n for n in self._numbers if asks_rating_first(user_id, n) == first)
            calls = self.sends(user_id, {**content, "message_id": number}, read)
            self._follow(user_id, f"{name}, asked first" if first else name, calls, read)
        self._follow(stranger, f"{name}, as a stranger", self.sends(stranger, content, read), read)

    def go_on(self, name: str, calls: list[BotCall], user_id: int | None = None) -> None:
        """This person, or one who has agreed, gets these calls, and goes wherever their buttons lead."""
        self._follow(user_id or self.agreed(), name, calls, _NOTHING)

    def tell(self, name: str, *steps: str | dict[str, Any], read: Read = _NOTHING, agrees: bool = True) -> int:
        """A story: one person sends what is no data of a button, and presses what is, in this order. Who it was."""
        user_id = self.agreed() if agrees else next(self._numbers)
        for number, step in enumerate(steps):
            if isinstance(step, str) and step.startswith("v1:"):
                calls = self.presses(user_id, step)
            else:
                at_s = int((NOW_UTC - (len(steps) - number) * PAUSE).timestamp())
                calls = self.sends(user_id, {"date": at_s, **({"text": step} if isinstance(step, str) else step)}, read)
            self.see(f"{name}: {step}" if isinstance(step, str) else name, calls)
        return user_id

    def see(self, reached_by: str, calls: list[BotCall]) -> None:
        """Keeps the texts that nobody has seen yet."""
        for call in calls:
            for part in ("text", "caption"):
                if text := visible_text(call.params, part):
                    labels = [tuple(button["text"] for button in row) for row in rows_of(call)]
                    hint = call.params.get("reply_markup", {}).get("input_field_placeholder")
                    labels += [(hint,)] if hint else []
                    is_notice = call.method == "answerCallbackQuery"
                    self.shown.setdefault(text, Shown(self.language, reached_by, text, tuple(labels), is_notice))

    def agreed(self) -> int:
        """Somebody who has agreed to the notice as it is now."""
        user_id = next(self._numbers)
        self.presses(user_id, self.yes())
        return user_id

    def yes(self) -> str:
        """The data of the yes to the notice as it is now."""
        return data_of("agree", self.terms.notice, self.language)

    def number(self) -> int:
        """One that nobody has: a person's, or an update's that is going to be late."""
        return next(self._numbers)

    def presses(
        self, user_id: int, data: str, read: Read = _NOTHING, *, at_utc: datetime = NOW_UTC, update_id: int = 0
    ) -> list[BotCall]:
        """Somebody presses a button under a message of that time, with an update of that number or the next."""
        query = self.pressed(user_id, data, date=int(at_utc.timestamp()))
        return self.answer(read, {"callback_query": query}, update_id)

    def sends(
        self, user_id: int, content: dict[str, Any], read: Read = _NOTHING, *, kind: str = "message", update_id: int = 0
    ) -> list[BotCall]:
        """Somebody sends a message with that content, now and with the next number where it does not say otherwise."""
        return self.answer(read, {kind: self.said(user_id, **content)}, update_id)

    def _follow(self, user_id: int, name: str, calls: list[BotCall], read: Read) -> None:
        todo: deque[tuple[str, str]] = deque()
        late: deque[tuple[str, str]] = deque()

        def look(way: str, calls: list[BotCall]) -> None:
            self.see(way, calls)
            for data in (data for call in calls for data in _data_of(call)):
                if self._is_new(data, name):
                    (late if data.split(":")[1] in _LATE else todo).append((way, data))

        look(name, calls)
        while todo or late:
            way, data = (todo or late).popleft()
            look(f"{way} › {data.removeprefix('v1:')}", self.presses(user_id, data, read))

    def _is_new(self, data: str, name: str) -> bool:
        """Whether nobody has pressed it yet; a button of one photo is another for each kind of photo."""
        action, *values = data.split(":")[1:]
        if {*values} & {*LANGUAGES} - {self.language}:
            return False  # it leads into the other language
        self.actions.add(action)
        kinds = [] if action in _ALIKE else [_kind_of(value) for value in values]
        if action == "check":  # how many answers there are, not which
            kinds = [f"{len(values[0])} answers"]
        key = " ".join([name if "message" in kinds and "photo" in name else "", action, *kinds])
        new = key not in self._pressed
        self._pressed.add(key)
        return new


def _kind_of(value: str) -> str:
    """One word for values of a button that lead to the same screen."""
    if value == NOW_UTC.date().isoformat():
        return "today"
    kinds = ((r"\d\d+", "message"), (r"\d{4}-\d\d-\d\d", "earlier day"), (r"\w+/.+", "time zone"))
    return next((kind for shape, kind in kinds if re.fullmatch(shape, value)), value)


def _data_of(call: BotCall) -> list[str]:
    return [button["callback_data"] for row in rows_of(call) for button in row if "callback_data" in button]
