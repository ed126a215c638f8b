"""Update → bot calls. Says which updates are read, begins each one, and decides when one is given up.

Knows neither HTTP nor AWS. The last call of an answer is the one the person waits for; calls before it are extras.
"""

from typing import Final

from msgspec import structs

from burnout.errors import (
    FunctionBrokenError,
    OutOfTimeError,
    OvertakenError,
    PermanentError,
    StoreUnavailableError,
    TransientError,
)
from burnout.store.check_ins import Begin, Fail, Record
from burnout.store.people import SetReachable
from burnout.telegram.calls import BotCall, answer_callback, leave_chat
from burnout.texts import language_of, text
from burnout.values import Language
from functions.webhook import budget, content, dispatch
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.flows import captions, check_in, support
from functions.webhook.person import Person, person_of
from functions.webhook.screens import Screen, sentence
from functions.webhook.updates import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

# docs/decisions/0002: seconds until Telegram brings the update back, by attempt; then it is a dead letter.
RETRY_AFTER_S: Final = (5, 20, 60, 120)
MOST_ATTEMPTS: Final = 5
SLOW_ATTEMPT: Final = 3  # 25 s and more have passed, and another minute will
MOST_PRESSES: Final = 3  # of a press that reads a photo: Telegram forgets it after 150 s
GIVE_UP_AFTER_S: Final = 600.0
_GONE: Final = frozenset({"kicked", "left"})


