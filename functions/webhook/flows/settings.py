"""A person's settings: one message with the present values, one with the choices of each, and what a choice changes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from babel.dates import get_day_names

from burnout.schedule import is_quiet, zone_names
from burnout.store.people import ChangeSettings, ReadSettings, SetLanguage, Settings
from burnout.store.privacy import CHECK_INS_FOR, SetDonating
from burnout.telegram.buttons import Action, SettingName, Switch, data_of
from burnout.telegram.calls import Button
from burnout.texts import LANGUAGE_NAMES, LANGUAGES, plural, text
from burnout.values import Language, Theme
from functions.webhook.flow import Command, Context, Flow, Press
from functions.webhook.flows import consent
from functions.webhook.screens import Reply, Screen, button, choice, led_by, sentence, stale
from functions.webhook.time_zones import MAIN_CITIES, city, find_time_zones, utc_offset

QUIET_HOURS: Final = ((21, 9), (22, 8), (23, 7), (0, 0))  # from, to; equal bounds are none
_MOST_ZONES: Final = 9  # of what /timezone found; a longer list is of no use
_ROWS: Final[tuple[tuple[SettingName, ...], ...]] = (
    ("weekday", "hour"),
    ("zone", "language"),
    ("reminder", "quiet"),
    ("alerts", "donating"),
    ("theme",),
)
_SWITCHES: Final[tuple[Switch, ...]] = ("on", "off")
_THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
# What a choice changes, of the settings as they stand and the button's values; None for one that is never offered.
Change = Callable[..., dict[str, Any] | None]


# ---------------------------------------------------------------- commands and buttons


def _stands(context: Context) -> Settings | None:
    """The settings; none for somebody who was erased meanwhile."""
    return context.deps.store(ReadSettings(user_id=context.person.id))


def _overview(context: Context) -> Screen:
    stands = _stands(context)
    if stands is None:
        return consent.notice(context.person, context.deps)
    return overview(stands, context.deps.now_utc())


def _settings(context: Context) -> Reply:
    return Reply(_overview(context))


def _timezone(context: Context) -> Reply:
    """The one place that the words mean is kept; of several one can be pressed; without words there is a list."""
    stands, now_utc = _stands(context), context.deps.now_utc()
    if stands is None:
        return Reply(consent.notice(context.person, context.deps))
    if not context.words:
        return Reply(choices("zone", stands, now_utc))
    found = find_time_zones(context.words, now_utc)
    if not found:
        return Reply(sentence("settings_zone_unknown", stands.language))
    if len(found) > 1:
        rows = _rows(_zones(found[:_MOST_ZONES], stands), 3)
        return Reply(Screen(text("settings_which_zone", stands.language), rows))
    change = {"time_zone": found[0]}
    changed = context.deps.store(ChangeSettings(user_id=context.person.id, time_zone=found[0])) or stands
    return Reply(overview(changed, now_utc, lead=_noted(change, stands, changed, now_utc)))


def _language(context: Context) -> Reply:
    names = [(LANGUAGE_NAMES[language], data_of("lang", language)) for language in LANGUAGES]
    return Reply(Screen(text("choose_language", context.language), [names]))


def _speak(context: Context, language: Language) -> Reply:
    stands = context.deps.store(SetLanguage(user_id=context.person.id, language=language)) or language
    # The language decides the default time zone too, so somebody who has settings sees them all again.
    screen = _overview(context) if context.person.consented else sentence("help", stands)
    return Reply(screen, text("noted_language", language) if stands == language else "")


def _show(context: Context) -> Reply:
    stands = _stands(context)
    if stands is None:
        return stale(context.language)
    return Reply(overview(stands, context.deps.now_utc()), outcome="settings")


def _open(context: Context, name: SettingName) -> Reply:
    stands = _stands(context)
    if stands is None:
        return stale(context.language)
    return Reply(choices(name, stands, context.deps.now_utc()), outcome="settings")


def _donate(context: Context, switch: Switch) -> Reply:
    donating = switch == "on"
    context.deps.store(SetDonating(user_id=context.person.id, donating=donating))
    stands = _stands(context)
    if stands is None:
        return stale(context.language)
    key = "settings_noted_donating" if donating else "settings_noted_not_donating"
    noted = text(key, context.language) if stands.donating == donating else ""
    return Reply(overview(stands, context.deps.now_utc()), noted, outcome="settings")


def _changes(change: Change) -> Callable[..., Reply]:
    """What answers a button of a choice: the settings again, with what it changed."""

    def keep(context: Context, *values: Any) -> Reply:
        stands, now_utc = _stands(context), context.deps.now_utc()
        changes = change(stands, *values) if stands else None
        if stands is None or changes is None:
            return stale(context.language)
        after = context.deps.store(ChangeSettings(user_id=context.person.id, **changes)) or stands
        return Reply(overview(after, now_utc), _noted(changes, stands, after, now_utc), outcome="settings")

    return keep


def _quiet_change(stands: Settings, quiet_from: int, quiet_to: int) -> dict[str, Any] | None:
    if (quiet_from, quiet_to) not in QUIET_HOURS:
        return None
    change: dict[str, Any] = {"quiet_from": quiet_from, "quiet_to": quiet_to}
    hour = stands.reminder_hour
    if hour is not None and is_quiet(hour, quiet_from, quiet_to):  # it could never come: say so instead of waiting
        change["reminder_hour"] = None
    return change


def _reminder_change(stands: Settings, hour: int) -> dict[str, Any] | None:
    return None if is_quiet(hour, stands.quiet_from, stands.quiet_to) else {"reminder_hour": hour}


def _noted(changes: dict[str, Any], before: Settings, after: Settings, now_utc: datetime) -> str:
    """What a notice says of a change; nothing where a newer choice stands."""
    if any(getattr(after, name) != value for name, value in changes.items()):
        return ""
    if "time_zone" in changes:
        return _noted_zone(changes["time_zone"], after, now_utc)
    if "quiet_from" in changes and after.reminder_hour != before.reminder_hour:
        return text("settings_noted_reminder_off", after.language, hour=_clock(before.reminder_hour or 0))
    return text("settings_noted", after.language)


def _noted_zone(zone: str, settings: Settings, now_utc: datetime) -> str:
    place, time = city(zone, settings.language), _local_time(settings, now_utc)
    return text("settings_noted_zone", settings.language, city=place, time=time)


# ---------------------------------------------------------------- screens


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
    switch: Switch = "off" if settings.reports else "on"
    rows = [[button(f"settings_button_{name}", language, "open", name) for name in row] for row in _ROWS]
    return Screen(led_by(lead, html), [[button(f"settings_turn_{switch}", language, "reports", switch)], *rows])


def choices(name: SettingName, settings: Settings, now_utc: datetime) -> Screen:
    """What one setting can be, with what it is now marked, and the way back."""
    language = settings.language
    kept_for = plural("days", language, CHECK_INS_FOR.days)
    question = text(f"settings_ask_{name}", language, zone=_zone_line(settings, now_utc), kept_for=kept_for)
    return Screen(question, [*_CHOICES[name](settings), [button("settings_button_back", language, "set")]])


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
    zone = settings.zone
    name, offset = city(zone.key, settings.language), utc_offset(zone, now_utc)
    shown = name if name == offset else f"{name} ({offset})"
    return text("settings_zone_now", settings.language, zone=shown, time=_local_time(settings, now_utc))


def _local_time(settings: Settings, now_utc: datetime) -> str:
    return f"{now_utc.astimezone(settings.zone):%H:%M}"


def _clock(hour: int) -> str:
    return f"{hour}:00"


def _weekdays(settings: Settings) -> list[list[Button]]:
    names = get_day_names("wide", "stand-alone", settings.language)
    labels = [names[day][0].upper() + names[day][1:] for day in range(7)]
    return _rows([choice(label, day == settings.report_weekday, "day", day) for day, label in enumerate(labels)], 2)


def _hours(action: Action, hours: Iterable[int], stands: int | None) -> list[list[Button]]:
    return _rows([choice(_clock(hour), hour == stands, action, hour) for hour in hours], 4)


def _zones(names: Sequence[str], settings: Settings) -> list[Button]:
    stands = settings.zone.key
    return [choice(city(name, settings.language), name == stands, "zone", name) for name in names]


def _reminders(settings: Settings) -> list[list[Button]]:
    hours = [hour for hour in range(24) if not is_quiet(hour, settings.quiet_from, settings.quiet_to)]
    off = choice(text("settings_no_reminder", settings.language), settings.reminder_hour is None, "silent")
    return [*_hours("remind", hours, settings.reminder_hour), [off]]


def _quiet_hours(settings: Settings) -> list[list[Button]]:
    stands, language = (settings.quiet_from, settings.quiet_to), settings.language
    return _rows([choice(_quiet(*span, language), span == stands, "quiet", *span) for span in QUIET_HOURS], 2)


def _switch(action: Action, stands: bool, language: Language) -> list[list[Button]]:
    labels = {switch: text(f"settings_switch_{switch}", language) for switch in _SWITCHES}
    return [[choice(label, stands == (switch == "on"), action, switch) for switch, label in labels.items()]]


def _themes(settings: Settings) -> list[list[Button]]:
    labels = {theme: text(f"settings_theme_{theme}", settings.language) for theme in _THEMES}
    return [[choice(label, theme == settings.theme, "theme", theme) for theme, label in labels.items()]]


def _languages(settings: Settings) -> list[list[Button]]:
    names = LANGUAGE_NAMES.items()
    return [[choice(name, language == settings.language, "lang", language) for language, name in names]]


def _rows(buttons: list[Button], width: int) -> list[list[Button]]:
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


_CHOICES: Final[dict[SettingName, Callable[[Settings], list[list[Button]]]]] = {
    "weekday": _weekdays,
    "hour": lambda settings: _hours("hour", range(24), settings.report_hour),
    "zone": lambda settings: _rows(_zones(MAIN_CITIES, settings), 3),
    "reminder": _reminders,
    "quiet": _quiet_hours,
    "alerts": lambda settings: _switch("alerts", settings.alerts, settings.language),
    "donating": lambda settings: _switch("give", settings.donating, settings.language),
    "theme": _themes,
    "language": _languages,
}
FLOW = Flow(
    commands=(
        Command("settings", _settings),
        Command("timezone", _timezone),
        Command("language", _language, older=True, stranger=True),
    ),
    buttons=(
        Press("lang", _speak, older=True, stranger=True),
        Press("set", _show),
        Press("open", _open),
        Press("give", _donate),
        Press("reports", _changes(lambda _, switch: {"reports": switch == "on"})),
        Press("day", _changes(lambda _, weekday: {"report_weekday": weekday})),
        Press("hour", _changes(lambda _, hour: {"report_hour": hour})),
        Press("zone", _changes(lambda _, zone: {"time_zone": zone} if zone in zone_names() else None)),
        Press("remind", _changes(_reminder_change)),
        Press("silent", _changes(lambda _: {"reminder_hour": None})),
        Press("quiet", _changes(_quiet_change)),
        Press("theme", _changes(lambda _, theme: {"theme": theme})),
        Press("alerts", _changes(lambda _, switch: {"alerts": switch == "on"})),
    ),
)
