"""Simulated people on the local stack: their check-ins go through the store function, their reports through report.

How they feel is made up, by a seeded course with noise; everything after that is done by the product.
"""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from burnout.emotions import NEGATIVE, Emotion
from burnout.inference import Prediction, Quality
from burnout.store.check_ins import NewCheckIn, Rate, Record
from burnout.store.operation import Operation, ShardOperation
from local.aws import events
from local.stack import Stack

StrainByWeek = Callable[[float], float]  # by weeks since the first day, in [0, 1]
_CHECK_IN_SHARE: Final = 0.75  # of days
_RATED_SHARE: Final = 0.8  # of check-ins
_NOISE: Final = 0.12
_FIRST_NUMBER: Final = 9_000_000  # of simulated updates and messages: far above those that the fake Telegram gives


class WeeksError(Exception):
    """A function did not do its part of the simulation."""


def check_in_daily(stack: Stack, user_id: int, strain: StrainByWeek, start_utc: datetime, end_utc: datetime) -> None:
    """A photo on most days, which is rated mostly."""
    rng = random.Random(user_id)
    for day in range((end_utc - start_utc).days + 1):
        if rng.random() > _CHECK_IN_SHARE:
            continue
        today, number = strain(day / 7), _FIRST_NUMBER + day
        ask(stack, photo_read(user_id, number, start_utc + timedelta(days=day), noisy(today, rng)))
        if rng.random() < _RATED_SHARE:
            ask(stack, Rate(user_id=user_id, message_id=number, rating=rating_of(noisy(today, rng))))


def noisy(strain: float, rng: random.Random) -> float:
    """What is seen or said of a strain, in [0, 1]."""
    return min(1.0, max(0.0, rng.gauss(strain, _NOISE)))


def rating_of(strain: float) -> int:
    """From 5, very good, to 1."""
    return 5 - round(4 * strain)


def photo_read(user_id: int, number: int, at_utc: datetime, negative: float) -> Record:
    """A photo whose expression looks so negative, in [0, 1], and that was answered."""
    shares = {emotion: negative / len(NEGATIVE) for emotion in NEGATIVE}
    shares |= {emotion: (1 - negative) / (len(Emotion) - len(NEGATIVE)) for emotion in set(Emotion) - NEGATIVE}
    prediction = Prediction(negative=negative, label="negative" if negative >= 0.5 else "positive", emotions=shares)
    check_in = NewCheckIn(
        observed_at_utc=at_utc,
        shown_model="simulated",
        models={"simulated": prediction},
        versions={},
        quality=Quality(sharpness=100.0, brightness=0.5),
    )
    return Record(
        user_id=user_id, update_id=number, message_id=number, outcome="answered", answer=(), check_in=check_in
    )


def ask(stack: Stack, operation: Operation[Any] | ShardOperation[Any]) -> Any:
    """What the store function answers, as JSON. Raises: WeeksError."""
    outcome = stack.dispatch.invoke("store", json.dumps(events.store_event(operation)).encode())
    answer = json.loads(outcome.payload)
    if "ok" not in answer:
        raise WeeksError(f"store: {answer}")
    return answer["ok"]


def tick(stack: Stack, moment: datetime) -> None:
    """A run of the report function at that scheduled time has ended. Raises: WeeksError."""
    outcome = stack.dispatch.invoke("report", json.dumps(events.report_tick(moment)).encode())
    if outcome.error_type:
        raise WeeksError(f"report: {outcome.payload.decode()[:300]}")
