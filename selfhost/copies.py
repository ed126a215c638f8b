"""Copies of everything that is kept, made while the bot answers, and each erasure carried to every copy.

A copy has the folder's own form. The bot keeps the places of its copies and compares the erasure logs, which name
nobody: what a copy's log lacks is put there, and the copy's shard is swept as after a restored backup on AWS
(docs/decisions/0008). So nothing has to be noted about anybody while a copy is away.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from burnout.errors import PhotoStorageError
from burnout.photos import DONATED
from burnout.store.privacy import ERASURES_FOR, Sweep
from burnout.values import SHARDS
from functions.store.database import transaction_on
from functions.store.erasure import ERASURES
from functions.store.errors import ShardError
from functions.store.operations import fulfil
from selfhost import RefusedError
from selfhost.folder import OF_A_BOT, OF_A_PAGE, RESTORING, Folder, refuse_anothers
from selfhost.objects import FolderObjects, write

_COPIES: Final = "copies"  # in the bot's folder: a note of each copy
_MADE: Final = "made"  # in a copy: when; written last
_UNSWEPT: Final = "unswept"  # in a copy: its log has entries that were perhaps not carried out yet
# A copy's erased people must all be in the log still: it forgets them after 90 days.
RESTORED_FOR: Final = ERASURES_FOR - timedelta(days=5)
_TURN_S: Final = 10.0  # whoever carries an erasure to a copy is waited for as long; it takes a second


def back_up(place: Folder, to: Path, now_utc: datetime) -> None:
    """A whole copy is at `to`; one that was there before is gone. The bot may be at work. Raises: RefusedError."""
    refuse_anothers(place.root)
    to = to.resolve()  # of a link the copy is where it leads, and erasures must find that
    if to.is_relative_to(place.root.resolve()):
        raise RefusedError(f"{to} lies inside {place.root}: a copy beside what it copies is lost with it")
    try:
        if to.exists() and not (to / _MADE).exists() and any(to.iterdir()):
            raise RefusedError(f"{to} is no copy of this bot's, and not empty: take a folder of its own")
        if _is_anothers(place, to):
            raise RefusedError(f"{to} is a copy of another bot's, and would be lost: take a folder of its own")
        with _alone(place, to) as is_alone:
            if not is_alone:
                raise RefusedError(f"{to} is being made, or an erasure is carried to it: wait for the end of that")
            _make(place, to, now_utc)
    except OSError as error:
        raise RefusedError(f"no copy is made at {to}: {error.strerror}") from None
    except (ShardError, PhotoStorageError) as error:
        raise RefusedError(f"no copy is made at {to}: {error}") from None


def reach(place: Folder, copy: Path, now_utc: datetime) -> None:
    """Every erasure of the bot's log is carried out in the copy, if it is there and nobody is making it.

    Raises: OSError, ShardError, PhotoStorageError; what was not done then is done the next time.
    """
    with _alone(place, copy) as is_alone:
        if is_alone:
            _tidy(copy)
            if (copy / _MADE).exists() and not _is_anothers(place, copy):
                _carry(place, Folder(copy), now_utc)


def restore(place: Folder, copy: Path, now_utc: datetime) -> None:
    """The copy's people are back, but for those whom a log names. The bot must not be at work. Raises: RefusedError."""
    source, unfinished = Folder(copy.resolve()), place.root / RESTORING
    made = _made_at(source)
    if now_utc - made > RESTORED_FOR:
        why = f"an erasure is remembered for {ERASURES_FOR.days} days, so whoever was erased since may be in it"
        raise RefusedError(f"{copy} is of {made:%Y-%m-%d}: {why}. Restore a newer one, and destroy this one")
    if any(place.store.glob("*.sqlite*")) and not unfinished.exists():
        raise RefusedError(f"{place.store} has databases: move that folder away first, and leave {place.objects}")
    try:
        unfinished.touch(mode=0o600)  # the bot does not start meanwhile
        for shard in source.store.glob("*.sqlite"):
            _write(place.store / shard.name, shard.read_bytes())
        _mark(source, place)
        _copy_objects(source, place, [DONATED, ERASURES])
        _sweep(place, range(SHARDS), now_utc)
        with _alone(place, source.root):
            _date(place, source.root, made)
        unfinished.unlink()
    except (OSError, ShardError, PhotoStorageError) as error:
        raise RefusedError(f"the restore is not finished: {error}; type it again") from None


