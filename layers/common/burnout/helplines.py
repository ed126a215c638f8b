"""Who listens when it is too much: help lines with their sources, from `helplines.toml` beside this module.

The bot calls nobody and judges nothing; it only shows where help is. Wording lives with all other sentences.
"""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec

from burnout.texts import text
from burnout.values import Language

Kind = Literal["emergency", "line", "directory"]
Filled = Annotated[str, msgspec.Meta(min_length=1)]


class LineWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a help line is called in one language. `hours` is None when no source says them."""

    name: Filled
    place: Filled
    hours: Filled | None = None


class HelpLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place to turn to. It is on the card of the languages that it has words in."""

    kind: Kind
    contact: Filled  # a telephone number as one dials it, or the address of a directory
    sources: Annotated[tuple[Annotated[str, msgspec.Meta(pattern="^https?://")], ...], msgspec.Meta(min_length=1)]
    verified_on: date  # when somebody last read the sources
    en: LineWords | None = None
    ru: LineWords | None = None

    def words(self, language: Language) -> LineWords | None:
        """Its words in that language; None when it is not on that language's card."""
        return self.ru if language == "ru" else self.en


@cache
def entries() -> tuple[HelpLine, ...]:
    """Every entry of the file, in the card's order. Raises: msgspec.ValidationError for a malformed file."""
    source = files(__package__).joinpath("helplines.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(source)["lines"], tuple[HelpLine, ...])


def first_contact(kind: Kind) -> str:
    """The number or address of the first entry of that kind, for a sentence that has room for one only."""
    return next(line.contact for line in entries() if line.kind == kind)


def help_card(language: Language) -> str:
    """Telegram HTML, at most 1500 characters: a kind sentence, the emergency number, help lines, a directory."""
    lines = [_line(line.contact, words, language) for line in entries() if (words := line.words(language))]
    return "\n\n".join([text("report_help_lead", language), "\n".join(lines), text("report_help_end", language)])


def _line(contact: str, words: LineWords, language: Language) -> str:
    about = ", ".join(part for part in (words.name, words.hours) if part)
    return text("report_help_line", language, contact=contact, place=words.place, about=about)
