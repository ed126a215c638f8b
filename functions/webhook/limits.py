"""How many photos a person may send: the first one over a limit hears so, further ones nothing, until the time is over.

The sentence is recorded like any refusal, and so counts: that is how the next photo knows that it was said.
"""

from burnout.texts import plural
from functions.webhook.deps import Person, Terms
from functions.webhook.screens import Screen, sentence


def is_silent(person: Person, terms: Terms) -> bool:
    """Whether the person heard already that it is enough for this hour, or this day."""
    return person.photos_this_hour > terms.photos_per_hour or person.photos_today > terms.photos_per_day


def last_word(person: Person, terms: Terms) -> Screen | None:
    """What the first photo over a limit is told, with when to come back; None below the limits."""
    if person.photos_today >= terms.photos_per_day:
        photos = plural("photos", person.language, terms.photos_per_day)
        return sentence("limited_day", person.language, photos=photos)
    if person.photos_this_hour >= terms.photos_per_hour:
        photos = plural("photos", person.language, terms.photos_per_hour)
        return sentence("limited_hour", person.language, photos=photos)
    return None
