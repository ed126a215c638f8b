"""Pressed buttons. Callback data is parsed into a closed set of types and bound to whoever pressed."""

from burnout.buttons import (
    Agree,
    Button,
    ChooseLanguage,
    Correct,
    Decline,
    RateMood,
    ShowHistory,
    ShowStart,
    ThumbDown,
    ThumbUp,
    parse_button,
)
from burnout.calls import BotCall, answer_callback
from burnout.records import Begin, Consent, GiveFeedback, Language, Rate, SetLanguage
from burnout.texts import text
from burnout.updates import CallbackQuery
from functions.webhook import screens
from functions.webhook.commands import read_history
from functions.webhook.deps import Deps, Person, Visit, person_of
from functions.webhook.screens import HISTORY_DAYS, NOTICE_VERSION, Screen, emotion_name, sentence

Shown = tuple[str, Screen | None]  # the notice that pops up, and what the message becomes


def press(query: CallbackQuery, deps: Deps, visit: Visit) -> list[BotCall]:
    """What to say to a pressed button: always a notice that ends its spinner, and often a changed message."""
    with visit.at("begin"):
        begun = deps.store(Begin(user_id=query.sender.id, update_id=visit.update_id))
    person = person_of(query.sender, begun)
    button = parse_button(query.data)
    message = query.message
    if button is None or message is None or message.chat.id != query.sender.id:
        return visit.ends("forged_button", [answer_callback(query.id, text("stale_button", person.language))])
    with visit.at("press"):
        notice, screen = _shown(button, person, deps)
    changed = [screen.replacing(message.chat.id, message.message_id)] if screen else []
    return visit.ends("button", [answer_callback(query.id, notice), *changed])


def _shown(button: Button, person: Person, deps: Deps) -> Shown:
    match button:
        case ShowStart(chosen):
            return "", screens.start(chosen)
        case Decline(chosen):
            return "", sentence("declined", chosen)
        case Agree(version, chosen) if version == NOTICE_VERSION:
            deps.store(Consent(user_id=person.id, chat_id=person.id, version=version, language=chosen))
            return "", sentence("agreed", chosen)
        case ChooseLanguage(chosen):
            deps.store(SetLanguage(user_id=person.id, language=chosen))
            return text("noted_language", chosen), sentence("help", chosen)
        case ShowHistory(days) if days in HISTORY_DAYS and person.consented:
            return "", read_history(person, days, deps)
        case ThumbUp() | ThumbDown() | Correct() | RateMood():
            return _about_check_in(button, person, deps)
        case _:
            return text("stale_button", person.language), None


def _about_check_in(button: ThumbUp | ThumbDown | Correct | RateMood, person: Person, deps: Deps) -> Shown:
    notice, operation = _verdict(button, person.id, person.language)
    check_in = deps.store(operation).check_in
    if check_in is None:  # another person's, an erased one, or a number nobody ever had
        return text("stale_button", person.language), None
    return notice, screens.answer(check_in, person.language, correcting=isinstance(button, ThumbDown))


def _verdict(
    button: ThumbUp | ThumbDown | Correct | RateMood, user_id: int, language: Language
) -> tuple[str, GiveFeedback | Rate]:
    match button:
        case ThumbUp(message_id):
            feedback = GiveFeedback(user_id=user_id, message_id=message_id, agrees=True)
            return text("noted_agrees", language), feedback
        case ThumbDown(message_id):
            return "", GiveFeedback(user_id=user_id, message_id=message_id, agrees=False)
        case Correct(message_id, emotion):
            feedback = GiveFeedback(user_id=user_id, message_id=message_id, agrees=False, corrected=emotion)
            return text("noted_corrected", language, emotion=emotion_name(emotion, language)), feedback
        case RateMood(message_id, rating):
            rate = Rate(user_id=user_id, message_id=message_id, rating=rating)
            return text("noted_rating", language, rating=rating), rate
