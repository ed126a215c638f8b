"""The model of 100,000 reports at once: everybody gets one, no faster than Telegram takes and one core draws them."""

import random
from itertools import pairwise

import pytest

from functions.report.run import LEASE
from functions.report.shards import EVERY
from research.report_rush import row, simulate

AT_ONCE = {0: 1.0}


def rush(people=3000, shares=AT_ONCE, *, chart_s=0.03, seed=1):
    return simulate(people, shares, random.Random(seed), chart_s=chart_s)


def test_everybody_gets_a_report():
    assert len(rush().late_s) == 3000
    assert not any(rush().waiting)


def test_telegram_sets_the_pace():
    result = rush()

    assert 23 < 2 * len(result.late_s) / result.busy_s < 25  # a report, and the question of the week


def test_a_slow_chart_sets_the_pace_instead():
    result = rush(chart_s=0.1)

    assert 9.5 < len(result.late_s) / result.busy_s < 10


def test_a_run_ends_within_its_lease_and_the_next_goes_on():
    result = rush(15_000)

    ends = sorted(result.late_s)
    pauses = [late for late, later in pairwise(ends) if later - late > 60]
    assert result.runs == 2
    assert pauses == [pytest.approx(LEASE.total_seconds() - 30, abs=5)]
    assert max(ends) < 2 * EVERY.total_seconds()


def test_the_row_says_how_long_it_took():
    assert row("all", rush(500)).split()[:3] == ["all", "1", "0.7"]
