"""What breaks while a soak runs, and when: decided by a seed, in every second slot of the time.

A trouble is a with-block: it begins, lasts for some seconds beside the others, and ends. Nothing here asks the product
for anything: processes get signals, moto and the imitation of Telegram refuse, the disk is a real one that is full.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from local.bench.flood import Flooder, flooding
from local.stack import Stack
from local.telegram.faults import DOWNLOAD, Fault
from local.telegram.files import Picture

_SLOT_S: Final = 60.0
_A_SLOT: Final = 5  # troubles in each stormy slot, more where fewer would leave out a kind
_JUMP_S: Final = 3600
_CAUGHT_WITHIN_S: Final = 30.0
_STEP_S: Final = 0.0001
# Calls that the bot makes, without those in a webhook's reply: nobody can repeat what Telegram drops there.
_CALLS: Final = ("getFile", DOWNLOAD, "answerCallbackQuery", "sendPhoto", "sendDocument")


@dataclass(frozen=True)
class Field:
    """Where it storms."""

    stack: Stack
    clock: Path  # the file of the stack's `Options.clock`
    disk: Path | None  # the databases' folder, where it is a disk of its own
    flooder: Flooder
    picture: Picture  # the flooder's


@dataclass(frozen=True)
class Trouble:
    """One fault on its way, in seconds from the beginning."""

    kind: str
    at_s: float
    lasts_s: float


def is_stormy(at_s: float, seconds: float) -> bool:
    """Whether this moment of a run of so many seconds is in a stormy slot: every second minute, or shorter ones."""
    return int(at_s // _slot_s(seconds)) % 2 == 1


def planned(seed: int, seconds: float) -> list[Trouble]:
    """Every kind of trouble at least once, in the first part of the stormy slots; a seed gives the same each time."""
    rng, slot_s = random.Random(seed), _slot_s(seconds)
    storms = [number * slot_s for number in range(1, int(seconds / slot_s), 2)]
    rounds = -(-_A_SLOT * len(storms) // len(TROUBLES))
    kinds = [kind for _ in range(rounds) for kind in rng.sample(sorted(TROUBLES), len(TROUBLES))]
    troubles = (
        Trouble(kind, storms[number % len(storms)] + rng.uniform(0, 0.6) * slot_s, rng.uniform(0.05, 0.15) * slot_s)
        for number, kind in enumerate(kinds)
    )
    return sorted(troubles, key=lambda trouble: trouble.at_s)


def storm(field: Field, troubles: list[Trouble], first_s: float) -> list[str]:
    """Lets all of it happen, from `first_s` on time.monotonic()'s clock; what could not happen, in words."""
    with ThreadPoolExecutor(len(troubles)) as threads:
        return [line for line in threads.map(partial(_suffer, field, first_s), troubles) if line]


def _suffer(field: Field, first_s: float, trouble: Trouble) -> str:
    time.sleep(max(0.0, first_s + trouble.at_s - time.monotonic()))
    try:
        with TROUBLES[trouble.kind](field):
            time.sleep(trouble.lasts_s)
    except (OSError, psutil.Error) as error:
        return f"did not happen: {trouble.kind}: {error}"
    return ""


def _slot_s(seconds: float) -> float:
    return min(_SLOT_S, seconds / 4)


@contextmanager
def _s3_refuses(field: Field) -> Iterator[None]:
    field.stack.aws.refuse(True)
    yield
    field.stack.aws.refuse(False)


@contextmanager
def _s3_hangs(field: Field) -> Iterator[None]:
    moto = psutil.Process(field.stack.aws.pid)
    moto.suspend()
    yield
    moto.resume()


@contextmanager
def _killed(function: str, field: Field) -> Iterator[None]:
    """All its processes at once; the next events start others."""
    for pid in field.stack.pids()[function]:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()
    yield


@contextmanager
def _infer_crashes(field: Field) -> Iterator[None]:
    field.stack.dispatch.fail_next("infer", 3, "crash")
    yield


@contextmanager
def _infer_hangs(field: Field) -> Iterator[None]:
    """Until the runtime's own timeout kills the process, long after this block."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(min(field.stack.pids()["infer"], default=0)).suspend()
    yield


@contextmanager
def _store_killed_mid_commit(field: Field) -> Iterator[None]:
    ends_s = time.monotonic() + _CAUGHT_WITHIN_S
    while not any(_killed_mid_commit(pid) for pid in field.stack.pids()["store"]):
        if time.monotonic() > ends_s:
            raise TimeoutError("no commit was caught")
        time.sleep(0.001)
    yield


@contextmanager
def _telegram_answers(fault: Fault, field: Field) -> Iterator[None]:
    for method in _CALLS:
        field.stack.telegram.faults.add(fault, method=method, times=1_000_000)
    yield
    field.stack.telegram.faults.clear()


@contextmanager
def _disk_full(field: Field) -> Iterator[None]:
    if field.disk is None:
        raise PermissionError("mounting a small disk is not allowed here")
    filler = field.disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for block in (bytes(1 << 20), bytes(1 << 12)):
            with suppress(OSError):
                while True:
                    file.write(block)
    yield
    filler.unlink()


@contextmanager
def _clock_jumps(field: Field) -> Iterator[None]:
    set_clock(field.clock, _JUMP_S)
    yield
    set_clock(field.clock, 0)


def _chat_floods(field: Field) -> AbstractContextManager[None]:
    return flooding(field.stack, field.flooder, field.picture)


TROUBLES: Final[dict[str, Callable[[Field], AbstractContextManager[None]]]] = {
    "S3 refuses": _s3_refuses,
    "S3 hangs": _s3_hangs,
    "infer crashes": _infer_crashes,
    "infer hangs": _infer_hangs,
    "infer is replaced": partial(_killed, "infer"),
    "store is killed mid-commit": _store_killed_mid_commit,
    "webhook is killed": partial(_killed, "webhook"),
    "Telegram says 429": partial(_telegram_answers, Fault.too_many(3)),
    "Telegram says 500": partial(_telegram_answers, Fault.server_error()),
    "Telegram says nothing": partial(_telegram_answers, Fault.hang(10)),
    "the disk is full": _disk_full,
    "the clock jumps": _clock_jumps,
    "one chat floods": _chat_floods,
}


def set_clock(file: Path, offset_s: int) -> None:
    """The product's clock is so many seconds off from now on; no reader finds half a number."""
    new = file.with_suffix(".new")
    new.write_text(str(offset_s), encoding="ascii")
    new.replace(file)


@contextmanager
def disk_of_its_own(folder: Path, size_mb: int) -> Iterator[bool]:
    """Whether the folder is a small disk in memory while this is entered; for that, mounting must be allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "soak", str(folder)]
    try:
        is_mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        is_mounted = False
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=False, capture_output=True)  # noqa: S603, S607


def _killed_mid_commit(pid: int) -> bool:
    """Whether the process was in a commit and is killed there. It is stopped for each look and goes on in small steps.

    A journal that is open tells a transaction that writes; one whose first byte is not zero, a commit that is not over.
    """
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, signal.SIGSTOP)
        while journal := _journal_of(pid):
            if journal.read_bytes()[:1] > b"\0":
                os.kill(pid, signal.SIGKILL)
                return True
            os.kill(pid, signal.SIGCONT)
            time.sleep(_STEP_S)
            os.kill(pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGCONT)
    return False


def _journal_of(pid: int) -> Path | None:
    names = (os.readlink(descriptor) for descriptor in Path(f"/proc/{pid}/fd").iterdir())
    return next((Path(name) for name in names if name.endswith("-journal")), None)
