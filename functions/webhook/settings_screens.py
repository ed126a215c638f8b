"""The settings as a person sees them: one message with what stands, and one with the choices of each setting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from babel.dates import get_day_names

from burnout.schedule import is_quiet, zone_of
from burnout.store.people import Settings
from burnout.store.privacy import CHECK_INS_FOR
from burnout.telegram.buttons import (
    ChooseLanguage,
    DonatePhotos,
    OpenSetting,
    SetAlerts,
    SetHour,
    SetQuiet,
    SetReminder,
    SetReports,
    SetTheme,
    SettingName,
    SetWeekday,
    SetZone,
    ShowSettings,
    StopReminders,
    Switch,
    data_of,
)
from burnout.telegram.calls import Button
from burnout.texts import LANGUAGE_NAMES, LANGUAGES, plural, text
from burnout.values import Language, Theme
from functions.webhook.screens import Screen, marked
from functions.webhook.time_zones import city, utc_offset

QUIET_HOURS: Final = ((21, 9), (22, 8), (23, 7), (0, 0))  # from, to; equal bounds are none
# Where most people are who write English or Russian, west to east; /timezone knows the rest of the world.
_CITIES: Final = (
    "America/Los_Angeles", "America/Chicago", "America/New_York",
    "Europe/London", "Europe/Berlin", "Europe/Kyiv",
    "Europe/Kaliningrad", "Europe/Minsk", "Europe/Moscow",
    "Europe/Istanbul", "Asia/Tbilisi", "Europe/Samara",
    "Asia/Almaty", "Asia/Tashkent", "Asia/Yekaterinburg",
    "Asia/Kolkata", "Asia/Omsk", "Asia/Novosibirsk",
    "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk",
    "Asia/Vladivostok", "Asia/Singapore", "Australia/Sydney",
)  # fmt: skip
_MOST_ZONES: Final = 9  # of what /timezone found; a longer list is read by nobody
_SWITCHES: Final[tuple[Switch, ...]] = ("on", "off")
_THEMES: Final[tuple[Theme, ...]] = ("light", "dark")


def overview(settings: Settings, now_utc: datetime, *, lead: str = "") -> Screen:
    """What stands now, below a sentence that says what has just changed, and a button for each setting."""
    language = settings.language
    html = text(
        "settings_overview",
        language,
        report=_report(settings),
        zone=_zone_line(settings, now_utc),
        reminder=_reminder(settings),
        quiet=_quiet(settings.quiet_from, settings.quiet_to, language),
        alerts=text("settings_on" if settings.alerts else "settings_off", language),
        donating=text("settings_on" if settings.donating else "settings_off", language),
        theme=text(f"settings_theme_{settings.theme}", language),
        language_name=LANGUAGE_NAMES[language],
    )
    return Screen(f"{lead}\n\n{html}" if lead else html, _setting_buttons(settings))


def _setting_buttons(settings: Settings) -> list[list[Button]]:
    language = settings.language
    switch = SetReports("off" if settings.reports else "on")
    rows: tuple[tuple[SettingName, ...], ...] = (
        ("weekday", "hour"),
        ("zone", "language"),
        ("reminder", "quiet"),
        ("alerts", "donating"),
        ("theme",),
    )
    return [
        [(text(f"settings_turn_{switch.switch}", language), data_of(switch))],
        *([_opens(name, language) for name in row] for row in rows),
    ]


def _opens(name: SettingName, language: Language) -> Button:
    return text(f"settings_button_{name}", language), data_of(OpenSetting(name))


def _report(settings: Settings) -> str:
    if not settings.reports:
        return text("settings_off", settings.language)
    weekday = get_day_names("wide", "format", settings.language)[settings.report_weekday]
    return f"{weekday}, {_clock(settings.report_hour)}"


def _reminder(settings: Settings) -> str:
    if settings.reminder_hour is None:
        return text("settings_off", settings.language)
    return text("settings_every_day", settings.language, hour=_clock(settings.reminder_hour))


def _quiet(quiet_from: int, quiet_to: int, language: Language) -> str:
    if quiet_from == quiet_to:
        return text("settings_none", language)
    return f"{_clock(quiet_from)}–{_clock(quiet_to)}"


def _zone_line(settings: Settings, now_utc: datetime) -> str:
    zone = zone_of(settings.time_zone, settings.language)
    name, offset = city(zone.key, settings.language), utc_offset(zone, now_utc)
    shown = name if name == offset else f"{name} ({offset})"
    return text("settings_zone_now", settings.language, zone=shown, time=local_time(settings, now_utc))


def local_time(settings: Settings, now_utc: datetime) -> str:
    """What the person's clock shows, such as "18:05"."""
    return f"{now_utc.astimezone(zone_of(settings.time_zone, settings.language)):%H:%M}"


