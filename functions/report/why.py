"""Why the days are as they are, in words: what goes with heavier and lighter ones, and the index in points.

It sends nothing and calls nothing. Its arguments decide everything.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from burnout.schedule import local_day
from burnout.store.reports import Course
from burnout.strain.findings import LISTED, Finding, findings
from burnout.strain.index import Part, Strain, shown_index, strain_on
from burnout.strain.wording import listed, sentence_of
from burnout.telegram.buttons import Action, data_of
from burnout.telegram.calls import BotCall, send_message
from burnout.texts import text
from burnout.values import Language

_ONWARDS: Final[tuple[Action, ...]] = ("days", "report")


def of_report(course: Course, day: date) -> str:
    """The sentence about what has come to stand out within a week; "" where nothing has.

    A report says it once, and not word for word every week; /why lists it as long as it stands out.
    """
    zone, week_ago = course.settings.zone, day - timedelta(weeks=1)
    found = findings(course.check_ins, course.days, zone)
    earlier = [each for each in course.check_ins if local_day(each.observed_at_utc, zone) <= week_ago]
    told = [each for each in course.days if each.day <= week_ago.isoformat()]
    known = {(each.kind, each.name) for each in (findings(earlier, told, zone) if found else ())}
    new = [each for each in found if (each.kind, each.name) not in known]
    return sentence_of(new[0], course.settings.language) if new else ""


def why_call(chat_id: int, course: Course, today: date) -> BotCall:
    """What stands out in the person's course until now, and the ways to say more about days and to the report."""
    language, zone = course.settings.language, course.settings.zone
    words = why_text(findings(course.check_ins, course.days, zone), strain_on(today, course, zone), language)
    onwards = [(text(f"button_{name}", language), data_of(name)) for name in _ONWARDS]
    return send_message(chat_id, words, keyboard=[onwards, [(text("sees_button", language), data_of("sees"))]])


def why_text(found: Sequence[Finding], strain: Strain, language: Language) -> str:
    """The parts of the index, where there is one; then the first of what stands out, or what that needs."""
    lines = [f"• {listed(each, language)}" for each in found[:LISTED]]
    told = [*lines, text("why_caution", language)] if lines else [text("why_none", language)]
    return "\n\n".join([*_parts(strain, language), "\n".join([text("why_head", language), *told])])


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
