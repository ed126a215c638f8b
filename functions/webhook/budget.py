"""The worst case of every call to the outside, so that no call begins that would outlive this function.

A function that is killed has counted nothing, and Telegram would bring the same update for 24 hours. So every call
needs its own worst case (from the clients' timeouts) and the time to count its failure; without them it is not begun,
and the update comes back.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, ParamSpec, TypeVar, cast

from botocore.config import Config

from burnout.errors import OutOfTimeError
from burnout.invocation import INFER_CONFIG, STORE_CONFIG
from burnout.photos import S3_CONFIG
from burnout.store.operation import Store
from burnout.telegram.client import CALL_WORST_S, DOWNLOAD_WORST_S
from functions.webhook.deps import Deps, RequestTrace

P = ParamSpec("P")
A = TypeVar("A")


def worst_s(config: Config) -> float:
    """The seconds that one call of an AWS client takes at most: all its attempts, and a second between two."""
    values: Any = config  # its attributes are its arguments, which its types do not say
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
    """The same calls, each of which raises OutOfTimeError when its worst case would not leave the reserve."""

    def within(longest_s: float, call: Callable[P, A]) -> Callable[P, A]:
        def in_time(*args: P.args, **kwargs: P.kwargs) -> A:
            if trace.remaining_s() < longest_s + reserve_s:
                raise OutOfTimeError(f"{trace.current_stage}: too little time is left")
            return call(*args, **kwargs)

        return in_time

    return replace(
        deps,
        store=cast("Store", within(STORE_S, deps.store)),
        put_photo=within(PUT_S, deps.put_photo),
        infer=within(INFER_S, deps.infer),
        download=within(DOWNLOAD_S, deps.download),
        order_report=within(ORDER_S, deps.order_report),
    )


def fits(trace: RequestTrace, longest_s: float) -> bool:
    """Whether something of this worst case may still begin, when all that follows is the answer."""
    return trace.remaining_s() >= longest_s + ANSWER_S
