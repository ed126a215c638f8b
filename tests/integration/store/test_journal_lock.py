"""The journal is locked with the database, until SQLite has written its last byte into either.

Without that, a machine that was cut off for longer than its lease would write its journal when it returns, and the
next writer would roll back what others were acknowledged meanwhile (docs/decisions/0009). To see that takes NFS.
"""

import re

import pytest

from functions.store.errors import BusyError
from functions.store.files import journal_of
from tests.integration.store.conftest import open_files, write
from tests.integration.store.processes import HOLD_JOURNAL, holding
from tests.integration.store.round_trips import END, START, STRACE, traced
from tests.unit.store.samples import record

_CALL = re.compile(r"^\d+\s+(?P<name>\w+)\(\d+<(?P<file>[^>]+)>(?P<rest>.*)")
_WHOLE = "F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0}"

CHECK_INS = f"""
def check_in(update_id):
    def work(connection):
        run(connection, agree(), NOON)
        run(connection, record(update_id), NOON)
        1 / (update_id % 3)  # closing the connection rolls back

    with suppress(ZeroDivisionError):
        transaction(root, 7, work, Access(budget_s=60))

mark("{START}")
with ThreadPoolExecutor(int(sys.argv[2])) as threads:
    list(threads.map(check_in, range(100, 130)))
mark("{END}")
"""


def test_a_shard_whose_journal_is_locked_is_busy_and_nothing_is_written(root, shard, clock):
    before = (shard.read_bytes(), journal_of(shard).read_bytes())

    with holding(shard, HOLD_JOURNAL), pytest.raises(BusyError, match=r"^79\.sqlite: locked for 1\.2 s$"):
        write(root, record(102), clock.access())

    assert (shard.read_bytes(), journal_of(shard).read_bytes()) == before
    assert open_files(root) == []


@pytest.mark.skipif(STRACE is None, reason="strace is not installed (apt-get install strace)")
@pytest.mark.parametrize("threads", [1, 3])
def test_both_files_are_synced_only_while_this_process_has_the_journal_locked(tmp_path, threads):
    """From a file's first transaction on. Whichever thread closes one of the journal's descriptors drops the lock."""
    shard = tmp_path / "databases" / "79.sqlite"
    locked, synced_locked = False, []
    for call in filter(None, map(_CALL.match, traced(CHECK_INS, tmp_path, threads))):
        if call["file"] == str(journal_of(shard)) and call["name"] in {"close", "fcntl"}:
            locked = _WHOLE in call["rest"] and call["rest"].endswith("= 0")
        if call["name"] in {"fsync", "fdatasync"} and call["file"] in {str(shard), str(journal_of(shard))}:
            synced_locked.append(locked)

    assert len(synced_locked) >= 20 * 4 + 10
    assert all(synced_locked)
