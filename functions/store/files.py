"""What is done to a database's files without SQLite: the journal guard, setting one aside, scrubbing one, the reserve.

It also runs as a script (`python files.py rename <database> <inode> <new path>`, `python files.py scrub <database>
<seconds>`), in a process of its own, and so uses nothing but the standard library.
"""

import errno
import fcntl
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import Final

# SQLite's lock bytes (its os.h): PENDING, RESERVED and the 510 SHARED ones. A process with all of them is alone.
LOCK_BYTES_START: Final = 0x40000000
LOCK_BYTES: Final = 512
SET_ASIDE_TIMEOUT_S: Final = 5
SCRUB_TIMEOUT_S: Final = 10  # a shard of 100 MB takes two
FILE_HEADER_BYTES: Final = 100  # before the first page's own header
PAGE_BYTES_AT: Final = 16  # where the header has the size of a page
# The first byte of a b-tree's page, and how long its header is (SQLite's file format, 1.6). Every other page begins
# with another one's number, whose first byte is 0 below 64 GB.
_PAGE_HEADER_BYTES: Final = {2: 12, 5: 12, 10: 8, 13: 8}
# What an erasure may use on a full disk: it journals 30 MB of a person with 40,000 check-ins, as many as there can be.
RESERVE: Final = "reserve"
RESERVE_BYTES: Final = 32 * 2**20
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)


class Ended(IntEnum):
    """The script's exit code."""

    DONE = 0
    IN_USE = 75  # another process held a lock
    HOT = 76  # the database must be rolled back first
    ANOTHER = 77  # the file of this name is not the one that was meant


def refresh_folder(folder: Path) -> None:
    """The folder's entries are as the server has them: opening it makes an NFS client fetch fresh attributes."""
    os.close(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))


