"""The clock that a person lives by: what they write for it, a guess that is asked, and who is asked first."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from burnout.schedule import DEFAULT_ZONES
from burnout.store.people import ChangeSettings, Settings
from burnout.telegram.buttons import Action, Scheduled, data_of
from burnout.telegram.calls import BotCall, Button, ask_for_words
from burnout.texts import LANGUAGES, text
from burnout.values import Language
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.flows import consent, support
from functions.webhook.screens import Reply, Screen, button, choice, in_rows
from functions.webhook.time_zones import MAIN_CITIES, Found, city, places, utc_offset
from functions.webhook.updates import Message
from functions.webhook.words import rating_in

_SHORT_LIST: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        "Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Toronto",
        "Europe/Berlin", "Asia/Kolkata", "Asia/Singapore", "Australia/Sydney",
    ),
    "ru": (
        "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Europe/Minsk", "Europe/Kyiv", "Asia/Almaty",
        "Asia/Tbilisi", "Asia/Tashkent", "Europe/Berlin",
    ),
}  # fmt: skip
_UTC: Final = "Etc/UTC"
_MOST_ZONES: Final = 12  # Russia has eleven clocks; a longer list is of no use
_LONGEST: Final = 40  # characters of what is said back: the name of a place may have a tail of signs
_ASKED_FOR_S: Final = 600  # a single digit is the answer to the question for a city; later it is a mood
_LEAST_LETTERS: Final = 3  # of plain words: "la" is more often no city


# ---------------------------------------------------------------- what is written


def _timezone(context: Context) -> Reply:
    """A place that the words say is kept, one that they may mean is asked about; without words there is a list."""
    stands, now_utc = settings_of(context), context.deps.now_utc()
    if stands is None:
        return Reply(consent.notice(context.person, context.deps))
    if not context.words:
        return Reply(asked(stands, now_utc))
    found = places(context.words, now_utc)
    if not found.zones:
        return Reply(then=asks_for_words(context, _not_found))
    if found.kind != "exact":
        screen = _which(found, context.words, stands.language, now_utc)
        may_be_any_words = found.kind == "guess" and any(map(str.isalpha, context.words))  # else an offset
        return Reply(_beside_support(screen, stands.language) if may_be_any_words else screen)
    (zone,) = found.zones
    after = context.deps.store(ChangeSettings(user_id=context.person.id, time_zone=zone)) or stands
    if after.time_zone != zone:  # a newer choice stands
        return Reply(asked(after, now_utc))
    return Reply(Screen(noted(after, now_utc), [[button("button_settings", after.language, "set")]]))


def guessed(context: Context) -> Reply | None:
    """The question whether plain words that are a place are the person's clock; None for all other words.

    They are words that the bot does not understand all the same, so people who listen are in reach.
    """
    if not context.person.consented or len(context.words) < _LEAST_LETTERS or "/" in context.words:
        return None
    found = places(context.words, context.deps.now_utc())
    if found.kind in ("guess", "none") or found.zones == (_UTC,):
        return None
    screen = _which(found, context.words, context.language, context.deps.now_utc())
    return Reply(_beside_support(screen, context.language), outcome="timezone")


def is_answer(message: Message) -> bool:
    """Whether a message answers the bot's question for a city.

    The question stays open in the chat until it is answered, so a single digit is an offset for some minutes only.
    """
    asked = message.reply_to_message
    if asked is None or asked.sender is None or not asked.sender.is_bot:
        return False
    if message.date - asked.date > _ASKED_FOR_S and isinstance(rating_in(message.text or ""), int):
        return False
    return asked.text in {question(language) for question in _QUESTIONS for language in LANGUAGES}


def _not_found(language: Language) -> str:
    """Also words that are no place at all come here, so they get what all words get."""
    return _above_the_quiet_line(text("zone_not_found", language), language)


def _beside_support(screen: Screen, language: Language) -> Screen:
    return Screen(_above_the_quiet_line(screen.html, language), [*screen.keyboard, support.way(language)])


def _above_the_quiet_line(html: str, language: Language) -> str:
    return f"{html}\n\n{text('quiet_line', language)}"


def _write_it(language: Language) -> str:
    return text("zone_write", language)


_QUESTIONS: Final = (_write_it, _not_found)  # a reply to one of them is about the clock


def asks_for_words(context: Context, question: Callable[[Language], str] = _write_it) -> BotCall:
    """The question for a city; the reply to it is taken as one."""
    language = context.language
    return ask_for_words(context.person.id, question(language), text("zone_write_hint", language))


def _write(context: Context) -> Reply:
    return Reply(then=asks_for_words(context), outcome="settings")


def _which(found: Found, words: str, language: Language, now_utc: datetime) -> Screen:
    """The question which of the zones is the person's, and a way to say another."""
    another = [button("zone_no", language, "write")]
    if len(found.zones) == 1:
        (zone,) = found.zones
        html = text("zone_confirm", language, city=city(zone, language), time=_time(zone, now_utc))
        return Screen(html, [[button("zone_yes", language, "zone", zone)], another])
    key = {"country": "zone_which_country", "short": "zone_which_short"}.get(found.kind, "zone_which")
    html = text(key, language, words=words[:1].upper() + words[1:_LONGEST])
    return Screen(html, [*_offered(found.zones[:_MOST_ZONES], language, now_utc, "zone"), another])


