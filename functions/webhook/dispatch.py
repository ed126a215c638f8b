"""The table of all conversations, and who may use what of it: a command or a button → bot calls.

A conversation joins with one line in `FLOWS`. Its rows say who else may use them than those who agreed to the notice as
it is now: somebody who agreed to an older one, and a stranger, whom the bot does not know.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from burnout.telegram.buttons import Action, Button, parse_button
from burnout.telegram.calls import BotCall, answer_callback
from burnout.texts import text
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.flow import Command, Context, Flow, Press
from functions.webhook.flows import (
    answer,
    app,
    check,
    clock,
    consent,
    day,
    first,
    history,
    home,
    language,
    mood,
    rights,
    settings,
    support,
    weekly,
)
from functions.webhook.person import Person, stranger
from functions.webhook.screens import Reply, Screen, sentence, stale
from functions.webhook.updates import CallbackQuery, Message, PressedMessage, Update
from functions.webhook.words import rating_in

FLOWS: Final[tuple[Flow, ...]] = (
    first.FLOW,
    home.FLOW,
    answer.FLOW,
    mood.FLOW,
    day.FLOW,
    history.FLOW,
    app.FLOW,
    settings.FLOW,
    clock.FLOW,
    language.FLOW,
    rights.FLOW,
    weekly.FLOW,
    support.FLOW,
    check.FLOW,
)
COMMANDS: Final[dict[str, Command]] = {command.name: command for flow in FLOWS for command in flow.commands}
BUTTONS: Final[dict[Action, Press]] = {press.action: press for flow in FLOWS for press in flow.buttons}


def written(message: Message, person: Person, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """What to say to a text message. Raises: TransientError to come back."""
    words = (message.text or "").strip()
    name, arguments = command_of(words), "".join(words.split(maxsplit=1)[1:])
    answered = clock.answers(message) if name is None else None
    if answered:
        name, arguments = "timezone", words
    elif name == "mood" and rating_in(arguments) is not None:  # as the digit by itself
        name, words = None, arguments
    command = COMMANDS.get(name or "")
    context = Context(person, deps, trace, words=arguments if name else words, first_minute=answered == "first")
    if command is None:
        reply = _plain(context, message) if name is None else _unread("command_unknown", context)
    elif not _may(command, person):
        reply = _refused(command, context)
    else:
        with trace.stage(command.name):
            reply = command.answer(context)
    calls = [reply.screen.sent_to(person.id)] if reply.screen else []
    ended = reply.outcome or (command.name if command else "stale")
    return trace.ends(ended, [*calls, *([reply.then] if reply.then else [])])


def pressed(query: CallbackQuery, person: Person, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """What to say to a pressed button: a notice ends its spinner, and often there is a changed or a new message."""
    button, message = parse_button(query.data), query.message
    if message is None or message.chat.id != query.sender.id:
        return trace.ends("forged_button", [answer_callback(query.id, text("old_button", person.language))])
    below = message.reply_to_message
    context = Context(person, deps, trace, pressed_date_s=message.date, query_id=query.id, replied_to=below)
    with trace.stage("press"):
        reply = _answered(button, context)
    ended = [] if reply.is_ended else [answer_callback(query.id, reply.notice)]
    changed = [_changed(message, reply.screen)] if reply.screen else []
    then = reply.then or (_way_on(context) if reply.leads_on else None)
    added = [then] if then else []
    return trace.ends(reply.outcome or "button", [*ended, *changed, *added])


def without_data(update: Update, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """Who listens, for somebody who asks while the store is out: as a stranger is told. Nothing to anything else."""
    message, query = update.message, update.callback_query
    button = parse_button(query.data) if query else None
    if query and button and button.action in ("support", "lines"):
        return pressed(query, stranger(query.sender), deps, trace)
    if message and message.sender and command_of((message.text or "").strip()) == "support":
        return written(message, stranger(message.sender), deps, trace)
    return []


def _plain(context: Context, message: Message) -> Reply:
    """What words lead to that are no command. They are not classified: what is understood is spelled exactly."""
    if message.is_forwarded:  # somebody else's words
        return _unread("words_unknown", context)
    rating = rating_in(context.words)
    if rating is not None:
        return mood.typed(context, rating, datetime.fromtimestamp(message.date, UTC))
    return clock.guessed(context) or _unread("words_unknown", context)


def _unread(key: str, context: Context) -> Reply:
    return Reply(support.unread(key, context.person), outcome=key)


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
    return home.beginning(context).sent_to(context.person.id)


def _changed(message: PressedMessage, screen: Screen) -> BotCall:
    """The message becomes the screen; below a report's picture, which cannot become text, the screen is a new one."""
    if message.text is None:
        return screen.sent_to(message.chat.id)
    return screen.replacing(message.chat.id, message.message_id)
