"""Threads follow what is faster at the moment, and stay where they are told to stay."""

import pytest

from training import pace
from training.pace import CYCLE_STEPS, Pace


def used_in(steps, *, threads, seconds):
    """The threads of each of so many steps, where a step with t threads takes seconds(step, t)."""
    now, current, used = [0.0], [0], []
    following = Pace(threads, clock=lambda: now[0], use=lambda number: current.__setitem__(0, number))
    for step in range(steps):
        following.next_step()
        used.append(current[0])
        now[0] += seconds(step, current[0])
    return used


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(pace.os, "cpu_count", lambda: 2)


def test_fixed_number_is_set_and_kept():
    assert used_in(250, threads=2, seconds=lambda *_: 1.0) == [2] * 250


@pytest.mark.parametrize(("one_s", "two_s", "faster"), [(1.0, 0.6, 2), (1.0, 3.0, 1)])
def test_free_number_is_the_faster_one_after_a_trial_of_each(one_s, two_s, faster):
    used = used_in(CYCLE_STEPS, threads=0, seconds=lambda _, threads: one_s if threads == 1 else two_s)

    assert used == [1] * 3 + [2] * 3 + [faster] * (CYCLE_STEPS - 6)


def test_first_step_of_a_trial_does_not_count():
    used = used_in(CYCLE_STEPS, threads=0, seconds=lambda step, threads: 9.0 if step == 3 else 2.0 / threads)

    assert used[-1] == 2


def test_choice_follows_a_machine_that_gets_busy():
    used = used_in(2 * CYCLE_STEPS, threads=0, seconds=lambda step, t: 1.0 if t == 1 else 0.6 if step < 50 else 5.0)

    assert used[CYCLE_STEPS - 1] == 2
    assert used[-1] == 1
