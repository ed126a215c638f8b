"""People who listen: /support, and the one quiet line below everything that the bot does not understand.

The line is always the same, whatever somebody wrote: the bot classifies nobody. Nothing of it is kept.
"""

from burnout.helplines import country_of, lines_everywhere, lines_for
from burnout.schedule import DEFAULT_ZONES
from burnout.telegram.buttons import mood_row
from burnout.telegram.calls import Button
from burnout.texts import text
from burnout.values import Language
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.person import Person
from functions.webhook.screens import Reply, Screen, button


def card(zone: str | None, language: Language) -> Screen:
    """Who listens in the zone's country, and what helps in the next minutes."""
    listening = f"{text('support_lead', language)}\n{lines_at(zone, language)}"
    now = f"{text('support_now', language)}\n{text('support_end', language)}"
    everywhere = [button("button_support_everywhere", language, "lines")]
    return Screen(f"{listening}\n\n{now}", [everywhere, _home(language)])


def lines_at(zone: str | None, language: Language) -> str:
    """The help lines of the zone's country; of the language's usual zone where the person has chosen none."""
    return lines_for(country_of(zone or DEFAULT_ZONES[language]), language)


def zone_of(context: Context) -> str | None:
    """The time zone that the person has chosen, if any."""
    settings = settings_of(context) if context.person.known else None
    return settings.time_zone if settings else None


def unread(key: str, person: Person, quiet: str = "quiet_line") -> Screen:
    """The sentence `key` about what the bot cannot read; then people who listen, and what it can read instead."""
    language = person.language
    if person.consented:
        can, row = "quiet_mood", mood_row()
    else:
        can, row = "quiet_start", [button("button_begin", language, "start", language)]
    html = "\n\n".join(text(each, language) for each in (key, quiet, can))
    return Screen(html, [row, way(language)])


def way(language: Language) -> list[Button]:
    """The row with the button that leads to people who listen."""
    return [button("button_support", language, "support")]


def _home(language: Language) -> list[Button]:
    return [button("button_home", language, "home")]


def _written(context: Context) -> Reply:
    return Reply(card(zone_of(context), context.language))


def _pressed(context: Context) -> Reply:
    """A new message: the one with the button may hold a question that somebody still answers."""
    return Reply(then=card(zone_of(context), context.language).sent_to(context.person.id), outcome="support")


def _everywhere(context: Context) -> Reply:
    language = context.language
    html = f"{text('support_everywhere', language)}\n{lines_everywhere(language)}"
    return Reply(Screen(html, [_home(language)]), outcome="support")


FLOW = Flow(
    commands=(Command("support", _written, older=True, stranger=True),),
    buttons=(
        Press("support", _pressed, older=True, stranger=True),
        Press("lines", _everywhere, older=True, stranger=True),
    ),
)
