"""One report from its claim to its end, in the order that makes it safe to be killed anywhere.

Right to send → message → how it ended. Killed before the right is granted: the next run sends the report. Killed after:
the next run cannot know whether it arrived, and only says that there is one. Every report ends finished, released, or
unchanged, for the next run.
"""

from dataclasses import dataclass
from typing import Final, Literal

from burnout.errors import StoreUnavailableError
from burnout.store.operation import Operation
from burnout.store.reports import FinalState, FinishReport, ReleaseReport, ReportKey, ReportKind, StartSending
from burnout.telegram.calls import BotCall
from burnout.values import Utc
from functions.report.deps import Deps
from functions.report.messages import OutgoingMessage
from functions.report.sender import Outcome, Sender

# gone: erased meanwhile. unanswered: perhaps delivered. not_granted: sent before, another run's, or switched off.
Ending = FinalState | Literal["noted", "released", "gone", "unanswered", "not_granted"]
FINAL: Final[dict[Outcome, FinalState]] = {Outcome.UNREACHABLE: "unreachable", Outcome.REFUSED: "failed"}
_STORE_PAUSES_S: Final = (0.5, 2.0)


@dataclass(frozen=True)
class Claim:
    """A report that one run may send and finish."""

    deps: Deps
    run_id: str
    at_utc: Utc  # the run's own time
    user_id: int
    chat_id: int
    kind: ReportKind
    key: ReportKey

    def refused(
        self, sender: Sender, message: OutgoingMessage | None = None
    ) -> Literal["released", "not_granted"] | None:
        """None when this run, and no other, may send now this message, or what tells nothing about the person.

        Asked once: a repetition is refused. Raises: StoreUnavailableError.
        """
        if not sender.ready(self.chat_id):  # before the right to send: a run killed while it waits has begun nothing
            return self.release()
        ask = StartSending(
            user_id=self.user_id,
            kind=self.kind,
            key=self.key,
            run_id=self.run_id,
            at_utc=self.at_utc,
            pseudonym=message.pseudonym if message else None,
            alerted_at_utc=message.alerted_at_utc if message else None,
        )
        try:
            return None if self.deps.store(ask) else "not_granted"
        except StoreUnavailableError:  # perhaps granted, and certainly not sent
            return self.release()

    def finish(self, state: FinalState, message: OutgoingMessage | None = None) -> FinalState:
        """The end is kept. Raises: StoreUnavailableError; what was sent stays "perhaps delivered" then."""
        self._settle(
            FinishReport(
                user_id=self.user_id,
                kind=self.kind,
                key=self.key,
                run_id=self.run_id,
                state=state,
                at_utc=self.at_utc,
                index=message.index if message else None,
                band=message.band if message else None,
            )
        )
        return state

    def release(self) -> Literal["released"]:
        """It was certainly not delivered, and is due again in a later run. Raises: StoreUnavailableError."""
        self._settle(
            ReleaseReport(user_id=self.user_id, kind=self.kind, key=self.key, run_id=self.run_id, at_utc=self.at_utc)
        )
        return "released"

    def _settle(self, operation: Operation[None]) -> None:
        for pause_s in _STORE_PAUSES_S:
            try:
                self.deps.store(operation)
            except StoreUnavailableError:  # it may run twice, and without it a person gets no report
                self.deps.sleep(pause_s)
            else:
                return
        self.deps.store(operation)


def deliver(claim: Claim, message: OutgoingMessage, sender: Sender) -> Ending:
    """Sends a message under its claim and returns how that ended. Raises: StoreUnavailableError."""
    if message.call is None:
        return claim.finish(message.state, message)
    return claim.refused(sender, message) or _sent(claim, message, message.call, sender)


def _sent(claim: Claim, message: OutgoingMessage, call: BotCall, sender: Sender) -> Ending:
    outcome = sender.send(claim.chat_id, call, message.files)
    if outcome is Outcome.DELIVERED:
        return claim.finish(message.state, message)
    if outcome is Outcome.PERHAPS:
        return "unanswered"
    return claim.finish(FINAL[outcome]) if outcome in FINAL else claim.release()
