"""The clock on the wall decides when a tick is due, whatever the process has slept through."""

from datetime import UTC, datetime, timedelta

import pytest

from selfhost.clock import Clock
from tests.integration.local.aws.processes import eventually

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("jump", "ticks"),
    [(timedelta(minutes=14), 1), (timedelta(minutes=15), 2), (timedelta(hours=9), 2), (-timedelta(days=400), 2)],
    ids=["too early", "a quarter", "the machine slept", "set back"],
)
def test_after_sleep_what_was_due_comes_once(jump, ticks):
    ticked, looks = [], []

    def now():
        looks.append(NOON)
        return NOON if len(looks) == 1 else NOON + jump

    with Clock(ticked.append, now, look_s=0.001):
        eventually(lambda: len(looks) > 20)

    assert ticked == [NOON, NOON + jump][:ticks]


def test_a_tick_says_its_moment_in_whole_seconds():
    ticked = []

    with Clock(ticked.append, lambda: NOON + timedelta(microseconds=5), look_s=0.001):
        eventually(lambda: ticked)

    assert ticked == [NOON]
