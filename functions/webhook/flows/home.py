"""Where everything begins: one tap for how somebody is, the ways to all the rest, and the help."""

from typing import Final

from burnout.telegram.buttons import mood_row
from burnout.texts import text
from burnout.values import Language
from functions.webhook.flow import Command, Context, Flow, Press
from functions.webhook.screens import Reply, Screen, button, led_by

_DAYS: Final = "v1:days"  # W2 gives this: data_of("days")
_SUPPORT: Final = "v1:support"  # W4 gives this: data_of("support")
_HISTORY_DAYS: Final = 7


def screen(language: Language, lead: str = "") -> Screen:
    """The question how the person is, below a sentence if there is one, with a button for everything they can do."""
    keyboard = [
        mood_row(),
        [(text("button_days", language), _DAYS), button("button_history", language, "hist", _HISTORY_DAYS)],
        [button("button_report", language, "report"), button("button_settings", language, "set")],
        [(text("button_support", language), _SUPPORT), button("button_help", language, "help")],
    ]
    return Screen(led_by(lead, text("home", language)), keyboard)


def _home(context: Context) -> Reply:
    return Reply(screen(context.language), outcome="home")


def _help(context: Context) -> Reply:
    return Reply(Screen(text("help_short", context.language), [[_commands(context)], [_on(context)]]), outcome="help")


def _all_commands(context: Context) -> Reply:
    return Reply(Screen(text("help_commands", context.language), [[_on(context)]]), outcome="help")


def _commands(context: Context) -> tuple[str, str]:
    return button("button_commands", context.language, "commands")


def _on(context: Context) -> tuple[str, str]:
    """The way to the home screen, before the agreement to the notice."""
    language = context.language
    if context.person.consented:
        return button("button_home", language, "home")
    return button("button_begin", language, "start", language)


FLOW = Flow(
    commands=(Command("help", _help, older=True, stranger=True),),
    buttons=(
        Press("home", _home),
        Press("help", _help, older=True, stranger=True),
        Press("commands", _all_commands, older=True, stranger=True),
    ),
)
