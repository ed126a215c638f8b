"""Erasures are carried to each copy by a process of its own, which a drive that hangs may hold up for ever.

A thread would not do: a process has one transaction at a time, so one that hangs would hold up the bot's own store.
"""

import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from burnout.redaction import redacted_logger
from selfhost import config, copies
from selfhost.folder import Folder

OLD: Final = timedelta(days=60)  # then there are 25 days left to bring a copy back, or to make another


class Reaching:
    """What is under way to the copies of one folder."""

    def __init__(self, place: Folder) -> None:
        self._place = place
        self._under_way: dict[Path, subprocess.Popen[bytes]] = {}
        self._told: set[Path] = set()

    def begin(self, now_utc: datetime) -> None:
        """To each copy somebody is under way; who hosts the bot has read, once, of each that is old.

        What fails costs that copy this tick and nothing else. Raises: OSError where the list cannot be read.
        """
        for copy, made_utc in copies.remembered(self._place).items():
            try:
                self._begin(copy, now_utc)
                self._tell(copy, made_utc, now_utc)
            except Exception as error:  # a note that a power cut emptied, a name that the terminal has no letters for
                redacted_logger().error("copies", extra={"error_types": [type(error).__name__]})

    def _begin(self, copy: Path, now_utc: datetime) -> None:
        last = self._under_way.get(copy)
        if last and last.poll() is None:
            redacted_logger().error("copies", extra={"outcome": "hangs"})
            return
        command = config.command(__name__, str(self._place.root), str(copy), now_utc.isoformat())
        # A session of its own: Ctrl-C is for the bot, and what is carried may arrive.
        nowhere = subprocess.DEVNULL
        self._under_way[copy] = subprocess.Popen(command, stdin=nowhere, start_new_session=True)  # noqa: S603

    def _tell(self, copy: Path, made_utc: datetime, now_utc: datetime) -> None:
        if now_utc - made_utc > OLD and copy not in self._told:
            self._told.add(copy)
            redacted_logger().warning("copies", extra={"outcome": "old", "days": (now_utc - made_utc).days})
            print(_old(copy, made_utc, copies.note_of(self._place, copy)), flush=True)

    def end(self, within_s: float) -> None:
        """What was begun is done, or was given this time and is ended."""
        until_s = time.monotonic() + within_s
        for process in self._under_way.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until_s - time.monotonic()))
            process.kill()
            with suppress(subprocess.TimeoutExpired):  # the system may keep it until the drive answers
                process.wait(1)


def _old(copy: Path, made_utc: datetime, note: Path) -> str:
    return (
        f"the copy at {copy} is of {made_utc:%Y-%m-%d}. If it is away, whoever was erased since stays in it; "
        f"from {made_utc + copies.RESTORED_FOR:%Y-%m-%d} on it cannot be restored. "
        f"Make a new one there, or destroy it and delete {note}"
    )


def main(root: str, copy: str, now_utc: str) -> int:
    """Carries every erasure to one copy. The exit status; why it is 1 is in the log."""
    place = Folder(Path(root))
    config.prepare(place.root)
    config.log_to(place.log)
    try:
        copies.reach(place, Path(copy), datetime.fromisoformat(now_utc))
    except Exception as error:  # it may be away, full, damaged: the next tick tries again
        redacted_logger().error("copies", extra={"error_types": [type(error).__name__]})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
