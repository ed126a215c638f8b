"""How somebody is now, without a photo: one tap or one typed digit keeps it, and the day's questions may follow."""

from datetime import UTC, datetime
from typing import Literal

from burnout.store.days import ForgetMood, KeepMood, Mood
from burnout.telegram.buttons import data_of, mood_row
from burnout.texts import text
from burnout.values import Language, Rating
from functions.webhook import warm
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.flows import consent, day, support
from functions.webhook.screens import Reply, Screen, at_time, button, led_by, stale, with_ways

# ---------------------------------------------------------------- commands and buttons


def asked(language: Language) -> Screen:
    """The question, the five answers, and the way back."""
    return Screen(text("mood_ask", language), [mood_row(), [button("button_home", language, "home")]])


def typed(context: Context, rating: Rating | Literal["unclear"], at_utc: datetime) -> Reply:
    """What a message of one digit leads to, and one of another number."""
    if not context.person.consented:
        return Reply(consent.notice(context.person, context.deps, lead="terms_for_mood"), outcome="no_consent")
    if rating == "unclear":
        return Reply(support.unread("words_number", context.person), outcome="words_number")
    reply = kept(context, rating, at_utc)
    if reply.screen is not None:
        return reply
    again = asked(context.language)
    return Reply(Screen(led_by(text("mood_unkept", context.language), again.html), again.keyboard), outcome="mood")


def kept(context: Context, rating: Rating, at_utc: datetime) -> Reply:
    """What stands once the rating of that moment is kept. Twice within ten minutes is once, corrected."""
    mood = context.deps.store(KeepMood(user_id=context.person.id, observed_at_utc=at_utc, rating=rating))
    if mood is None:  # erased meanwhile, or a newer press deleted it
        return stale(context.language)
    noted = text("noted_rating", context.language, rating=mood.rating)
    return Reply(said(mood, context.language), noted, outcome="mood")


def _asks(context: Context) -> Reply:
    return Reply(asked(context.language), outcome="mood")


def _asks_to_delete(context: Context, at_s: int) -> Reply:
    """Without the rating: the message may be older than the one that stands."""
    settings = settings_of(context)
    if settings is None:
        return stale(context.language)
    when = at_time(datetime.fromtimestamp(at_s, settings.zone), context.language)
    asked_about = text("undo_ask_entry", context.language, when=when)
    return Reply(delete_question(at_s, asked_about, context.language), outcome="undo")


def _deletes(context: Context, at_s: int) -> Reply:
    language, at_utc = context.language, datetime.fromtimestamp(at_s, UTC)
    mood = context.deps.store(ForgetMood(user_id=context.person.id, observed_at_utc=at_utc))
    if mood is not None:  # rated again by a newer press
        return Reply(said(mood, language), outcome="undo")
    return Reply(with_ways("undo_done", language), outcome="undo")


# ---------------------------------------------------------------- screens


def said(mood: Mood, language: Language) -> Screen:
    """What stands, and the day's first open question; for a later mood of the day only the way to it."""
    kind = warm.sentence(mood.rating, mood.low_ratings, language)
    lead = led_by(_said(mood, language), kind) if kind else _said(mood, language)
    change = [
        (text("button_rerate", language, rating=mood.rating), data_of("feel")),
        button("button_undo_mood", language, "binmood", int(mood.observed_at_utc.timestamp())),
    ]
    following = day.next_question(mood.day) if mood.first else None
    if following:
        screen = day.question(mood.day, following, language, lead=lead, beside=change)
    else:
        thanks = "" if kind else f"\n{text('mood_thanks', language)}"
        screen = Screen(lead + thanks, [change, [button("button_more", language, "about", mood.day.day)]])
    way = support.way(language)  # is there already where the newest mood of the day is low
    return Screen(screen.html, [*screen.keyboard, way] if kind and way not in screen.keyboard else screen.keyboard)


def delete_question(at_s: int, html: str, language: Language) -> Screen:
    """Asks whether the mood of that Unix time is to be deleted."""
    keyboard = [button("button_undo", language, "unmood", at_s), button("button_keep", language, "keep")]
    return Screen(html, [keyboard])


def _said(mood: Mood, language: Language) -> str:
    time, word = mood.at_local[-5:], text(f"rating_word_{mood.rating}", language)
    when = text("when_day", language, day=day.name(mood.day, language), time=time)
    return text("mood_said", language, when=when, rating=mood.rating, word=word)


FLOW = Flow(
    commands=(Command("mood", _asks),),
    buttons=(
        Press("mood", lambda context, rating: kept(context, rating, context.deps.now_utc())),
        Press("feel", _asks),
        Press("binmood", _asks_to_delete, older=True),
        Press("unmood", _deletes, older=True),
    ),
)
