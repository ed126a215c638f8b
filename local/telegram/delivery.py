"""How Telegram delivers updates to a webhook: queues, order, retries and expiry, as a pure state machine.

It knows no HTTP, no threads and no clock: time comes in as an argument, randomness as an object, and a `Deliverer`
(deliverer.py beside it) does the work. The rules are those of Telegram's own server: tdlib/telegram-bot-api@01a3679,
WebhookActor.cpp. A message that always fails arrives about 970 times in its day, a button press 8 times.
One rule is left out: a webhook that says 410 for 23 hours is removed. This bot never says it.
"""

import heapq
import itertools
import random
from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

Update = dict[str, Any]

MESSAGE_LIFETIME_S = 24 * 3600  # counted from the message's own date, not from when it is queued
CALLBACK_LIFETIME_S = 150
RESEND_MIN_S, RESEND_MAX_S = 60, 120  # the back-off doubles from 2 s until it reaches a random point between these
RETRY_AFTER_MAX_S = 3600

_MESSAGE_KINDS = ("message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member", "chat_member")


@dataclass(frozen=True)
class Reply:
    """A complete HTTP answer of the webhook."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def accepted(self) -> bool:
        """Whether Telegram counts this as delivered: any 2xx, and nothing else (a redirect is a failure)."""
        return 200 <= self.status <= 299

    @property
    def retry_after_s(self) -> int:
        """The Retry-After header in seconds, clamped to what Telegram honours; 0 when absent or not a number."""
        text = next((value for name, value in self.headers.items() if name.lower() == "retry-after"), "")
        return min(int(text), RETRY_AFTER_MAX_S) if text.isascii() and text.isdigit() else 0


@dataclass(frozen=True)
class NoReply:
    """No complete answer: connection refused or closed, body cut off, or 60 s of silence."""

    reason: str


Outcome = Reply | NoReply


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand one update to the webhook."""

    update: Update
    ticket: int


@dataclass(frozen=True)
class Settled:
    """An update that will not be sent again: delivered, or dropped because its time was over."""

    update: Update
    delivered: bool


@dataclass(frozen=True)
class LastError:
    """What getWebhookInfo tells about the newest failure."""

    at: float
    message: str


@dataclass
class _Waiting:
    ticket: int
    update: Update
    key: Hashable
    expires_at: float
    wake_at: float = 0.0
    delay_s: int = 1
    failures: int = 0


