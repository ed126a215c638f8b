"""The report in words: Telegram HTML and buttons from a strain index, short enough for somebody who is tired.

It sends nothing and calls nothing. Its arguments decide everything: the same week gives the same words.
"""

from operator import attrgetter
from typing import Final, Literal

from burnout.helplines import country_of, first_contact, listening
from burnout.schedule import WEEK_DAYS, local_day
from burnout.store.people import Settings
from burnout.store.reports import Course
from burnout.strain.index import ENOUGH_DAYS, HIGH_FROM, DayLoad, Strain, shown_index
from burnout.telegram.buttons import data_of, mood_row
from burnout.telegram.calls import BotCall, Keyboard, send_message
from burnout.texts import decimal, plural, short_date, spans_a_year, text
from burnout.values import Language
from functions.report.change import (
    Change,
    Moved,
    called_hard,
    change_of,
    heavy_days,
    is_heavier_week,
    moved,
    points_since,
)

_STEPS: Final = 3  # how many small steps there are of each kind: the same one comes back after three weeks
_RISES: Final[tuple[Change, ...]] = ("up", "above")
_UNEASY: Final[tuple[Change, ...]] = (*_RISES, "answer")  # no word beside these may read as "it is nothing"
_MEANS: Final = ("ratings", "energy")  # said with a decimal, and all others as whole numbers
_QUIET_SHARE: Final = 4  # a quiet week has at most one heavy day of so many


def report_caption(strain: Strain, course: Course, finding: str) -> str:
    """The report under its chart: Telegram HTML, at most 12 lines of a phone, what the picture shows at the end.

    `finding` is one sentence about what goes with heavy or light days, in place of a small step, or "". It gives way to
    people who listen; /why has it. Says what `too_little` says when there is no index.
    """
    language = course.settings.language
    if strain.index is None:
        return too_little(strain, language)
    change = change_of(strain, course.last_report)
    told = course.alerted_at_utc and local_day(course.alerted_at_utc, course.settings.zone) == strain.day
    written = f", {text('report_written', language)}" if told and change == "above" else ""
    band = text(f"course_{strain.band}_{change}", language) + written
    headline = text("report_headline", language, index=shown_index(strain.index), band=band)
    talk = _talk(strain, course.settings)
    suggestion = finding if finding and not talk else _step(strain, change, language)
    cause = [] if told and strain.above_beginning else _cause(strain, course, change)  # the alert has said it
    moves = [headline, *_points(strain, course, change), *cause, _basis(strain, language)]
    picture = f"<i>{_picture(strain, language)}</i>"
    return "\n\n".join("\n".join(lines) for lines in (moves, [suggestion, *talk], [picture]))


def report_keyboard(strain: Strain, language: Language) -> Keyboard:
    """Under a report: why, calendar, page for a doctor, what it can see, and people who listen where it names some."""
    why = _button("button_why", data_of("why"), language)
    calendar = _button("report_button_calendar", data_of("chart", "calendar", 0), language)
    page = _button("doctor_button", data_of("page"), language)
    settings = _button("report_button_settings", data_of("set"), language)
    sees = _button("sees_button", data_of("sees"), language)
    return [[*why, *calendar], page, [*settings, *sees], *([_support(language)] if _is_hard(strain) else [])]


def too_little(strain: Strain, language: Language) -> str:
    """Why there is no report: how many days there are of those it needs. Days are what is missing whenever any is."""
    days = plural("days", language, strain.observed_days)
    return text("report_too_little", language, days=days, least=ENOUGH_DAYS)


def chart_caption(show: Literal["course", "calendar"], days: tuple[DayLoad, ...], language: Language) -> str:
    """What a chart of these days shows, for somebody who cannot see it; loads as whole numbers of 100."""
    if not days:
        return nothing_yet(language)
    lowest, highest = (choose(days, key=attrgetter("load")) for choose in (min, max))
    with_year = spans_a_year(days[0].day, days[-1].day)
    return text(
        f"report_picture_{show if len(days) > 1 else 'day'}",
        language,
        first=short_date(days[0].day, language, with_year=with_year),
        last=short_date(days[-1].day, language, with_year=with_year),
        days=plural("days", language, len(days)),
        low=_of_100(lowest),
        low_day=short_date(lowest.day, language, with_year=with_year),
        high=_of_100(highest),
        high_day=short_date(highest.day, language, with_year=with_year),
        now=_of_100(days[-1]),
    )


def nothing_yet(language: Language) -> str:
    """There is no day to draw."""
    return text("report_nothing_yet", language)


def reminder(chat_id: int, language: Language, *, last: bool) -> BotCall:
    """A question without reproach that one tap answers, and the settings, where it is switched off.

    The last one says that it is the last.
    """
    words = text("report_last_reminder" if last else "report_reminder", language)
    settings = _button("report_button_settings", data_of("set"), language)
    return send_message(chat_id, words, keyboard=[mood_row(), settings])


