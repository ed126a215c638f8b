"""The store in this process: one operation at a time, each whole."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from burnout.errors import StoreUnavailableError
from burnout.redaction import redacted_logger
from burnout.store.operation import Operation, ShardOperation
from functions.store.operations import fulfil
from selfhost.objects import FolderObjects

A = TypeVar("A")


class FolderStore:
    """The `burnout.store.operation.Store` of one machine.

    Threads wait here, however long: inside, a wait counts against the time of a transaction, and a slow disk would make
    somebody else's operation fail.
    """

    def __init__(self, root: Path, objects: FolderObjects, now_utc: Callable[[], datetime]) -> None:
        self._root = root
        self._objects = objects
        self._now_utc = now_utc
        self._turn = threading.Lock()

    def put_photo(self, key: str, content: bytes) -> None:
        """The photo is kept under the key. Raises: PhotoStorageError."""
        with self._turn:
            self._objects.put(key, content)

    def __call__(self, operation: Operation[A] | ShardOperation[A]) -> A:
        """The operation's answer. Raises: StoreUnavailableError for everything else."""
        try:
            with self._turn:
                return fulfil(self._root, self._objects, operation, self._now_utc(), self._note)
        except Exception as error:  # on AWS this is the end of the store's process, and its caller's "later"
            self._note(type(error).__name__, str(operation.__struct_config__.tag))
            raise StoreUnavailableError(f"store: {type(error).__name__}") from error

    def _note(self, error: str, op: str = "leftovers") -> None:
        redacted_logger().error("store", extra={"op": op, "outcome": error})
