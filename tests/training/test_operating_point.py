"""The operating point: on faces whose truth is known, and whatever the faces are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.operating_point import OperatingPoint, choose, held_out, score

DICE = np.random.default_rng(1)
MASS = DICE.beta(0.5, 1.5, size=20_000)  # the mass of each face; a quarter is negative, as in FER+


def truth(mass_n, *, surer=1.0):
    """Sides drawn so that the log odds of being negative are `surer` times those of the mass."""
    odds = (mass_n / (1 - mass_n)) ** surer
    return DICE.random(len(mass_n)) < odds / (1 + odds)


def test_bounds_lie_where_the_risk_of_the_wrong_side_is_a_third():
    point = choose(MASS, truth(MASS))

    assert point.unsure_from == pytest.approx(1 / 3, abs=0.02)
    assert point.unsure_to == pytest.approx(2 / 3, abs=0.02)


def test_bounds_are_narrower_where_the_majority_is_surer_than_the_mass():
    point = choose(MASS, truth(MASS, surer=2.0))

    assert point.unsure_from == pytest.approx(0.41, abs=0.02)  # odds of 1 to 2 are reached at 1 to the root of 2
    assert point.unsure_to == pytest.approx(0.59, abs=0.02)


def test_threshold_lies_below_a_half_where_few_faces_are_negative():
    """For the accuracy of all faces 0.5 is best here, for the mean of both sides their share; the sum lies between."""
    negative_n = truth(MASS)

    assert negative_n.mean() < choose(MASS, negative_n).threshold < 0.5


def test_no_side_is_named_that_has_less_than_half_of_the_mass():
    """A network that calls most faces negative: a high threshold, and all from 0.5 up to it is unsure."""
    mass_n = MASS**0.25

    point = choose(mass_n, truth(MASS))

    assert point.threshold > 0.5
    assert point.unsure_from <= 0.5
    assert point.unsure_to >= point.threshold


def test_score_counts_what_is_told_and_what_is_not():
    mass_n = np.array([0.1, 0.45, 0.55, 0.65, 0.3, 0.9])
    negative_n = np.array([False, False, True, False, True, True])

    found = score(mass_n, negative_n, OperatingPoint(threshold=0.5, unsure_from=0.4, unsure_to=0.6))

    assert found == {
        "n": 6,
        "micro": pytest.approx(4 / 6),
        "macro": pytest.approx(2 / 3),
        "unsure": pytest.approx(2 / 6),
        "right_unsure": 1.0,
        "right_named": 0.5,
        "told_negative": pytest.approx(1 / 3),
        "told_positive": pytest.approx(1 / 3),
    }


def test_bounds_are_half_open():
    at_bounds = np.array([0.4, 0.6])

    found = score(at_bounds, np.array([False, True]), OperatingPoint(0.5, 0.4, 0.6))

    assert found["unsure"] == 0.5
    assert found["told_positive"] == 0


def test_held_out_scores_are_of_the_other_half():
    """The second half of each pair says the opposite of the first, so that a choice is worth nothing on the others."""
    mass_n = np.repeat(MASS, 2)
    negative_n = np.repeat(truth(MASS), 2)
    negative_n[1::2] ^= True

    chosen_on_even, chosen_on_odd = held_out(mass_n, negative_n)

    assert chosen_on_even["n"] == chosen_on_odd["n"] == len(MASS)
    assert chosen_on_even["micro"] < 0.5


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_whatever_the_faces_are_the_point_is_one_that_serving_takes(faces):
    mass_n, negative_n = (np.array(column) for column in zip(*faces, strict=True))

    point = choose(mass_n.astype(float), negative_n.astype(bool))

    assert 0 < point.unsure_from <= min(point.threshold, 0.5)
    assert max(point.threshold, 0.5) <= point.unsure_to < 1
