"""People's rights: what is kept about them and who answers for it, everything as a file, everything or one thing gone.

They hold for whoever the bot knows, also by an older notice. A message is deleted in the presser's own chat only, so a
forged number hits nobody else.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from burnout.store import privacy
from burnout.store.check_ins import Undo
from burnout.store.privacy import Erase
from burnout.telegram.buttons import (
    AskRating,
    AskRatingUnsure,
    AskRemove,
    DeleteSelfie,
    EraseEverything,
    KeepEverything,
    ShowAnswer,
    UndoEntry,
    data_of,
)
from burnout.telegram.calls import Keyboard, delete_message
from burnout.texts import plural, text
from burnout.values import Language
from functions.webhook import screens
from functions.webhook.deps import Deps, Person, Terms
from functions.webhook.screens import Reply, Screen, place_of, sentence
from functions.webhook.updates import PressedMessage

RightsButton = AskRemove | AskRating | AskRatingUnsure | UndoEntry | DeleteSelfie | EraseEverything | KeepEverything
# A bot may delete a person's message for 48 hours (core.telegram.org/bots/api#deletemessage). What tells its age is the
# answer below it, which came later: mostly by seconds, by hours after an outage.
DELETABLE_FOR: Final = timedelta(hours=46)


def notice(language: Language, terms: Terms) -> Screen:
    """What is kept, where, how long and for what, who answers for it, and which command is which right."""
    days = {
        name: plural("days", language, kept_for.days)
        for name, kept_for in (
            ("photos", privacy.PHOTOS_FOR),
            ("check_ins", privacy.CHECK_INS_FOR),
            ("inactive", privacy.INACTIVE_FOR),
            ("unreachable", privacy.UNREACHABLE_FOR),
            ("seen", privacy.SEEN_FOR),
            ("failed", privacy.DEAD_LETTERS_FOR),
            ("erasures", privacy.ERASURES_FOR),
        )
    }
    return sentence(
        "privacy", language, place=place_of(terms.data_place, language), contact=terms.operator_contact, **days
    )


def developer(language: Language, terms: Terms) -> Screen:
    """Who runs the bot and answers for it, and how soon."""
    return sentence("developer_info", language, contact=terms.operator_contact)


def asked_to_erase(command: Literal["delete", "stop"], person: Person) -> Screen:
    """What would be gone, and the one press that does it; nothing to press for somebody whom the bot does not know."""
    if not person.known:
        return sentence("nothing_kept", person.language)
    buttons: Keyboard = [
        [(text("button_erase", person.language), data_of(EraseEverything()), "danger")],
        [(text("button_stay", person.language), data_of(KeepEverything()))],
    ]
    return Screen(text(f"erase_ask_{command}", person.language), buttons)


def pressed(button: RightsButton, message: PressedMessage, person: Person, deps: Deps) -> Reply:  # noqa: PLR0911  (one each)
    """What a button about deleting leads to."""
    match button:
        case EraseEverything():  # also by nobody known: an erasure that was killed halfway is finished so
            deps.store(Erase(user_id=person.id))
            return Reply(becomes=sentence("erased", person.language), outcome="erased")
        case KeepEverything():
            return Reply(becomes=sentence("erase_kept", person.language), outcome="erase_kept")
        case _ if not person.known:
            return screens.stale(person.language)
        case AskRemove(message_id, under):
            return Reply(becomes=_what_to_remove(message_id, under, person.language), outcome="remove")
        case AskRating(message_id) | AskRatingUnsure(message_id):
            sure = isinstance(button, AskRating)
            return Reply(becomes=screens.rating_first(message_id, person.language, sure=sure), outcome="remove")
        case UndoEntry(message_id):
            deps.store(Undo(user_id=person.id, message_id=message_id))
            return Reply(becomes=sentence("undo_done", person.language), outcome="undo")
        case DeleteSelfie(message_id):
            return _delete_selfie(message_id, message, person, deps.now_utc())


def _what_to_remove(message_id: int, under: Literal["answer", "question", "unsure"], language: Language) -> Screen:
    back: dict[str, ShowAnswer | AskRating | AskRatingUnsure] = {
        "answer": ShowAnswer(message_id),
        "question": AskRating(message_id),
        "unsure": AskRatingUnsure(message_id),
    }
    choices = (
        ("button_remove_entry", UndoEntry(message_id)),
        ("button_remove_selfie", DeleteSelfie(message_id)),
        ("button_remove_back", back[under]),
    )
    return Screen(text("remove_ask", language), [[(text(label, language), data_of(data))] for label, data in choices])


def _delete_selfie(message_id: int, answer: PressedMessage, person: Person, now_utc: datetime) -> Reply:
    if now_utc.timestamp() - answer.date > DELETABLE_FOR.total_seconds():  # 0: so old that Telegram does not say
        return Reply(text("notice_selfie_too_old", person.language), outcome="selfie_too_old")
    notice = text("notice_selfie_goes", person.language)
    return Reply(notice, then=delete_message(person.id, message_id), outcome="selfie")
