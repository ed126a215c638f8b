"""What `store` is asked about a person: their agreement, their language and settings, whether they can be reached."""

from zoneinfo import ZoneInfo

import msgspec

from burnout.schedule import zone_of
from burnout.store.operation import Operation
from burnout.values import Hour, Language, Theme, TimeZoneName, Weekday


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
    alerts: bool = False  # a message when the strain stays above the person's own beginning
    donating: bool = False  # photos are donated to the improvement of the model, see burnout.store.privacy.SetDonating

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the person's calendar: the one they chose, or the default of their language."""
        return zone_of(self.time_zone, self.language)


class Consent(Operation[None], tag="consent", frozen=True):
    """Keeps that the person agreed to this version of the notice."""

    chat_id: int
    version: int
    language: Language


class SetLanguage(Operation[None], tag="set_language", frozen=True):
    """Keeps the person's choice; without a person (no consent) it keeps nothing."""

    language: Language


class SetReachable(Operation[None], tag="set_reachable", frozen=True):
    """Keeps whether the bot may write to the person (they blocked or unblocked it)."""

    reachable: bool


class ReadSettings(Operation[Settings | None], tag="read_settings", frozen=True):
    """Reads the person's settings as they stand; none of somebody who has not agreed."""


class ChangeSettings(Operation[Settings | None], tag="change_settings", frozen=True):
    """Keeps what is given and leaves the rest; the next report and reminder follow. `reminder_hour` None is off."""

    time_zone: TimeZoneName | msgspec.UnsetType = msgspec.UNSET
    reports: bool | msgspec.UnsetType = msgspec.UNSET
    report_weekday: Weekday | msgspec.UnsetType = msgspec.UNSET
    report_hour: Hour | msgspec.UnsetType = msgspec.UNSET
    reminder_hour: Hour | msgspec.UnsetType | None = msgspec.UNSET
    quiet_from: Hour | msgspec.UnsetType = msgspec.UNSET
    quiet_to: Hour | msgspec.UnsetType = msgspec.UNSET
    theme: Theme | msgspec.UnsetType = msgspec.UNSET
    alerts: bool | msgspec.UnsetType = msgspec.UNSET