def choices(name: SettingName, settings: Settings, now_utc: datetime) -> Screen:
    """What one setting can be, with what it is now marked, and the way back."""
    language = settings.language
    back = (text("settings_button_back", language), data_of(ShowSettings()))
    kept_for = plural("days", language, CHECK_INS_FOR.days)
    question = text(f"settings_ask_{name}", language, zone=_zone_line(settings, now_utc), kept_for=kept_for)
    return Screen(question, [*_choices(name, settings), [back]])


def _choices(name: SettingName, settings: Settings) -> list[list[Button]]:  # noqa: PLR0911  (one a setting)
    language = settings.language
    match name:
        case "weekday":
            return _weekdays(settings)
        case "hour":
            return _rows([_hour(hour, SetHour(hour), settings.report_hour) for hour in range(24)], 4)
        case "zone":
            return _rows(_zones(_CITIES, settings), 3)
        case "reminder":
            return _reminders(settings)
        case "quiet":
            return _rows([_range(*bounds, settings) for bounds in QUIET_HOURS], 2)
        case "alerts":
            return [[_switch(switch, SetAlerts(switch), settings.alerts, language) for switch in _SWITCHES]]
        case "donating":
            return [[_switch(switch, DonatePhotos(switch), settings.donating, language) for switch in _SWITCHES]]
        case "theme":
            labels = [marked(text(f"settings_theme_{theme}", language), theme == settings.theme) for theme in _THEMES]
            return [list(zip(labels, (data_of(SetTheme(theme)) for theme in _THEMES), strict=True))]
        case "language":
            return [[(marked(LANGUAGE_NAMES[one], one == language), data_of(ChooseLanguage(one))) for one in LANGUAGES]]


def which_zone(found: Sequence[str], settings: Settings) -> Screen:
    """Which of the places that /timezone found is meant."""
    return Screen(text("settings_which_zone", settings.language), _rows(_zones(found[:_MOST_ZONES], settings), 3))


def _zones(names: Sequence[str], settings: Settings) -> list[Button]:
    stands = zone_of(settings.time_zone, settings.language).key
    return [(marked(city(name, settings.language), name == stands), data_of(SetZone(name))) for name in names]


def _weekdays(settings: Settings) -> list[list[Button]]:
    names = get_day_names("wide", "stand-alone", settings.language)
    days = [
        (marked(names[day][0].upper() + names[day][1:], day == settings.report_weekday), data_of(SetWeekday(day)))
        for day in range(7)
    ]
    return _rows(days, 2)


def _reminders(settings: Settings) -> list[list[Button]]:
    hours = [hour for hour in range(24) if not is_quiet(hour, settings.quiet_from, settings.quiet_to)]
    off = marked(text("settings_no_reminder", settings.language), settings.reminder_hour is None)
    rows = _rows([_hour(hour, SetReminder(hour), settings.reminder_hour) for hour in hours], 4)
    return [*rows, [(off, data_of(StopReminders()))]]


def _switch(switch: Switch, button: SetAlerts | DonatePhotos, stands: bool, language: Language) -> Button:
    label = text(f"settings_switch_{switch}", language)
    return marked(label, stands == (switch == "on")), data_of(button)


def _range(quiet_from: int, quiet_to: int, settings: Settings) -> Button:
    stands = (quiet_from, quiet_to) == (settings.quiet_from, settings.quiet_to)
    label = _quiet(quiet_from, quiet_to, settings.language)
    return marked(label, stands), data_of(SetQuiet(quiet_from, quiet_to))


def _hour(hour: int, button: SetHour | SetReminder, stands: int | None) -> Button:
    return marked(_clock(hour), hour == stands), data_of(button)


def _clock(hour: int) -> str:
    return f"{hour}:00"


def _rows(buttons: list[Button], width: int) -> list[list[Button]]:
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]
