"""The report in words: Telegram HTML and buttons from a strain index, short enough for somebody who is tired.

It sends nothing and calls nothing. Its arguments decide everything: the same week gives the same words.
"""

from collections.abc import Sequence
from datetime import timedelta
from statistics import fmean
from typing import Final, Literal

from burnout.helplines import first_contact
from burnout.store.reports import LastReport
from burnout.telegram.buttons import data_of, mood_row
from burnout.telegram.calls import BotCall, Keyboard, send_message
from burnout.texts import decimal, plural, short_date, spans_a_year, text
from burnout.values import Language, WeekKey
from functions.report.strain import (
    AGREEING_ANSWER,
    ANSWER_STEPS,
    ENOUGH_DAYS,
    HEAVY_LOAD,
    HIGH_FROM,
    LASTING_DAYS,
    LOW_RATING,
    WEIGHTS,
    DayLoad,
    Part,
    Strain,
    shown_index,
)

_WEEK_DAYS: Final = 7
_STEPS: Final = 3  # how many small steps there are for each reason: the same one comes back after three weeks
_MOSTLY_NEGATIVE: Final = 0.5


def report_caption(strain: Strain, last_report: LastReport | None, language: Language) -> str:
    """The report under its chart: Telegram HTML, at most 1024 visible characters, the picture's alt text at the end.

    Says what `too_little` says when there is no index.
    """
    if strain.index is None:
        return too_little(strain, language)
    main = _main_part(strain)
    paragraphs = [
        [_headline(strain.index, strain, language), *_change(strain.index, last_report, language)],
        [_basis(strain, language)],
        [*_reasons(strain, main, language), *_above_baseline(strain, language)],
        [_advice(strain, main, language)],
        [*_talk(strain, language), text("report_no_diagnosis", language)],
        [f"<i>{chart_caption('course', strain.days, language)}</i>"],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs)


def report_keyboard(week: WeekKey, language: Language) -> Keyboard:
    """Under a report: that week's question, the calendar, the page for a doctor, the settings."""
    calendar = _button("report_button_calendar", data_of("chart", "calendar", 0), language)
    settings = _button("report_button_settings", data_of("set"), language)
    page = _button("page_button", data_of("page"), language)
    return [_button("report_button_week", data_of("ask", week), language), [*calendar, *settings], page]


def too_little(strain: Strain, language: Language) -> str:
    """Why there is no report: how many days there are of those it needs. Days are what is missing whenever any is."""
    days = plural("days", language, strain.observed_days)
    return text("report_too_little", language, days=days, least=ENOUGH_DAYS)


def chart_caption(show: Literal["course", "calendar"], days: tuple[DayLoad, ...], language: Language) -> str:
    """What a chart of these days shows, for somebody who cannot see it; loads as whole numbers of 100."""
    if not days:
        return nothing_yet(language)
    lowest, highest = min(days, key=_load), max(days, key=_load)
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


def alert(chat_id: int, language: Language) -> BotCall:
    """The strain stays above the person's own beginning: no alarm, an occasion to rest or to talk.

    With the report as of now, and the settings, where alerts are switched off.
    """
    show = _button("report_button_show", data_of("report"), language)
    settings = _button("report_button_settings", data_of("set"), language)
    words = text("report_alert", language, directory=first_contact("directory"))
    return send_message(chat_id, words, keyboard=[show, settings])


def unfinished(chat_id: int, language: Language) -> BotCall:
    """That a report may not have arrived, with a button for the report as of now: it is not sent twice."""
    words = text("report_unfinished", language)
    return send_message(chat_id, words, keyboard=[_button("report_button_show", data_of("report"), language)])


def _button(label: str, data: str, language: Language) -> list[tuple[str, str]]:
    """A row of one button."""
    return [(text(label, language), data)]


def _headline(index: float, strain: Strain, language: Language) -> str:
    band = text(f"report_band_{strain.band}", language)
    return text("report_headline", language, index=shown_index(index), band=band)


def _change(index: float, last_report: LastReport | None, language: Language) -> list[str]:
    """Between the numbers as both reports show them, so that the person can check it."""
    if last_report is None:
        return []
    change = shown_index(index) - shown_index(last_report.index)
    if change == 0:
        return [text("report_same", language)]
    points = plural("report_points", language, abs(change))
    return [text("report_higher" if change > 0 else "report_lower", language, points=points)]


