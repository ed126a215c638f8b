"""Kills a writer at one system-call stop after another, for real, while a second process writes to the same shard.

    python -m tests.integration.store.killing sweep FOLDER     prints one JSON object: what was killed where
    python -m tests.integration.store.killing contend FOLDER   prints the number of every acknowledged update

`sweep` is a small process of one thread that forks a victim per kill, so that a kill costs milliseconds. The victim
asks to be traced and stops itself; the sweep then lets it run from system-call stop to system-call stop (every call
stops twice, before it enters the kernel and when it returns) and sends SIGKILL at the one whose turn it is. The victim
marks its way with signals that the tracer swallows, so nothing here depends on a processor's registers:
SIGUSR1 when an attempt begins, SIGUSR2 when it has the lock.
"""

import json
import os
import random
import select
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from burnout.store.privacy import TABLES, Erase
from functions.store.database import PRODUCTION, Access, open_database, shard_path, transaction, transaction_on
from functions.store.errors import BusyError
from functions.store.files import journal_of
from functions.store.operations import run
from tests.integration.store.ptrace import (
    PTRACE_CONT,
    PTRACE_SYSCALL,
    PTRACE_TRACEME,
    SYSCALL_STOP,
    PtraceRefusedError,
    ptrace,
    stop_at_calls,
)
from tests.unit.store.samples import NOON, agree, record

USER = 7
NEIGHBOUR = 162  # another person on the same shard
ERASED = 239  # and a third
T = TypeVar("T")

REFUSED, TOO_BUSY = 77, 75  # a victim's exit codes
ENDS_AFTER = 3  # victims in a row that ended before their turn: no longer transaction is to be expected


@dataclass
class Report:
    """What one sweep did. Stops are counted from 1."""

    killed_at: list[int] = field(default_factory=list)
    hot_at: list[int] = field(default_factory=list)  # of these: a journal was synced and its commit not finished
    ended: int = 0  # victims that came through before their turn
    busy: int = 0  # victims that gave up within their budget; their turn was repeated


def write(root: Path, user_id: int, update_id: int, access: Access = PRODUCTION) -> None:
    """A check-in of somebody who agreed."""

    def work(connection: sqlite3.Connection) -> None:
        run(connection, agree(user_id=user_id), NOON)
        run(connection, record(update_id, user_id=user_id), NOON)

    transaction(root, user_id, work, access)


class _Marked(sqlite3.Connection):
    def execute(self, sql, *parameters):
        cursor = super().execute(sql, *parameters)
        if sql == "BEGIN IMMEDIATE":
            signal.raise_signal(signal.SIGUSR2)
        return cursor


def _connect_marked(path: Path) -> sqlite3.Connection:
    signal.raise_signal(signal.SIGUSR1)
    return open_database(path, factory=_Marked)


def victim(work: Callable[[Access], None]) -> int:
    """The exit code of a forked victim: traced from here on, stopped, then at work."""
    try:
        ptrace(PTRACE_TRACEME, 0)
    except OSError:
        return REFUSED
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        work(Access(connect=_connect_marked))
    except BusyError:
        return TOO_BUSY
    return 0


