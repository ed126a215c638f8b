"""What people call their own city and country, from Unicode CLDR through Babel: functions/webhook/endonyms.toml.

    python -m local.endonyms

A file, since to load each language at run time takes a cold start's second; a test compares it with what this writes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from babel.localedata import exists

from burnout.texts import LANGUAGES
from functions.webhook import time_zones
from functions.webhook.time_zones import canonical, cities, plain

FILE: Final = Path(time_zones.__file__).with_name("endonyms.toml")
_HEAD: Final = """\
# What people call their own city and country: Unicode CLDR's names in the languages of each country.
# Written by `python -m local.endonyms`; change that instead. English and Russian names come from Babel.
"""


def endonyms() -> str:
    """The file: names by zone, and names by country, each without those that English and Russian have."""
    of_cities: defaultdict[str, list[str]] = defaultdict(list)
    of_countries: defaultdict[str, list[str]] = defaultdict(list)
    for zone, country in sorted(get_global("zone_territories").items()):
        for language in get_official_languages(country, de_facto=True):
            if language in LANGUAGES or not exists(language):
                continue
            own = Locale.parse(language)
            of_cities[canonical(zone)] += (
                names.get("city", "") for key, names in own.time_zones.items() if canonical(key) == canonical(zone)
            )
            of_countries[country].append(own.territories.get(country, ""))
    known_cities = {zone: [cities(language).get(zone, "") for language in LANGUAGES] for zone in of_cities}
    known_countries = {code: [Locale(language).territories[code] for language in LANGUAGES] for code in of_countries}
    return "\n".join((_HEAD, "[cities]", *_new(of_cities, known_cities),
                      "\n[countries]", *_new(of_countries, known_countries), ""))  # fmt: skip


def _new(found: Mapping[str, Iterable[str]], known: Mapping[str, Iterable[str]]) -> Iterable[str]:
    for key, names in sorted(found.items()):
        had = {"", *map(plain, known[key])}
        new = [name for name in dict.fromkeys(names) if plain(name) not in had]
        if new:
            yield f"{json.dumps(key)} = {json.dumps(new, ensure_ascii=False)}"


if __name__ == "__main__":
    FILE.write_text(endonyms(), encoding="utf-8")
