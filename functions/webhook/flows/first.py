"""The first minute: a yes or a no to the notice, the photo that waited for the yes, and three short questions.

Each question can be skipped, and every answer can be changed in the settings later.
"""

from dataclasses import replace
from typing import Any, Final, Literal

from burnout.schedule import zone_names
from burnout.store.check_ins import Begin
from burnout.store.people import ChangeSettings, Consent, Settings
from burnout.telegram.buttons import First, Switch, data_of
from burnout.telegram.calls import BotCall, Button, answer_callback
from burnout.texts import text
from burnout.values import NOTICE_VERSION, Hour, Language
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.flows import check_in, clock, consent, home
from functions.webhook.person import person_of
from functions.webhook.screens import Reply, Screen, button, stale
from functions.webhook.updates import Message

_HOURS: Final = (17, 18, 19, 20)  # of the reminder; no quiet hours that one can choose hold them


# ---------------------------------------------------------------- the notice


def _start(context: Context) -> Reply:
    return Reply(home.beginning(context))


def _reads(context: Context, part: Literal["all", "short"], language: Language) -> Reply:
    """The notice in this language; the home screen for somebody who agreed meanwhile."""
    if context.person.consented:
        return Reply(home.beginning(context))
    return Reply(_notice(context, language, full=part == "all"))


def _notice(context: Context, language: Language, *, full: bool = False) -> Screen:
    lead = "terms_for_photo" if _waiting_photo(context) else "terms_lead"
    return consent.notice(replace(context.person, language=language), context.deps, lead=lead, full=full)


def _decline(context: Context, language: Language) -> Reply:
    """What a no changes: "nothing was kept" is true only for somebody who never agreed."""
    if context.person.consented:
        return Reply(Screen(text("terms_declined_later", language), [[button("button_home", language, "home")]]))
    key = "terms_declined_anew" if context.person.known else "terms_declined"
    return Reply(Screen(text(key, language), [[button("button_begin", language, "start", language)]]))


def _agree(context: Context, version: int, language: Language) -> Reply:
    person, present = replace(context.person, language=language), context.deps.terms.notice
    if present <= version <= NOTICE_VERSION + 1:  # also where a comparison has ended since
        agreed = Consent(user_id=person.id, chat_id=person.id, version=version, language=language)
        if context.deps.store(agreed):
            return _agreed(replace(context, person=replace(person, consented=True, known=True)))
        return Reply(consent.notice(replace(person, known=False), context.deps, lead="terms_late"))
    if version < present and not person.consented:
        return Reply(_notice(context, language), text("terms_old_button", language))
    return stale(context.language)


def _agreed(context: Context) -> Reply:
    """The answer to the photo that waited, and the first question, if the person's clock is not known from before."""
    stands, photo = settings_of(context), _waiting_photo(context)
    begins = stands is None or stands.time_zone is None
    screen = _city(context) if begins else _done(context)
    answer, is_ended = _answer_to(photo, context) if photo else (None, False)
    return Reply(screen, then=answer, is_ended=is_ended, outcome=context.trace.outcome if answer else "agreed")


# ---------------------------------------------------------------- the photo that waited


def _waiting_photo(context: Context) -> Message | None:
    """The photo that the notice replies to, if it is the person's own; the press brings it, nobody kept it."""
    photo, person_id = context.replied_to, context.person.id
    if photo is None or photo.sender is None or (photo.sender.id, photo.chat.id) != (person_id, person_id):
        return None
    return photo if check_in.is_readable(photo) else None


