"""Callback data: a closed, versioned grammar, `v1:<button>:<field>:…`, at most 64 bytes.

A client can send callback data that no message ever contained, so what arrives is parsed into one of these types with
checked fields, or ignored. Nothing else in the bot sees the text.
"""

from typing import Any, Final, Literal

import msgspec

from burnout.emotions import Emotion
from burnout.values import Hour, Language, Rating, Theme, TimeZoneName, Weekday, WeekKey, Whole

_VERSION: Final = "v1"
ChartKind = Literal["course", "calendar"]
SettingName = Literal["weekday", "hour", "zone", "reminder", "quiet", "alerts", "donating", "theme", "language"]
Switch = Literal["on", "off"]


class _Button(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    pass


class Agree(_Button, tag="agree", frozen=True):
    """Yes to this version of the notice. The language is the one it was read in."""

    version: Whole
    language: Language


class Decline(_Button, tag="decline", frozen=True):
    """No to the notice."""

    language: Language


class ShowStart(_Button, tag="start", frozen=True):
    """The notice again, in this language; nothing is stored before a yes."""

    language: Language


class ThumbUp(_Button, tag="up", frozen=True):
    """👍 for the check-in of this message."""

    message_id: Whole


class ThumbDown(_Button, tag="down", frozen=True):
    """👎 for the check-in of this message; asks which of the seven it was."""

    message_id: Whole


class Correct(_Button, tag="is", frozen=True):
    """What the expression was instead."""

    message_id: Whole
    emotion: Emotion


class AskEmotion(_Button, tag="name", frozen=True):
    """Which of the seven it was, where no side was named; it says nothing about the answer."""

    message_id: Whole


class RateMood(_Button, tag="rate", frozen=True):
    """The person's own rating, 1 to 5."""

    message_id: Whole
    rating: Rating


class ShowHistory(_Button, tag="hist", frozen=True):
    """The history of so many days; 0 is all of it."""

    days: Whole


class ChooseLanguage(_Button, tag="lang", frozen=True):
    """The bot's language from now on."""

    language: Language


class ShowAnswer(_Button, tag="show", frozen=True):
    """The model's answer without a rating first."""

    message_id: Whole


class UndoEntry(_Button, tag="undo", frozen=True):
    """Delete this check-in."""

    message_id: Whole


class KeepEntry(_Button, tag="keep", frozen=True):
    """Do not delete it after all."""


class AskRemove(_Button, tag="bin", frozen=True):
    """What shall go: the check-in, or its selfie in the chat. `under`: what the message says now."""

    message_id: Whole
    under: Literal["answer", "question", "unsure"]


class AskRating(_Button, tag="back", frozen=True):
    """The question for the rating again, from the choice of what shall go."""

    message_id: Whole


class AskRatingUnsure(_Button, tag="unsure", frozen=True):
    """As `AskRating`, of a photo that alone did not tell."""

    message_id: Whole


class DeleteSelfie(_Button, tag="selfie", frozen=True):
    """Delete the message with the photo from the chat; the check-in stays."""

    message_id: Whole


class EraseEverything(_Button, tag="erase", frozen=True):
    """Delete everything about me: the confirmation of /delete and /stop."""


class KeepEverything(_Button, tag="stay", frozen=True):
    """Delete nothing after all."""


class ShowReport(_Button, tag="report", frozen=True):
    """The report as of now."""


class ShowChart(_Button, tag="chart", frozen=True):
    """The whole history as a picture."""

    kind: ChartKind


class AskWeek(_Button, tag="ask", frozen=True):
    """The weekly question, for this week."""

    week: WeekKey


class WeekAnswer(_Button, tag="week", frozen=True):
    """An answer to a week's question."""

    week: WeekKey
    answer: Rating


class ShowSettings(_Button, tag="set", frozen=True):
    """The settings as they stand."""


class OpenSetting(_Button, tag="open", frozen=True):
    """What one of the settings can be."""

    setting: SettingName


class SetReports(_Button, tag="reports", frozen=True):
    """Weekly reports on or off."""

    switch: Switch


class SetWeekday(_Button, tag="day", frozen=True):
    """The report's day of the week, 0 = Monday."""

    weekday: Weekday


class SetHour(_Button, tag="hour", frozen=True):
    """The report's hour."""

    hour: Hour


class SetZone(_Button, tag="zone", frozen=True):
    """The person's time zone by its IANA name."""

    zone: TimeZoneName


class SetReminder(_Button, tag="remind", frozen=True):
    """A daily reminder at this hour."""

    hour: Hour


class StopReminders(_Button, tag="silent", frozen=True):
    """No reminders."""


class SetQuiet(_Button, tag="quiet", frozen=True):
    """The hours without reminders, from and to."""

    quiet_from: Hour
    quiet_to: Hour


class SetTheme(_Button, tag="theme", frozen=True):
    """Light or dark charts."""

    theme: Theme


class SetAlerts(_Button, tag="alerts", frozen=True):
    """A message when the strain stays high, or none."""

    switch: Switch


class DonatePhotos(_Button, tag="give", frozen=True):
    """Photos are donated to the improvement of the model, or taken back."""

    switch: Switch


Button = (
    Agree
    | Decline
    | ShowStart
    | ThumbUp
    | ThumbDown
    | Correct
    | AskEmotion
    | RateMood
    | ShowHistory
    | ChooseLanguage
    | ShowAnswer
    | UndoEntry
    | KeepEntry
    | AskRemove
    | AskRating
    | AskRatingUnsure
    | DeleteSelfie
    | EraseEverything
    | KeepEverything
    | ShowReport
    | ShowChart
    | AskWeek
    | WeekAnswer
    | ShowSettings
    | OpenSetting
    | SetReports
    | SetWeekday
    | SetHour
    | SetZone
    | SetReminder
    | StopReminders
    | SetQuiet
    | SetTheme
    | SetAlerts
    | DonatePhotos
)


def data_of(button: Button) -> str:
    """The callback data of a button: 1 to 64 bytes of ASCII."""
    fields: list[Any] = msgspec.to_builtins(button)
    return ":".join((_VERSION, *map(str, fields)))


def parse_button(data: str | None) -> Button | None:
    """The button that `data` spells exactly, or None for anything else."""
    version, *fields = (data or "").split(":")
    try:
        button: Button = msgspec.convert(fields, Button, strict=False)
    except msgspec.ValidationError:
        return None
    # Spelled exactly: "07", "+7" or "7.0" would otherwise be read as 7 as well.
    return button if version == _VERSION and data_of(button) == data else None
