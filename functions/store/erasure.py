"""An erasure, whole: the log, the photos, then the rows. Every step may be killed and is repeated from the first.

The log is an empty object for each erasure, named by a hash of the person's pseudonym (docs/decisions/0008). It lies
where no failure of the databases reaches it, and tells a sweep what a kill left undone and what a restore brought back.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from burnout.photos import DONATED, PHOTOS, folder_of
from burnout.store.privacy import Erase
from functions.store.bucket import Bucket
from functions.store.database import scrub_shard, shard_path, transaction_on
from functions.store.errors import BusyError
from functions.store.people import person_of

ERASURES: Final = "erasures/"


def erase(root: Path, bucket: Bucket, operation: Erase, forget: Callable[[Connection], int]) -> int:
    """How many check-ins were erased. Nothing about the person is left, and a repetition finds nothing more.

    `forget` is the rows' part, inside its transaction.

    Raises: PhotoStorageError and what `database.scrub_shard` raises; the next sweep of the shard then finishes it.
    """
    path = shard_path(root, operation.user_id)
    pseudonym = transaction_on(path, lambda connection: _pseudonym(connection, operation), erasing=True)
    if pseudonym is not None:
        bucket.mark(log_key(pseudonym))
        empty_folders(bucket, pseudonym)

    def work(connection: Connection) -> int:
        if _pseudonym(connection, operation) not in {pseudonym, None}:
            raise BusyError("erased and agreed again meanwhile")  # the person's new folders were not emptied
        return forget(connection)

    erased = transaction_on(path, work, erasing=True)
    scrub_shard(path)
    return erased


def log_key(pseudonym: str) -> str:
    """The name of an erasure's entry in the log: the shard, and a hash that identifies nobody."""
    return f"{log_prefix(int(pseudonym[:2], 16))}{hashlib.sha256(pseudonym.encode()).hexdigest()}"


def log_prefix(shard: int) -> str:
    """Where the log of a shard lies, ending in "/"."""
    return f"{ERASURES}{shard:02x}/"


def empty_folders(bucket: Bucket, pseudonym: str) -> int:
    """How many photos were deleted; none is left. Raises: PhotoStorageError."""
    return sum(empty(bucket, folder_of(prefix, pseudonym)) for prefix in (PHOTOS, DONATED))


def empty(bucket: Bucket, folder: str) -> int:
    """How many objects of a folder were deleted; none is left. Raises: PhotoStorageError."""
    return bucket.delete_all(found.key for found in bucket.listed(folder))


def _pseudonym(connection: Connection, operation: Erase) -> str | None:
    person = person_of(connection, operation.user_id)
    return person.pseudonym if person else None
