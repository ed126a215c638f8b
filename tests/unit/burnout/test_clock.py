"""The stopwatch: what a stage took is known whatever happens in it, and its runs add up."""

import pytest

from burnout.clock import Stopwatch


def test_a_stage_that_fails_is_timed_and_its_runs_add_up():
    stopwatch = Stopwatch(iter([1.0, 1.25, 7.0, 7.5]).__next__)

    with pytest.raises(KeyError), stopwatch.stage("fetch"):
        raise KeyError
    with stopwatch.stage("fetch"):
        pass

    assert stopwatch.stage_ms == {"fetch": 750.0}
