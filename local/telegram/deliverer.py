"""The threads and the real clock around a `DeliveryQueue`.

It does not know who makes the updates, or whether `post` is HTTP or a function call: the fake Telegram and the
self-hosted bot use it alike.
"""

import random
import threading
import time
from collections.abc import Callable

from local.telegram.delivery import Delivery, DeliveryQueue, LastError, NoReply, Outcome, Settled, Update

Post = Callable[[Update], Outcome]


def ignore(_settled: Settled) -> None:
    """An `on_done` that does nothing."""


class Deliverer:
    """Delivers updates as Telegram does, with at most `max_connections` threads.

    `post` hands an update to the webhook and has its answer sent before it returns, so a process that dies in between
    delivers again and loses nothing.
    `on_done` is called with each update that is delivered or expired. Both run in worker threads.
    """

    def __init__(
        self,
        *,
        post: Post,
        on_done: Callable[[Settled], object] = ignore,
        max_connections: int = 40,
        clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        self._post = post
        self._on_done = on_done
        self._clock = clock
        self._queue = DeliveryQueue(max_connections=max_connections, rng=rng or random.Random())
        self._changed = threading.Condition()
        self._stopping = False
        self._working = 0
        self._scheduler = threading.Thread(target=self._schedule, name="telegram-delivery", daemon=True)

    def start(self) -> None:
        """Begin to deliver. Updates pushed before are delivered now."""
        self._scheduler.start()

    def stop(self, timeout_s: float = 5.0) -> list[Update]:
        """Start no more deliveries, wait for those in flight, and give back what is undelivered, in order."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._working == 0, timeout_s)
        if self._scheduler.is_alive() and self._scheduler is not threading.current_thread():
            self._scheduler.join(timeout_s)
        with self._changed:
            return self._queue.take_back()

    def push(self, update: Update) -> None:
        """Queue an update; it is delivered in order with the others of its chat or person."""
        with self._changed:
            self._queue.push(update, self._clock())
            self._changed.notify_all()

    def wake(self) -> None:
        """Look at the clock again, after it was moved."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_empty(self, timeout_s: float) -> bool:
        """Whether every update was delivered or had expired before the timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: self._queue.pending_count == 0 and self._working == 0, timeout_s)

    @property
    def pending_count(self) -> int:
        """How many updates wait or are in flight."""
        with self._changed:
            return self._queue.pending_count

    @property
    def last_error(self) -> LastError | None:
        """The newest failed delivery."""
        with self._changed:
            return self._queue.last_error

    def _schedule(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                now = self._clock()
                due = self._queue.take_due(now)
                self._working += len(due)
                settled = self._queue.take_settled()
                if not due and not settled:
                    wakeup = self._queue.next_wakeup(now)
                    self._changed.wait(None if wakeup is None else max(0.0, wakeup - now))
                    continue
            for delivery in due:
                threading.Thread(target=self._deliver, args=(delivery,), daemon=True).start()
            for each in settled:
                self._on_done(each)

    def _deliver(self, delivery: Delivery) -> None:
        outcome = self._attempt(delivery.update)
        with self._changed:
            self._queue.finished(delivery, outcome, self._clock())
            settled = self._queue.take_settled()
        try:
            for each in settled:
                self._on_done(each)
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def _attempt(self, update: Update) -> Outcome:
        try:
            return self._post(update)
        except Exception as error:  # whatever fails in `post`, the update must be tried again
            return NoReply(type(error).__name__)