@contextmanager
def locked_journal(database: Path) -> Iterator[int]:
    """A descriptor of the database's journal, which nobody else can lock within it. The journal is made if need be.

    The caller holds the database's lock. Should a network file system take that lock away, it takes this one as well,
    and then refuses what SQLite still writes into the journal: without it, the next writer would roll back to that.
    POSIX drops the lock as soon as any descriptor of the journal is closed in this process. SQLite closes its own one
    before BEGIN IMMEDIATE returns, and another one when the transaction is over.

    Raises: BlockingIOError when another process has locked it; OSError.
    """
    refresh_folder(database.parent)
    journal = os.open(journal_of(database), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(journal)
        yield journal
    finally:
        os.close(journal)


def journal_is_hot(journal: int) -> bool:
    """Whether a killed writer's journal still waits to be rolled back.

    It is locked, and the caller has written nothing, so no transaction at work has it. One byte is read, not the 28 of
    the header: a leftover that was never synced has a zero magic and non-zero fields behind it, and would count as hot
    for ever. Raises: OSError.
    """
    return os.pread(journal, 1, 0) not in {b"", b"\0"}


def journal_of(database: Path) -> Path:
    """The path of the database's rollback journal; SQLite fixes the name."""
    return database.with_name(f"{database.name}-journal")


def set_aside(database: Path, inode: int) -> str | None:
    """The damaged database's new name, with a UTC timestamp; None when it had to stay where it is.

    Nothing is deleted: database and journal get names that still belong together, so that SQLite can open the pair
    for a rescue, and the next transaction begins an empty database. What makes that safe:

    - No process is inside a transaction while the file moves, else a row could be acknowledged into the moved file.
      That takes all of SQLite's locks at once. SQLite's own are given back with the connection that met the damage.
      They cannot be taken here: closing a second descriptor of a database drops every POSIX lock that this process has
      on it, another thread's transaction included. So a process of its own takes them, without waiting; if anybody
      holds one, somebody can still use the file, and it stays.
    - Only the file that was found damaged moves (`inode`), never the new one that a faster process put in its place.
    - A hot journal means that the file must be rolled back, not that it is lost: it stays.
    - A process that had opened the old file before it moved gets SQLITE_READONLY_DBMOVED at its first write, and
      starts again on the new one.
    - A kill between the two renames leaves a journal with a zero first byte beside a new database: SQLite ignores it.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    target = database.with_name(f"{database.name}.damaged-{stamp}")
    try:
        ended = _in_a_process("rename", database, inode, target, timeout_s=SET_ASIDE_TIMEOUT_S)
    except subprocess.SubprocessError:
        return None
    return target.name if ended is Ended.DONE else None


def scrub(database: Path, budget_s: float) -> Ended:
    """DONE when database and journal show nothing but rows; IN_USE by others throughout the budget; HOT.

    PRAGMA secure_delete zeroes a deleted row where it lies. It leaves the old copies that stay in the unallocated
    middle of a page when SQLite moves rows to another one; a later deletion does not find them, and no SQL reaches
    them (docs/decisions/0008). The journal has the pages as they were, also those that somebody else's transaction
    copied since. So the journal is emptied, and the copies are zeroed in the file, under the locks of both and in a
    process of its own, as above. Nothing but unallocated bytes is written: a scrub that is killed has changed no row.

    Raises: subprocess.SubprocessError when the scrub itself failed.
    """
    return _in_a_process("scrub", database, budget_s, timeout_s=budget_s + SCRUB_TIMEOUT_S)


def free_reserve(folder: Path) -> bool:
    """Whether the disk has room again, for whoever writes first: the reserve is gone, and was there."""
    try:
        (folder / RESERVE).unlink()
    except FileNotFoundError:
        return False
    return True


def keep_reserve(folder: Path) -> None:
    """The reserve has all its bytes, or as many as the disk has room for. Several may do this at once."""
    piece = os.urandom(2**20)  # no file system can store it in less
    try:
        with os.fdopen(os.open(folder / RESERVE, os.O_WRONLY | os.O_CREAT, 0o600), "wb", buffering=0) as file:
            while (size := os.fstat(file.fileno()).st_size) < RESERVE_BYTES:
                os.pwrite(file.fileno(), piece[: RESERVE_BYTES - size], size)
    except OSError as error:  # there may be no room for the file itself: a note took it
        if error.errno not in NO_ROOM:
            raise


def unallocated(page: bytes, number: int) -> list[tuple[int, int]]:
    """Where a page is empty, as (first byte, byte after the last): its middle, and the insides of its free blocks.

    `number` is the page's, from 0. Nothing of a page that is no b-tree's, or is damaged: a rescue may read its rows.
    """
    start = FILE_HEADER_BYTES if number == 0 else 0
    header_bytes = _PAGE_HEADER_BYTES.get(page[start])
    if header_bytes is None:
        return []
    free, cells, content = (int.from_bytes(page[start + at : start + at + 2], "big") for at in (1, 3, 5))
    pointers, middle = start + header_bytes, start + header_bytes + 2 * cells
    content = content or len(page)
    rows = (int.from_bytes(page[at : at + 2], "big") for at in range(pointers, middle, 2))
    if not middle <= content <= min([*rows, len(page)]):
        return []
    empty = [(middle, content)]
    while free:  # in the order of the page
        inside, end = free + 4, free + int.from_bytes(page[free + 2 : free + 4], "big")
        if free < empty[-1][1] or not inside <= end <= len(page):
            return []
        empty.append((inside, end))
        free = int.from_bytes(page[free : free + 2], "big")
    return empty


def _in_a_process(*arguments: object, timeout_s: float) -> Ended:
    """How the script ended. Raises: subprocess.SubprocessError when it failed."""
    command = [sys.executable, "-I", "-S", __file__, *map(str, arguments)]
    # stderr stays the function's own: an unexpected failure shows up in its log
    ended = subprocess.run(command, check=False, timeout=timeout_s, stdin=subprocess.DEVNULL)  # noqa: S603
    if ended.returncode not in list(Ended):
        raise subprocess.CalledProcessError(ended.returncode, command)
    return Ended(ended.returncode)


def _lock(file: int, length: int = 0, start: int = 0) -> None:
    """The bytes, by default all, are locked until the file is closed. Raises: BlockingIOError."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
    except PermissionError as error:  # what POSIX lets a system say instead
        raise BlockingIOError(*error.args) from error


@contextmanager
def _alone_with(database: Path) -> Iterator[tuple[int, int]]:
    """Descriptors of database and journal; within it no other process is inside a transaction. Raises: BlockingIOError.

    Runs in a process without any connection.
    """
    with database.open("r+b", buffering=0) as file:
        _lock(file.fileno(), LOCK_BYTES, LOCK_BYTES_START)
        with locked_journal(database) as journal:
            yield file.fileno(), journal


def _rename_alone(database: Path, inode: int, target: Path) -> Ended:
    refresh_folder(database.parent)
    try:
        with _alone_with(database) as (file, journal):
            # By path as well as by descriptor: another process may have moved the file before the lock was ours.
            if {os.fstat(file).st_ino, os.stat(database).st_ino} != {inode} or target.exists():
                return Ended.ANOTHER
            if journal_is_hot(journal):
                return Ended.HOT
            database.rename(target)
            journal_of(database).rename(journal_of(target))
    except BlockingIOError:
        return Ended.IN_USE
    return Ended.DONE


def _scrub_alone(database: Path, budget_s: float) -> Ended:
    deadline = time.monotonic() + budget_s
    while True:
        with suppress(BlockingIOError), _alone_with(database) as (file, journal):
            if journal_is_hot(journal):  # rolling it back would change the pages
                return Ended.HOT
            os.ftruncate(journal, 0)
            os.fsync(journal)
            _zero_unallocated(file)
            return Ended.DONE
        if time.monotonic() >= deadline:
            return Ended.IN_USE
        time.sleep(random.uniform(0, 0.01))  # noqa: S311


def _zero_unallocated(file: int) -> None:
    number = 0
    is_clean = True
    page_bytes = int.from_bytes(os.pread(file, 2, PAGE_BYTES_AT), "big")
    while page := os.pread(file, page_bytes, number * page_bytes):
        for first, end in unallocated(page, number):
            if page.count(0, first, end) < end - first:
                os.pwrite(file, bytes(end - first), number * page_bytes + first)
                is_clean = False
        number += 1
    if not is_clean:
        os.fsync(file)


def _run(what: str, database: str, *arguments: str) -> Ended:
    if what == "scrub":
        return _scrub_alone(Path(database), float(arguments[0]))
    return _rename_alone(Path(database), int(arguments[0]), Path(arguments[1]))


if __name__ == "__main__":
    sys.exit(_run(*sys.argv[1:]))
