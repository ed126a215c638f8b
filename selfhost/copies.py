"""Copies of everything that is kept, made while the bot answers, and each erasure carried to every copy.

A copy has the folder's own form. The bot keeps the places of its copies and compares the erasure logs, which name
nobody: what a copy's log lacks is put there, and the copy's shard is swept as after a restored backup on AWS
(docs/decisions/0008). So nothing has to be noted about anybody while a copy is away.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
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
from selfhost.folder import OF_A_PAGE, RESTORING, Folder, refuse_anothers
from selfhost.objects import FolderObjects, write

_COPIES: Final = "copies"  # in the bot's folder: a path a line
COPYING: Final = "copying"  # in the bot's folder: locked by whoever makes a copy
_MADE: Final = "made"  # in a copy: when; written last
_UNSWEPT: Final = "unswept"  # in a copy: its log has entries that were perhaps not carried out yet
# A copy's erased people must all be in the log still: it forgets them after 90 days.
RESTORED_FOR: Final = ERASURES_FOR - timedelta(days=5)


def back_up(place: Folder, to: Path, now_utc: datetime) -> None:
    """A whole copy is at `to`; one that was there before is gone. The bot may be at work. Raises: RefusedError."""
    refuse_anothers(place.root)
    to = to.resolve()  # of a link the copy is where it leads, and erasures must find that
    if to.is_relative_to(place.root.resolve()):
        raise RefusedError(f"{to} lies inside {place.root}: a copy beside what it copies is lost with it")
    try:
        if to.exists() and not (to / _MADE).exists() and any(to.iterdir()):
            raise RefusedError(f"{to} is no copy of this bot's, and not empty: take a folder of its own")
        with _alone(place) as is_alone:
            if not is_alone:
                raise RefusedError("another copy is being made: wait for its end")
            _make(place, to, now_utc)
    except OSError as error:
        raise RefusedError(f"no copy is made at {to}: {error.strerror}") from None
    except (ShardError, PhotoStorageError) as error:
        raise RefusedError(f"no copy is made at {to}: {error}") from None


def reach(place: Folder, now_utc: datetime) -> list[str]:
    """Every erasure of the bot's log is carried out in each copy that is there; what failed, by its kind."""
    failed = []
    for path in remembered(place):
        try:
            with _alone(place) as is_alone:
                if is_alone:  # else it is being made, or an older one replaced
                    _tidy(path)
            if (path / _MADE).exists():  # it may be away
                _carry(place, Folder(path), now_utc)
        except Exception as error:  # whatever it is, the others and the reports wait
            failed.append(type(error).__name__)
    return failed


def restore(place: Folder, copy: Path, now_utc: datetime) -> None:
    """The copy's people are back, but for those whom a log names. The bot must not be at work. Raises: RefusedError."""
    source, unfinished = Folder(copy.absolute()), place.root / RESTORING
    if now_utc - _made_at(source) > RESTORED_FOR:
        days = RESTORED_FOR.days
        raise RefusedError(f"{copy} is older than {days} days: it may hold people whose erasure nobody remembers")
    if any(place.store.glob("*.sqlite*")) and not unfinished.exists():
        raise RefusedError(f"{place.store} has databases: move that folder away first, and leave {place.objects}")
    try:
        unfinished.touch(mode=0o600)  # the bot does not start meanwhile
        for shard in source.store.glob("*.sqlite"):
            _write(place.store / shard.name, shard.read_bytes())
        _mark(source, place)
        _copy_objects(source, place, [DONATED, ERASURES])
        _sweep(place, range(SHARDS), now_utc)
        _remember(place, source.root)
        unfinished.unlink()
    except (OSError, ShardError, PhotoStorageError) as error:
        raise RefusedError(f"the restore is not finished: {error}; type it again") from None


def _made_at(copy: Folder) -> datetime:
    try:
        return datetime.fromisoformat((copy.root / _MADE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise RefusedError(f"{copy.root} is no whole copy of a bot's folder") from None


def _make(place: Folder, to: Path, now_utc: datetime) -> None:
    new, old = _beside(to)
    _remember(place, to)  # before there is anything: whatever comes in between, erasures reach it
    try:
        _remove(new, old)
        _copy(place, Folder(new), now_utc)
        if to.exists():
            to.rename(old)
        new.rename(to)
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
    if (source.root / OF_A_PAGE).exists():
        (target.root / OF_A_PAGE).touch(mode=0o600)


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


def remembered(place: Folder) -> list[Path]:
    """Where copies were made."""
    with suppress(FileNotFoundError):
        return [Path(os.fsdecode(line)) for line in (place.root / _COPIES).read_bytes().splitlines()]
    return []


def _remember(place: Folder, copy: Path) -> None:
    if copy in (known := remembered(place)):  # a full disk may be copied
        return
    lines = map(str, [*known, copy])
    _write(place.root / _COPIES, b"".join(os.fsencode(line) + b"\n" for line in lines))


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
def _alone(place: Folder) -> Iterator[bool]:
    """Whether nobody else makes a copy of this folder as long as the with-block lasts."""
    with (place.root / COPYING).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
