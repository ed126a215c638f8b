"""What one person gets: words and perhaps a picture, made from their course. It sends nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from burnout.report_requests import ReportRequest
from burnout.schedule import iso_week, local_day
from burnout.store.privacy import CHECK_INS_FOR
from burnout.store.reports import Course, DueReport, FinalState
from burnout.strain.findings import REPORT_DAYS
from burnout.strain.index import WINDOW_DAYS, DayLoad, Strain, day_loads, index_line, strain_on, without_waiting
from burnout.telegram.buttons import mood_row
from burnout.telegram.calls import BotCall, Upload, send_message, send_photo
from burnout.texts import text
from burnout.values import Band
from burnout.week_question import question
from functions.report import why, wording
from functions.report.change import change_of
from functions.report.deps import Deps, Draw
from functions.report.pictures.facts import ChartFacts

SHOWN_DAYS: Final = {
    **dict.fromkeys(("report", "why", "page"), REPORT_DAYS),
    **dict.fromkeys(("course", "calendar"), CHECK_INS_FOR.days),
}


@dataclass(frozen=True)
class OutgoingMessage:
    """A message and what is kept about it once it was delivered. Without a call nothing is sent.

    `pseudonym` is that of the person whose rows it was made of, who may have been erased since. `then` comes after it,
    once it was delivered.
    """

    call: BotCall | None
    pseudonym: str | None = None
    alerted_at_utc: datetime | None = None  # the person's last alert when it was made
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
    told = without_waiting(course)
    days = day_loads(told.check_ins, zone, told.days)
    if not days:
        return skipped(chat_id, course, wording.nothing_yet(language))
    if request.show == "report":
        return _report(today, chat_id, course, deps.draw_course)
    if request.show == "why":
        return OutgoingMessage(why.why_call(chat_id, course, today), course.pseudonym)
    last_day = max(today, days[-1].day)  # a clock ahead of ours may have tomorrow already
    return _chart(request, told, days, last_day, deps)


def _chart(
    request: ReportRequest, course: Course, days: Sequence[DayLoad], last_day: date, deps: Deps
) -> OutgoingMessage:
    language = course.settings.language
    first_day = max(days[0].day, last_day - timedelta(days=(request.days or CHECK_INS_FOR.days) - 1))
    shown = tuple(day for day in days if day.day >= first_day)
    if not shown:
        return skipped(request.user_id, course, text("history_empty", language))
    show: Literal["course", "calendar"] = "calendar" if request.show == "calendar" else "course"
    draw = deps.draw_course if show == "course" else deps.draw_calendar
    facts = facts_between(shown, first_day, strain_on(last_day, course, course.settings.zone), course)
    return OutgoingMessage(
        send_photo(request.user_id, wording.chart_caption(show, shown, language)),
        course.pseudonym,
        photo=draw(facts, language, course.settings.theme),
    )


def _report(day: date, chat_id: int, course: Course, draw: Draw) -> OutgoingMessage:
    language = course.settings.language
    strain: Strain = strain_on(day, course, course.settings.zone)
    if strain.index is None:
        return skipped(chat_id, course, wording.too_little(strain, language))
    caption = wording.report_caption(strain, course, why.of_report(course, day))
    facts = facts_between(strain.days, day - timedelta(days=WINDOW_DAYS - 1), strain, course)
    return OutgoingMessage(
        send_photo(chat_id, caption, keyboard=wording.report_keyboard(strain, language)),
        course.pseudonym,
        course.alerted_at_utc,
        draw(facts, language, course.settings.theme),
        index=strain.index,
        band=strain.band,
    )


def skipped(chat_id: int, course: Course, words: str) -> OutgoingMessage:
    """Why there is nothing to show, and the numbers: a tap changes that."""
    call = send_message(chat_id, words, keyboard=[mood_row()])
    return OutgoingMessage(call, course.pseudonym, course.alerted_at_utc, state="skipped")


def facts_between(days: Sequence[DayLoad], first_day: date, strain: Strain, course: Course) -> ChartFacts:
    """The course from a day on up to the strain, with which the line ends."""
    last, zone = course.last_report, course.settings.zone
    line = dict(index_line(course, zone, first_day))
    if strain.index is not None:
        line[strain.day] = strain.index
    return ChartFacts(
        days={day.day: 100 * day.load for day in days},
        line=tuple((day, index) for day, index in line.items() if day <= strain.day),
        first_day=first_day,
        last_day=strain.day,
        last_report_day=local_day(last.sent_at_utc, zone) if last else None,
        band=strain.band,
        rises=change_of(strain, last) == "up",
    )
