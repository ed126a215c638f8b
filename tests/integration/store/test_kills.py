"""Every acknowledged row survives a writer that is killed, whichever system call it was at."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from functions.store.database import transaction
from tests.integration.store.killing import NEIGHBOUR, USER, write
from tests.integration.store.processes import ROOT

SCRIPT = [sys.executable, "-m", "tests.integration.store.killing"]
LIMIT_S = 120


@contextmanager
def contending(folder):
    """Another process writes to the victims' shard. Gives a callable that ends it and says what it acknowledged."""
    command = [*SCRIPT, "contend", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env={}, stdin=pipe, stdout=pipe, text=True) as process:

        def end():
            output, _ = process.communicate("end\n", timeout=LIMIT_S)
            assert process.returncode == 0
            return [json.loads(line) for line in output.splitlines()]

        try:
            yield end
        finally:
            process.kill()


@dataclass
class KillRun:
    """What happened: per sweep what was killed where; what each side was told is kept; where the shards lie."""

    sweeps: dict
    acknowledged: list
    neighbour_acknowledged: list
    folder: Path


@pytest.fixture(scope="module")
def battle(tmp_path_factory):
    if sys.platform != "linux":
        pytest.skip("kills at system calls need Linux's ptrace")
    folder = tmp_path_factory.mktemp("battle")
    (folder / "shared").mkdir()
    write(folder / "shared", USER, 1)
    (folder / "acknowledged").write_text("1\n")

    with contending(folder) as end:
        command = [*SCRIPT, "sweep", str(folder)]
        swept = subprocess.run(
            command, cwd=ROOT, env={}, check=True, timeout=LIMIT_S, stdout=subprocess.PIPE, text=True
        )
        neighbour_acknowledged = end()

    sweeps = json.loads(swept.stdout)
    if "refused" in sweeps:
        pytest.skip(f"this system refuses ptrace to a process's own child: {sweeps['refused']}")
    acknowledged = [int(line) for line in (folder / "acknowledged").read_text().split()]
    return KillRun(sweeps, acknowledged, neighbour_acknowledged, folder)


def kept(root):
    """How often each update stands in the shard, and its check-in; read as the store reads."""

    def look(connection):
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        updates = connection.execute("SELECT user_id, update_id FROM seen_updates NOT INDEXED").fetchall()
        check_ins = connection.execute("SELECT user_id, update_id FROM check_ins").fetchall()
        return Counter(updates), Counter(check_ins)

    return transaction(root, USER, look)


@pytest.mark.parametrize(
    ("name", "at_least"),
    [("to the lock", 40), ("under the lock", 100), ("of an erasure", 100), ("first of a file", 50)],
)
def test_a_writer_was_killed_at_every_stop_of_its_way(battle, name, at_least):
    killed_at = battle.sweeps[name]["killed_at"]
    step = killed_at[1] - killed_at[0]

    assert len(killed_at) >= at_least
    assert killed_at == list(range(1, 1 + step * len(killed_at), step))
    assert step == (6 if name == "first of a file" else 1)


@pytest.mark.parametrize("name", ["under the lock", "of an erasure", "first of a file"])
def test_some_of_the_kills_left_a_commit_half_done(battle, name):
    """Else recovery would not have been tried."""
    assert len(battle.sweeps[name]["hot_at"]) >= 5


def test_both_sides_got_work_done_meanwhile(battle):
    assert len(battle.neighbour_acknowledged) >= 50
    assert len(battle.acknowledged) > battle.sweeps["to the lock"]["ended"]


def test_every_acknowledged_row_is_there_exactly_once(battle):
    updates, check_ins = kept(battle.folder / "shared")
    told = [(USER, number) for number in battle.acknowledged if number < 30_000]
    told += [(NEIGHBOUR, number) for number in battle.neighbour_acknowledged]

    assert len(told) == len(set(told))
    assert {row for row in told if updates[row] != 1 or check_ins[row] != 1} == set()


def test_acknowledged_erasures_and_half_done_ones_were_both_seen(battle):
    """That no erasure came back, or was done by half, the sweep itself asserts after each kill."""
    erased = (battle.folder / "erased").read_text().split()

    assert len(erased) == len(set(erased))
    assert len(erased) >= battle.sweeps["of an erasure"]["ended"]


def test_no_shard_was_ever_taken_for_damaged(battle):
    assert sorted(battle.folder.rglob("*damaged*")) == []


def test_no_row_stands_twice_or_without_its_check_in(battle):
    updates, check_ins = kept(battle.folder / "shared")

    assert updates == check_ins
    assert set(updates.values()) == {1}


def test_a_file_whose_first_writer_was_killed_works_for_the_next(battle):
    roots = sorted(root for root in battle.folder.iterdir() if root.name.isdigit())
    assert len(roots) >= 50

    for root in roots:
        first = int(root.name)
        updates, check_ins = kept(root)

        assert updates == check_ins
        assert set(updates) <= {(USER, first)}
        assert (USER, first) in updates or first not in battle.acknowledged
        write(root, USER, first)
        assert kept(root)[0] == {(USER, first): 1}
