"""What a person asked to see now: `webhook` invokes this without waiting, and Lambda repeats what fails."""

from datetime import timedelta
from typing import Final

from burnout.demands import Demand
from burnout.errors import TransientError
from burnout.reports import ReadCourse
from functions.report.delivery import Claim, deliver
from functions.report.deps import Deps
from functions.report.letters import SHOWN_DAYS, demanded_letter
from functions.report.sender import Sender
from functions.report.tally import Tally

_CLOCKS_DIFFER: Final = timedelta(minutes=5)  # a check-in carries Telegram's time, which may be ahead of ours


def answer(demand: Demand, run_id: str, remaining_s: float, deps: Deps, tally: Tally) -> None:
    """The person has what they asked for, once, however often the update comes.

    Raises: TelegramRejectedError when the token is refused; otherwise TransientError when nothing was sent, so that
    Lambda's own repetition of a failed asynchronous invocation (twice, within minutes) may do it.
    """
    tally.op = demand.show
    now_utc = deps.now_utc()
    since_utc = now_utc - timedelta(days=SHOWN_DAYS[demand.show])
    with tally.at("course"):
        course = deps.store(
            ReadCourse(user_id=demand.user_id, since_utc=since_utc, before_utc=now_utc + _CLOCKS_DIFFER)
        ).course
    if course is None:
        tally.add("gone")
        return
    with tally.at("draw"):
        letter = demanded_letter(demand, course, now_utc, deps)
    claim = Claim(deps, run_id, now_utc, demand.user_id, demand.user_id, f"update-{demand.update_id}")
    sender = Sender(deps, remaining_s)
    with tally.at("send"):
        ending = deliver(claim, letter, sender)
    tally.add(ending)
    if ending == "released":
        raise sender.error or TransientError("nothing was sent")
