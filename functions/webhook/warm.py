"""What somebody reads who feels bad or very bad: one warm sentence, the next one each time."""

from datetime import date

from burnout.texts import variants
from burnout.values import Language, Rating


def sentence(rating: Rating, low_ratings: int, language: Language) -> str:
    """The sentence beside a rating, for somebody who has given so many of 1 or 2, this one included; "" from 3 on."""
    sentences = variants(f"warm_{rating}", language)
    return sentences[(low_ratings - 1) % len(sentences)] if sentences else ""


def of_a_day(rating: Rating | None, day: date, language: Language) -> str:
    """The sentence beside a rating of an earlier day: a week told in one evening reads another one for each day."""
    sentences = variants("warm_late", language)
    return sentences[day.toordinal() % len(sentences)] if is_low(rating) else ""


def is_low(rating: Rating | None) -> bool:
    """Whether somebody feels bad or very bad."""
    return rating is not None and rating <= 2