def _answer_to(photo: Message, context: Context) -> tuple[BotCall | None, bool]:
    """The answer to the photo, once for all presses under it, and whether the press ended before it was read.

    Raises: TransientError to come back.
    """
    group = photo.media_group_id or f"message {photo.message_id}"
    person_id, trace = context.person.id, context.trace
    begin = Begin(
        user_id=person_id,
        update_id=trace.update_id,
        message_id=photo.message_id,
        media_group_id=group,
        photo=context.deps.terms.photo,
    )
    begun = context.deps.store(begin)
    if begun.answer:  # the same press again: its answer did not arrive
        return trace.ends("duplicate", list(begun.answer))[-1], False
    if photo.sender is None or begun.answer is not None or begun.album_answered:
        return None, False
    trace.photo_folder = begun.photo_folder
    person = person_of(photo.sender, begun, context.deps.terms)
    context.deps.send(answer_callback(context.query_id))  # nobody watches a spinner while the photo is read
    calls = check_in.sent(photo, person, context.deps, trace, group=group)
    return (calls[0] if calls else None), True


# ---------------------------------------------------------------- three questions


def _city(context: Context) -> Screen:
    language = context.language
    ways = [button("first_other_city", language, "first", "write"), button("first_skip", language, "first", "reminder")]
    return Screen(text("first_city", language), [*_cities(context), ways])


def _city_first(context: Context) -> Screen:
    """The question for the clock again: a reminder was chosen, and by UTC it would come at the wrong hour."""
    language = context.language
    keep = clock.keep(language, context.deps.now_utc(), "fzone")
    ways = [[button("first_other_city", language, "first", "write"), keep], [_no_reminder(language)]]
    return Screen(text("zone_first", language), [*_cities(context), *ways])


def _reminder(language: Language) -> Screen:
    hours = [(f"{hour}:00", data_of("fhour", hour)) for hour in _HOURS]
    return Screen(text("first_reminder", language), [hours, [_no_reminder(language)]])


def _no_reminder(language: Language) -> Button:
    return button("first_no_reminder", language, "first", "alerts")


def _alerts(language: Language) -> Screen:
    answers = [button("first_yes", language, "falerts", "on"), button("first_no", language, "first", "done")]
    return Screen(text("first_alerts", language), [answers])


def _done(context: Context) -> Screen:
    return home.beginning(context, text("first_done", context.language))


def _next(context: Context, step: First) -> Reply:
    """The question before was left out; a city that is going to be written leads to the next one by itself."""
    if step == "write":
        return Reply(then=clock.asks_for_words(context, step=True))
    if step == "done":
        return Reply(_done(context))
    screen = (_alerts if step == "alerts" else _reminder)(context.language)
    return Reply(screen)


def _zone(context: Context, zone: str) -> Reply:
    if zone not in zone_names() or _changed(context, time_zone=zone) is None:
        return stale(context.language)
    return Reply(_reminder(context.language))


def _hour(context: Context, hour: Hour) -> Reply:
    stands = settings_of(context)
    if stands is None or hour not in _HOURS:
        return stale(context.language)
    if clock.is_unset(stands):
        return Reply(_city_first(context))
    _changed(context, reminder_hour=hour)
    return Reply(_alerts(context.language))


def _wants_alerts(context: Context, switch: Switch) -> Reply:
    if _changed(context, alerts=switch == "on") is None:
        return stale(context.language)
    return Reply(_done(context))


def _changed(context: Context, **changes: Any) -> Settings | None:
    """The settings that stand; none for somebody who was erased meanwhile."""
    return context.deps.store(ChangeSettings(user_id=context.person.id, **changes))


def _cities(context: Context) -> list[list[Button]]:
    return clock.cities(context.language, context.deps.now_utc(), "fzone")


FLOW = Flow(
    commands=(Command("start", _start, older=True, stranger=True),),
    buttons=(
        Press("start", lambda context, language: _reads(context, "short", language), older=True, stranger=True),
        Press("read", _reads, older=True, stranger=True),
        Press("agree", _agree, older=True, stranger=True),
        Press("decline", _decline, older=True, stranger=True),
        Press("first", _next),
        Press("fzone", _zone),
        Press("fhour", _hour),
        Press("falerts", _wants_alerts),
    ),
)
