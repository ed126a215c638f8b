"""Time zones by the words that people use for them: cities and countries as they call them, IANA names, "EST", "+3".

Names are Unicode CLDR's through Babel, in English, in Russian and in each country's own languages, and large cities
that have no zone of their own. Nothing here asks where a person is: they say it themselves.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global

from burnout.schedule import zone_names
from burnout.texts import LANGUAGES
from burnout.values import Language

# Where most people are who write English or Russian, west to east; /timezone knows the rest of the world.
MAIN_CITIES: Final = (
    "America/Los_Angeles", "America/Chicago", "America/New_York",
    "Europe/London", "Europe/Berlin", "Europe/Kyiv",
    "Europe/Kaliningrad", "Europe/Minsk", "Europe/Moscow",
    "Europe/Istanbul", "Asia/Tbilisi", "Europe/Samara",
    "Asia/Almaty", "Asia/Tashkent", "Asia/Yekaterinburg",
    "Asia/Kolkata", "Asia/Omsk", "Asia/Novosibirsk",
    "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk",
    "Asia/Vladivostok", "Asia/Singapore", "Australia/Sydney",
)  # fmt: skip
# Where most people of a large country are besides; a country's other zones stand in for no clock that these have.
_LARGE: Final = frozenset({
    *MAIN_CITIES, "America/Toronto", "America/Halifax", "America/Edmonton", "America/Sao_Paulo", "America/Manaus",
    "America/Rio_Branco",
})  # fmt: skip
# Abbreviations are used for more than one clock, or stand for one in summer only: whoever writes one is asked.
_ABBREVIATIONS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("et", "est", "edt"), ("America/New_York",)),
    **dict.fromkeys(("ct", "cdt"), ("America/Chicago",)),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    **dict.fromkeys(("mt", "mst", "mdt"), ("America/Denver", "America/Phoenix")),
    **dict.fromkeys(("pt", "pst", "pdt"), ("America/Los_Angeles",)),
    **dict.fromkeys(("cet", "cest", "mez", "mesz"), ("Europe/Berlin",)),
    **dict.fromkeys(("eet", "eest"), ("Europe/Kyiv",)),
    **dict.fromkeys(("msk", "мск"), ("Europe/Moscow",)),
    "ist": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
    "bst": ("Europe/London", "Asia/Dhaka"),
    "gmt": ("Europe/London", "Etc/UTC"),
    "jst": ("Asia/Tokyo",),
    "aest": ("Australia/Sydney", "Australia/Brisbane"),
}
_OFFSET: Final = re.compile(r"(?<![^\s,(])(utc|gmt|msk|мск)? ?([+-]) ?(\d{1,2})(?::?(00|15|30|45))?(?![^\s,)])")
_HOURS: Final = re.compile(r"\d{1,2}", re.ASCII)
_DASHES: Final = re.compile("[−–—]")
_MOSCOW: Final = timedelta(hours=3)  # from UTC; Russians also count from Moscow: "МСК+2"
_UTC: Final = frozenset({"utc", "z"})
_LEAST_LETTERS: Final = 2
# In English, where CLDR has no city and the IANA name is no place.
_CALLED: Final = {"Atlantic/Canary": "Canary Islands"}
# Old IANA names that begin otherwise are directions and the like: Canada/Central, Australia/West.
_CONTINENTS: Final = frozenset({"Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific"})

Kind = Literal["exact", "guess", "country", "short", "none"]


class Found(NamedTuple):
    """The IANA names that words can mean, best first. Only an `exact` one is what was written, and has one zone.

    `short` is a name of several places or an abbreviation, `country` has a zone for each of its clocks, and `guess` is
    a part of a name, an offset, or more than a name.
    """

    kind: Kind
    zones: tuple[str, ...]


def places(words: str, now_utc: datetime) -> Found:
    """What the words can mean: a city or an IANA name exactly, or else what is worth asking.

    "+3" and "3" are the large cities with that clock at `now_utc`, and a zone without clock changes. Of "UTC+3 Moscow"
    the city counts if its clock agrees. Words after a comma ("Moscow, Russia") count only if all together mean nothing.
    """
    bare = plain(words)
    if bare in _UTC:
        return Found("exact", ("Etc/UTC",))
    if bare in _ABBREVIATIONS:
        return Found("short", _ABBREVIATIONS[bare])
    named, country = _index().get(bare, frozenset()), _clocks(_countries().get(bare, ""), now_utc)
    if country and not named.issuperset(country):
        # A name of both: Georgia is a country and a state. Otherwise the country alone.
        return Found("short", (*country, *_ranked(named - {*country}))) if named else Found("country", country)
    if named:
        return Found("exact" if len(named) == 1 else "short", _ranked(named))
    zones = _by_offset(words, now_utc) or _partly(bare) or _partly(plain(words.partition(",")[0]))
    return Found("guess" if zones else "none", zones)


def city(zone: str, language: Language) -> str:
    """The city that stands for an IANA name, in the person's language; "UTC+3" for a zone that is only an offset."""
    if zone.startswith("Etc/"):
        return _offset_name(ZoneInfo(zone).utcoffset(None) or timedelta())
    return cities(language).get(canonical(zone)) or _last_part(zone)


def utc_offset(zone: ZoneInfo, moment_utc: datetime) -> str:
    """What the zone's clocks differ by at a moment: "UTC", "UTC+3", "UTC−3:30"."""
    return _offset_name(moment_utc.astimezone(zone).utcoffset() or timedelta())


