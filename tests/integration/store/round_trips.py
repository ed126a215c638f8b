"""How many answers of an NFS server a transaction waits for, counted from its system calls (`strace`).

The model, as on EFS without a warm cache: every open, close, lock and read of a file waits for one; what is written
waits in the client until it is synced, one for each piece that hangs together and one for the commit; attributes are
cached, a name that does not exist is asked for. Reading past the end, and a folder's own sync and close, cost nothing.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.integration.store.processes import ENVIRONMENT

STRACE = shutil.which("strace")
_START, _END = "/the-transaction-begins", "/the-transaction-ends"
_CALL = re.compile(r"^\d+\s+(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>-?\d+)")
_FILE = re.compile(r"^\d+<([^>]+)>")
_WRITTEN = re.compile(r", (\d+), (\d+)$")

_SCRIPT = f"""
import os, sys
from contextlib import suppress
from pathlib import Path
from functions.store.shards import perform
from tests.unit.store.samples import NOON, agree, record

def mark(name):
    with suppress(OSError):
        os.stat(name)

root = Path(sys.argv[1])
perform(root, agree(user_id=7), NOON)
perform(root, record(1, user_id=7, message_id=1), NOON)
mark("{_START}")
perform(root, record(2, user_id=7, message_id=2), NOON)
mark("{_END}")
"""


def of_one_record(root: Path) -> Counter[str]:
    """The round trips of one recorded check-in of somebody who has one already, by kind."""
    trace = root / "trace"
    databases = root / "databases"
    databases.mkdir()
    command = [STRACE, "-f", "-y", "-s", "8", "-e", "trace=file,desc", "-o", trace]
    subprocess.run([*command, sys.executable, "-c", _SCRIPT, databases], env=ENVIRONMENT, check=True, timeout=120)
    lines = trace.read_text(encoding="utf-8", errors="replace").split(_START)[1].split(_END)[0].splitlines()
    return _counted(lines, str(databases))


def _counted(lines: list[str], folder: str) -> Counter[str]:
    found: Counter[str] = Counter()
    dirty: dict[str, list[tuple[int, int]]] = {}
    for call in filter(None, map(_CALL.match, lines)):
        name, arguments, result = call["name"], call["arguments"], int(call["result"])
        if folder not in arguments:
            continue
        on = (_FILE.match(arguments) or ["", ""])[1]
        if name == "openat":
            found["open"] += 1
        elif name == "close" and on != folder:
            found["close"] += 1
        elif name == "fcntl" and "LK" in arguments:
            found["lock"] += 1
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
