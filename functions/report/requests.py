"""What a person asked to see or to have now: `webhook` invokes this without waiting, and Lambda repeats what fails."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from burnout.errors import TransientError
from burnout.report_requests import ReportRequest, Show
from burnout.store.reports import Course, ReadCourse
from functions.report.delivery import Claim, Ending, deliver
from functions.report.deps import Deps
from functions.report.export.message import export_message, nothing_kept
from functions.report.messages import SHOWN_DAYS, OutgoingMessage, requested_message
from functions.report.metrics import RunMetrics
from functions.report.sender import Outcome, Sender

_CLOCKS_DIFFER: Final = timedelta(minutes=5)  # a check-in carries Telegram's time, which may be ahead of ours


def answer(request: ReportRequest, run_id: str, remaining_s: float, deps: Deps, run_metrics: RunMetrics) -> None:
    """The person gets what they asked for once, however often the update comes.

    Raises: TelegramRejectedError when the token is refused; otherwise TransientError when nothing was sent, so that
    Lambda's own repetition of a failed asynchronous invocation (twice, within minutes) may do it.
    """
    run_metrics.op = request.show
    now_utc, sender = deps.now_utc(), Sender(deps, remaining_s, several=1)  # for one chat: nobody else has to wait
    message = _MADE[request.show](request, now_utc, deps, run_metrics)
    with run_metrics.stopwatch.stage("send"):
        if message is None:
            ending = _tell_unknown(request, sender)
        else:
            claim = Claim(deps, run_id, now_utc, request.user_id, request.user_id, "requested", str(request.update_id))
            ending = deliver(claim, message, sender)
    run_metrics.add(ending)
    if ending == "released":
        raise sender.error or TransientError("nothing was sent")


def _tell_unknown(request: ReportRequest, sender: Sender) -> Ending:
    """Tells a person who asks for an export that nothing is kept. No claim is kept about them either."""
    if request.show != "export":
        return "gone"
    if not sender.ready(request.user_id):
        return "released"
    outcome = sender.send(request.user_id, nothing_kept(request.user_id))
    return "released" if outcome is Outcome.NOT_DELIVERED else "gone"


def _of_course(
    make: Callable[[ReportRequest, Course, datetime, Deps], OutgoingMessage],
    request: ReportRequest,
    now_utc: datetime,
    deps: Deps,
    run_metrics: RunMetrics,
) -> OutgoingMessage | None:
    since_utc = now_utc - timedelta(days=SHOWN_DAYS[request.show])
    with run_metrics.stopwatch.stage("course"):
        course = deps.store(
            ReadCourse(user_id=request.user_id, since_utc=since_utc, before_utc=now_utc + _CLOCKS_DIFFER)
        )
    if course is None:
        return None
    with run_metrics.stopwatch.stage("draw"):
        return make(request, course, now_utc, deps)


_requested: Final = partial(_of_course, requested_message)
_MADE: Final[dict[Show, Callable[[ReportRequest, datetime, Deps, RunMetrics], OutgoingMessage | None]]] = {
    "report": _requested,
    "why": _requested,
    "course": _requested,
    "calendar": _requested,
    "export": export_message,
}
