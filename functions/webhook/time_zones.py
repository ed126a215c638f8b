"""Time zones by the words that people use for them: cities in English and Russian, IANA names, "+3".

Names are Unicode CLDR's exemplar cities through Babel, and a few large cities that have no zone of their own. Nothing
here asks where a person is: they say it themselves.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final
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
_OFFSET: Final = re.compile(r"(utc|gmt|msk|мск)? ?([+-]) ?(\d{1,2})(?::?(00|15|30|45))?")
_DASHES: Final = re.compile("[−–—]")
_MOSCOW: Final = timedelta(hours=3)  # from UTC; Russians also count from Moscow: "МСК+2"
_UTC: Final = frozenset({"utc", "gmt", "z", "0"})
_LEAST_LETTERS: Final = 2


def find_time_zones(words: str, now_utc: datetime) -> tuple[str, ...]:
    """The IANA names that the words can mean, best first, each zone once; empty when they mean none.

    "+3" and "UTC-03:00" are zones without clock changes. An offset that has no such zone ("+5:30") means the cities
    that have it at `now_utc`. Words after a comma ("Moscow, Russia") are left out when nothing is called that.
    """
    plain = _plain(words)
    match = _OFFSET.fullmatch(_DASHES.sub("-", words.strip().lower()))
    if plain in _UTC:
        return ("Etc/UTC",)
    if match:
        since, sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
        return _zones_at(offset + _MOSCOW if since in ("msk", "мск") else offset, now_utc)
    return _named(plain) or _named(_plain(words.partition(",")[0]))


def city(zone: str, language: Language) -> str:
    """The city that stands for an IANA name, in the person's language; "UTC+3" for a zone that is only an offset."""
    if zone.startswith("Etc/"):
        return _offset_name(ZoneInfo(zone).utcoffset(None) or timedelta())
    return _cities(language).get(_canonical(zone)) or _last_part(zone)


def utc_offset(zone: ZoneInfo, moment_utc: datetime) -> str:
    """What the zone's clocks differ by at a moment: "UTC", "UTC+3", "UTC−3:30"."""
    return _offset_name(moment_utc.astimezone(zone).utcoffset() or timedelta())


def _offset_name(offset: timedelta) -> str:
    if not offset:
        return "UTC"
    minutes = round(abs(offset).total_seconds() / 60)
    half = f":{minutes % 60:02d}" if minutes % 60 else ""
    return f"UTC{'−' if offset < timedelta() else '+'}{minutes // 60}{half}"


def _zones_at(offset: timedelta, now_utc: datetime) -> tuple[str, ...]:
    hours, rest = divmod(offset, timedelta(hours=1))
    if not offset:
        return ("Etc/UTC",)
    if not rest:
        name = f"Etc/GMT{-hours:+d}"  # these names count westwards: Etc/GMT-3 is three hours ahead of UTC
        return (name,) if name in zone_names() else ()
    there = (zone for zone in _cities("en") if now_utc.astimezone(ZoneInfo(zone)).utcoffset() == offset)
    return tuple(sorted(there))


def _named(plain: str) -> tuple[str, ...]:
    if len(plain) < _LEAST_LETTERS:
        return ()
    if plain in _index():
        return tuple(sorted(_index()[plain]))
    names = [(name, zones) for name, zones in _index().items() if "/" not in name]
    begins = {zone for name, zones in names if name.startswith(plain) for zone in zones}
    within = {zone for name, zones in names if f" {plain}" in name for zone in zones}
    return (*sorted(begins), *sorted(within - begins))


@cache
def _index() -> dict[str, frozenset[str]]:
    """Zones by plain name: a city as any of the languages writes it, or the whole IANA name with its "/"."""
    found: dict[str, set[str]] = {}
    for name, zone in _names():
        found.setdefault(_plain(name), set()).add(zone)
    return {name: frozenset(zones) for name, zones in found.items()}


def _names() -> Iterator[tuple[str, str]]:
    for zone in zone_names():
        yield zone, _canonical(zone)
        if not zone.startswith("Etc/"):
            yield _last_part(zone), _canonical(zone)
    for language in LANGUAGES:
        yield from ((name, zone) for zone, name in _cities(language).items())
    for zone, names in more_cities().items():
        yield from ((name, zone) for name in names)


@cache
def more_cities() -> dict[str, list[str]]:
    """Large cities that CLDR has no zone for, by the zone that they lie in."""
    return tomllib.loads(files(__package__).joinpath("cities.toml").read_text(encoding="utf-8"))


@cache
def _cities(language: Language) -> dict[str, str]:
    """The exemplar city of every zone that CLDR has one for."""
    # CLDR leaves out a name that its root has: English inherits most, so only Russian lists every zone.
    own, every = Locale(language).time_zones, Locale("ru").time_zones
    zones = [zone for zone in map(str, every) if not zone.startswith("Etc/")]
    return {_canonical(zone): own.get(zone, {}).get("city") or _last_part(_canonical(zone)) for zone in zones}


def _canonical(zone: str) -> str:
    """One name for zones that are the same: CLDR still says Asia/Calcutta, and some people say US/Eastern."""
    name: str = get_global("zone_aliases").get(zone, zone)
    return name if name in zone_names() else zone


def _last_part(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _plain(words: str) -> str:
    """Lower case without accents (ё is е), apostrophes and punctuation, but with the "/" and "+" of IANA names."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w/+]|_", " ", re.sub(r"['’ʼ`]", "", bare)).split())
