"""An erasure, whole: the log, the photos, then the rows. Every step may be killed and is repeated from the first.

The log is an empty object for each erasure, named by a hash of the person's pseudonym (docs/decisions/0008). It lies
where no failure of the databases reaches it, and tells a sweep what a kill left undone and what a restore brought back.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from burnout.photos import DONATED, PHOTOS, folder_of
from burnout.store.privacy import Erase
from functions.store.bucket import Objects
from functions.store.choices import newest_of
from functions.store.database import scrub_shard, shard_path, transaction_on
from functions.store.errors import BusyError
from functions.store.people import person_of, rename_folders

ERASURES: Final = "erasures/"


def erase(
    root: Path, bucket: Objects, operation: Erase, now_utc: datetime, forget: Callable[[Connection], int | None]
) -> int | None:
    """How many check-ins were erased. Nothing about the person is left, and a repetition finds nothing more.

    None: a newer agreement stands, and the rows stay. If an earlier run had begun, the person's pseudonym is in the log
    for good, so they get a new one, and their photos are gone.

    `forget` is the rows' part, inside its transaction.

    Raises: PhotoStorageError and what `database.scrub_shard` raises; the next sweep of the shard then finishes it.
    """
    path = shard_path(root, operation.user_id)
    look = partial(_look, operation=operation, now_utc=now_utc)
    pseudonym, is_newest = transaction_on(path, look, erasing=True)
    begins = pseudonym is not None and (is_newest or any(bucket.listed(log_key(pseudonym))))
    if pseudonym is not None and begins:
        bucket.mark(log_key(pseudonym))
        empty_folders(bucket, pseudonym)

    def work(connection: Connection) -> int | None:
        if _pseudonym(connection, operation) not in {pseudonym, None}:
            raise BusyError("erased and agreed again meanwhile")  # the person's new folders were not emptied
        erased = forget(connection)
        if erased is not None:
            settle_all(path, operation.user_id)
        elif begins:
            rename_folders(connection, operation.user_id)
        return erased

    erased = transaction_on(path, work, erasing=True)
    scrub_shard(path)
    return erased


def set_aside_of(path: Path) -> list[Path]:
    """The shard's databases that were set aside as malformed and wait for a rescue, the newest first."""
    return sorted(path.parent.glob(f"{path.name}.damaged-{'[0-9]' * 8}T{'[0-9]' * 6}Z"), reverse=True)


def settle_all(path: Path, user_id: int) -> None:
    """No rescue of the shard brings the person's rows back. To be called in the transaction that erases them."""
    for aside in set_aside_of(path):
        settle(aside, user_id)


def settle(aside: Path, user_id: int) -> None:
    """No rescue brings the person's rows back from there: they were erased since, or merged into the live shard.

    The note is an empty file beside the database. A sweep deletes both together.
    """
    _note(aside, user_id).touch()


def is_settled(aside: Path, user_id: int) -> bool:
    """Whether there is such a note. Ask it inside a transaction on the live shard: erasures write it in theirs."""
    return _note(aside, user_id).exists()


def log_key(pseudonym: str) -> str:
    """The name of an erasure's entry in the log: the shard, and a hash that identifies nobody."""
    return f"{log_prefix(int(pseudonym[:2], 16))}{hashlib.sha256(pseudonym.encode()).hexdigest()}"


def log_prefix(shard: int) -> str:
    """Where the log of a shard lies, ending in "/"."""
    return f"{ERASURES}{shard:02x}/"


def empty_folders(bucket: Objects, pseudonym: str) -> int:
    """How many photos were deleted; none is left. Raises: PhotoStorageError."""
    return sum(empty(bucket, folder_of(prefix, pseudonym)) for prefix in (PHOTOS, DONATED))


def empty(bucket: Objects, folder: str) -> int:
    """How many objects of a folder were deleted; none is left. Raises: PhotoStorageError."""
    return bucket.delete_all(found.key for found in bucket.listed(folder))


def _look(connection: Connection, operation: Erase, now_utc: datetime) -> tuple[str | None, bool]:
    return _pseudonym(connection, operation), newest_of(connection, operation, now_utc) is not None


def _pseudonym(connection: Connection, operation: Erase) -> str | None:
    person = person_of(connection, operation.user_id)
    return person.pseudonym if person else None


def _note(aside: Path, user_id: int) -> Path:
    return aside.with_name(f"{aside.name}-settled-{user_id}")
