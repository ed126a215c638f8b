"""What comes beside the report, at most once: a reminder, and an alert when strain stays above one's own first weeks.

Turn → right to send → message: a notice that is killed between the last two is lost, and none is sent twice.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from burnout.errors import StoreUnavailableError
from burnout.schedule import local_day
from burnout.store.people import ChangeSettings, SetReachable
from burnout.store.reports import Course, DueAlert, DueReminder, ReadCourse, StartAlert, StartReminder
from burnout.strain.findings import REPORT_DAYS
from burnout.strain.index import notice_due, strain_on
from burnout.telegram.calls import BotCall
from functions.report import wording
from functions.report.deps import Deps
from functions.report.metrics import RunMetrics
from functions.report.sender import Outcome, Sender


@dataclass(frozen=True)
class Notices:
    """Sends the reminders and alerts of one run."""

    at_utc: datetime
    deps: Deps
    sender: Sender
    run_metrics: RunMetrics

    def remind(self, due: DueReminder) -> None:
        """The person has their reminder, or it stays due for its hour, or it is lost."""
        if not self.sender.ready(due.chat_id):
            self.run_metrics.add("reminders_left")
            return
        try:
            reminder = self.deps.store(StartReminder(user_id=due.user_id, at_utc=self.at_utc))
        except StoreUnavailableError:  # perhaps granted
            self.run_metrics.add("reminders_lost")
            return
        if reminder is None:
            return
        words = wording.reminder(due.chat_id, reminder.language, last=reminder.last)
        if self._send(due, words, "reminders") is Outcome.NOT_DELIVERED and reminder.last:
            with suppress(StoreUnavailableError):  # they go on: nobody was told that this was the last
                self.deps.store(ChangeSettings(user_id=due.user_id, reminder_hour=reminder.hour))

    def alert(self, due: DueAlert) -> None:
        """The person has their alert, or needs none, or it is lost until their next check-in."""
        try:
            course = self._course(due)
            if course is None:
                return
            zone = course.settings.zone
            today = local_day(self.at_utc, zone)
            if not notice_due(course, today, zone):
                return
            if not self.sender.ready(due.chat_id):
                self.run_metrics.add("alerts_lost")
            elif self.deps.store(StartAlert(user_id=due.user_id, at_utc=self.at_utc, pseudonym=course.pseudonym)):
                self._send(due, wording.alert(due.chat_id, strain_on(today, course, zone), course), "alerts")
        except StoreUnavailableError:
            self.run_metrics.add("alerts_lost")
        except Exception as error:  # one person's course must not stop the others' reports
            self.run_metrics.crashed(error)

    def _course(self, due: DueAlert) -> Course | None:
        since_utc = self.at_utc - timedelta(days=REPORT_DAYS)
        with self.run_metrics.stopwatch.stage("course"):
            return self.deps.store(ReadCourse(user_id=due.user_id, since_utc=since_utc, before_utc=self.at_utc))

    def _send(self, due: DueReminder | DueAlert, call: BotCall, counted: str) -> Outcome:
        with self.run_metrics.stopwatch.stage("send"):
            outcome = self.sender.send(due.chat_id, call)
        self.run_metrics.add(counted if outcome is Outcome.DELIVERED else f"{counted}_lost")
        if outcome is Outcome.UNREACHABLE:
            with suppress(StoreUnavailableError):  # the next message to them fails in the same way
                self.deps.store(SetReachable(user_id=due.user_id, reachable=False))
        return outcome
