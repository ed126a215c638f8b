"""People's rights: what is kept about them and who answers for it, an export, and everything or one thing deleted.

Everybody whom the bot knows has them, also by an older notice. A message is deleted in the presser's own chat only, so
a forged number deletes nothing of others.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from burnout.store import privacy
from burnout.store.check_ins import CheckIn, LastCheckIn, ReadLast, Undo
from burnout.store.privacy import Erase
from burnout.telegram.buttons import Action, Place, data_of
from burnout.telegram.calls import Keyboard, delete_message
from burnout.texts import plural, text
from burnout.values import Language
from functions.webhook.flow import Command, Context, Flow, Press, ordered
from functions.webhook.flows import mood
from functions.webhook.screens import Reply, Screen, at_time, button, place_of, sentence, with_ways

# A bot may delete a person's message for 48 hours (core.telegram.org/bots/api#deletemessage). What tells its age is the
# answer below it, which came later: mostly by seconds, by hours after an outage.
DELETABLE_FOR: Final = timedelta(hours=46)
_BACK: Final[dict[Place, Action]] = {"answer": "show", "question": "back", "unsure": "unsure"}


def _privacy(context: Context) -> Reply:
    """What is kept, where, how long and for what, who answers for it, and which command is which right."""
    language, terms = context.language, context.deps.terms
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
    shown = text("privacy_comparison", language) if terms.baseline_shown_percent else ""
    place = place_of(terms.data_place, language)
    html = text("privacy", language, comparison=shown, place=place, contact=terms.operator_contact, **days)
    return Reply(Screen(html, [[button("sees_button", language, "sees")]]))


def _says(key: str, outcome: str, context: Context) -> Reply:
    """One sentence, and where to go on."""
    return Reply(with_ways(key, context.language), outcome=outcome)


def _developer_info(context: Context) -> Reply:
    """Who runs the bot and answers for it, and how soon."""
    return Reply(sentence("developer_info", context.language, contact=context.deps.terms.operator_contact))


def _export(context: Context) -> Reply:
    return Reply(sentence("export_coming", context.language), then=ordered("export", context))


# ---------------------------------------------------------------- everything deleted


def _ask_to_erase(question: str, context: Context) -> Reply:
    """What would be deleted, and the button that does it; nothing to press for somebody whom the bot does not know."""
    language = context.language
    if not context.person.known:
        context.deps.store(Erase(user_id=context.person.id))  # a database that was set aside may still have them
        return Reply(sentence("nothing_kept", language))
    keyboard: Keyboard = [
        [(text("button_erase", language), data_of("erase"), "danger")],
        [button("button_stay", language, "stay")],
    ]
    return Reply(Screen(text(question, language), keyboard))


def _erase(context: Context) -> Reply:
    if context.deps.store(Erase(user_id=context.person.id)) is None:
        return Reply(sentence("erase_late", context.language), outcome="erase_late")
    begin = button("button_begin", context.language, "start", context.language)
    return Reply(Screen(text("erased", context.language), [[begin]]), outcome="erased")


# ---------------------------------------------------------------- one thing deleted


def _ask_to_undo(context: Context) -> Reply:
    return Reply(_undo_question(context.deps.store(ReadLast(user_id=context.person.id)), context.language))


def _undo_question(last: LastCheckIn, language: Language) -> Screen:
    """Asks whether to delete the newest check-in. An answer that the person has not seen yet is not shown."""
    when = at_time(datetime.fromisoformat(last.at_local), language) if last.at_local else ""
    if last.mood is not None:
        rating = text("undo_rating", language, rating=last.mood.rating)
        html = text("undo_ask", language, when=when, details=f" ({rating})")
        return mood.delete_question(int(last.mood.observed_at_utc.timestamp()), html, language)
    check_in = last.check_in
    if check_in is None:
        return with_ways("undo_nothing", language)
    facts = _opinion(check_in, language)
    if check_in.self_rating is not None:
        facts.append(text("undo_rating", language, rating=check_in.self_rating))
    details = f" ({', '.join(facts)})" if facts else ""
    keyboard = [button("button_undo", language, "undo", check_in.message_id), button("button_keep", language, "keep")]
    return Screen(text("undo_ask", language, when=when, details=details), [keyboard])


def _opinion(check_in: CheckIn, language: Language) -> list[str]:
    """What the photo told: the person's word where there is one, nothing where the answer is hidden or called wrong."""
    if check_in.corrected is not None:
        return [text("undo_emotion", language, emotion=text(f"emotion_{check_in.corrected}", language))]
    if check_in.hidden or check_in.agrees is False:
        return []
    tells = check_in.prediction.sure and check_in.view == "whole"
    return [text(f"undo_{check_in.prediction.label if tells else 'unsure'}", language)]


def _undo(context: Context, message_id: int) -> Reply:
    context.deps.store(Undo(user_id=context.person.id, message_id=message_id))
    return _says("undo_done", "undo", context)


def _ask_what_to_remove(context: Context, message_id: int, under: Place) -> Reply:
    language = context.language
    keyboard = [
        [button("button_remove_entry", language, "undo", message_id)],
        [button("button_remove_selfie", language, "selfie", message_id)],
        [button("button_remove_back", language, _BACK[under], message_id)],
    ]
    return Reply(Screen(text("remove_ask", language), keyboard), outcome="remove")


def _delete_selfie(context: Context, message_id: int) -> Reply:
    age_s = context.deps.now_utc().timestamp() - context.pressed_date_s
    if age_s > DELETABLE_FOR.total_seconds():
        return Reply(notice=text("notice_selfie_too_old", context.language), outcome="selfie_too_old")
    notice = text("notice_selfie_goes", context.language)
    return Reply(notice=notice, then=delete_message(context.person.id, message_id), outcome="selfie")


FLOW = Flow(
    commands=(
        Command("privacy", _privacy, older=True, stranger=True),
        Command("developer_info", _developer_info, older=True, stranger=True),
        Command("export", _export, older=True),
        Command("delete", partial(_ask_to_erase, "erase_ask_delete"), older=True, stranger=True),
        Command("stop", partial(_ask_to_erase, "erase_ask_stop"), older=True, stranger=True),
        Command("undo", _ask_to_undo, older=True),
    ),
    buttons=(
        Press("sees", partial(_says, "sees", "button"), older=True, stranger=True),
        Press("erase", _erase, older=True, stranger=True),  # an erasure that was killed halfway is finished so
        Press("stay", partial(_says, "erase_kept", "erase_kept"), older=True, stranger=True),
        Press("undo", _undo, older=True),
        Press("keep", partial(_says, "undo_kept", "undo"), older=True, stranger=True),
        Press("bin", _ask_what_to_remove, older=True),
        Press("selfie", _delete_selfie, older=True),
    ),
)
