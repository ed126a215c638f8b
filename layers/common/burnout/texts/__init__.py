"""Every sentence the bot says, in English and Russian, from a folder of TOML catalogues a language beside this module.

Values are escaped for Telegram's HTML parse mode here and nowhere else, so a sentence can never be broken by what a
person typed. Plural forms and number formats are Unicode CLDR's, through Babel.
"""

import re
import tomllib
from datetime import date
from functools import cache
from html import escape
from importlib.resources import files
from itertools import count, takewhile
from typing import Any, Final, get_args

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from burnout.values import Language

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LANGUAGE_NAMES: Final[dict[Language, str]] = {"en": "English", "ru": "Русский"}
_YEAR_DAYS: Final = 365  # dates this far apart are ambiguous without their year


def language_of(language_code: str | None) -> Language:
    """The language for an IETF tag as Telegram sends it ("ru", "ru-RU", "en"); English for anything else."""
    return "ru" if (language_code or "").lower().split("-")[0] == "ru" else "en"


def text(key: str, language: Language, **values: object) -> str:
    """The sentence `key` with its `{placeholders}` filled in and escaped. HTML, Telegram's subset."""
    sentence: str = catalogue(language)[key]
    return sentence.format_map({name: escape(str(value)) for name, value in values.items()})


def variants(key: str, language: Language) -> tuple[str, ...]:
    """The sentences `key_0`, `key_1` … as they stand: so many ways to say the same; none if there is no such key."""
    sentences = catalogue(language)
    names = takewhile(sentences.__contains__, (f"{key}_{number}" for number in count()))
    return tuple(sentences[name] for name in names)


def help_commands(language: Language, *, has_page: bool) -> str:
    """The help's list, a command a line: /app where there is a page to open only."""
    listed = text("help_commands", language)
    return listed if has_page else re.sub(r"^/app .*\n", "", listed, flags=re.MULTILINE)


def plural(key: str, language: Language, n: int) -> str:
    """The counted noun `key` for n, such as "3 check-ins" or "22 отметки"."""
    forms: dict[str, str] = catalogue(language)[key]
    form = Locale(language).plural_form(n)
    return forms[form].format(n=format_decimal(n, locale=language))


def percent(share: float, language: Language) -> str:
    """A share in [0, 1] as whole per cent: "68%", «68 %»."""
    return format_percent(share, format=None, locale=language)


def decimal(number: float, language: Language) -> str:
    """A number with one decimal: "3.4", «3,4»."""
    return format_decimal(number, format="0.0", locale=language)


def short_date(day: date, language: Language, *, with_year: bool = False) -> str:
    """A date as "16 Nov", «16 нояб.»; with its year "16 Nov 2026"."""
    shown = format_date(day, format="d MMM", locale=language)
    return f"{shown} {day.year}" if with_year else shown


def short_dates(first: date, last: date, language: Language) -> str:
    """A span as "16 Nov – 22 Nov", one day as "16 Nov"; with years where the dates alone would be ambiguous."""
    with_year = spans_a_year(first, last)
    shown = [short_date(day, language, with_year=with_year) for day in (first, last)]
    return shown[0] if first == last else " – ".join(shown)


def spans_a_year(first: date, last: date) -> bool:
    """Whether dates between these days are ambiguous without their year."""
    return (last - first).days >= _YEAR_DAYS


@cache
def catalogue(language: Language) -> dict[str, Any]:
    """All sentences by their keys, as the files have them; a counted noun is its forms by the plural's name."""
    sentences: dict[str, Any] = {}
    for file in files(__package__).joinpath(language).iterdir():
        sentences |= tomllib.loads(file.read_text(encoding="utf-8"))
    return sentences
