"""What `store` is asked about a person: their agreement, their language and settings, whether they can be reached."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from burnout.schedule import is_quiet, zone_of
from burnout.store.days import Factor
from burnout.store.operation import Choice, Operation
from burnout.values import Hour, Language, Theme, TimeZoneName, Utc, Weekday, Whole

# What a change of these schedules is sent by the person's clock.
_SCHEDULED: Final = ("report_weekday", "report_hour", "reminder_hour", "reports")


def scheduled_by(changes: Mapping[str, Any]) -> str | None:
    """The first of these changed settings that needs the person's clock; None where none does. Off needs none."""
    on = (name for name, value in changes.items() if value is not None and value is not False)
    return next((name for name in on if name in _SCHEDULED), None)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has chosen, or the defaults."""

    language: Language
    time_zone: str | None = None  # an IANA name; None: never chosen, see burnout.schedule.DEFAULT_ZONES
    reports: bool = True
    report_weekday: Weekday = 6
    report_hour: Hour = 18
    reminder_hour: Hour | None = None  # None: no reminders
    quiet_from: Hour = 21
    quiet_to: Hour = 9
    theme: Theme = "light"
    alerts: bool = False  # a message when the strain stays above the person's own first weeks
    hidden_factors: tuple[Factor, ...] = ()  # what is not offered under "what was in the day"
    donating: bool = False  # photos are donated to the improvement of the model, see burnout.store.privacy.SetDonating

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the person's calendar: the one they chose, or the default of their language."""
        return zone_of(self.time_zone, self.language)


def outside_quiet_hours(changes: dict[str, Any], stands: Settings) -> dict[str, Any] | None:
    """The changes, and no reminder where their quiet hours cover it; None: they name one that could never come."""
    named = ("reminder_hour", "quiet_from", "quiet_to")
    hour, quiet_from, quiet_to = (changes.get(each, getattr(stands, each)) for each in named)
    if hour is None or not is_quiet(hour, quiet_from, quiet_to):
        return changes
    return None if "reminder_hour" in changes else {**changes, "reminder_hour": None}


class Consent(Choice[bool], tag="consent", frozen=True):
    """Keeps that the person agreed to this version of the notice.

    False: an erasure came after this agreement, so it began nobody anew. Only the shard keeps that there was one, so
    another person's late agreement may meet it too: they agree once more.
    """

    chat_id: int
    version: int
    language: Language


class SetLanguage(Choice[Language | None], tag="set_language", frozen=True):
    """Keeps the person's choice, and answers the language that stands; None without a person: nothing is kept."""

    language: Language


class SetReachable(Choice[None], tag="set_reachable", frozen=True):
    """Keeps whether the bot may write to the person (they blocked or unblocked it).

    A block that was met in sending has no update's number: if the person is not back, the next message meets it again.
    """

    reachable: bool


class ReadSettings(Operation[Settings | None], tag="read_settings", frozen=True):
    """Reads the person's settings as they stand; none of somebody who has not agreed."""


class EnterApp(Operation[Settings | None], tag="enter_app", frozen=True):
    """Reads the settings of whoever has opened the Mini App; every request of its page asks this first.

    None: the page is closed, to somebody who has not agreed to this notice, and to a page that was opened before the
    agreement that stands. So one from before an erasure never gets at what a new agreement began.
    """

    signed_at_utc: Utc  # when Telegram signed that the person opened it
    notice: Whole  # its version that the bot shows now


class ChangeSettings(Choice[Settings | None], tag="change_settings", frozen=True):
    """Changes the settings that are named; the next report and reminder follow. `reminder_hour` None is off."""

    time_zone: TimeZoneName | msgspec.UnsetType = msgspec.UNSET
    reports: bool | msgspec.UnsetType = msgspec.UNSET
    report_weekday: Weekday | msgspec.UnsetType = msgspec.UNSET
    report_hour: Hour | msgspec.UnsetType = msgspec.UNSET
    reminder_hour: Hour | msgspec.UnsetType | None = msgspec.UNSET
    quiet_from: Hour | msgspec.UnsetType = msgspec.UNSET
    quiet_to: Hour | msgspec.UnsetType = msgspec.UNSET
    theme: Theme | msgspec.UnsetType = msgspec.UNSET
    alerts: bool | msgspec.UnsetType = msgspec.UNSET
    hidden_factors: tuple[Factor, ...] | msgspec.UnsetType = msgspec.UNSET

    def given(self) -> dict[str, Any]:
        """The settings that are named, with their new values."""
        names = (name for name in self.__struct_fields__ if name not in Choice.__struct_fields__)
        return {name: value for name in names if (value := getattr(self, name)) is not msgspec.UNSET}
