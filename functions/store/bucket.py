"""What only the store does in the bucket: folders emptied, objects listed with their age, empty markers put.

It may list, and delete photos and markers, but never read a photo.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from burnout.errors import PhotoStorageError
from burnout.photos import PhotoBucket

A_CALL: Final = 1000  # objects that S3 deletes in one call


@dataclass(frozen=True)
class Listed:
    """An object in the bucket."""

    key: str
    modified_at_utc: datetime


class Objects(Protocol):
    """What the store asks of photos and markers, wherever they lie. Every method may run twice with one effect."""

    def mark(self, key: str) -> None:
        """An empty object is there, written now. Raises: PhotoStorageError."""
        ...

    def delete(self, key: str) -> None:
        """No object is there under `key`. Raises: PhotoStorageError."""
        ...

    def delete_all(self, keys: Iterable[str]) -> int:
        """None of these objects is there any more; returns how many were named. Raises: PhotoStorageError."""
        ...

    def listed(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """The objects with this prefix whose names come after `after`, in their order. Raises: PhotoStorageError."""
        ...


class Bucket(PhotoBucket):
    """The bucket as erasures and sweeps need it. Every method may run twice with one effect."""

    def mark(self, key: str) -> None:
        """An empty object is there, written now. Raises: PhotoStorageError."""
        self.put(key, b"")

    def delete_all(self, keys: Iterable[str]) -> int:
        """None of these objects is there any more; returns how many were named.

        Raises: PhotoStorageError, also for what S3 refuses to delete although the call as a whole succeeds.
        """
        left, named = iter(keys), 0
        while names := list(islice(left, A_CALL)):
            objects = {"Objects": [{"Key": name} for name in names], "Quiet": True}
            try:
                answer = self._client.delete_objects(Bucket=self._bucket, Delete=objects)  # type: ignore[arg-type]
            except (ClientError, BotoCoreError) as error:
                raise PhotoStorageError(f"delete: {type(error).__name__}") from error
            if refused := answer.get("Errors"):
                raise PhotoStorageError(f"delete: {len(refused)} of {len(names)} refused")
            named += len(names)
        return named

    def listed(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """The objects with this prefix whose names come after `after`, in their order. Raises: PhotoStorageError."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, StartAfter=after
        )
        try:
            for page in pages:
                for found in page.get("Contents", []):
                    yield Listed(found["Key"], found["LastModified"])
        except (ClientError, BotoCoreError) as error:
            raise PhotoStorageError(f"list: {type(error).__name__}") from error
