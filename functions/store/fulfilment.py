"""An operation with all that goes with it: its transaction, and before or after that what happens in the bucket."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from burnout.errors import PhotoStorageError
from burnout.store.check_ins import Record, Recorded, Undo, Undone
from burnout.store.privacy import DonatingSet, Erase, Sweep
from functions.store.bucket import Objects
from functions.store.check_ins import donated_photo
from functions.store.database import scrub_shard, shard_path, transaction
from functions.store.erasure import empty, erase
from functions.store.operations import OneOperation
from functions.store.shards import perform
from functions.store.sweep import sweep

A = TypeVar("A")


def fulfil(
    root: Path, objects: Objects, operation: OneOperation[A], now_utc: datetime, note: Callable[[str], None]
) -> A:
    """The operation's answer, once what it wrote is durable and what it deletes is gone.

    A photo that cannot be deleted after its analysis is only noted: the answer stands, and a sweep deletes what stays.

    Raises: PhotoStorageError when an erasure is not complete; what `shards.perform` raises.
    """
    if isinstance(operation, Sweep):
        return cast("A", sweep(root, objects, operation))
    if isinstance(operation, Erase):
        return cast("A", erase(root, objects, operation, now_utc))
    if isinstance(operation, Undo):
        _delete_donated(root, objects, operation)
    answer = perform(root, operation, now_utc)
    if isinstance(operation, Record) and isinstance(answer, Recorded):
        _delete_analysed(objects, operation, answer, note)
    elif isinstance(operation, Undo) and isinstance(answer, Undone):
        scrub_shard(shard_path(root, operation.user_id))
        if answer.photo_key is not None:  # donated since the look
            objects.delete(answer.photo_key)
    elif isinstance(answer, DonatingSet) and answer.emptied is not None:
        empty(objects, answer.emptied)
    return answer


def _delete_donated(root: Path, objects: Objects, operation: Undo) -> None:
    """The check-in's photo is gone, before the row that knows its name: a repetition must find it."""
    key = transaction(root, operation.user_id, lambda connection: donated_photo(connection, operation))
    if key is not None:
        objects.delete(key)


def _delete_analysed(objects: Objects, operation: Record, recorded: Recorded, note: Callable[[str], None]) -> None:
    if operation.photo_key is None or recorded.photo_kept:
        return
    try:
        objects.delete(operation.photo_key)
    except PhotoStorageError as error:
        note(str(error))
