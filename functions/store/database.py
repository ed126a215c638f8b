"""The one way into the 256 databases: nothing else opens them. It knows transactions, not what they are about.

SQLite on a network file system keeps its promises only with this order of steps; each was measured to be needed:

1. BEGIN IMMEDIATE is the first statement that reads or writes: whatever is read is read under the lock. It is one
   lock (`unix-excl`), held until the connection is closed: each lock is a round trip, and SQLite's usual way takes ten.
2. The journal is locked as well, until after the connection is closed. A machine that was cut off, or stood still, for
   longer than its lease has lost both locks; with the database's alone it would still write its journal when it
   returns, and the next writer would roll acknowledged rows back, and erased people with them.
3. The guard: an NFS client may have told SQLite "no journal" from a cache of up to 60 s. Under the locks, after a look
   at the folder itself, a hot journal cannot hide; SQLite rolls it back in a new connection.
4. The schema is this code's own, or becomes it now, in a transaction of its own.
5. The journal is kept (PERSIST), so that a commit is a synced write and not an unlink. Never WAL: it needs memory
   that all writers share. What the work did is acknowledged only after COMMIT returned and the connection is closed.
6. Whatever fails before that is not acknowledged, and starts again from 1 until the budget is spent.

No connection outlives its transaction: a frozen or killed process holds no lock and later sees no stale page. A process
has one transaction at a time: SQLite closes the journal at the end of each, and that drops the lock of all its threads.
"""

import errno
import hashlib
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from functions.store.errors import (
    BusyError,
    DamagedError,
    DiskFullError,
    OldLineageError,
    SchemaTooNewError,
    UnsafeDatabaseError,
)
from functions.store.files import (
    NO_ROOM,
    Ended,
    free_reserve,
    journal_is_hot,
    keep_reserve,
    locked_journal,
    refresh_folder,
    scrub,
    set_aside,
)
from functions.store.schema import APPLICATION_ID, shipped_schema, statements
from functions.store.turns import LONGEST_WAIT_S, Turns

T = TypeVar("T")

BUDGET_S: Final = 1.2  # the store's share of the webhook's time; after it Telegram redelivers
DAMAGED_TRIES: Final = 3  # one "malformed" can be a stale page in an NFS cache; three new connections cannot

# For a shard that is made now; one with other pages is used as it is. The whole schema lies on the first page, and EFS
# meters 32 KiB for every page anyway (docs/decisions/0009).
PAGE_BYTES: Final = 16384

# (PRAGMA, what it must answer): free inside a transaction. synchronous cannot be set there, only checked.
_SETTINGS: Final = (
    ("synchronous", 2),  # FULL: a commit is on the server's disk
    ("mmap_size = 0", 0),  # mapped pages would bypass the locks' cache invalidation
    ("secure_delete = ON", 1),  # what a person erases is overwritten, not only unlinked
)


class _Trouble(StrEnum):
    """Why an attempt ended without an acknowledgement although another one may succeed."""

    LOCKED = "locked"
    CANNOT_OPEN = "cannot open"
    DAMAGED = "malformed"
    BROKEN = "input or output failed"
    MOVED = "set aside by another process"
    HOT_JOURNAL = "a hot journal"
    FULL = "no room on the disk"
    MIGRATED = "the schema was just made"


class _StartAgainError(Exception):
    def __init__(self, trouble: _Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


_TROUBLE_OF_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: _Trouble.LOCKED,
    sqlite3.SQLITE_CANTOPEN: _Trouble.CANNOT_OPEN,
    sqlite3.SQLITE_CORRUPT: _Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: _Trouble.DAMAGED,
    sqlite3.SQLITE_IOERR: _Trouble.BROKEN,
    sqlite3.SQLITE_FULL: _Trouble.FULL,
}
_TROUBLE_OF_THE_SYSTEM: Final = {
    errno.ESTALE: _Trouble.BROKEN,
    errno.EIO: _Trouble.BROKEN,
    **dict.fromkeys(NO_ROOM, _Trouble.FULL),
}


