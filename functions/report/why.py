"""Why the days are as they are, in words: what goes with heavier and lighter ones, and the index in points.

It sends nothing and calls nothing. Its arguments decide everything.
"""

from datetime import date, timedelta
from typing import Final

from babel.dates import format_date

from burnout.store.reports import Course
from burnout.telegram.buttons import data_of
from burnout.telegram.calls import BotCall, send_message
from burnout.texts import decimal, plural, text
from burnout.values import Language
from functions.report.factors import Finding, findings
from functions.report.strain import Part, Strain, shown_index, strain_on

_LISTED: Final = 3  # of what stands out: more would be no message for somebody who is tired

_MONDAY: Final = date(2026, 1, 5)  # any


def sentence(finding: Finding, language: Language) -> str:
    """What a report says of it, and that it need not be the cause."""
    return f"{_said('why', finding, language)} {text('why_caution', language)}"


def of_report(course: Course) -> str:
    """The sentence about what chance alone brings least likely; "" where nothing stands out."""
    found = findings(course.check_ins, course.days, course.settings.zone)
    return sentence(found[0], course.settings.language) if found else ""


def why_call(chat_id: int, course: Course, today: date) -> BotCall:
    """The list of what stands out, or what it needs; then the parts of the index of now, where there is one."""
    language, zone = course.settings.language, course.settings.zone
    found = findings(course.check_ins, course.days, zone)[:_LISTED]
    lines = [_said("why_listed", each, language) for each in found]
    told = [*lines, text("why_caution", language)] if found else [text("why_none", language)]
    blocks = [text("why_head", language), "\n".join(told), *_parts(strain_on(today, course, zone), language)]
    keyboard = [[(text(f"button_{name}", language), data_of(name)) for name in ("days", "report")]]
    return send_message(chat_id, "\n\n".join(blocks), keyboard=keyboard)


def _said(key: str, finding: Finding, language: Language) -> str:
    low, high = sorted((abs(finding.low), abs(finding.high)))
    return text(
        f"{key}_{'lower' if finding.difference < 0 else 'higher'}",
        language,
        when=_when(finding, language),
        points=decimal(abs(finding.difference), language),
        low=decimal(low, language),
        high=decimal(high, language),
        with_days=plural("days", language, finding.with_days),
        without=finding.without_days,
    )


def _when(finding: Finding, language: Language) -> str:
    if finding.kind == "weekday":
        return format_date(_MONDAY + timedelta(days=int(finding.name)), "EEEE", locale=language).capitalize()
    if finding.kind == "sleep":
        return text("why_sleep", language)
    return text(f"why_{finding.kind}", language, factor=text(f"factor_{finding.name}", language))


def _parts(strain: Strain, language: Language) -> list[str]:
    """The index as a sum; nothing without one, or where it is 0."""
    parts = [text(f"why_part_{part}", language, points=points) for part, points in _points(strain).items() if points]
    index = shown_index(sum(strain.parts.values()))
    return [text("why_parts", language, index=index, parts=", ".join(parts))] if parts else []


def _points(strain: Strain) -> dict[Part, int]:
    """Whole points, most first, that add up to the index as it is shown, so that the person can check that, too.

    Every part is rounded down, and those that lost most get the missing points back.
    """
    shown = {part: int(points) for part, points in strain.parts.items()}
    missing = shown_index(sum(strain.parts.values())) - sum(shown.values())
    for part in sorted(shown, key=lambda part: shown[part] - strain.parts[part])[:missing]:
        shown[part] += 1
    return dict(sorted(shown.items(), key=lambda item: -item[1]))
