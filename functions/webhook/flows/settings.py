"""A person's settings: one message with the present values, one with the choices of each, and what a choice changes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, Final

from babel.dates import get_day_names

from burnout.schedule import is_quiet, zone_names
from burnout.store.days import FACTORS, Factor
from burnout.store.people import ChangeSettings, Settings, outside_quiet_hours, scheduled_by
from burnout.store.privacy import CHECK_INS_FOR, SetDonating
from burnout.telegram.buttons import Action, Scheduled, SettingName, Switch
from burnout.telegram.calls import Button
from burnout.texts import LANGUAGE_NAMES, plural, text
from burnout.values import Language, Theme
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.flows import clock, consent
from functions.webhook.screens import Reply, Screen, button, choice, in_rows, stale

QUIET_HOURS: Final = ((21, 9), (22, 8), (23, 7), (0, 0))  # from, to; equal bounds are none
_ROWS: Final[tuple[tuple[SettingName, ...], ...]] = (
    ("weekday", "hour"),
    ("zone", "language"),
    ("reminder", "quiet"),
    ("alerts", "donating"),
    ("theme", "factors"),
)
# What is asked for after the clock, by the setting that needs it.
_SCHEDULED: Final[dict[str, Scheduled]] = {
    "report_weekday": "weekday",
    "report_hour": "hour",
    "reminder_hour": "reminder",
    "reports": "reports",
}
_SWITCHES: Final[tuple[Switch, ...]] = ("on", "off")
_THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
# What a choice changes, of the settings as they stand and the button's values; None for one that is never offered.
Change = Callable[..., dict[str, Any] | None]


# ---------------------------------------------------------------- commands and buttons


def present(context: Context) -> Screen:
    """The settings as they stand; the notice to somebody who was erased meanwhile."""
    stands = settings_of(context)
    if stands is None:
        return consent.notice(context.person, context.deps)
    return overview(stands, context.deps.now_utc())


def _settings(context: Context) -> Reply:
    return Reply(present(context))


def _show(context: Context) -> Reply:
    stands = settings_of(context)
    if stands is None:
        return stale(context.language)
    return Reply(overview(stands, context.deps.now_utc()), outcome="settings")


def _open(context: Context, name: SettingName) -> Reply:
    stands, now_utc = settings_of(context), context.deps.now_utc()
    if stands is None:
        return stale(context.language)
    scheduled = next((each for each in _SCHEDULED.values() if each == name), None)
    if scheduled and clock.is_unset(stands):
        return Reply(clock.first(scheduled, stands, now_utc), outcome="settings")
    return Reply(choices(name, stands, now_utc), outcome="settings")


def _goes_on(context: Context, name: Scheduled, zone: str) -> Reply:
    """The clock is kept, and what was to be scheduled by it goes on."""
    stands = settings_of(context)
    if stands is None or zone not in zone_names():
        return stale(context.language)
    if name == "reports":
        return _kept(context, stands, {"time_zone": zone, "reports": True})
    return _kept(context, stands, {"time_zone": zone}, partial(choices, name))


def _offer(context: Context, factor: Factor, switch: Switch) -> Reply:
    """The factor is offered under "what was in the day", or hidden; the list stays open."""
    stands = settings_of(context)
    if stands is None:
        return stale(context.language)
    hidden = {*stands.hidden_factors} - {factor} if switch == "on" else {*stands.hidden_factors, factor}
    changes = {"hidden_factors": tuple(each for each in FACTORS if each in hidden)}
    return _kept(context, stands, changes, partial(choices, "factors"))


def _donate(context: Context, switch: Switch) -> Reply:
    donating = switch == "on"
    context.deps.store(SetDonating(user_id=context.person.id, donating=donating))
    stands = settings_of(context)
    if stands is None:
        return stale(context.language)
    key = "settings_noted_donating" if donating else "settings_noted_not_donating"
    noted = text(key, context.language) if stands.donating == donating else ""
    return Reply(overview(stands, context.deps.now_utc()), noted, outcome="settings")


def _changes(change: Change) -> Callable[..., Reply]:
    """What answers a button of a choice: the settings again, or first the question for the clock that it needs."""

    def keep(context: Context, *values: Any) -> Reply:
        stands = settings_of(context)
        changes = change(stands, *values) if stands else None
        if stands is None or changes is None:
            return stale(context.language)
        scheduled = scheduled_by(changes)
        if scheduled and clock.is_unset(stands):
            return Reply(clock.first(_SCHEDULED[scheduled], stands, context.deps.now_utc()), outcome="settings")
        return _kept(context, stands, changes)

    return keep


def _kept(
    context: Context,
    stands: Settings,
    changes: dict[str, Any],
    shown: Callable[[Settings, datetime], Screen] | None = None,
) -> Reply:
    """The changes are kept; what is shown afterwards is of the settings that stand then, the overview by default."""
    now_utc = context.deps.now_utc()
    after = context.deps.store(ChangeSettings(user_id=context.person.id, **changes)) or stands
    return Reply((shown or overview)(after, now_utc), _noted(changes, stands, after, now_utc), outcome="settings")


def _quiet_change(stands: Settings, quiet_from: int, quiet_to: int) -> dict[str, Any] | None:
    if (quiet_from, quiet_to) not in QUIET_HOURS:
        return None
    return outside_quiet_hours({"quiet_from": quiet_from, "quiet_to": quiet_to}, stands)


def _reminder_change(stands: Settings, hour: int) -> dict[str, Any] | None:
    return outside_quiet_hours({"reminder_hour": hour}, stands)


def _noted(changes: dict[str, Any], before: Settings, after: Settings, now_utc: datetime) -> str:
    """What a notice says of a change; nothing where a newer choice stands."""
    if any(getattr(after, name) != value for name, value in changes.items()):
        return ""
    if "time_zone" in changes:
        return clock.noted(after, now_utc)
    if "quiet_from" in changes and after.reminder_hour != before.reminder_hour:
        return text("settings_noted_reminder_off", after.language, hour=_clock(before.reminder_hour or 0))
    return text("settings_noted", after.language)


# ---------------------------------------------------------------- screens


def overview(settings: Settings, now_utc: datetime) -> Screen:
    """What stands now, and a button for each setting."""
    language = settings.language
    html = text(
        "settings_overview",
        language,
        report=_report(settings),
        zone=clock.line(settings, now_utc),
        reminder=_reminder(settings),
        quiet=_quiet(settings.quiet_from, settings.quiet_to, language),
        alerts=text("settings_on" if settings.alerts else "settings_off", language),
        donating=text("settings_on" if settings.donating else "settings_off", language),
        factors=text("settings_factors", language, shown=len(FACTORS) - len(settings.hidden_factors), all=len(FACTORS)),
        theme=text(f"settings_theme_{settings.theme}", language),
        language_name=LANGUAGE_NAMES[language],
    )
    switch: Switch = "off" if settings.reports else "on"
    rows = [[button(f"settings_button_{name}", language, "open", name) for name in row] for row in _ROWS]
    return Screen(html, [[button(f"settings_turn_{switch}", language, "reports", switch)], *rows])


def choices(name: SettingName, settings: Settings, now_utc: datetime) -> Screen:
    """What one setting can be, with what it is now marked, and the way back."""
    if name == "zone":
        return clock.asked(settings, now_utc)
    language = settings.language
    kept_for = plural("days", language, CHECK_INS_FOR.days)
    question = text(f"settings_ask_{name}", language, kept_for=kept_for)
    return Screen(question, [*_CHOICES[name](settings), [button("settings_button_back", language, "set")]])


def _report(settings: Settings) -> str:
    if not settings.reports:
        return text("settings_off", settings.language)
    if clock.is_unset(settings):
        return text("settings_waits", settings.language)
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


def _clock(hour: int) -> str:
    return f"{hour}:00"


def _weekdays(settings: Settings) -> list[list[Button]]:
    names = get_day_names("wide", "stand-alone", settings.language)
    labels = [names[day][0].upper() + names[day][1:] for day in range(7)]
    return in_rows([choice(label, day == settings.report_weekday, "day", day) for day, label in enumerate(labels)], 2)


def _hours(action: Action, hours: Iterable[int], stands: int | None) -> list[list[Button]]:
    return in_rows([choice(_clock(hour), hour == stands, action, hour) for hour in hours], 4)


def _reminders(settings: Settings) -> list[list[Button]]:
    hours = [hour for hour in range(24) if not is_quiet(hour, settings.quiet_from, settings.quiet_to)]
    off = choice(text("settings_no_reminder", settings.language), settings.reminder_hour is None, "silent")
    return [*_hours("remind", hours, settings.reminder_hour), [off]]


def _quiet_hours(settings: Settings) -> list[list[Button]]:
    stands, language = (settings.quiet_from, settings.quiet_to), settings.language
    return in_rows([choice(_quiet(*span, language), span == stands, "quiet", *span) for span in QUIET_HOURS], 2)


def _switch(action: Action, stands: bool, language: Language) -> list[list[Button]]:
    labels = {switch: text(f"settings_switch_{switch}", language) for switch in _SWITCHES}
    return [[choice(label, stands == (switch == "on"), action, switch) for switch, label in labels.items()]]


def _factors(settings: Settings) -> list[list[Button]]:
    shown = {factor: factor not in settings.hidden_factors for factor in FACTORS}
    labels = [
        choice(text(f"factor_{factor}", settings.language), offered, "offer", factor, "off" if offered else "on")
        for factor, offered in shown.items()
    ]
    return in_rows(labels, 2)


def _themes(settings: Settings) -> list[list[Button]]:
    labels = {theme: text(f"settings_theme_{theme}", settings.language) for theme in _THEMES}
    return [[choice(label, theme == settings.theme, "theme", theme) for theme, label in labels.items()]]


def _languages(settings: Settings) -> list[list[Button]]:
    names = LANGUAGE_NAMES.items()
    return [[choice(name, language == settings.language, "lang", language) for language, name in names]]


_CHOICES: Final[dict[SettingName, Callable[[Settings], list[list[Button]]]]] = {
    "weekday": _weekdays,
    "hour": lambda settings: _hours("hour", range(24), settings.report_hour),
    "reminder": _reminders,
    "quiet": _quiet_hours,
    "alerts": lambda settings: _switch("alerts", settings.alerts, settings.language),
    "donating": lambda settings: _switch("donate", settings.donating, settings.language),
    "theme": _themes,
    "factors": _factors,
    "language": _languages,
}
FLOW = Flow(
    commands=(Command("settings", _settings),),
    buttons=(
        Press("set", _show),
        Press("open", _open),
        Press("clock", _goes_on),
        Press("donate", _donate),
        Press("offer", _offer),
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
