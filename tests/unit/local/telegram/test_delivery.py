"""Telegram's delivery rules on a virtual clock."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.telegram.delivery import DeliveryQueue, NoReply, Reply

NOON = 1_700_000_000.0
DAY_S = 24 * 3600
OK = Reply(200, {}, b"")
FAILED = Reply(500, {}, b"")
STUCK = Reply(503, {"Retry-After": "120"}, b"")


def message(update_id, chat_id=1, date=NOON):
    return {"update_id": update_id, "message": {"date": int(date), "chat": {"id": chat_id}}}


def press(update_id, user_id=1):
    return {"update_id": update_id, "callback_query": {"from": {"id": user_id}}}


def queue(max_connections=40):
    return DeliveryQueue(max_connections=max_connections, rng=random.Random(7))


def ids(deliveries):
    return [delivery.update["update_id"] for delivery in deliveries]


def attempt_times(deliveries, outcome, until=NOON + 30 * 3600):
    """When the only update is sent, in seconds from the first attempt, if each attempt ends in `outcome` at once."""
    times, now = [], NOON
    while (now := deliveries.next_wakeup(now)) is not None and now < until:
        (delivery,) = deliveries.take_due(now)
        times.append(now - NOON)
        deliveries.finished(delivery, outcome, now)
    return times


@pytest.mark.parametrize("outcome", [FAILED, Reply(302, {}, b""), Reply(404, {}, b""), NoReply("closed")])
def test_retries_come_at_once_then_double_then_are_a_minute_or_two_apart(outcome):
    deliveries = queue()
    deliveries.push(message(1), NOON)

    times = attempt_times(deliveries, outcome)

    assert times[:7] == [0, 0, 2, 6, 14, 30, 62]
    gaps = [later - earlier for earlier, later in pairwise(times[6:])]
    assert all(60 <= gap <= 120 for gap in gaps)
    assert len(set(gaps)) > 30, "the gaps are random"
    assert 900 < len(times) < 1050, "about 970 attempts a day"
    assert times[-1] <= DAY_S


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_delivers(status):
    deliveries = queue()
    deliveries.push(message(1), NOON)
    (delivery,) = deliveries.take_due(NOON)

    deliveries.finished(delivery, Reply(status, {}, b""), NOON)

    assert [(each.update["update_id"], each.delivered) for each in deliveries.take_settled()] == [(1, True)]
    assert deliveries.pending_count == 0
    assert deliveries.next_wakeup(NOON) is None


@pytest.mark.parametrize(
    ("header", "wait_s"), [("5", 5), ("120", 120), ("3600", 3600), ("9999", 3600), ("soon", 0), ("-5", 0), ("0", 0)]
)
def test_retry_after_replaces_the_first_back_off(header, wait_s):
    deliveries = queue()
    deliveries.push(message(1), NOON)
    (delivery,) = deliveries.take_due(NOON)

    deliveries.finished(delivery, Reply(503, {"retry-AFTER": header}, b""), NOON)

    assert deliveries.next_wakeup(NOON) == NOON + wait_s


def test_retry_after_does_not_lengthen_the_back_off_that_follows_it():
    deliveries = queue()
    deliveries.push(message(1), NOON)
    for _ in range(4):
        (delivery,) = deliveries.take_due(NOON)
        deliveries.finished(delivery, Reply(503, {"Retry-After": "1"}, b""), NOON - 1)
    (delivery,) = deliveries.take_due(NOON)

    deliveries.finished(delivery, FAILED, NOON)

    assert deliveries.next_wakeup(NOON) == NOON + 2


def test_a_failing_photo_holds_back_its_chat_but_not_its_buttons_nor_other_chats():
    deliveries = queue()
    deliveries.push(message(1, chat_id=5), NOON)
    (photo,) = deliveries.take_due(NOON)
    deliveries.finished(photo, Reply(503, {"Retry-After": "60"}, b""), NOON)
    membership = {"chat": {"id": 5}, "date": int(NOON)}
    deliveries.push({"update_id": 2, "edited_message": {"date": int(NOON), "chat": {"id": 5}}}, NOON)
    deliveries.push({"update_id": 3, "my_chat_member": membership}, NOON)
    deliveries.push(press(4, user_id=5), NOON)
    deliveries.push(message(5, chat_id=6), NOON)

    assert ids(deliveries.take_due(NOON + 59)) == [4, 5]
    assert ids(deliveries.take_due(NOON + 60)) == [1]


def test_eighty_stuck_chats_stall_a_bot_with_forty_connections():
    deliveries = queue(max_connections=40)
    for chat_id in range(80):
        deliveries.push(message(chat_id, chat_id=chat_id), NOON)
    for _ in range(2):
        for delivery in deliveries.take_due(NOON):
            deliveries.finished(delivery, STUCK, NOON)
    deliveries.push(message(100, chat_id=100), NOON)
    deliveries.push(press(101, user_id=101), NOON)

    assert deliveries.take_due(NOON + 119) == [], "the healthy chat waits outside, and so does the button"
    first_half = deliveries.take_due(NOON + 120)
    for delivery, outcome in zip(first_half, [OK, OK, *[STUCK] * 38], strict=True):
        deliveries.finished(delivery, outcome, NOON + 120)
    for delivery in deliveries.take_due(NOON + 120):
        deliveries.finished(delivery, STUCK, NOON + 120)
    assert ids(deliveries.take_due(NOON + 120)) == [100, 101], "two places are free again"


@pytest.mark.parametrize(
    ("update", "lives_s"),
    [
        (message(1, date=NOON - DAY_S + 10), 10),
        (message(1, date=NOON - DAY_S), 0),
        (press(1), 150),
        ({"my_chat_member": {"chat": {"id": 1}, "date": int(NOON)}}, DAY_S),
        ({"edited_message": {"date": int(NOON - 5 * DAY_S), "edit_date": int(NOON), "chat": {"id": 1}}}, DAY_S),
    ],
    ids=["message", "too old", "button", "block", "edit"],
)
def test_an_update_is_tried_until_it_expires_by_its_own_date(update, lives_s):
    deliveries = queue()
    deliveries.push(update, NOON)

    times = attempt_times(deliveries, FAILED)

    assert bool(times) == (lives_s > 0)
    assert max(times, default=0) <= lives_s <= max(times, default=0) + 121
    assert ([each.delivered for each in deliveries.take_settled()], deliveries.pending_count) == ([False], 0)


def test_the_newest_error_is_told():
    deliveries = queue()
    deliveries.push(message(1), NOON)
    assert deliveries.last_error is None
    for outcome, at in ((FAILED, NOON), (NoReply("Read timeout expired"), NOON + 60)):
        (delivery,) = deliveries.take_due(at)
        deliveries.finished(delivery, outcome, at)
        error = deliveries.last_error

    assert (error.at, error.message) == (NOON + 60, "Read timeout expired")


def test_take_back_gives_everything_undelivered_in_order_and_forgets_what_flies():
    deliveries = queue(max_connections=1)
    updates = [message(3, chat_id=1), message(4, chat_id=2), message(5, chat_id=1), message(6, chat_id=3)]
    for update in updates:
        deliveries.push(update, NOON)
    (flying,) = deliveries.take_due(NOON)

    assert deliveries.take_back() == updates
    deliveries.finished(flying, OK, NOON)
    assert deliveries.take_settled() == []
    assert deliveries.pending_count == 0


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"update_id": 1},
        {"message": None},
        {"message": {"chat": 5, "date": "x"}},
        {"callback_query": []},
        {"callback_query": {"from": {"id": "me"}}},
        {"poll": {"id": "1"}},
    ],
)
def test_an_update_of_any_shape_is_delivered_and_waits_for_nobody(hostile):
    deliveries = queue()
    deliveries.push(hostile, NOON)
    deliveries.push(hostile, NOON)

    assert [each.update for each in deliveries.take_due(NOON)] == [hostile, hostile]


@dataclass
class History:
    """What a simulated webhook saw, for the rules that hold whatever fails."""

    starts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    settled: dict[int, bool] = field(default_factory=dict)
    accepted: list[int] = field(default_factory=list)


def key_of(update):
    if "callback_query" in update:
        return f"user {update['callback_query']['from']['id']}"
    return f"chat {update['message']['chat']['id']}"


def played(deliveries, updates, choose):
    """Run until nothing is left; `choose` decides how each attempt ends and how long it takes."""
    history, flying, now = History(), [], NOON
    for update in updates:
        deliveries.push(update, now)
    while deliveries.pending_count:
        started = deliveries.take_due(now)
        for delivery in started:
            history.starts[key_of(delivery.update)].append(delivery.update["update_id"])
            outcome, takes_s = choose()
            flying.append((now + takes_s, delivery, outcome))
        assert len(flying) <= 4
        keys = [key_of(delivery.update) for _, delivery, _ in flying]
        assert len(keys) == len(set(keys)), "two of one key in flight"
        ends = [end for end, _, _ in flying]
        wakeup = deliveries.next_wakeup(now)
        now = min([*ends, *([wakeup] if wakeup is not None else [])], default=now)
        for landed in [each for each in flying if each[0] <= now]:
            flying.remove(landed)
            deliveries.finished(landed[1], landed[2], now)
            if landed[2] is OK:
                history.accepted.append(landed[1].update["update_id"])
    for each in deliveries.take_settled():  # also what had expired before it came
        assert each.update["update_id"] not in history.settled, "settled twice"
        history.settled[each.update["update_id"]] = each.delivered
    return history


OUTCOMES = [OK, OK, FAILED, STUCK, Reply(302, {}, b""), NoReply("closed")]


@settings(max_examples=60, deadline=None)
@given(
    kinds=st.lists(st.tuples(st.booleans(), st.integers(1, 12), st.integers(0, DAY_S + 100)), min_size=1, max_size=40),
    chances=st.lists(st.tuples(st.sampled_from(OUTCOMES), st.integers(0, 90)), min_size=5, max_size=30),
    seed=st.integers(0, 9),
)
def test_whatever_fails_each_update_is_delivered_once_or_expires_and_keeps_its_order(kinds, chances, seed):
    updates = [
        press(number, who) if is_press else message(number, who, NOON - age_s)
        for number, (is_press, who, age_s) in enumerate(kinds)
    ]
    turns = iter(range(10**9))
    deliveries = DeliveryQueue(max_connections=4, rng=random.Random(seed))

    # From a point on everything succeeds, so that the simulation ends; until then chance decides.
    history = played(deliveries, updates, lambda: chances[turn] if (turn := next(turns)) < len(chances) else (OK, 1))

    assert history.settled.keys() == {update["update_id"] for update in updates}
    assert sorted(history.accepted) == sorted(number for number, delivered in history.settled.items() if delivered)
    assert all(starts == sorted(starts) for starts in history.starts.values())
