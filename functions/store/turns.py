"""Who may begin a transaction now: one thread of this process, and between processes everybody in turn.

A process that waits for a shard tries again and again, and one that never pauses would always be there first.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# Between two tries of a process that waits. It does not grow, or the last to come would try more often than the first.
LONGEST_WAIT_S: Final = 0.02
# A process that has used one shard for TURN_S without a pause makes one before it goes on. It is longer than
# LONGEST_WAIT_S with the four round trips of a try, so that whoever waits tries within it (docs/decisions/0009).
TURN_S: Final = 0.1
PAUSE_S: Final = 0.04


class Turns:
    """The process's transactions. Times are seconds by the caller's clock."""

    def __init__(self) -> None:
        self._thread = threading.RLock()
        self._path: Path | None = None
        self._began_s = self._ended_s = 0.0

    def let_others_in(self, path: Path, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Pauses when this process has used the shard for TURN_S, so that the others have their chance."""
        if path != self._path or clock() - self._ended_s > PAUSE_S:
            self._path, self._began_s = path, clock()
        elif clock() - self._began_s > TURN_S:
            sleep(PAUSE_S)
            self._began_s = clock()

    @contextmanager
    def alone(self, clock: Callable[[], float], left_s: float) -> Iterator[None]:
        """Within it no other thread is inside a transaction. Raises: BlockingIOError."""
        if not self._thread.acquire(timeout=left_s):
            raise BlockingIOError
        try:
            yield
        finally:
            self._ended_s = clock()
            self._thread.release()