class DeliveryQueue:
    """All undelivered updates of one bot. Times are seconds on one clock, the one that message dates are on."""

    def __init__(self, *, max_connections: int = 40, rng: random.Random) -> None:
        self._max_in_flight = max_connections
        self._max_loaded = 2 * max_connections  # queues, not updates: 80 failing chats stall a bot with 40 connections
        self._rng = rng
        self._tickets = itertools.count()
        self._backlog: deque[_Waiting] = deque()
        self._loaded: dict[Hashable, deque[_Waiting]] = {}
        self._ready: list[tuple[float, int, Hashable]] = []
        self._in_flight: dict[int, _Waiting] = {}
        self._settled: list[Settled] = []
        self.pending_count = 0
        self.last_error: LastError | None = None

    def push(self, update: Update, now: float) -> None:
        """Queue an update behind the earlier ones of its key."""
        ticket = next(self._tickets)
        self._backlog.append(_Waiting(ticket, update, _queue_key(update, ticket), _expires_at(update, now)))
        self.pending_count += 1
        self._load(now)

    def take_due(self, now: float) -> list[Delivery]:
        """The deliveries to start at this moment; each must come back through `finished`."""
        due: list[Delivery] = []
        while self._can_start(now):
            _, _, key = heapq.heappop(self._ready)
            head = self._loaded[key][0]
            self._in_flight[head.ticket] = head
            due.append(Delivery(head.update, head.ticket))
        return due

    def finished(self, delivery: Delivery, outcome: Outcome, now: float) -> None:
        """Take in how a delivery ended, and free its connection."""
        head = self._in_flight.pop(delivery.ticket, None)
        if head is None:
            return  # taken back meanwhile
        if isinstance(outcome, Reply) and outcome.accepted:
            self._settle(head, delivered=True)
        else:
            self._fail(head, outcome, now)
        self._load(now)

    def next_wakeup(self, now: float) -> float | None:
        """When `take_due` has something to start: now or later, or None while only `push` or `finished` can tell."""
        if len(self._in_flight) >= self._max_in_flight or not self._ready:
            return None
        return max(now, self._ready[0][0])

    def take_settled(self) -> list[Settled]:
        """The updates that left the queue since the last call, in the order in which they left."""
        settled, self._settled = self._settled, []
        return settled

    def take_back(self) -> list[Update]:
        """Empty the queue: every undelivered update in order of arrival, in flight or not (for another webhook)."""
        waiting = [update for queue in self._loaded.values() for update in queue]
        waiting = sorted([*waiting, *self._backlog], key=lambda each: each.ticket)
        self._backlog.clear()
        self._loaded.clear()
        self._ready.clear()
        self._in_flight.clear()
        self.pending_count = 0
        return [each.update for each in waiting]

    def _can_start(self, now: float) -> bool:
        wakeup = self.next_wakeup(now)
        return wakeup is not None and wakeup <= now

    def _load(self, now: float) -> None:
        # Strictly in order of arrival: when all places are taken, even an update of a loaded chat waits outside.
        while self._backlog and len(self._loaded) < self._max_loaded:
            waiting = self._backlog.popleft()
            if waiting.expires_at <= now:
                self._note(waiting, delivered=False)
                continue
            waiting.wake_at = now
            queue = self._loaded.setdefault(waiting.key, deque())
            queue.append(waiting)
            if len(queue) == 1:
                self._make_ready(waiting)

    def _fail(self, head: _Waiting, outcome: Outcome, now: float) -> None:
        self.last_error = LastError(now, _describe(outcome))
        retry_after_s = outcome.retry_after_s if isinstance(outcome, Reply) else 0
        wait_s = retry_after_s
        if retry_after_s == 0 and head.failures > 0:  # the first retry is immediate, then 2, 4, 8 ... s
            head.delay_s = min(self._rng.randint(RESEND_MIN_S, RESEND_MAX_S), head.delay_s * 2)
            wait_s = head.delay_s
        if now + wait_s > head.expires_at:
            self._settle(head, delivered=False)
            return
        head.failures += 1
        head.wake_at = now + wait_s
        self._make_ready(head)

    def _settle(self, head: _Waiting, *, delivered: bool) -> None:
        queue = self._loaded[head.key]
        queue.popleft()
        if queue:
            self._make_ready(queue[0])
        else:
            del self._loaded[head.key]
        self._note(head, delivered=delivered)

    def _note(self, waiting: _Waiting, *, delivered: bool) -> None:
        self.pending_count -= 1
        self._settled.append(Settled(waiting.update, delivered))

    def _make_ready(self, head: _Waiting) -> None:
        heapq.heappush(self._ready, (head.wake_at, head.ticket, head.key))


def _queue_key(update: Update, ticket: int) -> Hashable:
    query = update.get("callback_query")
    user_id = _number(query, "from", "id")
    if user_id is not None:
        return "user", user_id  # apart from the messages: a stuck photo never delays its sender's buttons
    for kind in _MESSAGE_KINDS:
        chat_id = _number(update.get(kind), "chat", "id")
        if chat_id is not None:
            return "chat", chat_id
    return "update", ticket  # no order to keep


def _expires_at(update: Update, now: float) -> float:
    if "callback_query" in update:
        return now + CALLBACK_LIFETIME_S
    for kind in _MESSAGE_KINDS:
        date = _number(update.get(kind), "edit_date") or _number(update.get(kind), "date")
        if date is not None:
            return date + MESSAGE_LIFETIME_S
    return now + MESSAGE_LIFETIME_S


def _number(value: object, *path: str) -> int | None:
    # A hostile update can have any shape; what is not a number at that place counts as absent.
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, int) else None


def _describe(outcome: Outcome) -> str:
    if isinstance(outcome, NoReply):
        return outcome.reason
    return f"Wrong response from the webhook: {outcome.status}"