def _basis(strain: Strain, language: Language) -> str:
    check_ins = plural("check_ins", language, strain.check_ins)
    basis = text("report_basis", language, observed=strain.observed_days, check_ins=check_ins)
    own_word = "answer" in strain.parts or any(day.ratings for day in strain.days)
    capped = strain.index is not None and shown_index(strain.index) >= HIGH_FROM and strain.band == "raised"
    sentences = [
        basis,
        *([] if own_word else [text("report_photos_only", language)]),
        *([text("report_capped", language)] if capped else []),  # the chart draws that number in the high band
    ]
    return " ".join(sentences)


def _main_part(strain: Strain) -> Part | None:
    """The part that is highest for what it can be, of equals the first; none when it rounds to nothing.

    The part with most points would nearly always be the level, which has the largest share of the index.
    """
    main = max(strain.parts, key=lambda part: strain.parts[part] / WEIGHTS[part], default=None)
    return main if main and shown_index(strain.parts[main]) else None


def _shown_parts(strain: Strain) -> dict[Part, int]:
    """Whole points, most first, that add up to the index as it is shown, so that the person can check that, too.

    Every part is rounded down, and those that lost most get the missing points back.
    """
    shown = {part: int(points) for part, points in strain.parts.items()}
    missing = shown_index(sum(strain.parts.values())) - sum(shown.values())
    for part in sorted(shown, key=lambda part: shown[part] - strain.parts[part])[:missing]:
        shown[part] += 1
    return dict(sorted(shown.items(), key=lambda item: -item[1]))


def _reasons(strain: Strain, main: Part | None, language: Language) -> list[str]:
    if main is None:
        return [text("report_main_nothing", language)]
    parts = [
        text(f"report_part_{part}", language, points=points) for part, points in _shown_parts(strain).items() if points
    ]
    return [_reason(strain, main, language), text("report_parts", language, parts=", ".join(parts))]


def _reason(strain: Strain, main: Part, language: Language) -> str:
    days = [day for day in strain.days if day.day > strain.day - timedelta(days=LASTING_DAYS)]
    if main == "level":
        return _level_reason(days, language)
    hard = sum(day.load >= HEAVY_LOAD for day in days)
    return text(f"report_main_{main}", language, hard=hard, observed=len(days))


def _level_reason(days: Sequence[DayLoad], language: Language) -> str:
    """What stands behind the level: low ratings first, then ratings at all, then photos. A day's rating is its mean."""
    ratings = [day.rating for day in days if day.rating is not None]
    low = sum(rating <= LOW_RATING for rating in ratings)
    if low:
        return text("report_main_level_low", language, low=low, rated=len(ratings))
    if ratings:
        return text("report_main_level_mean", language, mean=decimal(fmean(ratings), language))
    photos = [day.photos for day in days if day.photos is not None]
    negative = sum(share >= _MOSTLY_NEGATIVE for share in photos)
    if negative:
        return text("report_main_level_photos", language, negative=negative, seen=len(photos))
    return text("report_main_level_plain", language)


def _above_baseline(strain: Strain, language: Language) -> list[str]:
    return [text("report_above_baseline", language)] if strain.above_baseline else []


def _advice(strain: Strain, main: Part | None, language: Language) -> str:
    """One small thing to do, another one every week, and what brings the index down. Calm weeks need no repair."""
    at_ease = strain.band == "calm" and not strain.above_baseline and not _called_hard(strain)
    reason = "calm" if at_ease or main is None else main
    weeks = (strain.day.toordinal() - 1) // _WEEK_DAYS  # whole ISO weeks since the year 1: no jump at New Year
    step = text(f"report_step_{reason}_{weeks % _STEPS}", language)
    return f"{step} {text(f'report_ease_{reason}', language)}"


def _talk(strain: Strain, language: Language) -> list[str]:
    if strain.band == "calm" and not _called_hard(strain):
        return []
    contacts = {"directory": first_contact("directory"), "emergency": first_contact("emergency")}
    return [text(f"report_talk_{'high' if strain.band == 'high' else 'raised'}", language, **contacts)]


def _called_hard(strain: Strain) -> bool:
    """Whether the person's own answer says burning out, or worse: then a calm number must not contradict it."""
    share = strain.parts.get("answer", 0.0) / (100 * WEIGHTS["answer"])  # all four parts are there if it is
    return round(1 + ANSWER_STEPS * share) >= AGREEING_ANSWER


def _load(day: DayLoad) -> float:
    return day.load


def _of_100(day: DayLoad) -> int:
    return round(100 * day.load)
