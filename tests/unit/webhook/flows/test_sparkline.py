"""The course in one line of text."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.webhook.flows.sparkline import sparkline

TODAY = date(2026, 11, 18)


def test_one_bar_a_day_with_gaps_on_a_fixed_scale():
    values = {TODAY: 1.0, TODAY - timedelta(days=1): 0.5, TODAY - timedelta(days=6): 0.0}

    line = sparkline(values, 7, TODAY)

    assert (line.bars, line.first_day, line.days_per_bar) == ("▁····▅█", date(2026, 11, 12), 1)


def test_all_begins_with_the_first_value():
    assert sparkline({TODAY - timedelta(days=2): 0.0}, 0, TODAY).bars == "▁··"


def test_more_than_60_days_become_weeks():
    values = {TODAY - timedelta(days=days): 0.99 for days in range(70)}

    line = sparkline(values, 0, TODAY)

    assert (line.bars, line.days_per_bar) == ("█" * 10, 7)


@pytest.mark.parametrize("days", [0, 7, 30])
def test_nothing_is_all_gaps(days):
    assert set(sparkline({}, days, TODAY).bars) == {"·"}


@given(st.dictionaries(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.floats(0, 1)), st.sampled_from([0, 7, 30]))
def test_any_course_fits_a_phone_and_ends_today_or_later(values, days):
    line = sparkline(values, days, TODAY)

    assert 1 <= len(line.bars) <= 60
    assert line.last_day >= TODAY
    assert line.first_day == line.last_day - timedelta(days=len(line.bars) * line.days_per_bar - 1) or days == 0
