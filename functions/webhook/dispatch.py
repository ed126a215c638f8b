"""The table of all conversations, and who may use what of it: a command or a button → bot calls.

A conversation joins with one line in `FLOWS`. Its rows say who else may use them than those who agreed to the notice as
it is now: somebody who agreed to an older one, and a stranger, whom the bot does not know.
"""

from dataclasses import replace
from typing import Final

from burnout.telegram.buttons import Action, Button, parse_button
from burnout.telegram.calls import BotCall, answer_callback
from burnout.texts import text
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.flow import Command, Context, Flow, Press
from functions.webhook.flows import answer, consent, first, history, home, mood, rights, settings, weekly
from functions.webhook.person import Person
from functions.webhook.screens import Reply, Screen, sentence, stale
from functions.webhook.updates import CallbackQuery, PressedMessage

FLOWS: Final[tuple[Flow, ...]] = (
    first.FLOW,
    home.FLOW,
    answer.FLOW,
    mood.FLOW,
    history.FLOW,
    settings.FLOW,
    rights.FLOW,
    weekly.FLOW,
)
COMMANDS: Final[dict[str, Command]] = {command.name: command for flow in FLOWS for command in flow.commands}
BUTTONS: Final[dict[Action, Press]] = {press.action: press for flow in FLOWS for press in flow.buttons}


def written(words: str, person: Person, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """What to say to a text message. Raises: TransientError to come back."""
    name, arguments = command_of(words), "".join(words.split(maxsplit=1)[1:]).strip()
    command = COMMANDS.get(name or "")
    if command is None:
        key = "plain_text" if name is None else "unknown_command"
        return trace.ends(key, [sentence(key, person.language).sent_to(person.id)])
    context = Context(person, deps, trace, words=arguments)
    if not _may(command, person):
        reply = _refused(command, context)
    else:
        with trace.stage(command.name):
            reply = command.answer(context)
    calls = [reply.screen.sent_to(person.id)] if reply.screen else []
    return trace.ends(reply.outcome or command.name, [*calls, *([reply.then] if reply.then else [])])


def pressed(query: CallbackQuery, person: Person, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """What to say to a pressed button: always a notice that ends its spinner, and often a changed or a new message."""
    button, message = parse_button(query.data), query.message
    if message is None or message.chat.id != query.sender.id:
        return trace.ends("forged_button", [answer_callback(query.id, text("old_button", person.language))])
    context = Context(person, deps, trace, pressed_date_s=message.date, replied_to=message.reply_to_message)
    with trace.stage("press"):
        reply = _answered(button, context)
    changed = [_changed(message, reply.screen)] if reply.screen else []
    then = reply.then or (_way_on(context) if reply.leads_on else None)
    added = [then] if then else []
    return trace.ends(reply.outcome or "button", [answer_callback(query.id, reply.notice), *changed, *added])


def command_of(words: str) -> str | None:
    """The bot command that a message begins with, lower case, without "/" and "@bot"; None for plain words."""
    if not words.startswith("/"):
        return None
    first_word = words[1:].split(maxsplit=1)[:1]
    return first_word[0].partition("@")[0].lower() if first_word else ""


def _may(row: Command | Press, person: Person) -> bool:
    return person.consented or (row.older if person.known else row.stranger)


def _refused(command: Command, context: Context) -> Reply:
    """The notice; or, to a stranger who wants what an older agreement gives as well, that nothing is kept."""
    if command.older and not context.person.known:
        return Reply(sentence("nothing_kept", context.language), outcome="nothing_kept")
    return Reply(consent.notice(context.person, context.deps), outcome="no_consent")


def _refused_press(context: Context) -> Reply:
    """The notice below the message, which stays as it is; to a stranger as after any button that means nothing."""
    if not context.person.known:
        return stale(context.language)
    return Reply(then=consent.notice(context.person, context.deps).sent_to(context.person.id), outcome="no_consent")


def _answered(button: Button | None, context: Context) -> Reply:
    """What the button leads to; data that is in no grammar is of an older version of this bot, or forged."""
    if button is None:
        return replace(stale(context.language), outcome="forged_button")
    press = BUTTONS[button.action]
    return press.answer(context, *button.values) if _may(press, context.person) else _refused_press(context)


def _way_on(context: Context) -> BotCall:
    """Where somebody goes on whose button means nothing: the home screen, or before the agreement the notice."""
    person = context.person
    screen = home.screen(person.language) if person.consented else consent.notice(person, context.deps)
    return screen.sent_to(person.id)


def _changed(message: PressedMessage, screen: Screen) -> BotCall:
    """The message becomes the screen; below a report's picture, which cannot become text, the screen is a new one."""
    if message.text is None:
        return screen.sent_to(message.chat.id)
    return screen.replacing(message.chat.id, message.message_id)