def open_database(path: Path, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """A connection that never waits, never begins a transaction by itself, and has neither read a page nor locked.

    Raises: sqlite3.OperationalError.
    """
    uri = f"{path.absolute().as_uri()}?vfs=unix-excl"
    connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, factory=factory)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a file that is empty; it touches none
    return connection


@dataclass(frozen=True)
class Access:
    """How a shard is reached. The defaults are production's; tests set the clock and the randomness."""

    budget_s: float = BUDGET_S
    clock: Callable[[], float] = time.monotonic  # seconds
    sleep: Callable[[float], None] = time.sleep  # seconds
    uniform: Callable[[float, float], float] = random.uniform
    connect: Callable[[Path], sqlite3.Connection] = open_database
    schema: Callable[[], tuple[str, ...]] = shipped_schema


PRODUCTION: Final = Access()
_turns: Final = Turns()


def shard_of(user_id: int) -> int:
    """Which of the 256 shards holds a person's data: the first byte of the SHA-256 of the decimal id."""
    return hashlib.sha256(str(user_id).encode()).digest()[0]


def shard_file(root: Path, shard: int) -> Path:
    """Where a shard lies."""
    return root / f"{shard:02x}.sqlite"


def shard_path(root: Path, user_id: int) -> Path:
    """Where a person's data lies."""
    return shard_file(root, shard_of(user_id))


def transaction(root: Path, user_id: int, work: Callable[[sqlite3.Connection], T], access: Access = PRODUCTION) -> T:
    """What `work` returned, once all that it wrote on the person's shard is durable; see `transaction_on`."""
    return transaction_on(shard_path(root, user_id), work, access)


def transaction_on(
    path: Path, work: Callable[[sqlite3.Connection], T], access: Access = PRODUCTION, *, erasing: bool = False
) -> T:
    """What `work` returned, once all that it wrote on the shard is durable.

    `work` may run several times, each time on a shard without the traces of the time before; after a disk error in
    COMMIT also on one with them, so it must be idempotent. It leaves no cursor open (one row, or fetchall): an open
    cursor would keep the lock beyond the end. An exception of its own rolls the transaction back and is passed on.

    With `erasing` it may use the reserve of a full disk. COMMIT leaves copies of what was deleted: whoever deletes what
    a person takes back calls `scrub_shard` afterwards.

    Raises: BusyError when the budget is spent; DamagedError; DiskFullError; OldLineageError; SchemaTooNewError;
    UnsafeDatabaseError.
    """
    _turns.let_others_in(path, access.clock, access.sleep)
    tries = _Tries(path, access, erasing)
    while True:
        try:
            return _attempt(path, work, access, tries.left_s())
        except (sqlite3.Error, OSError, _StartAgainError) as error:
            trouble = _trouble(error)
            if trouble is None:
                raise
        # Out here the error is gone, and with it every cursor in its frames that could hold the lock.
        tries.prepare_another(trouble)


def scrub_shard(path: Path) -> None:
    """What was deleted is in no byte of the shard's files; see `files.scrub`. Afterwards the reserve is whole again.

    Raises: BusyError; subprocess.SubprocessError; what `transaction_on` raises.
    """
    if not path.exists():
        return
    while (ended := scrub(path, BUDGET_S)) is Ended.HOT:
        transaction_on(path, lambda _: None)
    if ended is not Ended.DONE:
        raise BusyError(f"{path.name}: not to be had alone for {BUDGET_S} s")
    keep_reserve(path.parent)


class _Tries:
    """What is known of one transaction's attempts, and what is done between two of them."""

    def __init__(self, path: Path, access: Access, erasing: bool) -> None:
        self._path, self._access, self._erasing = path, access, erasing
        self._deadline = access.clock() + access.budget_s
        self._suspects: list[int] = []  # inodes, one for each time that the shard was malformed

    def left_s(self) -> float:
        """What is left of the budget, in seconds."""
        return max(0.0, self._deadline - self._access.clock())

    def prepare_another(self, trouble: _Trouble) -> None:
        """The next attempt may succeed. Raises: BusyError; DamagedError; DiskFullError."""
        if trouble is _Trouble.CANNOT_OPEN:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
        if trouble is _Trouble.DAMAGED:
            _suspect(self._path, self._suspects)
        if trouble is _Trouble.FULL and not (self._erasing and free_reserve(self._path.parent)):
            raise DiskFullError(f"{self._path.name}: {trouble}")
        left_s = self.left_s()
        if left_s <= 0:
            raise BusyError(f"{self._path.name}: {trouble} for {self._access.budget_s} s")
        if trouble is not _Trouble.MIGRATED:
            self._access.sleep(min(self._access.uniform(0, LONGEST_WAIT_S), left_s))


