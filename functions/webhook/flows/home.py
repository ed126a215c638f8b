"""Where everything begins: one tap for how somebody is, the ways to all the rest, and the help."""

from typing import Final

from burnout.telegram.buttons import mood_row
from burnout.texts import help_commands, text
from burnout.values import Language
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.flows import clock, consent
from functions.webhook.screens import Reply, Screen, button, led_by

_HISTORY_DAYS: Final = 7


def screen(language: Language, lead: str = "") -> Screen:
    """The question how the person is, below a sentence if there is one, with a button for everything they can do."""
    keyboard = [
        mood_row(),
        [button("button_days", language, "days"), button("button_history", language, "hist", _HISTORY_DAYS)],
        [button("button_report", language, "report"), button("button_settings", language, "set")],
        [button("button_support", language, "support"), button("button_help", language, "help")],
    ]
    return Screen(led_by(lead, text("home", language)), keyboard)


def beginning(context: Context, lead: str = "") -> Screen:
    """The home screen below `lead`, or before the agreement the notice.

    Whoever has chosen no clock is asked for one instead, each time: nothing is scheduled until then.
    """
    person = context.person
    if not person.consented:
        return consent.notice(person, context.deps)
    stands = settings_of(context)
    if stands is None or not clock.is_unset(stands):
        return screen(person.language, lead)
    asked = text("home_clock", person.language, zone=clock.line(stands, context.deps.now_utc()))
    home = screen(person.language, asked)
    return Screen(home.html, [*home.keyboard, [button("settings_button_zone", person.language, "open", "zone")]])


def help_card(context: Context) -> Screen:
    """What the bot does, in short, with a way to all commands and one onwards."""
    commands = button("button_commands", context.language, "commands")
    return Screen(text("help_short", context.language), [[commands], [_on(context)]])


def _home(context: Context) -> Reply:
    return Reply(beginning(context), outcome="home")


def _help(context: Context) -> Reply:
    return Reply(help_card(context), outcome="help")


def _all_commands(context: Context) -> Reply:
    listed = help_commands(context.language, has_page=bool(context.deps.terms.app_url))
    return Reply(Screen(listed, [[_on(context)]]), outcome="help")


def _on(context: Context) -> tuple[str, str]:
    """The way to the home screen, before the agreement to the notice."""
    language = context.language
    if context.person.consented:
        return button("button_home", language, "home")
    return button("button_begin", language, "start", language)


FLOW = Flow(
    commands=(Command("help", _help, older=True, stranger=True),),
    buttons=(
        Press("home", _home, older=True, stranger=True),
        Press("help", _help, older=True, stranger=True),
        Press("commands", _all_commands, older=True, stranger=True),
    ),
)
