"""The pilot's estimators, against published and hand-made values, and against planted ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.pilot_statistics import (
    answers_for_correlation,
    answers_for_difference,
    answers_for_share,
    correlation,
    design_effect,
    mcnemar,
    mean_interval,
    spearman,
    weighted_spearman,
    wilson,
)


def test_wilson_has_the_published_interval():
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: 81 of 263, 15 of 148, 0 of 20."""
    assert vars(wilson(81 / 263, 263)) == pytest.approx({"low": 0.2553, "high": 0.3662}, abs=5e-5)
    assert vars(wilson(15 / 148, 148)) == pytest.approx({"low": 0.0624, "high": 0.1605}, abs=5e-5)
    assert vars(wilson(0, 20)) == pytest.approx({"low": 0.0, "high": 0.1611}, abs=5e-5)


def test_mcnemar_is_the_exact_binomial():
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 5) == 1.0
    assert mcnemar(0, 5) == 2 / 32
    assert mcnemar(12, 2) == 2 * (1 + 14 + 91) / 2**14


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=12))
def test_a_resample_is_spearmans_correlation_of_its_answers_written_out(pairs):
    first, second, times = np.array(pairs, dtype=float).T

    (found,) = weighted_spearman(first, second, times[np.newaxis])

    expected = spearman(*(np.repeat(values, times.astype(int)) for values in (first, second)))
    assert found == pytest.approx(np.nan if expected is None else expected, nan_ok=True)


def test_spearman_of_something_that_does_not_vary_is_none():
    assert spearman(np.array([1.0, 2, 3]), np.ones(3)) is None
    assert spearman(np.array([1.0]), np.array([2.0])) is None


def test_design_effect_is_the_cluster_size_when_people_repeat_themselves_and_near_one_when_they_do_not():
    """Each of 400 people says the same five times, so 2000 answers are worth 400."""
    dice, people = np.random.default_rng(3), np.repeat(np.arange(400), 5)
    repeated, independent = (
        np.repeat(dice.integers(0, 2, 400), 5).astype(float),
        dice.integers(0, 2, 2000).astype(float),
    )

    assert design_effect(repeated, people) == pytest.approx(5, rel=0.02)
    assert design_effect(independent, people) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize(
    ("values", "people", "effect"),
    [
        ([0, 1, 1, 0, 1], [0, 1, 2, 3, 4], 1),  # everybody answered once
        ([0, 1, 1], [0, 0, 0], 3),  # one person, or equal answers: the worst that there can be
        ([1, 1, 1, 1], [0, 0, 1, 1], 2),
    ],
)
def test_design_effect_where_it_cannot_be_told(values, people, effect):
    assert design_effect(np.array(values, dtype=float), np.array(people)) == effect


@pytest.mark.parametrize("people", [10, 40])
def test_mean_interval_covers_the_planted_mean_as_often_as_it_says_although_people_differ(people):
    dice = np.random.default_rng(5)
    covered = 0
    for _ in range(1000):
        of_person = dice.normal(0.2, 1, people)
        values = np.repeat(of_person, 6) + dice.normal(0, 1, 6 * people)
        seen = mean_interval(values, np.repeat(np.arange(people), 6))
        covered += seen.low <= 0.2 <= seen.high

    assert 0.93 <= covered / 1000 <= 0.97


def test_correlation_recovers_what_was_planted():
    """For normal variables Spearman's is 6/pi asin(r/2), Pearson 1907: -0.4826 for -0.5."""
    dice = np.random.default_rng(2)
    first = dice.normal(size=1000)
    second = -0.5 * first + np.sqrt(0.75) * dice.normal(size=1000)

    found = correlation(first, second, np.repeat(np.arange(200), 5), np.random.default_rng(1))

    assert found.rho == pytest.approx(-0.4826, abs=0.05)
    assert found.interval.low < -0.4826 < found.interval.high
    assert found.interval.high - found.interval.low == pytest.approx(2 * 1.96 * 0.0253, rel=0.25)
    assert found.effect == pytest.approx(1, abs=0.4)


def test_answers_needed_give_the_promised_power():
    """With as many as the formula says, about 80 % of pilots find what was planted."""
    dice = np.random.default_rng(8)
    n_share, n_pairs = round(answers_for_share(0.8, 0.7)), round(answers_for_difference(0.1, 0.3))
    n_rho = round(answers_for_correlation(-0.3))

    by_share = np.mean([wilson(share, n_share).low >= 0.7 for share in dice.binomial(n_share, 0.8, 4000) / n_share])
    counted = dice.multinomial(n_pairs, [0.2, 0.1, 0.7], 2000).tolist()
    by_pairs = np.mean([mcnemar(first, second) < 0.05 for first, second, _ in counted])

    assert 0.76 <= by_share <= 0.85
    assert 0.74 <= by_pairs <= 0.83  # the exact test is a little more careful than its normal formula
    assert n_rho == pytest.approx(90, abs=3)  # 85 for Pearson's at 0.3, by any table, and 6 % more
