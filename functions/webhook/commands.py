"""Words typed by a person: /start, /help, /history, /language, and a kind sentence for the rest."""

from datetime import datetime, timedelta

from burnout.calls import BotCall
from burnout.records import Language, ReadHistory
from burnout.updates import Message
from functions.webhook import screens
from functions.webhook.deps import Deps, Person, Visit
from functions.webhook.screens import Screen, sentence


def answer(message: Message, person: Person, deps: Deps, visit: Visit) -> list[BotCall]:
    """What to say to a text message."""
    command = command_of(message.text or "")
    outcome, screen = _screen(command, person.language)
    if command == "history" and person.consented:
        with visit.at("history"):
            outcome, screen = "history", read_history(person, screens.HISTORY_DAYS[0], deps)
    return visit.ends(outcome, [screen.sent_to(message.chat.id)])


def _screen(command: str | None, language: Language) -> tuple[str, Screen]:
    match command:
        case "start":
            return "start", screens.start(language)
        case "history":
            return "no_consent", screens.start(language)
        case "language":
            return "language", screens.language_choice(language)
        case "help":
            return "help", sentence("help", language)
        case None:
            return "plain_text", sentence("plain_text", language)
        case _:
            return "unknown_command", sentence("unknown_command", language)


def command_of(words: str) -> str | None:
    """The bot command that a message begins with, lower case, without "/" and "@bot"; None for plain words."""
    if not words.startswith("/"):
        return None
    first_word = words[1:].split(maxsplit=1)[:1]
    return first_word[0].partition("@")[0].lower() if first_word else ""


def read_history(person: Person, days: int, deps: Deps) -> Screen:
    """The history screen of the last `days` UTC days, today included; 0 is all."""
    now_utc = deps.now_utc()
    facts = deps.store(ReadHistory(user_id=person.id, since_utc=_first_moment(now_utc, days)))
    return screens.history(facts, days, now_utc.date(), person.language)


def _first_moment(now_utc: datetime, days: int) -> datetime | None:
    if not days:
        return None
    midnight = now_utc.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1)
