"""Turns: 25 a second over all chats, one a second into one chat, none while Telegram wants quiet."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.rate_limiter import CHAT_SPACING_S, PER_S, RateLimiter
from tests.unit.report.office import Clock


def turns(chats):
    """When each of the chats, in this order, got its turn."""
    clock = Clock()
    rate_limiter = RateLimiter(clock, clock.sleep)
    return [clock.now_s + rate_limiter.reserve(chat) for chat in chats]


def test_the_first_turn_is_at_once():
    assert turns([7]) == [1000.0]


@given(st.lists(st.integers(1, 6), max_size=80))
def test_no_second_has_more_turns_than_telegram_takes(chats):
    at_s = sorted(turns(range(100, 100 + len(chats))))

    assert all(late - early == pytest.approx(1 / PER_S) for early, late in pairwise(at_s))


@given(st.lists(st.integers(1, 6), max_size=80))
def test_a_chat_gets_a_message_a_second_at_most(chats):
    last = {}
    for chat, at_s in zip(chats, turns(chats), strict=True):
        assert at_s >= last.get(chat, 0.0) + CHAT_SPACING_S - 1e-9
        last[chat] = at_s


def test_a_chat_that_waits_does_not_hold_up_the_others():
    first, again, other = turns([1, 1, 2])

    assert (again - first, other - first) == (pytest.approx(1.0), pytest.approx(2 / PER_S))


def test_a_hold_delays_every_later_turn():
    clock = Clock()
    rate_limiter = RateLimiter(clock, clock.sleep)

    rate_limiter.pause_all(30)

    assert rate_limiter.reserve(1) == pytest.approx(30)
    assert rate_limiter.reserve(2) == pytest.approx(30 + 1 / PER_S)


def test_whoever_slept_for_a_turn_waits_on_when_a_hold_came_meanwhile():
    clock, held = Clock(), []

    def sleep(seconds):
        clock.sleep(seconds)
        if not held:
            held.append(rate_limiter.pause_all(30))

    rate_limiter = RateLimiter(clock, sleep)

    rate_limiter.wait_for_turn(1)

    assert clock.now_s >= 1030
