"""Callback data: a closed, versioned grammar, `v1:<action>:<value>:…`, at most 64 bytes.

A client can send callback data that no message ever contained, so what arrives is parsed into an action with checked
values, or ignored. Nothing else in the bot sees the text.
"""

from datetime import date
from typing import Annotated, Any, Final, Literal, NamedTuple, cast

import msgspec

from burnout.emotions import Emotion
from burnout.store.days import Factor, Value
from burnout.values import Hour, Language, Rating, Span, Theme, TimeZoneName, Weekday, WeekKey, Whole

LIMIT_BYTES: Final = 64  # core.telegram.org/bots/api#inlinekeyboardbutton
_VERSION: Final = "v1"
ChartKind = Literal["course", "calendar"]
SettingName = Literal[
    "weekday", "hour", "zone", "reminder", "quiet", "alerts", "donating", "theme", "language", "factors"
]
Scheduled = Literal["weekday", "hour", "reminder", "reports"]
Switch = Literal["on", "off"]
Place = Literal["answer", "question", "unsure"]
Question = Literal["rating", "energy", "sleep", "factors"]  # about a day, in the order in which they are asked
Moment = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]  # s, Unix time, until 2106
First = Literal["write", "reminder", "alerts", "done"]  # what comes next of the first minute
Sofar = Annotated[str, msgspec.Meta(pattern=r"^[0-4]{0,6}\Z")]  # answers to the first questions of an inventory
Action = Literal[
    "agree", "decline", "start", "lang",
    "read", "first", "fzone", "fhour", "falerts", "home", "help", "commands",
    "up", "down", "is", "name", "rate", "rerate", "show", "back", "unsure",
    "mood", "feel", "binmood", "unmood",
    "days", "about", "asks", "rated", "energy", "sleep", "had", "done",
    "bin", "undo", "keep", "selfie", "erase", "stay",
    "hist", "report", "why", "chart", "page", "sees", "ask", "week",
    "set", "open", "reports", "day", "hour", "zone", "remind", "silent", "quiet", "theme", "alerts", "donate",
    "clock", "offer", "write",
    "support", "lines", "check",
]  # fmt: skip

