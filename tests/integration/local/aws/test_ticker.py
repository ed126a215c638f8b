"""The schedule on one machine: a tick at once, then every interval, until the block ends."""

import threading

from local.aws.pool import ThrottledError
from local.aws.ticker import Ticker


def test_ticks_at_once_and_again_with_the_time_of_the_tick():
    ticks = []
    three = threading.Event()

    def tick(event):
        ticks.append(event)
        if len(ticks) == 3:
            three.set()

    with Ticker(tick, every_s=0.01):
        assert three.wait(10)

    assert {event["op"] for event in ticks} == {"due"}
    assert all(event["at_utc"].endswith("Z") for event in ticks)


def test_a_tick_that_finds_the_function_busy_does_not_end_the_schedule():
    outcomes = iter([ThrottledError("report"), None])
    second = threading.Event()

    def tick(_event):
        outcome = next(outcomes, None)
        if outcome:
            raise outcome
        second.set()

    with Ticker(tick, every_s=0.01):
        assert second.wait(10)
