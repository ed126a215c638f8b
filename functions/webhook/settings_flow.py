"""Reads and changes a person's settings: /settings, /timezone and the buttons under them."""

from datetime import datetime

from burnout.schedule import is_quiet, zone_names
from burnout.store.people import ChangeSettings, ReadSettings, Settings
from burnout.store.privacy import SetDonating
from burnout.telegram.buttons import (
    DonatePhotos,
    OpenSetting,
    SetAlerts,
    SetHour,
    SetQuiet,
    SetReminder,
    SetReports,
    SetTheme,
    SetWeekday,
    SetZone,
    ShowSettings,
    StopReminders,
)
from burnout.texts import text
from functions.webhook import screens, settings_screens
from functions.webhook.deps import Deps, Person
from functions.webhook.screens import Reply, Screen, sentence
from functions.webhook.time_zones import city, find_time_zones

Choice = SetReports | SetWeekday | SetHour | SetZone | SetReminder | StopReminders | SetQuiet | SetTheme | SetAlerts
SettingButton = ShowSettings | OpenSetting | DonatePhotos | Choice


def overview(person: Person, deps: Deps) -> Screen:
    """The settings as they stand; the notice for somebody who was erased meanwhile."""
    settings = deps.store(ReadSettings(user_id=person.id))
    if settings is None:
        return screens.start(person.language, deps.terms.data_place)
    return settings_screens.overview(settings, deps.now_utc())


def time_zone(words: str, person: Person, deps: Deps) -> Screen:
    """The one place that the words mean is kept; of several one can be pressed; without words there is a list."""
    settings = deps.store(ReadSettings(user_id=person.id))
    if settings is None:
        return screens.start(person.language, deps.terms.data_place)
    if not words:
        return settings_screens.choices("zone", settings, deps.now_utc())
    found = find_time_zones(words, deps.now_utc())
    if not found:
        return sentence("settings_zone_unknown", settings.language)
    if len(found) > 1:
        return settings_screens.which_zone(found, settings)
    changed = deps.store(ChangeSettings(user_id=person.id, time_zone=found[0])) or settings
    return settings_screens.overview(changed, deps.now_utc(), lead=_noted_zone(found[0], changed, deps.now_utc()))


def pressed(button: SettingButton, person: Person, deps: Deps) -> Reply:
    """What a button of the settings leads to: the choices of one, or the settings again with what was chosen."""
    stands = deps.store(ReadSettings(user_id=person.id))
    if stands is None:
        return screens.stale(person.language)
    match button:
        case ShowSettings():
            return Reply(becomes=settings_screens.overview(stands, deps.now_utc()), outcome="settings")
        case OpenSetting(name):
            return Reply(becomes=settings_screens.choices(name, stands, deps.now_utc()), outcome="settings")
        case DonatePhotos(switch):
            return _donating(person, deps, donating=switch == "on")
    change = _change(button, stands, person.id)
    if change is None:
        return screens.stale(person.language)
    changed = deps.store(change) or stands
    screen = settings_screens.overview(changed, deps.now_utc())
    return Reply(_notice(button, stands, changed, deps.now_utc()), screen, outcome="settings")


def _donating(person: Person, deps: Deps, *, donating: bool) -> Reply:
    deps.store(SetDonating(user_id=person.id, donating=donating))
    key = "settings_noted_donating" if donating else "settings_noted_not_donating"
    return Reply(text(key, person.language), overview(person, deps), outcome="settings")


def _change(button: Choice, stands: Settings, user_id: int) -> ChangeSettings | None:  # noqa: PLR0911  (one a setting)
    """What to keep, or None for a choice that the bot never offers, or not with these settings."""
    match button:
        case SetReports(switch):
            return ChangeSettings(user_id=user_id, reports=switch == "on")
        case SetWeekday(weekday):
            return ChangeSettings(user_id=user_id, report_weekday=weekday)
        case SetHour(hour):
            return ChangeSettings(user_id=user_id, report_hour=hour)
        case SetZone(zone) if zone in zone_names():
            return ChangeSettings(user_id=user_id, time_zone=zone)
        case SetReminder(hour) if not is_quiet(hour, stands.quiet_from, stands.quiet_to):
            return ChangeSettings(user_id=user_id, reminder_hour=hour)
        case StopReminders():
            return ChangeSettings(user_id=user_id, reminder_hour=None)
        case SetQuiet(since, until) if (since, until) in settings_screens.QUIET_HOURS:
            return _quiet_change(since, until, stands, user_id)
        case SetTheme(theme):
            return ChangeSettings(user_id=user_id, theme=theme)
        case SetAlerts(switch):
            return ChangeSettings(user_id=user_id, alerts=switch == "on")
        case _:
            return None


def _quiet_change(quiet_from: int, quiet_to: int, stands: Settings, user_id: int) -> ChangeSettings:
    hour = stands.reminder_hour
    if hour is not None and is_quiet(hour, quiet_from, quiet_to):  # it could never come: say so instead of waiting
        return ChangeSettings(user_id=user_id, quiet_from=quiet_from, quiet_to=quiet_to, reminder_hour=None)
    return ChangeSettings(user_id=user_id, quiet_from=quiet_from, quiet_to=quiet_to)


def _notice(button: Choice, before: Settings, after: Settings, now_utc: datetime) -> str:
    if isinstance(button, SetZone):
        return _noted_zone(button.zone, after, now_utc)
    if isinstance(button, SetQuiet) and after.reminder_hour != before.reminder_hour:
        return text("settings_noted_reminder_off", after.language, hour=f"{before.reminder_hour}:00")
    return text("settings_noted", after.language)


def _noted_zone(zone: str, settings: Settings, now_utc: datetime) -> str:
    time = settings_screens.local_time(settings, now_utc)
    return text("settings_noted_zone", settings.language, city=city(zone, settings.language), time=time)