def _made_at(copy: Folder) -> datetime:
    try:
        return datetime.fromisoformat((copy.root / _MADE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise RefusedError(f"{copy.root} is no whole copy of a bot's folder") from None


def _is_anothers(place: Folder, copy: Path) -> bool:
    """Whether a whole copy is there, and none of this bot's. Raises: OSError."""
    mine, theirs = _number(place), copy / OF_A_BOT
    return (copy / _MADE).exists() and not (theirs.exists() and theirs.read_bytes() == mine)


def _number(place: Folder) -> bytes:
    """The bot's, by which it knows its copies; it has one from when it is first asked for. Raises: OSError."""
    mine = place.root / OF_A_BOT
    folder = os.open(place.root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # the first two copies may be made at once
        if not mine.exists():
            _write(mine, secrets.token_hex(16).encode())
    finally:
        os.close(folder)
    return mine.read_bytes()


def _make(place: Folder, to: Path, now_utc: datetime) -> None:
    new, old = _beside(to)
    try:
        _remove(new, old)
        _copy(place, Folder(new), now_utc)
        if to.exists():
            to.rename(old)
        new.rename(to)
        _date(place, to, now_utc)
    finally:
        _tidy(to)


def _copy(place: Folder, copy: Folder, now_utc: datetime) -> None:
    """Shards first and the log last: whoever is erased meanwhile is in it, and swept out by `reach`."""
    for each in (copy.root, copy.store, copy.objects):
        each.mkdir(mode=0o700, parents=each is copy.root)
    # Who is erased meanwhile may be in a shard and in the log: then the log does not tell that the shard is unswept.
    (copy.root / _UNSWEPT).touch(mode=0o600)
    _mark(place, copy)
    for shard in sorted(place.store.glob("[0-9a-f][0-9a-f].sqlite")):
        # Under the shard's lock, and without opening its file anew: closing that would drop the lock.
        _write(copy.store / shard.name, transaction_on(shard, lambda connection: connection.serialize()))
    _copy_objects(place, copy, [DONATED])
    _copy_objects(place, copy, [ERASURES])
    _write(copy.root / _MADE, now_utc.isoformat().encode())


def _mark(source: Folder, target: Folder) -> None:
    for each in (OF_A_BOT, OF_A_PAGE):
        if (source.root / each).exists():
            _write(target.root / each, (source.root / each).read_bytes())


def _copy_objects(source: Folder, target: Folder, prefixes: Iterable[str]) -> None:
    """Those that the target lacks, with the times that they have."""
    there, here = FolderObjects(source.objects, source.store), FolderObjects(target.objects, target.store)
    for prefix in prefixes:
        known = {found.key for found in here.listed(prefix)}
        for found in there.listed(prefix):
            content = None if found.key in known else there.read(found.key)
            if content is not None:  # deleted meanwhile
                here.put(found.key, content, found.modified_at_utc)


def _carry(place: Folder, copy: Folder, now_utc: datetime) -> None:
    mine, theirs = _logged(place), _logged(copy)
    unswept = copy.root / _UNSWEPT
    keys = mine | theirs if unswept.exists() else mine - theirs
    if not keys:
        return
    unswept.touch(mode=0o600)
    _copy_objects(place, copy, [ERASURES])
    _sweep(copy, sorted({int(key.split("/")[1], 16) for key in keys}), now_utc)
    unswept.unlink()


def _sweep(place: Folder, shards: Iterable[int], now_utc: datetime) -> None:
    objects = FolderObjects(place.objects, place.store, lambda: now_utc)
    for shard in shards:
        fulfil(place.store, objects, Sweep(shard=shard, at_utc=now_utc), now_utc, lambda _: None)


def _logged(place: Folder) -> set[str]:
    return {found.key for found in FolderObjects(place.objects, place.store).listed(ERASURES)}


def remembered(place: Folder) -> dict[Path, datetime]:
    """Where copies were made, and when."""
    notes = {note: note.read_bytes() for note in (place.root / _COPIES).glob("*")}
    return {
        Path(os.fsdecode(path)): datetime.fromtimestamp(note.stat().st_mtime, UTC)
        for note, path in notes.items()
        if path
    }


def note_of(place: Folder, copy: Path) -> Path:
    """The file in the bot's folder that remembers the copy. It is as old as that, and locked by whoever changes it."""
    return place.root / _COPIES / hashlib.sha256(os.fsencode(copy)).hexdigest()[:16]


def _date(place: Folder, copy: Path, made: datetime) -> None:
    os.utime(note_of(place, copy), (made.timestamp(), made.timestamp()))


def _write(path: Path, content: bytes) -> None:
    """The file is whole and on the disk, or as it was. Raises: OSError."""
    write(path, content, path.with_name(f"{path.name}.new"))


def _beside(to: Path) -> tuple[Path, Path]:
    """Where a copy is made, and where the one is that it replaces."""
    return to.with_name(f".{to.name}.burnout-new"), to.with_name(f".{to.name}.burnout-old")


def _tidy(to: Path) -> None:
    """What a copy that did not come to its end has left is gone, or back in its place. Raises: OSError."""
    new, old = _beside(to)
    if old.exists() and not to.exists():
        old.rename(to)
    _remove(new, old)


def _remove(*folders: Path) -> None:
    for each in folders:
        if each.exists():
            shutil.rmtree(each)


@contextmanager
def _alone(place: Folder, copy: Path) -> Iterator[bool]:
    """Whether nobody else changes the copy as long as the with-block lasts. From then on it is remembered."""
    note = note_of(place, copy)
    note.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(note, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        is_alone = _locked(file.fileno(), time.monotonic() + _TURN_S)
        if is_alone and not file.read(1):  # before there is a copy: whatever comes in between, erasures reach it
            file.write(os.fsencode(copy))
            file.flush()
            os.fsync(file.fileno())
        yield is_alone


def _locked(file: int, until_s: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until_s:
                return False
            time.sleep(0.1)
