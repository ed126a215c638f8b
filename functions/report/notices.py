"""What comes beside the report, at most once: a reminder, and an alert when the strain stays above one's own beginning.

Right to send → message: a notice that is killed between the two is lost, and none is sent twice.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from burnout.errors import StoreUnavailableError
from burnout.schedule import local_day
from burnout.store.people import SetReachable
from burnout.store.reports import Course, DueAlert, DueReminder, ReadCourse, StartAlert
from burnout.telegram.calls import BotCall
from functions.report import wording
from functions.report.deps import Deps
from functions.report.messages import REPORT_DAYS
from functions.report.metrics import RunMetrics
from functions.report.sender import Outcome, Sender
from functions.report.strain import strain_on


@dataclass(frozen=True)
class Notices:
    """Sends the reminders and alerts of one run."""

    at_utc: datetime
    deps: Deps
    sender: Sender
    run_metrics: RunMetrics

    def remind(self, due: DueReminder) -> None:
        """The person has their reminder, or it is lost. The claim was its right to be sent."""
        if self._is_lost("reminders"):
            return
        self._send(due, wording.reminder(due.chat_id, due.language, last=due.last), "reminders", lambda: True)

    def alert(self, due: DueAlert) -> None:
        """The person has their alert, or needs none, or it is lost until their next check-in."""
        if self._is_lost("alerts"):
            return
        try:
            course = self._course(due)
            if course is not None and self._is_needed(course):
                call = wording.alert(due.chat_id, course.settings.language)
                self._send(due, call, "alerts", lambda: self._may_alert(due))
        except StoreUnavailableError:
            self.run_metrics.add("alerts_lost")
        except Exception as error:  # one person's course must not stop the others' reports
            self.run_metrics.crashed(error)

    def _course(self, due: DueAlert) -> Course | None:
        since_utc = self.at_utc - timedelta(days=REPORT_DAYS)
        with self.run_metrics.stopwatch.stage("course"):
            return self.deps.store(ReadCourse(user_id=due.user_id, since_utc=since_utc, before_utc=self.at_utc))

    def _is_needed(self, course: Course) -> bool:
        """Whether the strain stays above the person's own beginning and is not calm.

        Without the second condition 22 % of people at ease get a false alert in 12 weeks, with it 10 %, and rises are
        found as often (400 synthetic people of `research.synthetic_people` each).
        """
        zone = course.settings.zone
        strain = strain_on(local_day(self.at_utc, zone), course, zone)
        return strain.above_baseline and strain.band != "calm"

    def _may_alert(self, due: DueAlert) -> bool:
        return self.deps.store(StartAlert(user_id=due.user_id, at_utc=self.at_utc))

    def _send(self, due: DueReminder | DueAlert, call: BotCall, counted: str, may_send: Callable[[], bool]) -> None:
        # Before the right to send: a run that is killed while it waits has not used the right.
        self.sender.wait_for_turn(due.chat_id)
        if self._is_lost(counted) or not may_send():
            return
        with self.run_metrics.stopwatch.stage("send"):
            outcome = self.sender.send(due.chat_id, call)
        self.run_metrics.add(counted if outcome is Outcome.DELIVERED else f"{counted}_lost")
        if outcome is Outcome.UNREACHABLE:
            with suppress(StoreUnavailableError):  # the next message to them fails in the same way
                self.deps.store(SetReachable(user_id=due.user_id, reachable=False))

    def _is_lost(self, counted: str) -> bool:
        """Whether nothing new may begin."""
        stopped = self.sender.stopped
        if stopped:
            self.run_metrics.add(f"{counted}_lost")
        return stopped
