"""What is done to a database's files without SQLite: the journal guard, and setting a damaged database aside.

It also runs as a script (`python files.py <database> <inode> <new path>`), in a process of its own, and so uses
nothing but the standard library.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

# SQLite's lock bytes (its os.h): PENDING, RESERVED and the 510 SHARED ones. Whoever holds all of them is alone.
LOCK_BYTES_START: Final = 0x40000000
LOCK_BYTES: Final = 512
SET_ASIDE_TIMEOUT_S: Final = 5


def refresh_folder(folder: Path) -> None:
    """The folder's entries are as the server has them: opening it makes an NFS client fetch fresh attributes."""
    os.close(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))


def journal_is_hot(database: Path) -> bool:
    """Whether a killed writer's journal still waits to be rolled back into this database.

    Asked by whoever holds the database's lock and has written nothing, so a live journal cannot exist. One byte is
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

    - Nobody is inside a transaction while the file moves, else a row could be acknowledged into the moved file. That
      takes all of SQLite's locks at once. They cannot be had through SQLite, which refuses a damaged header before it
      locks for writing. And they cannot be taken here: closing a second descriptor of a database drops every POSIX
      lock that this process has on it, another thread's transaction included. So a process of its own takes them,
      without waiting; if anybody holds one, somebody can still use the file, and it stays.
    - Only the file that proved damaged moves (`inode`), never the new one that a faster process put in its place.
    - A hot journal means that recovery is still owed, not that the file is lost: it stays.
    - A process that had opened the old file before it moved gets SQLITE_READONLY_DBMOVED at its first write, and
      starts again on the new one.
    - A kill between the two renames leaves a journal with a zero first byte beside a new database: SQLite ignores it.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    target = database.with_name(f"{database.name}.damaged-{stamp}")
    command = [sys.executable, "-I", "-S", __file__, str(database), str(inode), str(target)]
    try:  # stderr stays the function's own: an unexpected failure shows up in its log
        subprocess.run(command, check=True, timeout=SET_ASIDE_TIMEOUT_S, stdin=subprocess.DEVNULL)  # noqa: S603
    except subprocess.SubprocessError:
        return None
    return target.name


def _rename_alone(database: Path, inode: int, target: Path) -> bool:
    """Whether the pair was renamed. Runs in a process without any connection."""
    refresh_folder(database.parent)
    with database.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCK_BYTES, LOCK_BYTES_START)
        except OSError:
            return False
        # By path as well as by descriptor: another process may have moved the file before the lock was ours.
        inodes = {os.fstat(file.fileno()).st_ino, os.stat(database).st_ino}
        if inodes != {inode} or target.exists() or journal_is_hot(database):
            return False
        database.rename(target)
        if journal_of(database).exists():
            journal_of(database).rename(journal_of(target))
        return True


if __name__ == "__main__":
    renamed = _rename_alone(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    sys.exit(0 if renamed else 1)
