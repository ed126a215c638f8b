"""Four simulated weeks of some people: their check-ins go through the store function, their reports through report.

The weeks lie ahead, because a person's first report is due after they agreed. How they feel is made up, by a seeded
course with noise; everything after that is done by the product.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from burnout.emotions import NEGATIVE, Emotion
from burnout.inference import Prediction, Quality
from burnout.schedule import iso_week, local_day, next_report, zone_of
from burnout.store.check_ins import NewCheckIn, Rate, Record
from burnout.store.days import KeepMood
from burnout.store.operation import Operation, ShardOperation
from burnout.store.people import ReadSettings
from local.aws import events
from local.stack import Stack
from local.telegram.chats import Message
from local.telegram.people import Person

WEEKS: Final = 4
_CHECK_IN_SHARE: Final = 0.75  # of days
_RATED_SHARE: Final = 0.8  # of check-ins
_NOISE: Final = 0.12
_ANSWER_S: Final = 30.0
_FIRST_NUMBER: Final = 9_000_000  # of simulated updates and messages: far above those that the fake Telegram gives


class WeeksError(Exception):
    """A function did not do its part of the simulation."""


@dataclass(frozen=True)
class Plan:
    """How somebody's strain moves from the first day to the last, in [0, 1]."""

    person: Person
    first: float
    last: float
    photos: bool = True  # else they only tap numbers


@dataclass(frozen=True)
class Delivered:
    """A report as it arrived in the chat."""

    person: Person
    week: str
    message: Message


def live(stack: Stack, plans: list[Plan], start_utc: datetime) -> Iterator[Delivered]:
    """Lets the weeks after `start_utc` pass and yields every report that arrives. Raises: WeeksError, NoAnswerError.

    Check-ins begin on the Monday before, so that the first report has enough of them on whatever day this runs.
    """
    due, monday_utc = [], start_utc - timedelta(days=start_utc.weekday())
    for plan in plans:
        found = ask(stack, ReadSettings(user_id=plan.person.id))
        zone = zone_of(found.get("time_zone"), found["language"])
        moment = start_utc
        for _ in range(WEEKS):
            moment = next_report(found["report_weekday"], found["report_hour"], zone, moment)
            due.append((moment, iso_week(local_day(moment, zone)), plan.person))
        check_in_daily(stack, plan, monday_utc, moment)
    for moment, week, person in sorted(due, key=lambda each: each[0]):
        tick(stack, moment)
        yield Delivered(person, week, person.wait_for_answer(_ANSWER_S))
        person.read_all()  # the question of the week


def check_in_daily(stack: Stack, plan: Plan, start_utc: datetime, end_utc: datetime) -> None:
    """A number on every day, or a photo on most days, which is rated mostly."""
    rng = random.Random(plan.person.id)
    days = (end_utc - start_utc).days + 1
    for day in range(days):
        if plan.photos and rng.random() > _CHECK_IN_SHARE:
            continue
        strain = plan.first + (plan.last - plan.first) * day / days
        user_id, number, at_utc = plan.person.id, _FIRST_NUMBER + day, start_utc + timedelta(days=day)
        if plan.photos:
            ask(stack, _record(user_id, number, at_utc, _noisy(strain, rng)))
        if not plan.photos or rng.random() < _RATED_SHARE:
            rating = 5 - round(4 * _noisy(strain, rng))
            rated = Rate(user_id=user_id, message_id=number, rating=rating)
            ask(stack, rated if plan.photos else KeepMood(user_id=user_id, observed_at_utc=at_utc, rating=rating))


def _noisy(strain: float, rng: random.Random) -> float:
    return min(1.0, max(0.0, rng.gauss(strain, _NOISE)))


def _record(user_id: int, number: int, at_utc: datetime, negative: float) -> Record:
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