def alert(chat_id: int, strain: Strain, course: Course) -> BotCall:
    """The strain has risen above the person's own first weeks: no alarm, an occasion to rest or to talk.

    With the report as of now, the settings, where alerts are switched off, and people who listen.
    """
    language, zone = course.settings.language, course.settings.zone
    show = _button("report_button_show", data_of("report"), language)
    switches = _button("report_button_settings", data_of("set"), language)
    cause = moved(strain, course, zone, "above")
    said = f" {_said(cause, language)}" if cause else ""
    words = text("report_alert", language, moved=said, listens=listening(country_of(zone.key)))
    return send_message(chat_id, words, keyboard=[show, switches, _support(language)])


def unfinished(chat_id: int, language: Language) -> BotCall:
    """That a report may not have arrived, with a button for the report as of now: it is not sent twice."""
    words = text("report_unfinished", language)
    return send_message(chat_id, words, keyboard=[_button("report_button_show", data_of("report"), language)])


def _button(label: str, data: str, language: Language) -> list[tuple[str, str]]:
    """A row of one button."""
    return [(text(label, language), data)]


def _support(language: Language) -> list[tuple[str, str]]:
    return _button("button_support", data_of("support"), language)


def _points(strain: Strain, course: Course, change: Change) -> list[str]:
    """How far the number is from the last one, where the headline does not say it; never where it would deny it."""
    points, language = points_since(strain, course.last_report), course.settings.language
    if not points or change not in ("first", "up", "down") or (change == "up" and points < 0):
        return []
    counted = plural("report_points", language, abs(points))
    return [text("report_higher" if points > 0 else "report_lower", language, points=counted)]


def _cause(strain: Strain, course: Course, change: Change) -> list[str]:
    """What moved; else that the week is a heavier one, or how many of its days were heavy. None of it eases a rise."""
    language = course.settings.language
    cause = moved(strain, course, course.settings.zone, change)
    heavy, observed = heavy_days(strain)
    if cause:
        return [_said(cause, language)]
    if is_heavier_week(strain):
        return [text("course_heavier_week", language)]
    if heavy or (observed and change not in _UNEASY):
        return [text("course_heavy_now", language, now=heavy, of_now=observed)]
    return []


def _said(each: Moved, language: Language) -> str:
    now, then = (
        decimal(value, language) if each.cause in _MEANS else round(value * of)
        for value, of in ((each.now, each.of_now), (each.then, each.of_then))
    )
    key = f"course_moved_{each.cause}"
    return text(key, language, now=now, then=then, of_now=each.of_now, of_then=each.of_then)


def _basis(strain: Strain, language: Language) -> str:
    own_word = "answer" in strain.parts or any(day.own is not None for day in strain.days)
    capped = strain.index is not None and shown_index(strain.index) >= HIGH_FROM and strain.band == "raised"
    # The chart draws a capped number in the high band.
    key = "report_capped" if capped else "report_basis" if own_word else "report_photos_only"
    return f"{text(key, language, observed=strain.observed_days)} {text('report_no_diagnosis', language)}"


def _step(strain: Strain, change: Change, language: Language) -> str:
    """One small thing to do, another one every week. A quiet week needs no repair."""
    heavy, observed = heavy_days(strain)
    is_quiet = not _is_hard(strain) and heavy * _QUIET_SHARE <= observed
    kind = "high" if strain.band == "high" else "rising" if change in _RISES else "calm" if is_quiet else "heavy"
    weeks = (strain.day.toordinal() - 1) // WEEK_DAYS  # whole ISO weeks since the year 1: no jump at New Year
    return text(f"course_step_{kind}_{weeks % _STEPS}", language)


def _talk(strain: Strain, settings: Settings) -> list[str]:
    """Who listens in the person's country; where it is high, the emergency number, too."""
    if not _is_hard(strain):
        return []
    country, language = country_of(settings.zone.key), settings.language
    urgent = [text("report_emergency", language, emergency=first_contact("emergency", country))]
    return [text("report_talk", language, listens=listening(country)), *(urgent if strain.band == "high" else [])]


def _picture(strain: Strain, language: Language) -> str:
    """What its chart shows, for somebody who cannot see it, in a line: a calendar, a button away, has the days."""
    loads = [_of_100(day) for day in strain.days]
    return text("report_picture", language, low=min(loads, default=0), high=max(loads, default=0))


def _is_hard(strain: Strain) -> bool:
    """Whether the band or the person's own answer says so; never without an index."""
    return strain.band in ("raised", "high") or called_hard(strain)


def _of_100(day: DayLoad) -> int:
    return round(100 * day.load)
