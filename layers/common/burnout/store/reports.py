"""What `store` is asked about weekly reports, reminders and alerts; `burnout.store.operation` has the rules.

A weekly report is claimed, drawn, sent and finished. What stands in the database between two steps decides what the
next run may do, so that a run killed anywhere is continued and nobody gets a report twice (docs/decisions/0006).
"""

from typing import Annotated, Literal

import msgspec

from burnout.store.days import Factor
from burnout.store.inventories import Inventory
from burnout.store.operation import Choice, Operation, ShardOperation
from burnout.store.people import Settings
from burnout.values import Band, DayKey, Hour, Language, Rating, Utc, WeekKey, Whole

Side = Literal["negative", "positive", "unsure"]
ReportKind = Literal["weekly", "requested"]
ReportKey = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-W[0-9]{2}|[0-9]{1,16})\Z")]  # its week, or its update
RunId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
# skipped: the week had too little data and the person was told so. failed: Telegram refused our call; repeating cannot
# help. There is one more end, noted: an earlier run may have sent it, so the person was only told how to see it.
FinalState = Literal["sent", "skipped", "unreachable", "failed"]


class CourseCheckIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check-in as the strain index sees it. 400 days of 100 photos must fit into a Lambda answer."""

    observed_at_utc: Utc
    negative: float | None  # calibrated P(negative) of the shown model; None after a 👎, or if the face was not whole
    rating: Rating | None
    waits: bool = False  # its answer is hidden, and of today: a chart that shows it would tell it
    corrected: bool = False  # `negative` is what the person said the expression was, and weighs more than a model's
    photo: bool = False  # there was one, whether or not it counts
    side: Side | None = None  # of a photo that counts and does not wait: as it was read, or what the person said it was


class CourseDay(msgspec.Struct, frozen=True, kw_only=True):
    """What the person told of one day of their own calendar, beside how it was."""

    day: DayKey
    energy: Rating | None  # 1 exhausted, 5 rested
    sleep: int | None  # of the night before: 1 bad, 2 so-so, 3 good
    factors: tuple[Factor, ...]
    late: tuple[str, ...] = ()  # which of energy, sleep, factors were told on a later day: memory colours them


class WeeklyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to the weekly single-item question, 1 (enjoys work) to 5 (completely burned out)."""

    week: WeekKey  # whose question it answers; the answer may come in the next one
    answered_at_utc: Utc
    answer: Rating


class LastReport(msgspec.Struct, frozen=True, kw_only=True):
    """The newest weekly report that had an index and was sent."""

    sent_at_utc: Utc
    index: float  # [0, 100]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a report is made of. Check-ins oldest first."""

    pseudonym: str  # whose course it is: somebody who is erased and agrees again has another
    settings: Settings
    check_ins: tuple[CourseCheckIn, ...]
    weekly: tuple[WeeklyAnswer, ...]
    last_report: LastReport | None
    days: tuple[CourseDay, ...] = ()  # of which anything was told, oldest first
    inventories: tuple[Inventory, ...] = ()  # oldest first
    told_too_little: bool = False  # the last week was skipped and the person knows why: no need to say it again
    alerted_at_utc: Utc | None = None  # the last alert: a report of the same day refers to it