# ---------------------------------------------------------------- what is shown and offered


def asked(settings: Settings, now_utc: datetime) -> Screen:
    """The zone that stands, and the cities that most people live by."""
    language = settings.language
    names = [choice(city(zone, language), zone == settings.zone.key, "zone", zone) for zone in MAIN_CITIES]
    ways = [[button("first_other_city", language, "write")], [button("settings_button_back", language, "set")]]
    return Screen(text("settings_ask_zone", language, zone=line(settings, now_utc)), [*in_rows(names, 3), *ways])


def is_unset(settings: Settings) -> bool:
    """Whether nobody knows the person's clock: they chose none, and their language has no likely one."""
    return settings.time_zone is None and DEFAULT_ZONES[settings.language] == _UTC


def first(name: Scheduled, settings: Settings, now_utc: datetime) -> Screen:
    """The question for the clock before something is scheduled by it."""
    language = settings.language
    keep = keep_utc(language, now_utc, "clock", name)
    ways = [[button("first_other_city", language, "write")], [keep], [button("settings_button_back", language, "set")]]
    return Screen(text("zone_first", language), [*cities(language, now_utc, "clock", name), *ways])


def cities(language: Language, now_utc: datetime, action: Action, *before: object) -> list[list[Button]]:
    """A button for each of a few cities, with the time there: `action` gets `before` and the IANA name."""
    return _offered(_SHORT_LIST[language], language, now_utc, action, *before)


def keep_utc(language: Language, now_utc: datetime, action: Action, *before: object) -> Button:
    """The way past the question for the clock: UTC is chosen. `action` gets `before` and the IANA name."""
    return text("zone_keep_utc", language, time=_time(_UTC, now_utc)), data_of(action, *before, _UTC)


def line(settings: Settings, now_utc: datetime) -> str:
    """What stands, as "Berlin, 14:05 (UTC+1)"; "UTC+3, 16:05" for a zone that is only an offset."""
    name, offset = city(settings.zone.key, settings.language), utc_offset(settings.zone, now_utc)
    shown = text("zone_option", settings.language, city=name, time=_time(settings.zone.key, now_utc))
    return shown if name == offset else f"{shown} ({offset})"


def noted(settings: Settings, now_utc: datetime) -> str:
    """What is said of a zone that is kept: the time there is the check."""
    zone, language = settings.zone.key, settings.language
    return text("settings_noted_zone", language, city=city(zone, language), time=_time(zone, now_utc))


def _offered(
    zones: Iterable[str], language: Language, now_utc: datetime, action: Action, *before: object
) -> list[list[Button]]:
    labels = {
        zone: text("zone_option", language, city=city(zone, language), time=_time(zone, now_utc)) for zone in zones
    }
    return in_rows([(label, data_of(action, *before, zone)) for zone, label in labels.items()], 2)


def _time(zone: str, now_utc: datetime) -> str:
    return f"{now_utc.astimezone(ZoneInfo(zone)):%H:%M}"


FLOW = Flow(
    commands=(Command("timezone", _timezone),),
    buttons=(Press("write", _write),),
)
