"""Two processes on one shard: one waits, within its budget, and never past it."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from functions.store.database import transaction
from functions.store.errors import BusyError
from tests.integration.store.conftest import USER, updates, write
from tests.integration.store.processes import GREEDY, HOLD, HOLD_JOURNAL, holding
from tests.unit.store.samples import record


def test_a_locked_shard_is_tried_again_until_the_budget_is_spent(root, shard, clock):
    drawn = []

    def uniform(low, high):
        drawn.append(low)
        return high

    with holding(shard), pytest.raises(BusyError, match=r"^79\.sqlite: locked for 1\.2 s$"):
        write(root, record(102), clock.access(uniform=uniform))

    assert clock.slept_s[:60] == pytest.approx([0.02] * 60)
    assert sum(clock.slept_s) == pytest.approx(1.2)
    assert set(drawn) == {0}


@pytest.mark.parametrize("script", [HOLD, HOLD_JOURNAL], ids=["database", "journal"])
def test_a_shard_that_becomes_free_is_used(root, shard, clock, script):
    with holding(shard, script) as end:
        clock.then[3] = end

        recorded = write(root, record(102), clock.access())

    assert recorded.first
    assert len(clock.slept_s) == 3
    assert updates(root) == [101, 102]


def test_the_wall_clock_budget_holds_with_real_sleeps(root, shard):
    with holding(shard):
        started = time.monotonic()
        with pytest.raises(BusyError):
            write(root, record(102))

        assert time.monotonic() - started >= 1.2


@pytest.mark.parametrize("writers", [1, 4])
def test_beside_writers_that_never_pause_nobody_waits_for_more_than_50_of_their_transactions(root, shard, writers):
    """Those take 0.1 s each, so this is 5 s on a quiet machine. A refused operation comes again at once."""
    written = [0]
    with ExitStack() as others:
        for _ in range(writers):
            others.enter_context(holding(shard, GREEDY))
        while len(written) < 8:
            with suppress(BusyError):
                written += transaction(root, USER, lambda c: c.execute("SELECT count(*) FROM leases").fetchone())
                assert written[-1] - written[-2] <= 50
                time.sleep(0.1)  # they are at work again

    assert written[-1] > 0


def test_threads_of_one_process_keep_each_other_out(root):
    """The local stack runs handlers in threads; POSIX locks alone would not keep them apart."""

    def add(number):
        for turn in range(5):
            write(root, record(1000 * number + turn + 1))

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(add, (1, 2, 3)))

    assert len(updates(root)) == 16


def test_a_killed_holder_s_lock_is_free_at_once(root, shard, clock):
    with holding(shard):
        pass

    transaction(root, USER, lambda _: None, clock.access())

    assert clock.slept_s == []
    assert os.path.exists(shard)
