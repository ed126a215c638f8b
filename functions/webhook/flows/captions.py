"""The words under a photo, a video or a voice: a rating is kept without what it stands under, others are not."""

from datetime import UTC, datetime

from msgspec import structs

from burnout.store.days import KeepMood
from burnout.telegram.buttons import mood_row
from burnout.telegram.calls import BotCall
from burnout.texts import text
from burnout.values import Language, Rating
from functions.webhook.deps import Deps
from functions.webhook.flows import mood, support
from functions.webhook.person import Person
from functions.webhook.screens import Screen, led_by
from functions.webhook.updates import Message
from functions.webhook.words import rating_in


def beside(why: Screen, message: Message, person: Person, deps: Deps) -> Screen:
    """Why there is no answer, and what becomes of the words: a rating is kept without the photo, others are not.

    Without a rating there is a way to give one: it needs no photo.
    """
    if said := _mood(message, person, deps):
        return Screen(led_by(why.html, said.html), said.keyboard)
    told = led_by(why.html, text("caption_unkept", person.language)) if is_unkept(message) else why.html
    return or_a_number(told, person.language)


def or_a_number(why: str, language: Language) -> Screen:
    """A sentence about a photo, and the numbers: they count without one."""
    return Screen(led_by(why, text("or_a_number", language)), [mood_row()])


def unread(key: str, message: Message, person: Person, deps: Deps) -> Screen:
    """The sentence `key` about what the bot cannot read, and what becomes of the words under it."""
    if said := _mood(message, person, deps):
        return Screen(led_by(text(key, person.language), said.html), said.keyboard)
    return support.unread(key, person, "caption_unkept" if is_unkept(message) else "quiet_line")


def alone(message: Message, person: Person, deps: Deps) -> list[BotCall]:
    """What is said under a photo, a video or a file that is passed over: only that a rating in its caption is kept."""
    said = _mood(message, person, deps) if person.consented else None
    return [said.sent_to(message.chat.id)] if said else []


def _mood(message: Message, person: Person, deps: Deps) -> Screen | None:
    """A rating in the caption, kept without the photo; None where there is none to keep."""
    said = rating(message)
    if said is None:
        return None
    observed_at_utc = datetime.fromtimestamp(message.date, UTC)
    kept = deps.store(KeepMood(user_id=person.id, observed_at_utc=observed_at_utc, rating=said))
    if kept is None:  # erased meanwhile, or deleted by a newer press
        return None
    return mood.said(structs.replace(kept, first=False), person.language)  # no question more about the day


def rating(message: Message) -> Rating | None:
    """The rating that the caption is, if it is one."""
    said = rating_in(_words(message))
    return None if said == "unclear" else said


def is_unkept(message: Message) -> bool:
    """Whether the caption has words that are no rating: they are not kept."""
    return bool(_words(message)) and rating(message) is None


def _words(message: Message) -> str:
    """The sender's own words under a photo."""
    return "" if message.is_forwarded else (message.caption or "").strip()
