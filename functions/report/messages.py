"""What one person gets: words and perhaps a picture, made from their course. It sends nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from burnout.report_requests import ReportRequest
from burnout.schedule import iso_week, local_day
from burnout.store.reports import Course, DueReport, FinalState
from burnout.telegram.buttons import mood_row
from burnout.telegram.calls import BotCall, Upload, send_message, send_photo
from burnout.values import Band
from burnout.week_question import question
from functions.report import why, wording
from functions.report.deps import Deps, Draw
from functions.report.pictures.facts import ChartFacts
from functions.report.strain import WINDOW_DAYS, DayLoad, Strain, day_loads, strain_on

# Of the person's course. What goes with heavy days takes months to stand out: decision 0019.
REPORT_DAYS: Final = 180
SHOWN_DAYS: Final = {"report": REPORT_DAYS, "why": REPORT_DAYS, "course": 90, "calendar": 400}
_CHART_DAYS: Final = 7  # the shortest span that a chart of everything has


@dataclass(frozen=True)
class OutgoingMessage:
    """A message and what is kept about it once it was delivered. Without a call nothing is sent.

    `pseudonym` is that of the person whose rows it was made of, who may have been erased since. `then` comes after it,
    once it was delivered.
    """

    call: BotCall | None
    pseudonym: str | None = None
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None  # its name in the chat, its content
    state: FinalState = "sent"
    index: float | None = None
    band: Band | None = None
    then: BotCall | None = None

    @property
    def files(self) -> Mapping[str, Upload]:
        """What is uploaded with the call."""
        files: dict[str, Upload | None] = {"photo": self.photo, "document": self.document}
        return {name: content for name, content in files.items() if content is not None}


def weekly_message(report: DueReport, course: Course, draw: Draw) -> OutgoingMessage:
    """The report of the day that it is due, however late the run; or the sentence that says what is missing.

    The sentence comes once: a person who has stopped sending selfies must not get it every week. The question of the
    week follows a report, unless it is answered.
    """
    day = local_day(report.due_at_utc, course.settings.zone)
    message = _report(day, report.chat_id, course, draw)
    if message.state == "skipped":
        return replace(message, call=None) if course.told_too_little else message
    week = iso_week(day)
    if any(answer.week == week for answer in course.weekly):
        return message
    words, keyboard = question(week, course.settings.language)
    return replace(message, then=send_message(report.chat_id, words, keyboard=keyboard))


def requested_message(request: ReportRequest, course: Course, now_utc: datetime, deps: Deps) -> OutgoingMessage:
    """What the person asked to see, as of now."""
    chat_id = request.user_id  # the bot writes in private chats only, and the id of such a chat is the person's
    zone, language = course.settings.zone, course.settings.language
    today = local_day(now_utc, zone)
    days = day_loads([each for each in course.check_ins if not each.waits], zone, course.days)
    if not days:
        call = send_message(chat_id, wording.nothing_yet(language), keyboard=[mood_row()])
        return OutgoingMessage(call, course.pseudonym, state="skipped")
    if request.show == "report":
        return _report(today, chat_id, course, deps.draw_course)
    if request.show == "why":
        return OutgoingMessage(why.why_call(chat_id, course, today), course.pseudonym)
    show: Literal["course", "calendar"] = "calendar" if request.show == "calendar" else "course"
    first_day = min(days[0].day, today - timedelta(days=_CHART_DAYS - 1))
    draw = deps.draw_course if show == "course" else deps.draw_calendar
    return OutgoingMessage(
        send_photo(chat_id, wording.chart_caption(show, days, language)),
        course.pseudonym,
        draw(_facts(days, first_day, today, course), language, course.settings.theme),
    )


def _report(day: date, chat_id: int, course: Course, draw: Draw) -> OutgoingMessage:
    language = course.settings.language
    strain: Strain = strain_on(day, course, course.settings.zone)
    if strain.index is None:
        call = send_message(chat_id, wording.too_little(strain, language), keyboard=[mood_row()])
        return OutgoingMessage(call, course.pseudonym, state="skipped")
    caption = wording.report_caption(strain, course, why.of_report(course))
    facts = replace(_facts(strain.days, day - timedelta(days=WINDOW_DAYS - 1), day, course), index=strain.index)
    return OutgoingMessage(
        send_photo(chat_id, caption, keyboard=wording.report_keyboard(strain, language)),
        course.pseudonym,
        draw(facts, language, course.settings.theme),
        index=strain.index,
        band=strain.band,
    )


def _facts(days: Sequence[DayLoad], first_day: date, last_day: date, course: Course) -> ChartFacts:
    last = course.last_report
    reported = local_day(last.sent_at_utc, course.settings.zone) if last else None
    return ChartFacts(days=tuple(days), first_day=first_day, last_day=last_day, last_report_day=reported)
