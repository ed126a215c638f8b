"""A scheduled run: one lease, every shard once, and on each shard report after report until nothing is due.

Shards are worked on side by side, so that the waiting for store and Telegram overlaps; a shard's own reports come one
after the other, so that at most one of them is under way. A run that stops early leaves the rest to the next.
After the reports it sweeps some shards.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from burnout.errors import StoreUnavailableError
from burnout.report_requests import Tick
from burnout.store.people import ReadSettings
from burnout.store.reports import ClaimDue, Due, DueReport, HoldRun, ReadCourse, ReleaseRun
from burnout.strain.findings import REPORT_DAYS
from burnout.telegram.calls import BotCall, chat_action
from functions.report import wording
from functions.report.delivery import FINAL, Claim, Ending, deliver
from functions.report.deps import Deps
from functions.report.messages import OutgoingMessage, weekly_message
from functions.report.metrics import RunMetrics
from functions.report.notices import Notices
from functions.report.sender import RESERVE_S, Outcome, Sender
from functions.report.shards import shards_from, sweep

# A report takes about 0.5 s of waiting, for the store four times and for Telegram once, and a second more before its
# question: 16 side by side come near Telegram's 25 messages a second, and their drawing keeps one core busy.
WORKERS: Final = 16
MOST: Final = 20  # claimed at a time: what a killed run leaves waiting for the end of its claims
LEASE: Final = timedelta(minutes=14)  # the most that a run works, however long the function may live
# What has begun takes some seconds more. Together below a quarter of an hour: the next run gets what a killed one held.
_MARGIN: Final = timedelta(seconds=30)
# The lease lies on the first of these that can be read. If the first one fails now and then, two runs may overlap: the
# claims still give every report to one of them, and Telegram's 429 limits the rate.
_LEASE_SHARDS: Final = (0, 1, 2)
_GIVE_UP_AFTER: Final = timedelta(days=1)  # of trying, for a report that our own code cannot make


def send_due(tick: Tick, run_id: str, remaining_s: float, deps: Deps, run_metrics: RunMetrics) -> None:
    """Whatever was due has been sent, or is left to the next run, and this run's shards are swept.

    Nothing, when another run holds the lease; only a run of its own that came to its end is counted as `RunEnded`.

    Raises: TelegramRejectedError when the bot's token is refused; StoreUnavailableError when there is no lease to ask.
    """
    run_metrics.op = "due"
    works_s = min(remaining_s, LEASE.total_seconds())
    # A tick that comes late starts a run that ends late; it must be over before the next tick's run.
    until_utc = max(tick.at_utc, deps.now_utc()) + timedelta(seconds=works_s) + _MARGIN
    lease_shard = _lease(tick.at_utc, until_utc, run_id, deps)
    if lease_shard is None:
        run_metrics.outcome = "busy"
        return
    sender, last_start_s = Sender(deps, works_s), deps.clock() + works_s - RESERVE_S
    run = _Run(tick.at_utc, until_utc, run_id, deps, sender, run_metrics)
    try:
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="shard") as threads:
            list(threads.map(run.work_on, shards_from(tick.at_utc)))
        # Telegram may be down, or refuse the token: what is past its time is deleted all the same.
        sweep(tick.at_utc, lambda: deps.clock() < last_start_s, deps, run_metrics)
    finally:
        with suppress(StoreUnavailableError):  # it ends by itself
            deps.store(ReleaseRun(shard=lease_shard, run_id=run_id))
    run_metrics.gauge("RunEnded", 1)  # an alarm misses it: nothing else says that no run came
    if sender.error:
        raise sender.error


def _lease(at_utc: datetime, until_utc: datetime, run_id: str, deps: Deps) -> int | None:
    """The shard on which this run has the lease; None when another run has it. Raises: StoreUnavailableError."""
    for shard in _LEASE_SHARDS:
        try:
            held = deps.store(HoldRun(shard=shard, run_id=run_id, at_utc=at_utc, until_utc=until_utc))
        except StoreUnavailableError:
            continue
        return shard if held else None
    raise StoreUnavailableError("none of the lease's shards can be read")


@dataclass(frozen=True)
class _Run:
    """What the threads of a run share."""

    at_utc: datetime
    until_utc: datetime
    run_id: str
    deps: Deps
    sender: Sender
    run_metrics: RunMetrics

    @property
    def _notices(self) -> Notices:
        return Notices(self.at_utc, self.deps, self.sender, self.run_metrics)

    def work_on(self, shard: int) -> None:
        """Everything due on the shard is settled, as far as the run gets; a broken shard stops no other."""
        try:
            self._work_on(shard)
        except StoreUnavailableError:  # the remaining claims end by themselves
            self.run_metrics.add("shards_unreadable")
        except Exception as error:
            self.run_metrics.crashed(error)

    def _work_on(self, shard: int) -> None:
        more = True
        while more:
            if self.sender.stopped:
                self.run_metrics.add("shards_left")
                return
            due = self._claim(shard)
            for reminder in due.reminders:  # first: their hour passes, and a report that fails must not cost them
                self._notices.remind(reminder)
            for alert in due.alerts:
                self._notices.alert(alert)
            for report in due.reports:
                self.run_metrics.add(self._settle(report))
            more = due.more

    def _claim(self, shard: int) -> Due:
        with self.run_metrics.stopwatch.stage("claim"):
            return self.deps.store(
                ClaimDue(shard=shard, run_id=self.run_id, at_utc=self.at_utc, until_utc=self.until_utc, most=MOST)
            )

    def _settle(self, report: DueReport) -> Ending:
        if self.sender.stopped:
            return self._claim_of(report).release()
        return self._note(report) if report.unfinished else self._send(report)

    def _send(self, report: DueReport) -> Ending:
        claim = self._claim_of(report)
        try:
            message = self._message(report)
        except StoreUnavailableError:
            return claim.release()
        except Exception as error:  # one person's course must not stop the others' reports
            self.run_metrics.crashed(error)
            late = self.at_utc - report.due_at_utc >= _GIVE_UP_AFTER
            return claim.finish("failed") if late else claim.release()
        if message is None:
            return "gone"
        with self.run_metrics.stopwatch.stage("send"):
            ending = deliver(claim, message, self.sender)
            if ending == "sent" and message.then is not None:
                self._follow(report, message.then)
        return ending

    def _follow(self, report: DueReport, call: BotCall) -> None:
        """Sends what comes after a report, once: a run that is killed between the two loses it."""
        if not self.sender.ready(report.chat_id) or self.sender.send(report.chat_id, call) is not Outcome.DELIVERED:
            self.run_metrics.add("questions_lost")

    def _message(self, report: DueReport) -> OutgoingMessage | None:
        since_utc = report.due_at_utc - timedelta(days=REPORT_DAYS)
        read = ReadCourse(user_id=report.user_id, since_utc=since_utc, before_utc=self.at_utc)
        with self.run_metrics.stopwatch.stage("course"):
            course = self.deps.store(read)
        if course is None:
            return None
        with self.run_metrics.stopwatch.stage("draw"):
            return weekly_message(report, course, self.deps.draw_course)

    def _note(self, report: DueReport) -> Ending:
        """Says that there is a report which perhaps never arrived. Kept first, then sent: at most once, like a report.

        The chat action before it may come twice without harm; it shows whether a message would arrive at all.
        """
        settings = self.deps.store(ReadSettings(user_id=report.user_id))
        if settings is None:
            return "gone"
        claim = self._claim_of(report)
        if not self.sender.ready(report.chat_id):
            return claim.release()
        probe = self.sender.send(report.chat_id, chat_action(report.chat_id, "upload_photo"))
        if probe in FINAL:
            return claim.finish(FINAL[probe])
        if probe is not Outcome.DELIVERED:
            return claim.release()  # it stays unfinished: nobody will send it again
        refused = claim.refused(self.sender)
        if refused:
            return refused
        note = wording.unfinished(report.chat_id, settings.language)
        if self.sender.send(report.chat_id, note) is not Outcome.DELIVERED:
            self.run_metrics.add("notes_lost")
        return "noted"

    def _claim_of(self, report: DueReport) -> Claim:
        return Claim(self.deps, self.run_id, self.at_utc, report.user_id, report.chat_id, "weekly", report.key)
