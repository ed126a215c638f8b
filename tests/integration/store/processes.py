"""Other processes that use a shard: locks must hold between processes."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
connection.close()
"""

HOLD_DAMAGED = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_SH, 1, 0x40000002)  # one of SQLite's SHARED bytes
    print("held", flush=True)
    sys.stdin.readline()
"""

HOLD_JOURNAL = """
import fcntl, sys
with open(sys.argv[1] + "-journal", "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""

# Writes again and again, without a pause: each transaction has the lock for as long as one over NFS.
GREEDY = """
import sys, time
from contextlib import suppress
from pathlib import Path
from functions.store.database import transaction_on
from functions.store.errors import BusyError
def work(connection):
    connection.execute("INSERT INTO leases VALUES (hex(randomblob(8)), 'greedy', '2026-01-01T00:00:00Z')")
    time.sleep(0.1)
print("held", flush=True)
while True:
    with suppress(BusyError):
        transaction_on(Path(sys.argv[1]), work)
"""

# A page cache of one page spills: part of the transaction is in the database file, the rest is not, the journal is
# synced, and then the process ends. What it leaves is a hot journal that must be rolled back.
DIE_IN_A_COMMIT = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("PRAGMA journal_mode = PERSIST").fetchall()
connection.execute("PRAGMA cache_size = 1")
connection.execute("UPDATE seen_updates SET answer_json = '[]', outcome = 'refused'")
os.kill(os.getpid(), signal.SIGKILL)
"""

# A check-in of each of some people, in one transaction.
CHECK_IN = """
import sys
from pathlib import Path
from functions.store.database import transaction_on
from functions.store.operations import run
from tests.unit.store.samples import NOON, record
def work(connection):
    for update_id, person in enumerate(map(int, sys.argv[2:]), 900_000):
        run(connection, record(update_id, user_id=person), NOON)
transaction_on(Path(sys.argv[1]), work)
"""


@contextmanager
def holding(path, script=HOLD):
    """Another process is inside a transaction on the database; the callable that is given ends it."""
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield lambda: process.communicate("end\n")
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)


def die_in_a_commit(path):
    """A writer was killed in the middle of a commit on the database: a hot journal lies beside it."""
    died = subprocess.run([sys.executable, "-c", DIE_IN_A_COMMIT, str(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert path.with_name(f"{path.name}-journal").read_bytes()[:1] not in {b"", b"\0"}
