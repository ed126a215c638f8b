"""Words typed by a person: the commands that /help lists, and a kind sentence for the rest."""

from typing import Final

from burnout.report_requests import ReportRequest, Show
from burnout.store.check_ins import ReadHistory, ReadLast
from burnout.telegram.calls import BotCall, chat_action
from burnout.texts import text
from functions.webhook import rights, screens, settings_flow
from functions.webhook.deps import Deps, Person, RequestTrace
from functions.webhook.screens import Screen, sentence
from functions.webhook.updates import Message

_WITH_CONSENT: Final = frozenset({"history", "report", "settings", "timezone"})
_OF_THE_KNOWN: Final = frozenset({"undo", "export"})  # rights, which an older agreement gives as well


def answer(message: Message, person: Person, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """What to say to a text message. Raises: TransientError to come back."""
    command = command_of(message.text or "")
    if command in _WITH_CONSENT and not person.consented:
        return trace.ends("no_consent", [notice(person, deps).sent_to(message.chat.id)])
    if command in _OF_THE_KNOWN and not person.known:
        return trace.ends("nothing_kept", [sentence("nothing_kept", person.language).sent_to(message.chat.id)])
    if command is None or command not in _WITH_CONSENT | _OF_THE_KNOWN:
        outcome, screen = _open_to_all(command, person, deps)
        return trace.ends(outcome, [screen.sent_to(message.chat.id)])
    with trace.stage(command):
        if command == "report":
            return trace.ends(command, [ordered("report", person, deps, trace)])
        if command == "export":
            action = ordered("export", person, deps, trace)
            return trace.ends(command, [sentence("export_coming", person.language).sent_to(person.id), action])
        screen = _own_data(command, words_of(message.text or ""), person, deps)
    return trace.ends(command, [screen.sent_to(message.chat.id)])


def notice(person: Person, deps: Deps, *, unread: str = "") -> Screen:
    """The notice; whoever agreed to an older one reads why it comes again, others the sentence `unread`, if any."""
    key = "consent_anew" if person.known and not person.consented else unread
    lead = text(key, person.language) if key else ""
    return screens.start(person.language, deps.terms.data_place, lead=lead)


def _open_to_all(command: str | None, person: Person, deps: Deps) -> tuple[str, Screen]:  # noqa: PLR0911  (one each)
    language = person.language
    match command:
        case "start":
            return "start", notice(person, deps)
        case "language":
            return "language", screens.language_choice(language)
        case "help":
            return "help", sentence("help", language)
        case "privacy":
            return "privacy", rights.notice(language, deps.terms)
        case "developer_info":
            return "developer_info", rights.developer(language, deps.terms)
        case "delete" | "stop":
            return command, rights.asked_to_erase(command, person)
        case None:
            return "plain_text", sentence("plain_text", language)
        case _:
            return "unknown_command", sentence("unknown_command", language)


def _own_data(command: str, words: str, person: Person, deps: Deps) -> Screen:
    match command:
        case "history":
            return read_history(person, screens.HISTORY_DAYS[0], deps)
        case "undo":
            return screens.undo(deps.store(ReadLast(user_id=person.id)), person.language)
        case "timezone":
            return settings_flow.time_zone(words, person, deps)
        case _:
            return settings_flow.overview(person, deps)


def command_of(words: str) -> str | None:
    """The bot command that a message begins with, lower case, without "/" and "@bot"; None for plain words."""
    if not words.startswith("/"):
        return None
    first_word = words[1:].split(maxsplit=1)[:1]
    return first_word[0].partition("@")[0].lower() if first_word else ""


def words_of(words: str) -> str:
    """What follows the command in a message; empty when nothing does."""
    return "".join(words.split(maxsplit=1)[1:]).strip()


def read_history(person: Person, days: int, deps: Deps) -> Screen:
    """The history screen of the last `days` days of the person's own calendar, today included; 0 is all."""
    return screens.history(deps.store(ReadHistory(user_id=person.id, days=days)), days, person.language)


def ordered(show: Show, person: Person, deps: Deps, trace: RequestTrace) -> BotCall:
    """The report function was asked; the chat shows meanwhile that a picture or a file is coming.

    A repeated update asks again: the report function answers each `update_id` once. Raises: FunctionUnavailableError.
    """
    deps.reports(ReportRequest(user_id=person.id, update_id=trace.update_id, show=show))
    return chat_action(person.id, "upload_document" if show == "export" else "upload_photo")