def spawn(work: Callable[[Access], None]) -> int:
    """The process id of a victim that has stopped itself. Raises: PtraceRefusedError."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = victim(work)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if not os.WIFSTOPPED(status):
        code = os.waitstatus_to_exitcode(status)
        assert code == REFUSED, f"a victim ended with {code}"
        raise PtraceRefusedError("PTRACE_TRACEME failed")
    stop_at_calls(pid)
    return pid


def resume(pid: int, request: int) -> int | None:
    """The signal that stopped the process next; None when it has ended by itself.

    Raises: BusyError when it gave up; AssertionError when it failed.
    """
    ptrace(request, pid)
    _, status = os.waitpid(pid, 0)
    if os.WIFSTOPPED(status):
        return os.WSTOPSIG(status)
    if (code := os.waitstatus_to_exitcode(status)) == TOO_BUSY:
        raise BusyError
    assert code == 0, f"a victim ended with {code}"
    return None


def killed(pid: int, turn: int, mark: signal.Signals | None, at_kill: Callable[[], None]) -> bool:
    """Whether the process was killed at its `turn`-th system-call stop after a mark; else it ended by itself."""
    seen = 0 if mark is None else None
    while stop := resume(pid, PTRACE_CONT if seen is None else PTRACE_SYSCALL):
        if stop in {signal.SIGUSR1, signal.SIGUSR2} and mark is not None:
            seen = 0 if stop == mark else None
        elif stop == SYSCALL_STOP and seen is not None:
            seen += 1
            if seen == turn:
                at_kill()
                os.kill(pid, signal.SIGKILL)
                _, status = os.waitpid(pid, 0)
                assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
                return True
    return False


def sweep(scene: "Scene | Erasures", mark: signal.Signals | None, step: int = 1) -> Report:
    """Kills a victim at every `step`-th stop after the mark, until no victim gets that far."""
    report = Report()
    turn, ended = 1, 0
    while ended < ENDS_AFTER:
        database, work = scene.next()

        def at_kill(turn: int = turn, database: Path = database) -> None:
            report.killed_at.append(turn)
            with suppress(FileNotFoundError), journal_of(database).open("rb") as journal:
                report.hot_at.extend([turn] if journal.read(1) not in {b"", b"\0"} else [])

        try:
            if killed(spawn(work), turn, mark, at_kill):
                turn, ended = turn + step, 0
            else:
                report.ended, ended = report.ended + 1, ended + 1
        except BusyError:
            report.busy += 1
    return report


@dataclass
class Erasures:
    """Where the victims erase: each the same person, who has agreed and checked in anew before it.

    Between two victims the person is there as a whole or not at all, and not at all after an acknowledged erasure.
    """

    folder: Path
    first_update_id: int
    spawned: int = 0

    def next(self) -> tuple[Path, Callable[[Access], None]]:
        root = self.folder / "shared"
        path = shard_path(root, ERASED)
        if self.spawned:
            rows = self._rows(root)
            whole = {"people": 1, "check_ins": 1, "seen_updates": 1}
            assert rows in ({}, whole), f"half erased: {rows}"
            assert not rows or self.spawned not in self._acknowledged(), "an acknowledged erasure came back"
        self.spawned += 1
        number = self.spawned

        def prepare() -> None:
            write(root, ERASED, self.first_update_id)

        def work(access: Access) -> None:
            operation = Erase(user_id=ERASED)
            transaction_on(path, lambda connection: run(connection, operation, NOON), access)
            acknowledge(self.folder / "erased", number)

        _patiently(prepare)
        return path, work

    def _rows(self, root: Path) -> dict[str, int]:
        def look(connection: sqlite3.Connection) -> dict[str, int]:
            tables = {table: f"SELECT count(*) FROM {table} WHERE user_id = {ERASED}" for table in TABLES}
            counts = {table: connection.execute(query).fetchall()[0][0] for table, query in tables.items()}
            return {table: count for table, count in counts.items() if count}

        return _patiently(lambda: transaction(root, ERASED, look))

    def _acknowledged(self) -> list[int]:
        with suppress(FileNotFoundError):
            return [int(line) for line in (self.folder / "erased").read_text().split()]
        return []


def _patiently(attempt: Callable[[], T]) -> T:
    """What the attempt returned once the other process released the lock."""
    while True:
        with suppress(BusyError):
            return attempt()


@dataclass
class Scene:
    """Where the victims work, and on what: each on an update of its own, `fresh` ones in a folder of their own."""

    folder: Path
    first_update_id: int
    fresh: bool = False
    spawned: int = 0

    def next(self) -> tuple[Path, Callable[[Access], None]]:
        self.spawned += 1
        update_id = self.first_update_id + self.spawned
        root = self.folder / (str(update_id) if self.fresh else "shared")

        def work(access: Access) -> None:
            write(root, USER, update_id, access)
            acknowledge(self.folder / "acknowledged", update_id)

        return shard_path(root, USER), work


def acknowledge(path: Path, number: int) -> None:
    """Writes the number into a file: what the victim would have acknowledged."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, b"%d\n" % number)
    os.close(file)


def sweep_all(folder: Path) -> None:
    """Every stop on the way to the lock and every one under it, contended; erasures; a file's first transaction."""
    try:
        reports = {
            "to the lock": sweep(Scene(folder, 10_000), signal.SIGUSR1),
            "under the lock": sweep(Scene(folder, 20_000), signal.SIGUSR2),
            "of an erasure": sweep(Erasures(folder, 70_000), signal.SIGUSR2),
            "first of a file": sweep(Scene(folder, 30_000, fresh=True), None, step=6),
        }
    except PtraceRefusedError as error:
        tell({"refused": str(error)})
    else:
        tell({name: asdict(report) for name, report in reports.items()})


def tell(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def contend(folder: Path) -> None:
    """Writes for another person on the victims' shard until its input ends; prints each acknowledged number."""
    update_id = 50_000
    while not select.select([sys.stdin], [], [], 0)[0]:
        update_id += 1
        with suppress(BusyError):
            write(folder / "shared", NEIGHBOUR, update_id)
            tell(update_id)
        time.sleep(random.uniform(0, 0.02))


if __name__ == "__main__":
    {"sweep": sweep_all, "contend": contend}[sys.argv[1]](Path(sys.argv[2]))
