"""Parts fail while people write: photos come back, presses that Telegram dropped can be made again."""

import time

import pytest

from local.telegram.faults import Fault
from local.telegram.refusals import QUERY_TOO_OLD
from tests.e2e.chats import ANSWER_S, a_failed_delivery, check_ins, hears, is_answered, photos_left

DELETE = "🗑 Delete everything"


@pytest.mark.parametrize(
    ("function", "kind", "back_s"),
    [*(("infer", kind, 6) for kind in ("throttle", "timeout", "crash")), ("store", "throttle", 31)],
)
def test_photo_survives_a_function_that_fails(stack, person, selfie, telegram, function, kind, back_s):
    stack.dispatch.fail_next(function, 1, kind)
    with a_failed_delivery(telegram):
        person.send_photo(selfie)

    telegram.advance(back_s)

    is_answered(person)
    assert check_ins(stack, person) == 1


def test_photo_survives_an_infer_that_cannot_start(stack, person, selfie, telegram):
    stack.dispatch.fail_next("infer", 6, "broken")
    with a_failed_delivery(telegram):
        person.send_photo(selfie)
    for _ in range(5):
        with a_failed_delivery(telegram):
            telegram.advance(121)
    telegram.advance(121)

    is_answered(person)
    assert check_ins(stack, person) == 1


def test_a_long_retry_is_said_once_and_given_up_after_five_failures_with_an_apology(stack, person, selfie, telegram):
    telegram.faults.add(Fault.server_error(), method="getFile", times=5)
    with a_failed_delivery(telegram):
        person.send_photo(selfie)
    for wait_s in (6, 21, 61):
        time.sleep(1.0)  # only Telegram's clock is moved; the store counts two failures in one second as one
        with a_failed_delivery(telegram):
            telegram.advance(wait_s)
    time.sleep(1.0)
    telegram.advance(121)

    hears(person, "This takes longer than usual")
    hears(person, "it is my fault")
    assert check_ins(stack, person) == 0


def test_failing_chat_does_not_hold_up_another(stack, person, selfie, telegram):
    other = telegram.person(first_name="Other")
    telegram.faults.add(Fault.server_error(), method="getFile")
    with a_failed_delivery(telegram):
        person.send_photo(selfie)

    other.send_text("/help")
    hears(other, "send a selfie")

    telegram.advance(6)
    is_answered(person)


def test_confirmation_that_telegram_lost_is_asked_for_and_pressed_again(stack, person, selfie, telegram):
    person.send_photo(selfie)
    is_answered(person)
    person.send_text("/delete")
    old = hears(person, "Delete everything?")
    stack.dispatch.fail_next("store", 2, "throttle")
    with a_failed_delivery(telegram):
        person.press(old, DELETE)
    with a_failed_delivery(telegram):
        telegram.advance(125)  # the next attempt would be 30 s later, past the press's 150 s
    assert telegram.wait_until_delivered(ANSWER_S)
    assert (person.read_all(), check_ins(stack, person)) == ([], 1)

    telegram.faults.add(Fault.bad_request(QUERY_TOO_OLD), method="answerCallbackQuery", times=2)
    person.send_text("/delete")
    new = hears(person, "Delete everything?")
    for asked in (new, old):
        person.press(asked, DELETE)
        hears(person, "Everything is deleted.")

    assert telegram.wait_until_delivered(ANSWER_S), telegram.webhook_info()
    assert telegram.faults.take("answerCallbackQuery", None) is None
    assert (check_ins(stack, person), photos_left(stack)) == (0, 0)
