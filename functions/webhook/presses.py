"""Pressed buttons. Callback data is parsed into a closed set of types and bound to whoever pressed."""

from dataclasses import replace

from burnout.store.check_ins import Begin, GiveFeedback, Rate, Reveal
from burnout.store.people import Consent, SetLanguage
from burnout.telegram.buttons import (
    Agree,
    AskEmotion,
    AskWeek,
    Button,
    ChooseLanguage,
    Correct,
    Decline,
    KeepEntry,
    RateMood,
    ShowAnswer,
    ShowChart,
    ShowHistory,
    ShowReport,
    ShowStart,
    ThumbDown,
    ThumbUp,
    WeekAnswer,
    parse_button,
)
from burnout.telegram.calls import BotCall, answer_callback
from burnout.texts import text
from burnout.values import Language
from functions.webhook import rights, screens, settings_flow, weekly
from functions.webhook.commands import notice, ordered, read_history
from functions.webhook.deps import Deps, Person, RequestTrace, person_of
from functions.webhook.screens import HISTORY_DAYS, NOTICE_VERSION, Reply, Screen, emotion_name, sentence, stale
from functions.webhook.updates import CallbackQuery, PressedMessage

AboutCheckIn = ThumbUp | ThumbDown | Correct | AskEmotion | RateMood | ShowAnswer


def press(query: CallbackQuery, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """What to say to a pressed button: always a notice that ends its spinner, and often a changed or a new message."""
    with trace.stage("begin"):
        begun = deps.store(Begin(user_id=query.sender.id, update_id=trace.update_id))
    if begun.answer is not None:  # given up before
        return trace.ends("duplicate", list(begun.answer))
    person = person_of(query.sender, begun)
    button = parse_button(query.data)
    message = query.message
    if button is None or message is None or message.chat.id != query.sender.id:
        return trace.ends("forged_button", [answer_callback(query.id, text("stale_button", person.language))])
    with trace.stage("press"):
        reply = _reply(button, message, person, deps, trace)
    changed = [_changed(message, reply.becomes)] if reply.becomes else []
    added = [reply.then] if reply.then else []
    return trace.ends(reply.outcome, [answer_callback(query.id, reply.notice), *changed, *added])


def _changed(message: PressedMessage, screen: Screen) -> BotCall:
    """The message becomes the screen; below a report's picture, which cannot become text, the screen is a new one."""
    if message.text is None:
        return screen.sent_to(message.chat.id)
    return screen.replacing(message.chat.id, message.message_id)


def _reply(button: Button, message: PressedMessage, person: Person, deps: Deps, trace: RequestTrace) -> Reply:
    if isinstance(button, rights.RightsButton):
        return rights.pressed(button, message, person, deps)
    match button:
        case ShowStart(chosen):
            return Reply(becomes=notice(replace(person, language=chosen), deps))
        case Decline(chosen):
            return Reply(becomes=sentence(_declined(person), chosen))
        case Agree(version, chosen) if version == NOTICE_VERSION:
            deps.store(Consent(user_id=person.id, chat_id=person.id, version=version, language=chosen))
            return Reply(becomes=sentence("agreed", chosen))
        case ChooseLanguage(chosen):
            return _in_language(chosen, person, deps)
        case ShowAnswer():  # their own, whatever they agreed to
            return _about_check_in(button, person, deps)
        case KeepEntry():
            return Reply(becomes=sentence("undo_kept", person.language), outcome="undo")
        case _ if person.consented:
            return _own_data(button, person, deps, trace)
        case Agree(version, _) if version < NOTICE_VERSION:
            return Reply(text("stale_agree", person.language))
        case _ if person.known and not isinstance(button, Agree):  # below the message, which stays as it is
            return Reply(then=notice(person, deps).sent_to(person.id), outcome="no_consent")
        case _:
            return stale(person.language)


def _declined(person: Person) -> str:
    """Which sentence says what a no changes: "nothing was kept" is true only for somebody who never agreed."""
    if person.consented:
        return "declined_later"
    return "declined_anew" if person.known else "declined"


def _own_data(button: Button, person: Person, deps: Deps, trace: RequestTrace) -> Reply:
    """What only somebody who has agreed can press."""
    if isinstance(button, settings_flow.SettingButton):
        return settings_flow.pressed(button, person, deps)
    match button:
        case ThumbUp() | ThumbDown() | Correct() | AskEmotion() | RateMood():
            return _about_check_in(button, person, deps)
        case ShowHistory(days) if days in HISTORY_DAYS:
            return Reply(becomes=read_history(person, days, deps))
        case ShowReport():
            action = ordered("report", person, deps, trace)
            return Reply(text("report_coming", person.language), then=action, outcome="report")
        case ShowChart(kind):
            action = ordered(kind, person, deps, trace)
            return Reply(text("chart_coming", person.language), then=action, outcome="report")
        case AskWeek() | WeekAnswer():
            return weekly.pressed(button, person, deps)
        case _:  # days that were never offered, a notice that never was
            return stale(person.language)


def _in_language(chosen: Language, person: Person, deps: Deps) -> Reply:
    deps.store(SetLanguage(user_id=person.id, language=chosen))
    # The language decides the default time zone too, so somebody who has settings sees them all again.
    screen = settings_flow.overview(person, deps) if person.consented else sentence("help", chosen)
    return Reply(text("noted_language", chosen), screen)


def _about_check_in(button: AboutCheckIn, person: Person, deps: Deps) -> Reply:
    notice, operation = _verdict(button, person.id, person.language)
    check_in = deps.store(operation)
    if check_in is None:  # another person's, an erased one, or a number nobody ever had
        return stale(person.language)
    correcting = isinstance(button, ThumbDown | AskEmotion)
    return Reply(notice, screens.answer(check_in, person.language, correcting=correcting))


def _verdict(button: AboutCheckIn, user_id: int, language: Language) -> tuple[str, GiveFeedback | Rate | Reveal]:
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
        case ShowAnswer(message_id) | AskEmotion(message_id):
            return "", Reveal(user_id=user_id, message_id=message_id)
