"""How many answers of an NFS server a transaction waits for, counted from its system calls (`strace`).

The model, as on EFS without a warm cache: every open, close, lock and read of a file waits for one, and so does a lock
that only closing its file gives back; what is written waits in the client until it is synced, one for each piece that
hangs together and one for the commit; attributes are cached, a name that does not exist is asked for. Reading past the
end, and a folder's own sync and close, cost nothing.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.integration.store.processes import ROOT

STRACE = shutil.which("strace")
START, END = "/the-transaction-begins", "/the-transaction-ends"
_CALL = re.compile(r"^\d+\s+(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>-?\d+)")
_BROKEN = re.compile(r"^(\d+)\s+.*?( ?<unfinished \.\.\.>)$")
_RESUMED = re.compile(r"^(\d+)\s+<\.\.\. \w+ resumed>(.*)$")
_FILE = re.compile(r"^\d+<([^>]+)>")
_UNLOCKED = "l_type=F_UNLCK, l_whence=SEEK_SET, l_start=0, l_len=0"
_WRITTEN = re.compile(r", (\d+), (\d+)$")

_BEGINNING = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from burnout.store.check_ins import Begin
from functions.store.database import Access, transaction
from functions.store.operations import run
from tests.unit.store.samples import NOON, agree, record, says

def mark(name):
    with suppress(OSError):
        os.stat(name)

root = Path(sys.argv[1])
"""

_SCRIPT = f"""
people, check_ins, times = map(int, sys.argv[2:5])
updates = count(1)

def check_in(connection, user_id):
    update_id = next(updates)
    answer = says("x" * 700)
    run(connection, record(update_id, user_id=user_id, message_id=update_id, answer=answer), NOON)

def live_on(connection):
    for turn in range(people * check_ins):
        check_in(connection, turn % people)

for user_id in range(people):
    transaction(root, 7, lambda connection: run(connection, agree(user_id=user_id), NOON))
transaction(root, 7, live_on)
mark("{START}")
for user_id in range(times):
    if sys.argv[5] == "begin":
        begin = Begin(user_id=user_id, update_id=next(updates))
        transaction(root, 7, lambda connection: run(connection, begin, NOON))
    else:
        transaction(root, 7, lambda connection: check_in(connection, user_id))
mark("{END}")
"""


def of(what: str, root: Path, *, people: int, check_ins: int, times: int) -> Counter[str]:
    """The round trips, by kind, of so many check-ins recorded (or begun) one after another, each of another person.

    The shard holds so many people with so many check-ins each.
    """
    return _counted(traced(_SCRIPT, root, people, check_ins, times, what), str(root / "databases"))


def traced(script: str, root: Path, *arguments: object) -> list[str]:
    """The system calls on files between the script's marks START and END. Its databases are in `root`/databases."""
    trace = root / "trace"
    databases = root / "databases"
    databases.mkdir()
    command = [STRACE, "-f", "-y", "-s", "8", "-e", "trace=file,desc", "-o", trace, sys.executable]
    words = [_BEGINNING + script, databases, *arguments]
    subprocess.run([*command, "-c", *map(str, words)], cwd=ROOT, env={}, check=True, timeout=120)
    return list(_whole(trace.read_text(encoding="utf-8", errors="replace").split(START)[1].split(END)[0].splitlines()))


def _whole(lines: list[str]) -> Iterator[str]:
    """Each call on one line, where it returns: strace breaks one off when another thread's comes between."""
    begun: dict[str, str] = {}
    for line in lines:
        if broken := _BROKEN.match(line):
            begun[broken[1]] = broken[0].removesuffix(broken[2])
        elif resumed := _RESUMED.match(line):
            yield begun.pop(resumed[1], resumed[1] + " ") + resumed[2]
        else:
            yield line


def _counted(lines: list[str], folder: str) -> Counter[str]:
    found: Counter[str] = Counter()
    dirty: dict[str, list[tuple[int, int]]] = {}
    locked: set[str] = set()
    for call in filter(None, map(_CALL.match, lines)):
        name, arguments, result = call["name"], call["arguments"], int(call["result"])
        if folder not in arguments:
            continue
        on = (_FILE.match(arguments) or ["", ""])[1]
        if name == "openat":
            found["open"] += 1
        elif name == "close" and on != folder:
            found["close"] += 1
            found["lock"] += on in locked
            locked.discard(on)  # POSIX: whichever of the file's descriptors it is
        elif name == "fcntl" and "LK" in arguments:
            found["lock"] += 1
            (locked.discard if _UNLOCKED in arguments else locked.add)(on)
        elif name in {"read", "pread64"} and result > 0:
            found["read"] += 1
        elif name == "newfstatat" and result < 0:
            found["missing name"] += 1
        elif name in {"unlink", "ftruncate"}:
            found[name] += 1
        elif name == "pwrite64":
            length, start = map(int, _WRITTEN.search(arguments).groups())
            dirty.setdefault(on, []).append((start, start + length))
        elif name in {"fsync", "fdatasync"} and dirty.get(on):
            found["write"] += _pieces(dirty.pop(on))
            found["commit"] += 1
    return found


def _pieces(written: list[tuple[int, int]]) -> int:
    """How many pieces hang together."""
    pieces, end = 0, -1
    for start, stop in sorted(written):
        pieces += start > end
        end = max(end, stop)
    return pieces
