"""Photos and the erasure log as files of one folder, in place of S3: whole or not at all, and their owner's alone."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from burnout.clock import now_utc
from burnout.errors import PhotoStorageError
from functions.store.bucket import Listed
from functions.store.files import NO_ROOM, free_reserve

_UNFINISHED: Final = ".unfinished"  # no key begins with a dot


def write(path: Path, content: bytes, unfinished: Path, at_s: float | None = None) -> None:
    """The file is whole and on the disk, written now or at that moment, or it is as it was. Raises: OSError."""
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        if at_s is not None:
            os.utime(file.fileno(), (at_s, at_s))
        os.fsync(file.fileno())
    unfinished.rename(path)


class FolderObjects:
    """A file for each object, named by its key. `put` must not run twice at once: FolderStore's lock is for all."""

    def __init__(self, folder: Path, reserve: Path, clock: Callable[[], datetime] = now_utc) -> None:
        self._folder = folder
        self._reserve = reserve  # the folder of the databases, whose reserve an erasure may use
        self._clock = clock

    def tidy(self) -> None:
        """What a process that was killed left half written is gone. Nobody else may be at work."""
        self._path(_UNFINISHED).unlink(missing_ok=True)

    def put(self, key: str, content: bytes, at_utc: datetime | None = None) -> None:
        """The object is on the disk, written now or at that moment. Raises: PhotoStorageError."""
        unfinished = self._path(_UNFINISHED)
        with _failing("put"):
            write(self._path(key), content, unfinished, (at_utc or self._clock()).timestamp())
            self._sync()

    def mark(self, key: str) -> None:
        """An empty object is there, written now, even on a full disk. Raises: PhotoStorageError."""
        try:
            self.put(key, b"")
        except PhotoStorageError as error:
            cause = error.__cause__
            if not (isinstance(cause, OSError) and cause.errno in NO_ROOM and free_reserve(self._reserve)):
                raise
            self.put(key, b"")

    def read(self, key: str) -> bytes | None:
        """The object's bytes, None when there is none. Raises: PhotoStorageError."""
        with _failing("get"):
            try:
                return self._path(key).read_bytes()
            except FileNotFoundError:
                return None

    def delete(self, key: str) -> None:
        """No object is there under `key`. Raises: PhotoStorageError."""
        self.delete_all([key])

    def delete_all(self, keys: Iterable[str]) -> int:
        """None of these objects is there any more; returns how many were named. Raises: PhotoStorageError."""
        named = 0
        with _failing("delete"):
            for key in keys:
                self._path(key).unlink(missing_ok=True)
                named += 1
            if named:
                self._sync()
        return named

    def listed(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """The objects with this prefix whose names come after `after`, in their order. Raises: PhotoStorageError."""
        with _failing("list"):
            with os.scandir(self._folder) as entries:
                keys = {unquote(entry.name): entry for entry in entries}
            wanted = sorted(key for key in keys if key.startswith(prefix) and key > after)
            found = []
            for key in wanted:
                with suppress(FileNotFoundError):  # deleted meanwhile
                    found.append(Listed(key, datetime.fromtimestamp(keys[key].stat().st_mtime, UTC)))
            return iter(found)

    def _path(self, key: str) -> Path:
        return self._folder / quote(key, safe="")

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _failing(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PhotoStorageError(f"{what}: {type(error).__name__}") from error