def handle(update: Update, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """What to say to an update; an empty list means that there is nothing to say.

    Raises: TransientError with `retry_after_s` when Telegram should bring the update back.
    """
    trace.update_id = update.update_id
    try:
        return _read(update, budget.bounded(deps.numbered(update.update_id), trace), trace)
    except OvertakenError:
        trace.outcome = "overtaken"
        raise
    except (StoreUnavailableError, FunctionBrokenError) as error:  # not counted: no photo is to blame
        trace.outcome, trace.error_type = "retry", type(error).__name__
        if said := dispatch.without_data(update, deps, trace):
            return said
        raise
    except Exception as error:  # a bug of ours too must be counted and given up, or it comes back for 24 hours
        trace.error_type = type(error).__name__
        if isinstance(error, OutOfTimeError) and (said := dispatch.without_data(update, deps, trace)):
            return said
        return _retry_or_give_up(update, deps, trace, error)


def _read(update: Update, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, deps, trace)
    if update.callback_query is not None:
        return _press(update.callback_query, deps, trace)
    message = update.message or update.edited_message
    if message is None:
        return []
    sender = message.sender  # none, or a bot, for a person who writes in a group's own name
    if message.chat.type != "private":
        return trace.ends("group", _leave(message.chat, language_of(sender.language_code if sender else None)))
    if sender is None or sender.is_bot or sender.id != message.chat.id:
        return []
    kind = content.kind_of(message) if update.message else content.kind_of_edit(message)
    return _private(kind, _grouped(kind, message, update), sender, deps, trace)


def _grouped(kind: str | None, message: Message, update: Update) -> Message:
    """The message, of whose album as many are answered as it has kinds: a selfie beside videos is read.

    An edit belongs to none: it is answered by itself.
    """
    album = message.media_group_id if update.message else None
    return structs.replace(
        message, media_group_id=album if album is None or kind == content.PICTURE else f"{album} {kind}"
    )


def _private(kind: str | None, message: Message, sender: User, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    if kind is None:
        return trace.ends("service", [])
    with trace.stage("begin"):
        begin = Begin(
            user_id=sender.id,
            update_id=trace.update_id,
            message_id=message.message_id,
            media_group_id=message.media_group_id,
            photo=deps.terms.photo if kind == content.PICTURE else None,
        )
        begun = deps.store(begin)
    if begun.answer is not None:
        return trace.ends("duplicate", list(begun.answer))
    person = person_of(sender, begun, deps.terms)
    if begun.album_answered:
        return trace.ends("album", captions.alone(message, person, deps))
    trace.language = person.language
    if kind == content.WORDS:
        return dispatch.written(message, person, deps, trace)
    if kind != content.PICTURE:
        return _unread(kind, message, person, deps, trace)
    trace.photo_folder = begun.photo_folder
    return check_in.sent(message, person, deps, trace)


def _unread(kind: str, message: Message, person: Person, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """The sentence for what is no picture, once for an album, and what becomes of the words under it.

    It takes nothing of the photos that a day allows.
    """
    has_words = person.consented and kind != content.EDITED
    screen = captions.unread(kind, message, person, deps) if has_words else support.unread(kind, person)
    answer: tuple[BotCall, ...] = (screen.sent_to(person.id),)
    if message.media_group_id and person.known:
        record = Record(
            user_id=person.id,
            update_id=trace.update_id,
            message_id=message.message_id,
            media_group_id=message.media_group_id,
            outcome="refused",
            answer=answer,
        )
        answer = deps.store(record).answer or tuple(captions.alone(message, person, deps))
    return trace.ends(kind, list(answer))


def _press(query: CallbackQuery, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    with trace.stage("begin"):
        begun = deps.store(Begin(user_id=query.sender.id, update_id=trace.update_id))
    if begun.answer and begun.answer[0].method == "answerCallbackQuery":  # given up before
        return trace.ends("duplicate", list(begun.answer))
    person = person_of(query.sender, begun, deps.terms)
    trace.language = person.language
    return dispatch.pressed(query, person, deps, trace)


def _membership(change: ChatMemberUpdated, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    gone = change.new_chat_member.status in _GONE
    if change.chat.type == "private":
        deps.store(SetReachable(user_id=change.sender.id, reachable=not gone))
        return trace.ends("blocked" if gone else "unblocked", [])
    if gone:
        return []
    return trace.ends("group", _leave(change.chat, language_of(change.sender.language_code)))


def _leave(chat: Chat, language: Language) -> list[BotCall]:
    return [sentence("private_only", language).sent_to(chat.id), leave_chat(chat.id)]


def _retry_or_give_up(update: Update, deps: Deps, trace: RequestTrace, error: Exception) -> list[BotCall]:
    """The apology when the update is given up. Raises: TransientError when it may come back."""
    sender = _sender(update)
    if sender is None:
        return trace.ends("dead_letter", [])  # there is nobody to count it for, and nobody to apologise to
    trace.outcome = "retry"  # also when the store cannot be asked
    fail = Fail(
        user_id=sender.id,
        update_id=update.update_id,
        stage=trace.current_stage,
        error_type=trace.error_type,
        photo_folder=trace.photo_folder,
    )
    failed = deps.store(fail)  # not bounded: every call before has left the time for this one
    known = failed.attempts > 0  # nothing is counted about a person who has not agreed, so it must not come back
    if not known and trace.photo_folder:
        return trace.ends("nobodys", [])  # its sender was erased meanwhile
    lasting = isinstance(error, PermanentError)
    most = MOST_PRESSES if update.callback_query and trace.photo_folder else MOST_ATTEMPTS
    if not known or lasting or failed.attempts >= most or failed.failing_for_s >= GIVE_UP_AFTER_S:
        return _give_up(update, sender, budget.bounded(deps, trace, reserve_s=budget.ANSWER_S), trace)
    trace.slow = failed.attempts == SLOW_ATTEMPT
    asked_s = (error.retry_after_s or 0) if isinstance(error, TransientError) else 0
    step_s = RETRY_AFTER_S[min(failed.attempts, len(RETRY_AFTER_S)) - 1]
    raise TransientError(trace.error_type, retry_after_s=min(max(asked_s, step_s), RETRY_AFTER_S[-1])) from error


def _give_up(update: Update, sender: User, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    message = update.message or update.edited_message
    begun = deps.store(Begin(user_id=sender.id, update_id=update.update_id))
    is_photo = update.message is not None and content.kind_of(update.message) == content.PICTURE
    person = person_of(sender, begun, deps.terms)
    answer = _apology(update, person, deps, is_photo=is_photo or trace.photo_folder is not None)
    record = Record(
        user_id=sender.id,
        update_id=update.update_id,
        message_id=message.message_id if message else 0,
        outcome="dead_letter",
        answer=answer,
        photo_folder=trace.photo_folder or (begun.photo_folder if is_photo else None),
    )
    return trace.ends("dead_letter", list(deps.store(record).answer))


def _apology(update: Update, person: Person, deps: Deps, *, is_photo: bool) -> tuple[BotCall, ...]:
    """A press of which a photo failed, that of an agreement, ends its spinner and gets the photo's own sentence."""
    query = update.callback_query
    if query is not None and not is_photo:
        return (answer_callback(query.id, text("apology_other", person.language)),)
    if update.my_chat_member is not None:
        return ()
    told = _apology_for_a_photo(update, person, deps) if is_photo else sentence("apology_other", person.language)
    calls = (told.sent_to(person.id),)
    return (answer_callback(query.id), *calls) if query else calls


def _apology_for_a_photo(update: Update, person: Person, deps: Deps) -> Screen:
    """The apology, and what becomes of the rating under the photo; if that fails too, the numbers alone."""
    told, query = sentence("apology", person.language), update.callback_query
    photo = query.message.reply_to_message if query and query.message else update.message
    if photo is None or not person.consented:
        return told
    try:
        return captions.beside(told, photo, person, deps)
    except (StoreUnavailableError, TransientError):
        return captions.or_a_number(told.html, person.language)


def _sender(update: Update) -> User | None:
    if update.callback_query is not None:
        return update.callback_query.sender
    if update.my_chat_member is not None:
        return update.my_chat_member.sender
    message = update.message or update.edited_message
    return message.sender if message else None
