"""Who listens when it is too much: help lines with their sources, from `helplines.toml` beside this module.

The bot calls nobody and judges nothing; it only shows where help is. Wording lives with all other sentences.
"""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from babel.core import get_global

from burnout.texts import text
from burnout.values import Language

Kind = Literal["emergency", "line", "directory"]
Filled = Annotated[str, msgspec.Meta(min_length=1)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]  # ISO 3166-1


class LineWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a help line is called in one language. `hours` is None when no source says them."""

    name: Filled
    place: Filled
    hours: Filled | None = None


class HelpLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place to turn to, and the countries whose people are shown it first."""

    kind: Kind
    contact: Filled  # a telephone number as one dials it, or the address of a directory
    countries: tuple[Country, ...] = ()
    sources: Annotated[tuple[Annotated[str, msgspec.Meta(pattern="^https?://")], ...], msgspec.Meta(min_length=1)]
    verified_on: date  # when somebody last read the sources
    en: LineWords
    ru: LineWords

    def words(self, language: Language) -> LineWords:
        """Its words in that language."""
        return self.ru if language == "ru" else self.en


@cache
def entries() -> tuple[HelpLine, ...]:
    """Every entry of the file, in its order. Raises: msgspec.ValidationError for a malformed file."""
    source = files(__package__).joinpath("helplines.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(source)["lines"], tuple[HelpLine, ...])


def first_contact(kind: Kind, country: str | None = None) -> str:
    """The number or address of the first entry of that kind, the country's own before others."""
    of_kind = [line for line in entries() if line.kind == kind]
    return next((line for line in of_kind if country in line.countries), of_kind[0]).contact


def listening(country: str | None) -> str:
    """For a sentence: the number of the country's first help line, or the directory of all where it has none."""
    own = [line.contact for line in entries() if line.kind == "line" and country in line.countries]
    return own[0] if own else first_contact("directory")


def country_of(zone: str) -> str | None:
    """The country of a time zone, ISO 3166-1; None for a zone that is only an offset."""
    name = get_global("zone_aliases").get(zone, zone)
    country = get_global("zone_territories").get(name, "ZZ")
    return None if country == "ZZ" else str(country)


def lines_for(country: str | None, language: Language) -> str:
    """Telegram HTML, at most six lines of a phone: who listens in that country, its emergency number, a directory.

    Where nothing is known of the country, or it is none, the European number stands with a hint at the local one.
    """
    own = [line for line in entries() if country in line.countries]
    listening = [_own(line, language) for line in own if line.kind == "line"]
    emergency = [_own(line, language) for line in own if line.kind == "emergency"]
    anywhere = [text("support_emergency", language, contact=first_contact("emergency"))]
    elsewhere = text("support_elsewhere", language, directory=first_contact("directory"))
    urgent = emergency or anywhere  # nobody to talk with answers there, so it never stands first
    return "\n".join([*listening, *urgent, elsewhere] if listening else [elsewhere, *urgent])


def lines_everywhere(language: Language) -> str:
    """Telegram HTML: every entry with the place where it answers, a line each."""
    return "\n".join(_anywhere(line, language) for line in entries())


def _own(line: HelpLine, language: Language) -> str:
    words = line.words(language)
    about = ", ".join(part for part in (words.name, words.hours) if part)
    return text("support_line", language, contact=line.contact, about=about)


def _anywhere(line: HelpLine, language: Language) -> str:
    words = line.words(language)
    about = f"{words.place}: {words.name}" if line.kind == "emergency" else words.place
    return text("support_line", language, contact=line.contact, about=about)
