"""What is done to a database's files without SQLite: the journal guard, setting a database aside, scrubbing one.

It also runs as a script (`python files.py rename <database> <inode> <new path>`, `python files.py scrub <database>
<seconds>`), in a process of its own, and so uses nothing but the standard library.
"""

import fcntl
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

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
_HAD_TO_STAY: Final = 75  # the script's exit code: another process used the file, or a hot journal must be rolled back


def refresh_folder(folder: Path) -> None:
    """The folder's entries are as the server has them: opening it makes an NFS client fetch fresh attributes."""
    os.close(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))


def journal_is_hot(database: Path) -> bool:
    """Whether a killed writer's journal still waits to be rolled back into this database.

    The caller holds the database's lock and has written nothing, so a live journal cannot exist. One byte is
    read, not the 28 of the header: a leftover that was never synced has a zero magic and non-zero fields behind it,
    and would count as hot for ever. Raises: OSError.
    """
    refresh_folder(database.parent)
    try:
        journal = os.open(journal_of(database), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return os.read(journal, 1) not in {b"", b"\0"}
    finally:
        os.close(journal)


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
        return target.name if _in_a_process("rename", database, inode, target, timeout_s=SET_ASIDE_TIMEOUT_S) else None
    except subprocess.SubprocessError:
        return None


def scrub(database: Path, budget_s: float) -> bool:
    """Whether the file shows nothing but its rows; False when other processes used it throughout the budget.

    PRAGMA secure_delete zeroes a deleted row where it lies. It leaves the old copies that stay in the unallocated
    middle of a page when SQLite moves rows to another one; a later deletion does not find them, and no SQL reaches
    them (docs/decisions/0008). So they are zeroed in the file, under all of SQLite's locks and in a process of its own,
    as above. Nothing but unallocated bytes is written: a scrub that is killed has changed no row.

    Raises: subprocess.SubprocessError when the scrub itself failed.
    """
    return _in_a_process("scrub", database, budget_s, timeout_s=budget_s + SCRUB_TIMEOUT_S)


def unallocated(page: bytes, number: int) -> Iterator[tuple[int, int]]:
    """Where a page is empty, as (first byte, byte after the last): its middle, and the insides of its free blocks.

    `number` is the page's, from 0. Nothing of a page that is no b-tree's.
    """
    start = FILE_HEADER_BYTES if number == 0 else 0
    header_bytes = _PAGE_HEADER_BYTES.get(page[start])
    if header_bytes is None:
        return
    free, cells, content = (int.from_bytes(page[start + at : start + at + 2], "big") for at in (1, 3, 5))
    yield start + header_bytes + 2 * cells, content or len(page)
    while free:
        yield free + 4, free + int.from_bytes(page[free + 2 : free + 4], "big")
        free = int.from_bytes(page[free : free + 2], "big")


def _in_a_process(*arguments: object, timeout_s: float) -> bool:
    """Whether the script did its work; False when the file had to stay as it is."""
    command = [sys.executable, "-I", "-S", __file__, *map(str, arguments)]
    # stderr stays the function's own: an unexpected failure shows up in its log
    ended = subprocess.run(command, check=False, timeout=timeout_s, stdin=subprocess.DEVNULL)  # noqa: S603
    if ended.returncode not in {0, _HAD_TO_STAY}:
        raise subprocess.CalledProcessError(ended.returncode, command)
    return ended.returncode == 0


def _alone_with(file: IO[bytes]) -> bool:
    """Whether all of SQLite's locks are this process's, until it closes the file: none is inside a transaction."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCK_BYTES, LOCK_BYTES_START)
    except OSError:
        return False
    return True


def _rename_alone(database: Path, inode: int, target: Path) -> bool:
    """Whether the pair was renamed. Runs in a process without any connection."""
    refresh_folder(database.parent)
    with database.open("r+b") as file:
        if not _alone_with(file):
            return False
        # By path as well as by descriptor: another process may have moved the file before the lock was ours.
        inodes = {os.fstat(file.fileno()).st_ino, os.stat(database).st_ino}
        if inodes != {inode} or target.exists() or journal_is_hot(database):
            return False
        database.rename(target)
        if journal_of(database).exists():
            journal_of(database).rename(journal_of(target))
        return True


def _scrub_alone(database: Path, budget_s: float) -> bool:
    """Whether the file was scrubbed. Runs in a process without any connection."""
    deadline = time.monotonic() + budget_s
    with database.open("r+b", buffering=0) as file:
        while not _alone_with(file):
            if time.monotonic() >= deadline:
                return False
            time.sleep(random.uniform(0, 0.01))  # noqa: S311
        if journal_is_hot(database):  # rolling it back would change the pages
            return False
        number = 0
        is_clean = True
        page_bytes = int.from_bytes(os.pread(file.fileno(), 2, PAGE_BYTES_AT), "big")
        while page := os.pread(file.fileno(), page_bytes, number * page_bytes):
            for first, end in unallocated(page, number):
                if page.count(0, first, end) < end - first:
                    os.pwrite(file.fileno(), bytes(end - first), number * page_bytes + first)
                    is_clean = False
            number += 1
        if not is_clean:
            os.fsync(file.fileno())
    return True


def _run(what: str, database: str, *arguments: str) -> bool:
    if what == "scrub":
        return _scrub_alone(Path(database), float(arguments[0]))
    return _rename_alone(Path(database), int(arguments[0]), Path(arguments[1]))


if __name__ == "__main__":
    sys.exit(0 if _run(*sys.argv[1:]) else _HAD_TO_STAY)
