"""How many threads a step uses, and how many epochs fit into a time.

On cores shared with others two threads wait for each other, and one may be faster.
"""

import os
import time
from collections.abc import Callable
from typing import Final

import torch

TRIAL_STEPS: Final = 3  # of each number; the first is not counted, since its threads have just been made
CYCLE_STEPS: Final = 100  # until the next trial; other load comes and goes within minutes


class Pace:
    """Sets torch's threads before each step: always `threads`, or with 0 one or all cores, whichever is faster now."""

    def __init__(
        self,
        threads: int,
        *,
        clock: Callable[[], float] = time.perf_counter,
        use: Callable[[int], None] = torch.set_num_threads,
    ) -> None:
        self._tries: Final = (threads,) if threads else (1, os.cpu_count() or 1)
        self._clock, self._use = clock, use
        self._step = 0
        self._began_s = 0.0
        self._took_s: dict[int, float] = {}

    def next_step(self) -> None:
        """The threads are set for the step that begins now."""
        place = self._step % CYCLE_STEPS
        trial, at = divmod(place, TRIAL_STEPS)
        if len(self._tries) > 1 and trial <= len(self._tries):
            if trial and at == 0:
                self._took_s[self._tries[trial - 1]] = self._clock() - self._began_s
            if at == 0:
                self._use(
                    self._tries[trial] if trial < len(self._tries) else min(self._tries, key=self._took_s.__getitem__)
                )
            if at == 1:
                self._began_s = self._clock()
        elif self._step == 0:
            self._use(self._tries[0])
        self._step += 1


def fitting(epochs: int, done: int, took_s: float, minutes: float) -> int:
    """How many of the epochs fit into the minutes, if all take as long as those that are done; 0 minutes fit all."""
    return min(epochs, int(done * 60 * minutes / took_s)) if minutes else epochs