# What follows each action. A message is named by its number in the person's chat.
GRAMMAR: Final[dict[Action, Any]] = {
    "agree": tuple[Whole, Language],  # yes to this version of the notice, in the language it was read in
    "decline": tuple[Language],  # no to the notice
    "start": tuple[Language],  # the notice again, in this language; nothing is stored before a yes
    "lang": tuple[Language],  # the bot's language from now on
    "read": tuple[Literal["all", "short"], Language],  # the notice in full, or in short
    "first": tuple[First],  # the next question of the first minute; the one before is left out
    "fzone": tuple[TimeZoneName],  # answers to its three questions
    "fhour": tuple[Hour],
    "falerts": tuple[Switch],
    "home": tuple[()],  # the home screen
    "help": tuple[()],
    "commands": tuple[()],  # every command in a line
    "up": tuple[Whole],  # 👍 for the check-in of this message
    "down": tuple[Whole],  # 👎 for it; asks which of the seven it was
    "is": tuple[Whole, Emotion],  # what the expression was instead
    "name": tuple[Whole],  # which of the seven it was, where no side was named; says nothing about the answer
    "rate": tuple[Whole, Rating],  # the person's own rating
    "rerate": tuple[Whole],  # the five numbers again, to change the rating
    "show": tuple[Whole],  # the model's answer without a rating first
    "back": tuple[Whole],  # the question for the rating again, from the choice of what shall go
    "unsure": tuple[Whole],  # as "back", of a photo that alone did not tell
    "mood": tuple[Rating],  # how the person is now, without a photo
    "feel": tuple[()],  # the question for a mood
    "binmood": tuple[Moment],  # whether the mood of this moment shall go
    "unmood": tuple[Moment],  # delete it
    # A day is one that a calendar has: 30 February is in no button. A value of 0 takes back what was said.
    "days": tuple[()],  # today and the days that can still be told
    "about": tuple[date],  # what was said of the day
    "asks": tuple[date, Question],  # one of the questions about it
    "rated": tuple[date, Value],  # how it was on the whole, said later
    "energy": tuple[date, Value],
    "sleep": tuple[date, Literal[0, 1, 2, 3]],
    "had": tuple[date, Factor, Literal[0, 1]],  # something that was in it, or was not
    "done": tuple[date],  # nothing more about it
    "bin": tuple[Whole, Place],  # what shall go: the check-in, or its selfie in the chat; what the message says now
    "undo": tuple[Whole],  # delete this check-in
    "keep": tuple[()],  # do not delete it after all
    "selfie": tuple[Whole],  # delete the message with the photo from the chat; the check-in stays
    "erase": tuple[()],  # delete everything about me: the confirmation of /delete and /stop
    "stay": tuple[()],  # delete nothing after all
    "hist": tuple[Span],  # the history of so many days
    "report": tuple[()],  # the report as of now
    "why": tuple[()],  # what goes with heavy and light days, and the index in points
    "chart": tuple[ChartKind, Span],  # so many days of the history as a picture
    "page": tuple[()],  # the printed page for a doctor
    "sees": tuple[()],  # what the bot can see, and what not
    "ask": tuple[WeekKey],  # the weekly question, for this week
    "week": tuple[WeekKey, Rating],  # an answer to a week's question
    "set": tuple[()],  # the settings as they stand
    "open": tuple[SettingName],  # what one of the settings can be
    "reports": tuple[Switch],  # weekly reports
    "day": tuple[Weekday],  # the report's day of the week
    "hour": tuple[Hour],  # the report's hour
    "zone": tuple[TimeZoneName],  # the person's time zone
    "remind": tuple[Hour],  # a daily reminder at this hour
    "silent": tuple[()],  # no reminders
    "quiet": tuple[Hour, Hour],  # the hours without reminders, from and to
    "theme": tuple[Theme],  # light or dark charts
    "alerts": tuple[Switch],  # a message when the strain rises
    "donate": tuple[Switch],  # photos are donated to the improvement of the model, or taken back
    "clock": tuple[Scheduled, TimeZoneName],  # the person's time zone, asked for before this is scheduled by it
    "offer": tuple[Factor, Switch],  # whether this is offered under "what was in the day"
    "write": tuple[()],  # a city that is not among the buttons
    "support": tuple[()],  # people who listen, in the person's country
    "lines": tuple[()],  # help lines of all countries
    "check": tuple[Sofar],  # the inventory's next question; six answers are kept
}


class Button(NamedTuple):
    """What a pressed button does, and with what: its values are of the types in `GRAMMAR`."""

    action: Action
    values: tuple[Any, ...]


def data_of(action: Action, *values: object) -> str:
    """The callback data of a button: 1 to 64 bytes of ASCII.

    Raises: ValueError for values that the grammar does not have, or that are too long: a bug of ours.
    """
    data = _spelled(action, values)
    if len(data.encode()) > LIMIT_BYTES:
        raise ValueError(f"callback data of {action!r} is over {LIMIT_BYTES} bytes")
    if parse_button(data) is None:
        raise ValueError(f"callback data of {action!r} is not in the grammar")
    return data


def mood_row(stands: Rating | None = None) -> list[tuple[str, str]]:
    """The buttons 1 to 5 for how somebody is now, the one that stands ticked."""
    return [(f"✓ {rating}" if rating == stands else str(rating), data_of("mood", rating)) for rating in range(1, 6)]


def parse_button(data: str | None) -> Button | None:
    """The button that `data` spells exactly, or None for anything else."""
    _, _, rest = (data or "").partition(":")
    word, *fields = rest.split(":")
    action = cast("Action", word)
    if action not in GRAMMAR:
        return None
    try:
        values = msgspec.convert(fields, GRAMMAR[action], strict=False)
    except msgspec.ValidationError:
        return None
    # Spelled exactly: "07", "+7" or "7.0" would otherwise be read as 7 as well, and any version as ours.
    return Button(action, values) if _spelled(action, values) == data else None


def _spelled(action: Action, values: tuple[object, ...]) -> str:
    return ":".join((_VERSION, action, *map(str, values)))
