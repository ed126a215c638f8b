"""What a person asked to see or to have now: `webhook` invokes this without waiting, and Lambda repeats what fails."""

from datetime import datetime, timedelta
from typing import Final

from burnout.errors import TransientError
from burnout.report_requests import Demand
from burnout.store.reports import ReadCourse
from functions.report.delivery import Claim, Ending, deliver
from functions.report.deps import Deps
from functions.report.export.message import export_letter, nothing_kept
from functions.report.messages import SHOWN_DAYS, Letter, demanded_letter
from functions.report.metrics import RunMetrics
from functions.report.sender import Outcome, Sender

_CLOCKS_DIFFER: Final = timedelta(minutes=5)  # a check-in carries Telegram's time, which may be ahead of ours


def answer(demand: Demand, run_id: str, remaining_s: float, deps: Deps, run_metrics: RunMetrics) -> None:
    """The person has what they asked for, once, however often the update comes.

    Raises: TelegramRejectedError when the token is refused; otherwise TransientError when nothing was sent, so that
    Lambda's own repetition of a failed asynchronous invocation (twice, within minutes) may do it.
    """
    run_metrics.op = demand.show
    now_utc, sender = deps.now_utc(), Sender(deps, remaining_s)
    letter = (export_letter if demand.show == "export" else _drawn)(demand, now_utc, deps, run_metrics)
    with run_metrics.at("send"):
        if letter is None:
            ending = _tell_unknown(demand, sender)
        else:
            claim = Claim(deps, run_id, now_utc, demand.user_id, demand.user_id, f"update-{demand.update_id}")
            ending = deliver(claim, letter, sender)
    run_metrics.add(ending)
    if ending == "released":
        raise sender.error or TransientError("nothing was sent")


def _tell_unknown(demand: Demand, sender: Sender) -> Ending:
    """Whoever wants to have everything hears that there is nothing. There is nobody whose claim could be kept."""
    if demand.show != "export":
        return "gone"
    sender.wait_for_turn(demand.user_id)
    outcome = sender.send(demand.user_id, nothing_kept(demand.user_id))
    return "released" if outcome is Outcome.NOT_DELIVERED else "gone"


def _drawn(demand: Demand, now_utc: datetime, deps: Deps, run_metrics: RunMetrics) -> Letter | None:
    since_utc = now_utc - timedelta(days=SHOWN_DAYS[demand.show])
    with run_metrics.at("course"):
        course = deps.store(
            ReadCourse(user_id=demand.user_id, since_utc=since_utc, before_utc=now_utc + _CLOCKS_DIFFER)
        ).course
    if course is None:
        return None
    with run_metrics.at("draw"):
        return demanded_letter(demand, course, now_utc, deps)