def _attempt(path: Path, work: Callable[[sqlite3.Connection], T], access: Access, left_s: float) -> T:
    """One run of the protocol's steps. Closing without COMMIT rolls back; the journal's lock is given back last."""
    with _turns.alone(access.clock, left_s), ExitStack() as journal, closing(access.connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        if journal_is_hot(journal.enter_context(locked_journal(path))):
            raise _StartAgainError(_Trouble.HOT_JOURNAL)
        missing = _missing_migrations(connection, access.schema())
        if missing:
            _migrate(connection, missing)
            connection.execute("COMMIT")
            raise _StartAgainError(_Trouble.MIGRATED)
        answer = work(connection)
        connection.execute("COMMIT")
    return answer


def _missing_migrations(connection: sqlite3.Connection, schema: tuple[str, ...]) -> tuple[str, ...]:
    """What the shard's schema lacks. The connection's settings are now the protocol's."""
    version = _pragma(connection, "user_version")
    if version and _pragma(connection, "application_id") != APPLICATION_ID:
        raise OldLineageError
    if not 0 <= version <= len(schema):
        raise SchemaTooNewError(f"the shard has schema {version}, this code knows {len(schema)}")
    # Asked before it is set: SQLite cannot leave WAL inside a transaction and would only say "SQL logic error".
    mode = _pragma(connection, "journal_mode")
    if mode != "wal":
        mode = _pragma(connection, "journal_mode = PERSIST")
    # BEGIN has written a new file's first page already, so its first transaction keeps SQLite's default.
    if mode != "persist" and (mode, version) != ("delete", 0):
        raise UnsafeDatabaseError(f"journal mode {mode}")
    for pragma, wanted in _SETTINGS:
        found = _pragma(connection, pragma)
        if found not in {wanted, None}:  # None: SQLite was built without this setting
            raise UnsafeDatabaseError(f"PRAGMA {pragma} answers {found}")
    return schema[version:]


def _migrate(connection: sqlite3.Connection, missing: tuple[str, ...]) -> None:
    """The shard's schema is the code's, in the transaction that is open."""
    for script in missing:
        for statement in statements(script):
            connection.execute(statement)
    version = _pragma(connection, "user_version")
    connection.execute(f"PRAGMA user_version = {version + len(missing)}")


def _pragma(connection: sqlite3.Connection, pragma: str) -> Any:
    rows = connection.execute(f"PRAGMA {pragma}").fetchall()
    return rows[0][0] if rows else None


def _trouble(error: Exception) -> _Trouble | None:
    """What another attempt is worth trying for, by error codes, never by text; None for everything else."""
    if isinstance(error, _StartAgainError):
        return error.trouble
    if isinstance(error, BlockingIOError):
        return _Trouble.LOCKED
    if isinstance(error, OSError):
        return _TROUBLE_OF_THE_SYSTEM.get(error.errno or 0)
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)  # Python's own sqlite3 errors carry none
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return _Trouble.MOVED
    return _TROUBLE_OF_SQLITE.get(code & 0xFF)  # the low byte is the kind, the rest its detail


def _suspect(path: Path, suspects: list[int]) -> None:
    """Notes which file was malformed. Raises: DamagedError at the third time, with the file set aside if that is safe.

    What looks malformed may be a database whose hot journal an NFS client has not seen yet, hence the refresh. Every
    later try was on the file noted first, or on a newer one, and then nothing is set aside.
    """
    refresh_folder(path.parent)
    try:
        suspects.append(path.stat().st_ino)
    except FileNotFoundError:  # another process has just set it aside
        return
    if len(suspects) == DAMAGED_TRIES:
        raise DamagedError(path.name, set_aside(path, suspects[0]))
