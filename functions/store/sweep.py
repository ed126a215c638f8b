"""A sweep of a shard: it deletes what is past its time, finishes erasures, and repeats them after a restored backup.

Once a day for each shard. Every step is bounded and may be killed: what is left waits for the next sweep. The moment is
the run's own (`at_utc`), which a simulation may choose.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, groupby, islice, takewhile
from pathlib import Path
from sqlite3 import Connection
from typing import Final, TypeVar

from burnout.photos import DONATED, PHOTOS
from burnout.store import privacy
from functions.store import retention
from functions.store.bucket import Listed, Objects
from functions.store.database import scrub_shard, shard_file, transaction_on
from functions.store.erasure import empty_folders, log_key, log_prefix, settle_all

T = TypeVar("T")

MOST_OBJECTS: Final = 10_000  # looked at under each prefix
ORPHAN_FOR: Final = timedelta(hours=1)  # a donated photo waits for its row: an update is given up after ten minutes
_STAMP: Final = re.compile(r"\.damaged-([0-9]{8}T[0-9]{6}Z)")  # as functions.store.files writes it


def sweep(root: Path, bucket: Objects, operation: privacy.Sweep) -> privacy.Swept:
    """What was removed. Raises: PhotoStorageError; what `database.transaction_on` raises."""
    one = _Sweep(shard_file(root, operation.shard), bucket, operation.shard, operation.at_utc)
    files = one.files()
    logged = {found.key for found in bucket.listed(log_prefix(operation.shard))}
    photos = one.analysed_photos(logged)
    people, folders = one.people(logged) if one.path.exists() else (0, 0)
    rows = one.rows() if one.path.exists() else 0
    scrub_shard(one.path)
    photos += folders + one.donated_photos(logged)
    one.old_erasures()
    return privacy.Swept(people=people, rows=rows, photos=photos, files=files)


@dataclass(frozen=True)
class _Sweep:
    """One sweep of one shard."""

    path: Path
    bucket: Objects
    shard: int
    at_utc: datetime

    def files(self) -> int:
        """How many damaged databases and journals were deleted."""
        limit = f"{self.at_utc - privacy.DAMAGED_FOR:%Y%m%dT%H%M%SZ}"
        found = [(path, _STAMP.search(path.name)) for path in self.path.parent.glob(f"{self.path.name}.damaged-*")]
        old = [path for path, stamp in found if stamp is not None and stamp[1] < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def analysed_photos(self, logged: set[str]) -> int:
        """How many photos outlived their analysis by a day, or their person's erasure, and were deleted."""
        limit = self.at_utc - privacy.PHOTOS_FOR
        return self.bucket.delete_all(
            found.key
            for found in self._listed(PHOTOS)
            if found.modified_at_utc < limit or log_key(_pseudonym(found)) in logged
        )

    def people(self, logged: set[str]) -> tuple[int, int]:
        """How many people were erased, and how many photos of theirs were deleted.

        Rows first: a person who comes back in between is not erased, and photos without a row are found by their age.
        """
        erased = photos = 0
        for user_id in self._in_transaction(partial(retention.going, at_utc=self.at_utc, logged=logged)):
            pseudonym = self._in_transaction(partial(self._forget, user_id=user_id, logged=logged))
            if pseudonym is None:
                continue
            erased += 1
            if log_key(pseudonym) in logged:
                self.bucket.mark(log_key(pseudonym))  # written anew: younger backups have the person too
            photos += empty_folders(self.bucket, pseudonym)
        return erased, photos

    def _forget(self, connection: Connection, user_id: int, logged: set[str]) -> str | None:
        """As `retention.forget_if_going`. A database that was set aside may know the person by an older pseudonym."""
        pseudonym = retention.forget_if_going(connection, user_id, self.at_utc, logged)
        if pseudonym is not None:
            settle_all(self.path, user_id)
        return pseudonym

    def rows(self) -> int:
        """How many rows past their time were deleted."""
        deleted = self._in_transaction(partial(retention.delete_old_rows, at_utc=self.at_utc))
        for user_id in self._in_transaction(partial(retention.with_old_check_ins, at_utc=self.at_utc)):
            deleted += self._in_transaction(
                partial(retention.delete_old_check_ins, user_id=user_id, at_utc=self.at_utc)
            )
        return deleted

    def donated_photos(self, logged: set[str]) -> int:
        """How many donated photos without a check-in, or of a person who was erased, were deleted."""
        limit = self.at_utc - ORPHAN_FOR
        deleted = 0
        for pseudonym, folder in groupby(self._listed(DONATED), key=_pseudonym):
            is_erased = log_key(pseudonym) in logged
            keys = {found.key for found in folder if found.modified_at_utc < limit or is_erased}
            if keys:
                deleted += self.bucket.delete_all(sorted(keys - self._wanted(pseudonym)))
        return deleted

    def old_erasures(self) -> None:
        """No entry of the log is older than the oldest backup can be."""
        limit = self.at_utc - privacy.ERASURES_FOR
        entries = self.bucket.listed(log_prefix(self.shard))
        self.bucket.delete_all(found.key for found in entries if found.modified_at_utc < limit)

    def _wanted(self, pseudonym: str) -> set[str]:
        if not self.path.exists():
            return set()
        return self._in_transaction(partial(retention.donated_photos, pseudonym=pseudonym))

    def _listed(self, prefix: str) -> Iterator[Listed]:
        """The shard's objects under a prefix, as many as one sweep looks at. It begins at another place each day."""
        mine = f"{prefix}{self.shard:02x}"
        start = f"{mine}{self.at_utc.toordinal() * 97 % 256:02x}"
        before = takewhile(lambda found: found.key <= start, self.bucket.listed(mine))
        return islice(chain(self.bucket.listed(mine, after=start), before), MOST_OBJECTS)

    def _in_transaction(self, work: Callable[[Connection], T]) -> T:
        return transaction_on(self.path, work, erasing=True)


def _pseudonym(found: Listed) -> str:
    """The pseudonym of the person in whose folder the object lies."""
    return found.key.split("/")[1]
