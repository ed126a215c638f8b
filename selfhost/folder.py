"""The folder that has everything: databases, photos, the log. One bot at a time works in it; nobody else reads it."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from functions.store.database import transaction_on
from functions.store.errors import OldLineageError, SchemaTooNewError, ShardError, UnsafeDatabaseError
from selfhost import RefusedError

LITTLE_BYTES: Final = 64 << 20  # of room: a photo has up to 20 MB, the reserve for erasures 32
# Locks and syncs mean less there, and somebody else's machine would have the data.
_NETWORK: Final = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs")
RESTORING: Final = "restoring"  # in the folder: a restore began, and people who were erased may be back
OF_A_BOT: Final = "bot"  # in it and in its copies: a number, by which they know each other
OF_A_PAGE: Final = "chat"  # in it and in its copies: it is a page's, and may be forgotten whole
_LOCK: Final = "lock"
_MOUNTS: Final = Path("/proc/self/mountinfo")


@dataclass(frozen=True)
class Folder:
    """Where everything lies."""

    root: Path

    @property
    def store(self) -> Path:
        """The 256 databases."""
        return self.root / "store"

    @property
    def objects(self) -> Path:
        """Photos and the erasure log."""
        return self.root / "objects"

    @property
    def log(self) -> Path:
        """What the operator may read."""
        return self.root / "log.jsonl"

    def warning(self) -> str | None:
        """A sentence, if the disk has little room."""
        free = shutil.disk_usage(self.root).free
        if free >= LITTLE_BYTES:
            return None
        return (
            f"only {free >> 20} MB are free for {self.root}: until there is more, photos and ratings may have to wait"
        )


@contextmanager
def opened(root: Path, *, to_restore: bool = False) -> Iterator[Folder]:
    """The folder, made if need be, for this process alone and its owner's. Raises: RefusedError."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = root.resolve()
        refuse_anothers(root)
        _refuse_unknown(root)
        _refuse_network(root)
        root.chmod(0o700)
        lock = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)  # first: it says whose this is
        folder = Folder(root)
        for each in (folder.store, folder.objects):
            each.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise RefusedError(f"{root} cannot be used: {error.strerror}") from None
    try:
        _lock(lock, root)
        if (root / RESTORING).exists() and not to_restore:
            raise RefusedError(f"a restore into {root} did not come to its end: type it again")
        _refuse_older(folder.store)
        yield folder
    finally:
        os.close(lock)


def _lock(lock: int, root: Path) -> None:
    """It ends with this process, however that ends. Raises: RefusedError."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
        raise RefusedError(f"another bot works in {root} (process {holder}): stop it, or take another folder") from None
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
    except OSError:  # a full disk: the lock holds all the same
        return


def refuse_anothers(root: Path) -> None:
    """Files that another user makes there, root too, are closed to the bot. Raises: RefusedError."""
    if not root.is_dir():
        raise RefusedError(f"{root} is no folder")
    if root.stat().st_uid != os.geteuid():
        raise RefusedError(f"{root} belongs to another user of this machine: take a folder of your own")


def _refuse_unknown(root: Path) -> None:
    """A home, or /tmp, would be closed to everybody else, and "forget all" would take what has the name of a part."""
    if any(root.iterdir()) and not ((root / _LOCK).exists() or any((root / "store").glob("??.sqlite"))):
        raise RefusedError(f"{root} is no bot's folder, and not empty: take a folder of its own")


def _refuse_network(root: Path) -> None:
    kind = kind_of_drive(root, os.fsdecode(_MOUNTS.read_bytes()) if _MOUNTS.exists() else "")
    if kind.startswith(_NETWORK):
        raise RefusedError(f"{root} lies on a network drive ({kind}): take a folder on this machine's own disk")


def kind_of_drive(root: Path, mounts: str) -> str:
    """The file system below a folder, of those in Linux's mountinfo; "" where there is none."""
    found = ("", 0)
    for line in mounts.split("\n"):  # other ends of a line may be in a name
        mounted, is_one, drive = line.partition(" - ")
        if not is_one:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), mounted.split(" ")[4]))
        if root.is_relative_to(point) and len(point.parts) >= found[1]:  # of two at one place the later lies above
            found = (drive.split()[0], len(point.parts))
    return found[0]


def _refuse_older(store: Path) -> None:
    """Opens one of the databases, before anything is answered. Raises: RefusedError with the store's own sentence."""
    try:
        for shard in sorted(store.glob("[0-9a-f][0-9a-f].sqlite"))[:1]:
            transaction_on(shard, lambda _: None)
    except (OldLineageError, SchemaTooNewError, UnsafeDatabaseError) as error:
        raise RefusedError(str(error)) from None
    except ShardError:  # a full disk, a damaged file: the bot lives with that, and those who want it are erased
        return
