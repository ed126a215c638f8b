"""Who is in which half depends on the numbers alone, and is the same in every process."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.inference import MODELS
from functions.webhook.assignment import asks_rating_first, shown_model


def test_about_half_of_anybodys_check_ins_ask_first():
    for user_id in (1, 7, 5_000_000_000):
        asked = sum(asks_rating_first(user_id, number) for number in range(2000))

        assert 900 < asked < 1100


def test_two_people_are_asked_at_different_check_ins():
    assert [asks_rating_first(1, number) for number in range(64)] != [
        asks_rating_first(2, number) for number in range(64)
    ]


@given(st.lists(st.tuples(st.integers(1, 2**52), st.integers(0, 2**53)), unique=True), st.randoms())
def test_choice_depends_on_person_and_message_only_and_not_on_the_order(check_ins, shuffle: random.Random):
    chosen = {check_in: asks_rating_first(*check_in) for check_in in check_ins}
    shuffle.shuffle(check_ins)

    assert {check_in: asks_rating_first(*check_in) for check_in in check_ins} == chosen


USER_IDS = st.integers(1, 2**52)


def share(percent, people=10_000):
    return sum(shown_model(user_id, percent) == "baseline" for user_id in range(1, people + 1)) / people


@pytest.mark.parametrize("percent", [1, 10, 50, 90])
def test_share_of_people_who_read_baseline_is_about_the_setting(percent):
    assert share(percent) == pytest.approx(percent / 100, abs=0.015)  # three standard deviations at 50 %


@given(USER_IDS)
def test_nobody_at_0_percent_and_everybody_at_100(user_id):
    assert (shown_model(user_id, 0), shown_model(user_id, 100)) == ("mvp", "baseline")


@given(USER_IDS, st.integers(0, 100), st.integers(0, 100))
def test_raising_the_share_moves_nobody_back(user_id, one, other):
    lower, higher = sorted((one, other))

    assert shown_model(user_id, higher) == "baseline" or shown_model(user_id, lower) == "mvp"


def test_draw_is_the_same_in_every_process():
    """Written down: Python's own hash of a text would differ from start to start."""
    assert [user_id for user_id in range(1, 31) if shown_model(user_id, 10) == "baseline"] == [1, 8, 11, 25]


def test_it_does_not_hang_on_whether_the_rating_is_asked_first():
    asked = dict.fromkeys(MODELS, 0)
    for user_id in range(1, 4001):
        asked[shown_model(user_id, 50)] += asks_rating_first(user_id, 1)

    assert asked["baseline"] == pytest.approx(asked["mvp"], rel=0.15)
