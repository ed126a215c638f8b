"""How somebody is now, without a photo: one tap."""

from burnout.store.days import KeepMood, Mood
from burnout.telegram.buttons import mood_row
from burnout.texts import text
from burnout.values import Language, Rating
from functions.webhook.flow import Context, Flow, Press
from functions.webhook.screens import Reply, Screen, stale


def _keeps(context: Context, rating: Rating) -> Reply:
    now_utc = context.deps.now_utc()
    mood = context.deps.store(KeepMood(user_id=context.person.id, observed_at_utc=now_utc, rating=rating))
    if mood is None:  # erased meanwhile, or a newer press deleted it
        return stale(context.language)
    return Reply(
        said(mood, context.language), text("noted_rating", context.language, rating=mood.rating), outcome="mood"
    )


def said(mood: Mood, language: Language) -> Screen:
    """What stands, and the buttons to correct it."""
    when = text("when_today", language, time=mood.at_local[-5:])
    word = text(f"rating_word_{mood.rating}", language)
    html = text("mood_said", language, when=when, rating=mood.rating, word=word)
    return Screen(html, [mood_row(mood.rating)])


FLOW = Flow(buttons=(Press("mood", _keeps),))
