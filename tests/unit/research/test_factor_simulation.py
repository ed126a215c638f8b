"""How often the list under /why is wrong: with few people, only what holds for any number of them."""

import numpy as np
import pytest

from research.factor_simulation import Habits, main, result

pytestmark = pytest.mark.long


def test_people_without_effects_hear_of_one_in_ten_at_most():
    """And of what people with effects hear, one in ten is false at most. 200 people of each kind."""
    half_a_year = result(180, Habits(), 200, np.random.default_rng(7))

    assert half_a_year.any_found <= 0.10
    assert half_a_year.false_share <= 0.10
    assert half_a_year.holds >= 0.95


@pytest.mark.parametrize("even", [0.97, 0.9, 0.7])
def test_people_who_rate_nearly_all_days_alike_hear_of_nothing(even):
    """On five days that happen to be equal, such days seem never to vary, and any difference to be no chance."""
    assert result(180, Habits(told=1.0, even=even), 40, np.random.default_rng(7)).any_found <= 0.05


def test_more_days_and_larger_effects_are_found_more_often():
    month, half_a_year = (result(days, Habits(), 60, np.random.default_rng(7)) for days in (30, 180))

    assert month.strong < 0.4 < half_a_year.strong
    assert half_a_year.weak < half_a_year.strong


def test_same_seed_prints_the_same_tables(capsys):
    printed = []
    for seed in ("1", "1", "2"):
        main(["--times", "4", "--seed", seed])
        printed.append(capsys.readouterr().out)

    assert printed[0] == printed[1]
    assert printed[0].splitlines()[3:] != printed[2].splitlines()[3:]
