"""Who is in which half depends on the numbers alone, and is the same in every process."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.inference import MODELS
from functions.webhook.assignment import asks_rating_first, models_run, shown_model


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


def reads_baseline(user_id, percent):
    return shown_model(user_id, percent) == "baseline"


def is_shadowed(user_id, percent):
    return models_run(user_id, "mvp", percent) == ("mvp", "baseline")


DRAWS = pytest.mark.parametrize("is_drawn", [reads_baseline, is_shadowed])


@DRAWS
@pytest.mark.parametrize("percent", [1, 10, 50, 90])
def test_share_of_people_who_are_drawn_is_about_the_setting(is_drawn, percent):
    share = sum(is_drawn(user_id, percent) for user_id in range(1, 10_001)) / 10_000

    assert share == pytest.approx(percent / 100, abs=0.015)  # three standard deviations at 50 %


@DRAWS
@given(user_id=USER_IDS)
def test_nobody_at_0_percent_and_everybody_at_100(is_drawn, user_id):
    assert (is_drawn(user_id, 0), is_drawn(user_id, 100)) == (False, True)


@DRAWS
@given(user_id=USER_IDS, one=st.integers(0, 100), other=st.integers(0, 100))
def test_raising_the_share_moves_nobody_back(is_drawn, user_id, one, other):
    lower, higher = sorted((one, other))

    assert is_drawn(user_id, higher) or not is_drawn(user_id, lower)


@pytest.mark.parametrize(("is_drawn", "drawn"), [(reads_baseline, [1, 8, 11, 25]), (is_shadowed, [2, 7])])
def test_draw_is_the_same_in_every_process(is_drawn, drawn):
    """Written down: Python's own hash of a text would differ from start to start."""
    assert [user_id for user_id in range(1, 31) if is_drawn(user_id, 10)] == drawn


@given(USER_IDS)
def test_mvp_reads_every_photo_and_what_is_shown_reads_it_too(user_id):
    assert models_run(user_id, "mvp", 0) == ("mvp",)
    assert models_run(user_id, "baseline", 0) == ("mvp", "baseline")


def test_who_is_shadowed_does_not_hang_on_who_reads_baseline():
    shadowed = [user_id for user_id in range(1, 10_001) if is_shadowed(user_id, 50)]

    assert sum(reads_baseline(user_id, 50) for user_id in shadowed) / len(shadowed) == pytest.approx(0.5, abs=0.02)


def test_it_does_not_hang_on_whether_the_rating_is_asked_first():
    asked = dict.fromkeys(MODELS, 0)
    for user_id in range(1, 4001):
        asked[shown_model(user_id, 50)] += asks_rating_first(user_id, 1)

    assert asked["baseline"] == pytest.approx(asked["mvp"], rel=0.15)
