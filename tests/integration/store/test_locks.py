"""Two processes on one shard: one waits, within its budget, and never past it."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.store.database import BusyError, transaction
from tests.integration.store.conftest import USER, spying, updates, write
from tests.integration.store.processes import holding
from tests.unit.store.samples import record


def test_a_locked_shard_is_tried_again_with_growing_pauses_until_the_budget_is_spent(root, shard, clock):
    drawn = []

    def uniform(low, high):
        drawn.append(low)
        return high

    with holding(shard), pytest.raises(BusyError, match=r"^79\.sqlite: locked for 1\.2 s$"):
        write(root, record(102), clock.access(uniform=uniform))

    longest = [0.005, 0.01, 0.02, 0.04, 0.08, *[0.1] * 10]
    assert clock.slept_s[:-1] == pytest.approx(longest[: len(clock.slept_s) - 1])
    assert sum(clock.slept_s) == pytest.approx(1.2)
    assert set(drawn) == {0}


def test_a_shard_that_becomes_free_is_used(root, shard, clock):
    with holding(shard) as end:
        clock.then[3] = end

        recorded = write(root, record(102), clock.access())

    assert recorded.first
    assert len(clock.slept_s) == 3
    assert updates(root) == [101, 102]


def test_what_is_left_of_the_budget_is_what_commit_may_wait_for_a_reader(root, shard, clock):
    waits = []

    def tell(sql, execute):
        waits.extend([sql] if "busy_timeout" in sql else [])
        return execute()

    with holding(shard) as end:
        clock.then[2] = end
        write(root, record(102), clock.access(connect=spying(tell)))

    assert waits == ["PRAGMA busy_timeout = 1185"]


def test_the_wall_clock_budget_holds_with_real_sleeps(root, shard):
    import time

    started = time.monotonic()
    with holding(shard), pytest.raises(BusyError):
        write(root, record(102))

    assert 1.2 <= time.monotonic() - started < 5


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
