"""The whole bot in one process: an update comes in, everything that it asks for goes out before it counts as answered.

What AWS does around the functions is here: bringing an update back, sending the last call of an answer, running a
report that was ordered, and repeating one that failed.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import msgspec

from burnout import clock
from burnout.errors import TelegramRejectedError, TelegramSilentError, TelegramUnavailableError, TransientError
from burnout.inference import Inference, InferFailure
from burnout.redaction import redacted_logger
from burnout.report_requests import ReportRequest, Tick
from burnout.telegram.calls import BotCall
from burnout.telegram.client import Telegram
from functions.report import deps as report
from functions.report.metrics import reported
from functions.report.pictures import calendar, course
from functions.report.requests import answer
from functions.report.run import send_due
from functions.webhook import budget, telemetry, waiting
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.person import Terms
from functions.webhook.updates import MalformedUpdateError, parse_update
from local.telegram.delivery import Outcome, Reply
from selfhost.folder import Folder
from selfhost.infer import InferChild
from selfhost.objects import FolderObjects
from selfhost.reaching import Reaching
from selfhost.store import FolderStore

RUN_S: Final = 840.0  # a scheduled run; the next one comes after 900
REPORT_S: Final = 120.0  # a report that somebody waits for
AGAIN_AFTER_S: Final = (2.0, 30.0)  # as AWS repeats what fails, but sooner: somebody's next words wait
DONE: Final = Reply(200, {}, b"")
LATER_S: Final = 5


class Bot:
    """Threads may share it."""

    def __init__(  # four parts and a clock
        self,
        folder: Folder,
        telegram: Telegram,
        infer: InferChild,
        terms: Terms,
        *,
        now_utc: Callable[[], datetime] = clock.now_utc,
    ) -> None:
        self._folder, self._telegram, self._infer = folder, telegram, infer
        self._objects = FolderObjects(folder.objects, folder.store, now_utc)
        self._objects.tidy()
        self.reaching = Reaching(folder)
        self.store = store = FolderStore(folder.store, self._objects, now_utc)
        self._deps = Deps(
            store=store,
            put_photo=store.put_photo,
            infer=self._read,
            download=telegram.download,
            order_report=lambda _: None,  # each update has its own: see `take`
            typing=waiting.typing_by(telegram),
            send=waiting.sending_by(telegram),
            now_utc=now_utc,
            terms=terms,
        )
        draws = (course.draw_course, calendar.draw_calendar)
        self._report_deps = report.Deps(store, telegram, *draws, now_utc, time.monotonic, time.sleep, random.uniform)

    def take(self, update: dict[str, Any]) -> Outcome:
        """200 when everything that the update asks for has been sent, 503 when it should come again."""
        orders: list[ReportRequest] = []
        deps = replace(self._deps, order_report=orders.append)
        with telemetry.reported(RequestTrace.ending_in(budget.LIFETIME_S)) as trace:
            try:
                parsed = parse_update(msgspec.json.encode(update))
            except MalformedUpdateError:
                trace.ends("malformed", [])
                return DONE
            try:
                calls = handle(parsed, deps, trace)
                with trace.stage("reply"):
                    self._send(calls, trace)
            except TransientError as error:
                waiting.say_if_slow(parsed, self._telegram, trace)
                return Reply(503, {"retry-after": str(error.retry_after_s or LATER_S)}, b"")
        for request in orders:
            self.report(request)
        return DONE

    def tick(self, at_utc: datetime) -> None:
        """What is due at this moment was sent, or is left to the next tick; erasures are on their way to the copies."""
        try:
            self.reaching.begin(at_utc)
        except OSError as error:
            redacted_logger().error("copies", extra={"error_types": [type(error).__name__]})
        self._logged(lambda metrics: send_due(Tick(at_utc=at_utc), uuid4().hex, RUN_S, self._report_deps, metrics))

    def _read(self, key: str, models: tuple[str, ...]) -> Inference | InferFailure:
        photo = self._objects.read(key)
        if photo is None:
            return InferFailure(code="no_such_photo", message="nothing under this key")
        return self._infer.read(photo, models)

    def _send(self, calls: Sequence[BotCall], trace: RequestTrace) -> None:
        """The last call is the one that somebody waits for: it is sent, refused, or perhaps sent.

        Raises: TelegramUnavailableError when it certainly was not. The answer is kept, and comes again.
        """
        for call in calls:
            try:
                self._telegram.call(call)
            except (TelegramUnavailableError, TelegramRejectedError) as error:
                trace.error_type = type(error).__name__
                certain = isinstance(error, TelegramUnavailableError) and not isinstance(error, TelegramSilentError)
                if certain and call is calls[-1]:
                    raise

    def report(self, request: ReportRequest) -> None:
        """What was asked for is sent, or was tried three times."""
        for pause_s in (0.0, *AGAIN_AFTER_S):
            time.sleep(pause_s)
            if self._logged(lambda metrics: answer(request, uuid4().hex, REPORT_S, self._report_deps, metrics)):
                return

    def _logged(self, work: Callable[[Any], None]) -> bool:
        """Whether the work came to its end; the log has its line in any case."""
        try:
            with reported() as metrics:
                work(metrics)
            return True
        except Exception:  # its kind is in the log; nothing of one person's may end everybody's bot
            return False