class DueReport(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed weekly report. `unfinished`: an earlier run began to send it and never said how that ended."""

    user_id: int
    chat_id: int
    key: WeekKey
    due_at_utc: Utc
    unfinished: bool


class DueReminder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose reminder is due. What it says is known when it may be sent."""

    user_id: int
    chat_id: int


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder to send now. `last`: the third without an answer, so reminders are off from here on."""

    language: Language
    hour: Hour
    last: bool


class DueAlert(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wants alerts, has a new check-in or rating, and was not alerted in the last 14 days."""

    user_id: int
    chat_id: int


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What is due on one shard. `more`: there are further reports than were claimed."""

    reports: tuple[DueReport, ...]
    reminders: tuple[DueReminder, ...]
    alerts: tuple[DueAlert, ...]
    more: bool


class AnswerWeek(Choice[Rating | None], tag="answer_week", frozen=True):
    """Keeps the answer to a week's question, and answers the one that stands; without a person there is none."""

    week: WeekKey
    answer: Rating


class ReadCourse(Operation[Course | None], tag="read_course", frozen=True):
    """Reads what a report is made of: check-ins and answers at or after a moment and before another.

    There is no course of somebody who has not agreed, or was erased meanwhile.
    """

    since_utc: Utc
    before_utc: Utc


class StartSending(Operation[bool], tag="start_sending", frozen=True):
    """Asks for the right to send a report, once: of a week when `run_id` holds its claim, or one asked for.

    For an unfinished one it is the right to send the note, which is kept as the report's end.
    Not granted to a repetition, after the claim went to another run, or when the person is gone, has another pseudonym
    than what is to be sent, wants no reports (of a week), has blocked the bot (since `at_utc`, if they asked), or was
    alerted since a week's report was made: a later run makes it anew.
    """

    kind: ReportKind
    key: ReportKey
    run_id: RunId
    at_utc: Utc  # the run's own time, which a simulation may choose
    pseudonym: str | None = None  # None: what is to be sent tells nothing about anybody
    alerted_at_utc: Utc | None = None  # as the course has it that it was made of


class StartReminder(Operation[Reminder | None], tag="start_reminder", frozen=True):
    """Asks for the right to send the reminder that is due, once; it answers what to say.

    Not granted when it is not due any more, its hour has passed, it is quiet, or the day has a check-in or a reminder.
    """

    at_utc: Utc  # the run's own time; the clock counts where it is later


class StartAlert(Operation[bool], tag="start_alert", frozen=True):
    """Asks for the right to send an alert: once in 14 days, while the person wants alerts and can be reached.

    In their quiet hours it is not granted, and due again; nor on a day on which a report with an index was sent, or may
    have been: then it is due a day later.
    """

    at_utc: Utc  # the run's own time; for the quiet hours the clock counts where it is later
    pseudonym: str  # of the course that was checked


class Postpone(Operation[None], tag="postpone", frozen=True):
    """Telegram failed for this person's chat: nothing is due for a while, longer each time; then the others come first.

    The end of a report resets this, and so does a day after the wait. A person who is postponed already stays so.
    """

    wait_s: Whole = 0  # that Telegram asked for


class ReleaseReport(Operation[None], tag="release_report", frozen=True):
    """Telegram certainly did not get the report: it is due again, for a later run than that of `at_utc`.

    Only for the run that claimed or started it.
    """

    kind: ReportKind
    key: ReportKey
    run_id: RunId
    at_utc: Utc  # the run's own time


class FinishReport(Operation[None], tag="finish_report", frozen=True):
    """Keeps how a report ended; a week's next one is due a week later. Only for the run that claimed or started it."""

    kind: ReportKind
    key: ReportKey
    run_id: RunId
    state: FinalState
    at_utc: Utc  # the run's own time, which a simulation may choose
    index: float | None = None
    band: Band | None = None


class HoldRun(ShardOperation[bool], tag="hold_run", frozen=True):
    """Asks for the one lease that lets a single run send. Granted again to the run that holds it."""

    run_id: RunId
    at_utc: Utc
    until_utc: Utc


class ReleaseRun(ShardOperation[None], tag="release_run", frozen=True):
    """Gives the lease back, if it is still this run's."""

    run_id: RunId


class ClaimDue(ShardOperation[Due], tag="claim_due", frozen=True):
    """Claims up to `most` weekly reports, lists all reminders and takes all alerts that are due at `at_utc`.

    A reminder stays due until `StartReminder`. An alert that is taken and not sent is lost until something new comes.
    """

    run_id: RunId
    at_utc: Utc
    until_utc: Utc  # when the claim ends
    most: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