def _offset_name(offset: timedelta) -> str:
    if not offset:
        return "UTC"
    minutes = round(abs(offset).total_seconds() / 60)
    half = f":{minutes % 60:02d}" if minutes % 60 else ""
    return f"UTC{'−' if offset < timedelta() else '+'}{minutes // 60}{half}"


# ---------------------------------------------------------------- what words mean


def _by_offset(words: str, now_utc: datetime) -> tuple[str, ...]:
    """The zones of an offset, and of a city beside it."""
    words = _DASHES.sub("-", words.strip().lower())
    match = _OFFSET.search(f"+{words}" if _HOURS.fullmatch(words) else words)
    if match is None:
        return ()
    since, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    offset += _MOSCOW if since in ("msk", "мск") else timedelta()
    zones, beside = _zones_at(offset, now_utc), plain(words.replace(match[0], " "))
    if not zones or not beside or _HOURS.fullmatch(words):
        return zones
    named = places(beside, now_utc).zones
    agreeing = tuple(zone for zone in named if now_utc.astimezone(ZoneInfo(zone)).utcoffset() == offset)
    return agreeing or (*named, zones[-1])


def _zones_at(offset: timedelta, now_utc: datetime) -> tuple[str, ...]:
    hours, rest = divmod(offset, timedelta(hours=1))
    every = cities("en") if rest else MAIN_CITIES
    there = {zone for zone in every if now_utc.astimezone(ZoneInfo(zone)).utcoffset() == offset}
    if rest:
        return _ranked(there)
    name = f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC"  # counted westwards: Etc/GMT-3 is three hours ahead of UTC
    return (*_ranked(there), name) if name in zone_names() else ()


def _partly(bare: str) -> tuple[str, ...]:
    """Places that are called so, or begin so, then those in which a later word does."""
    if len(bare) < _LEAST_LETTERS:
        return ()
    names = [(name, zones) for name, zones in _index().items() if "/" not in name]
    begins = {zone for name, zones in names if name.startswith(bare) for zone in zones}
    within = {zone for name, zones in names if f" {bare}" in name for zone in zones}
    return (*_ranked(begins), *_ranked(within - begins))


def _ranked(zones: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(zones, key=lambda zone: (zone not in MAIN_CITIES, zone)))


def _clocks(country: str, now_utc: datetime) -> tuple[str, ...]:
    """A zone for each clock of a country: those that differ now, in January or in July."""
    clocks: dict[tuple[timedelta | None, ...], str] = {}
    moments = [now_utc, *(now_utc.replace(month=month, day=1) for month in (1, 7))]
    zones = sorted(_zones_of().get(country, ()), key=lambda zone: zone not in _LARGE)
    for zone in zones:
        clocks.setdefault(tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments), zone)
    return tuple(clocks.values())


@cache
def _zones_of() -> dict[str, list[str]]:
    """The zones by country, those first in which most of its people live: CLDR's own order is that of the alphabet."""
    zones: dict[str, list[str]] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones.setdefault(country, []).append(canonical(zone))
    return zones


# ---------------------------------------------------------------- names


@cache
def _index() -> dict[str, frozenset[str]]:
    """Zones by plain name: a city as people write it, or the whole IANA name with its "/"."""
    found: dict[str, set[str]] = {}
    for name, zone in _names():
        found.setdefault(plain(name), set()).add(zone)
    return {name: frozenset(zones) for name, zones in found.items()}


def _names() -> Iterator[tuple[str, str]]:
    for zone in zone_names():
        yield zone, canonical(zone)
        if zone.count("/") == 1 and zone.partition("/")[0] in _CONTINENTS:
            yield _last_part(zone), canonical(zone)
    for language in LANGUAGES:
        yield from ((name, zone) for zone, name in cities(language).items())
    for file in ("cities.toml", "endonyms.toml"):
        yield from ((name, zone) for zone, names in written(file)["cities"].items() for name in names)


@cache
def _countries() -> dict[str, str]:
    """The codes of countries by plain name."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        found |= {plain(name): code for code, name in Locale(language).territories.items() if code in _zones_of()}
    for file in ("endonyms.toml", "cities.toml"):
        found |= {plain(name): code for code, names in written(file)["countries"].items() for name in names}
    return found


@cache
def written(file: str) -> dict[str, dict[str, list[str]]]:
    """Names of cities by zone and of countries by code, from a file beside this module."""
    written: dict[str, Any] = tomllib.loads(files(__package__).joinpath(file).read_text(encoding="utf-8"))
    return written


@cache
def cities(language: Language) -> dict[str, str]:
    """The exemplar city of every zone that CLDR has one for."""
    # CLDR leaves out a name that its root has: English inherits most, so only Russian lists every zone.
    own, every = Locale(language).time_zones, Locale("ru").time_zones
    zones = [zone for zone in map(str, every) if not zone.startswith("Etc/")]
    called = {zone: _CALLED.get(zone) or _last_part(canonical(zone)) for zone in zones}
    return {canonical(zone): own.get(zone, {}).get("city") or called[zone] for zone in zones}


def canonical(zone: str) -> str:
    """One name for zones that are the same: CLDR still says Asia/Calcutta, and some people say US/Eastern."""
    name: str = get_global("zone_aliases").get(zone, zone)
    return name if name in zone_names() else zone


def _last_part(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def plain(words: str) -> str:
    """Lower case without accents (ё is е), apostrophes and punctuation, but with the "/" and "+" of IANA names."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w/+]|_", " ", re.sub(r"['’ʼ`]", "", bare)).split())
