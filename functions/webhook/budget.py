"""How long everything outside may take at worst, so that no call begins that this function would not outlive.

A function that is killed has counted nothing, and Telegram would bring the same update for 24 hours. So every call
needs its own worst case (from the clients' timeouts) and the time to count its failure; without them it is not begun,
and the update comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from botocore.config import Config

from burnout.errors import OutOfTimeError
from burnout.inference import Inference, InferFailure
from burnout.invocation import INFER_CONFIG, STORE_CONFIG
from burnout.photos import S3_CONFIG
from burnout.report_requests import ReportRequest
from burnout.store.operation import Operation, ShardOperation, Store
from burnout.telegram.client import CALL_WORST_S, DOWNLOAD_WORST_S
from functions.webhook.deps import Deps, Files, Infer, Photos, Reports, RequestTrace

A = TypeVar("A")


def worst_s(config: Config) -> float:
    """The seconds that one call of an AWS client takes at most: all its attempts, and a second between two."""
    values: Any = config  # has the attributes of its arguments, which its types do not tell
    attempts: int = values.retries["total_max_attempts"]
    return float(attempts * (values.connect_timeout + values.read_timeout) + (attempts - 1))


LIFETIME_S: Final = 25.0  # this function's timeout; API Gateway's own is 30
STORE_S: Final = worst_s(STORE_CONFIG)
INFER_S: Final = worst_s(INFER_CONFIG)
PUT_S: Final = worst_s(S3_CONFIG)
ORDER_S: Final = worst_s(STORE_CONFIG)  # of a report: the same client, which does not wait for the report itself
DOWNLOAD_S: Final = DOWNLOAD_WORST_S
EXTRA_S: Final = CALL_WORST_S  # an extra call of an answer; nothing is counted after it
ANSWER_S: Final = 0.5  # our own work
RESERVE_S: Final = STORE_S + ANSWER_S  # to count a failure, after which only the answer is left


def bounded(deps: Deps, trace: RequestTrace, *, reserve_s: float = RESERVE_S) -> Deps:
    """The same outside, each of whose calls raises OutOfTimeError when its worst case would eat into the reserve."""
    within = _Within(trace, reserve_s)
    return replace(
        deps,
        store=_Store(deps.store, within),
        photos=_Photos(deps.photos, within),
        infer=_Infer(deps.infer, within),
        files=_Files(deps.files, within),
        reports=_Reports(deps.reports, within),
    )


def fits(trace: RequestTrace, longest_s: float) -> bool:
    """Whether something of this worst case may still begin, when all that follows is the answer."""
    return trace.remaining_s() >= longest_s + ANSWER_S


@dataclass(frozen=True)
class _Within:
    trace: RequestTrace
    reserve_s: float

    def __call__(self, longest_s: float, call: Callable[[], A]) -> A:
        if self.trace.remaining_s() < longest_s + self.reserve_s:
            raise OutOfTimeError(f"{self.trace.current_stage}: too little time is left")
        return call()


@dataclass(frozen=True)
class _Store:
    inner: Store
    within: _Within

    def __call__(self, operation: Operation[A] | ShardOperation[A]) -> A:
        return self.within(STORE_S, lambda: self.inner(operation))


@dataclass(frozen=True)
class _Photos:
    inner: Photos
    within: _Within

    def put(self, key: str, content: bytes) -> None:
        self.within(PUT_S, lambda: self.inner.put(key, content))


@dataclass(frozen=True)
class _Infer:
    inner: Infer
    within: _Within

    def __call__(self, key: str) -> Inference | InferFailure:
        return self.within(INFER_S, lambda: self.inner(key))


@dataclass(frozen=True)
class _Files:
    inner: Files
    within: _Within

    def download(self, file_id: str) -> bytes:
        return self.within(DOWNLOAD_S, lambda: self.inner.download(file_id))


@dataclass(frozen=True)
class _Reports:
    inner: Reports
    within: _Within

    def __call__(self, request: ReportRequest) -> None:
        self.within(ORDER_S, lambda: self.inner(request))
