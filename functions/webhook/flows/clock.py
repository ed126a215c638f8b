"""The clock that a person lives by: what they write for it, a guess that is asked, and who is asked first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, get_args
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
Asking = Literal["zone_write", "zone_not_found"]  # a reply to one of them is about the clock
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
        return Reply(then=asks_for_words(context, "zone_not_found", step=context.first_minute))
    if found.kind != "exact":
        screen = _which(found, context, stands.language)
        may_be_any_words = found.kind == "guess" and any(map(str.isalpha, context.words))  # else an offset
        return Reply(_beside_support(screen, stands.language) if may_be_any_words else screen)
    (zone,) = found.zones
    after = context.deps.store(ChangeSettings(user_id=context.person.id, time_zone=zone)) or stands
    if after.time_zone != zone:  # a newer choice stands
        return Reply(asked(after, now_utc))
    goes_on = button("first_go_on", after.language, "first", "reminder")
    settings = button("button_settings", after.language, "set")
    return Reply(Screen(noted(after, now_utc), [[goes_on if context.first_minute else settings]]))


def guessed(context: Context) -> Reply | None:
    """The question whether plain words that are a place are the person's clock; None for all other words.

    The words were perhaps meant for somebody who listens, so people who do are in reach.
    """
    if not context.person.consented or len(context.words) < _LEAST_LETTERS or "/" in context.words:
        return None
    found = places(context.words, context.deps.now_utc())
    if found.kind in ("guess", "none") or found.zones == (_UTC,):
        return None
    screen = _which(found, context, context.language)
    return Reply(Screen(screen.html, [*screen.keyboard, support.way(context.language)]), outcome="timezone")


def answers(message: Message) -> Literal["first", "later"] | None:
    """Which question for a city a message answers: that of the first minute, or a later one; None for other words.

    The question stays open in the chat until it is answered, so a single digit is an offset for some minutes only.
    """
    asked = message.reply_to_message
    if asked is None or asked.sender is None or not asked.sender.is_bot:
        return None
    if message.date - asked.date > _ASKED_FOR_S and isinstance(rating_in(message.text or ""), int):
        return None
    kinds: tuple[tuple[Literal["first", "later"], bool], ...] = (("first", True), ("later", False))
    for answered, step in kinds:
        if asked.text in {_question(key, each, step=step) for key in get_args(Asking) for each in LANGUAGES}:
            return answered
    return None


def _beside_support(screen: Screen, language: Language) -> Screen:
    html = f"{screen.html}\n\n{text('quiet_line', language)}"
    return Screen(html, [*screen.keyboard, support.way(language)])


def _question(key: Asking, language: Language, *, step: bool) -> str:
    """Words that are no place at all are not found either, so they get the quiet line that all words get."""
    parts = [f"{text('first_step', language)} {text(key, language)}" if step else text(key, language)]
    return "\n\n".join([*parts, text("quiet_line", language)] if key == "zone_not_found" else parts)


def asks_for_words(context: Context, key: Asking = "zone_write", *, step: bool = False) -> BotCall:
    """The question for a city, as a step of the first minute or by itself; the reply to it is taken as one."""
    language = context.language
    question = _question(key, language, step=step)
    return ask_for_words(context.person.id, question, text("zone_write_hint", language))


def _write(context: Context) -> Reply:
    return Reply(then=asks_for_words(context), outcome="settings")


def _which(found: Found, context: Context, language: Language) -> Screen:
    """The question which of the zones is the person's, and a way to say another; the first minute goes on there."""
    words, now_utc, first_minute = context.words, context.deps.now_utc(), context.first_minute
    another = [button("zone_no", language, *(("first", "write") if first_minute else ("write",)))]
    keeps: Action = "fzone" if first_minute else "zone"
    if len(found.zones) == 1:
        (zone,) = found.zones
        html = text("zone_confirm", language, city=city(zone, language), time=_time(zone, now_utc))
        return Screen(html, [[button("zone_yes", language, keeps, zone)], another])
    key = {"country": "zone_which_country", "short": "zone_which_short"}.get(found.kind, "zone_which")
    html = text(key, language, words=words[:1].upper() + words[1:_LONGEST])
    return Screen(html, [*_offered(found.zones[:_MOST_ZONES], language, now_utc, keeps), another])


# ---------------------------------------------------------------- what is shown and offered


def asked(settings: Settings, now_utc: datetime) -> Screen:
    """The zone that stands, and the cities that most people live by."""
    language = settings.language
    names = [choice(city(zone, language), zone == settings.zone.key, "zone", zone) for zone in MAIN_CITIES]
    ways = [[button("first_other_city", language, "write")], [button("settings_button_back", language, "set")]]
    return Screen(text("settings_ask_zone", language, zone=line(settings, now_utc)), [*in_rows(names, 3), *ways])


def is_unset(settings: Settings) -> bool:
    """Whether the person has chosen no clock: what the bot goes by is a guess from their language."""
    return settings.time_zone is None


def first(name: Scheduled, settings: Settings, now_utc: datetime) -> Screen:
    """The question for the clock before something is scheduled by it."""
    language = settings.language
    kept = keep(language, now_utc, "clock", name)
    ways = [[button("first_other_city", language, "write")], [kept], [button("settings_button_back", language, "set")]]
    return Screen(text("zone_first", language), [*cities(language, now_utc, "clock", name), *ways])


def cities(language: Language, now_utc: datetime, action: Action, *before: object) -> list[list[Button]]:
    """A button for each of a few cities, with the time there: `action` gets `before` and the IANA name."""
    return _offered(_SHORT_LIST[language], language, now_utc, action, *before)


def keep(language: Language, now_utc: datetime, action: Action, *before: object) -> Button:
    """The way past the question for the clock: the guess is chosen. `action` gets `before` and the IANA name."""
    zone = DEFAULT_ZONES[language]
    label = text("zone_keep", language, city=city(zone, language), time=_time(zone, now_utc))
    return label, data_of(action, *before, zone)


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
