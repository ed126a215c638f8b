"""`python -m local bench-flood`: do people wait longer for their answers while one person floods the bot with photos?

The same steady rate of photos twice in one run: without the flooder, then with. The flooder sends as fast as Telegram
delivers: the queue of that chat, which is worked off one update at a time, is never empty. The people, the fake
Telegram and the functions share this machine: what the flood costs the others here is processor time, which
is not shared in Lambda.
"""

import argparse
import math
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from local.bench import LATENCY_MS, Finding, percentiles
from local.bench.path import PHOTOS_A_PERSON, Load, Sent, send_evenly
from local.photo import FACE, registered
from local.stack import Stack
from local.telegram.files import Picture
from local.telegram.people import Person

_QUEUED: Final = 20  # undelivered updates: enough that the flooder's next one is always there
_LAST_ANSWER_S: Final = 60.0
_FOR_A_PHOTO: Final = {"store": 2, "infer": 1, "webhook": 1}  # invocations
_MOST_ANALYSED: Final = 30  # an hour, functions/webhook's own limit in local.aws.functions; then it is said once


@dataclass(frozen=True)
class Half:
    """What the others got, and how often which function was invoked for everybody together."""

    name: str
    photos: int
    answers_ms: list[float]
    invocations: Counter[str]

    def line(self) -> str:
        """A line of the table."""
        cuts = "".join(f"{cut:9.0f}" for cut in percentiles(self.answers_ms))
        return f"{self.name:18}{self.photos:8}{len(self.answers_ms):9}{cuts}"

    def beyond_the_photos(self) -> Counter[str]:
        """The invocations that the others' photos do not account for."""
        return Counter({name: self.invocations[name] - n * self.photos for name, n in _FOR_A_PHOTO.items()})


@dataclass
class Flooder:
    """A person whose queue is never empty."""

    person: Person
    sent: int = 0


def find(arguments: argparse.Namespace) -> Finding:
    """The table of both halves; all is well when the others got every answer and the flooder reached the limit."""
    load = Load(arguments.photos, arguments.per_minute)
    with Stack() as stack:
        others = [registered(stack) for _ in range(math.ceil(load.photos / PHOTOS_A_PERSON))]
        flooder = Flooder(registered(stack))
        picture = stack.telegram.picture(FACE.read_bytes())
        stack.telegram.latency_ms = LATENCY_MS
        _half(stack, "warm-up", others, picture, Load(len(others), load.per_minute))
        quiet = _half(stack, "without flooder", others, picture, load)
        with flooding(stack, flooder, picture):
            flooded = _half(stack, "with flooder", others, picture, load)
        stack.telegram.wait_until_delivered(_LAST_ANSWER_S)
        messages = len(flooder.person.read_all())
    extra = flooded.beyond_the_photos()
    work = f"{extra['webhook']} updates handled, {extra['infer']} photos analysed, {extra['store']} store operations"
    lines = [
        *_table(load, len(others), (quiet, flooded)),
        f"the flooder sent {flooder.sent} photos and got {messages} messages",
        f"for the flooder: {work}",
    ]
    complete = all(len(half.answers_ms) == half.photos for half in (quiet, flooded))
    return Finding(lines, complete and extra["infer"] <= _MOST_ANALYSED and messages <= _MOST_ANALYSED + 1)


def _table(load: Load, people: int, halves: Sequence[Half]) -> list[str]:
    return [
        f"{people} people, {load.per_minute:.0f} photos a minute, {2 * LATENCY_MS:.0f} ms of Telegram in each",
        f"{'':18}{'photos':>8}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}",
        *(half.line() for half in halves),
    ]


def _half(stack: Stack, name: str, others: Sequence[Person], picture: Picture, load: Load) -> Half:
    before = _invocations(stack)
    sent = send_evenly(stack, others, [picture], load)
    answers_ms = list(_answers_ms(sent))
    return Half(name, load.photos, answers_ms, _invocations(stack) - before)


def _answers_ms(sent: Sequence[Sent]) -> Iterator[float]:
    """Milliseconds to each answer. A chat is answered in order: the n-th answer is the one to the n-th photo."""
    for one in sent:
        answer = one.person.wait_for_answer(_LAST_ANSWER_S)
        yield (answer.at - one.at_s) * 1000


def _invocations(stack: Stack) -> Counter[str]:
    return Counter(each.function for each in stack.dispatch.invocations)


@contextmanager
def flooding(stack: Stack, flooder: Flooder, picture: Picture) -> Iterator[None]:
    """Within it the flooder's queue is never empty."""
    done = threading.Event()

    def flood() -> None:
        while not done.wait(0.005):
            for _ in range(_QUEUED - stack.telegram.webhook_info()["pending_update_count"]):
                flooder.person.send_photo(picture)
                flooder.sent += 1

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
