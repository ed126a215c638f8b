"""A press that Telegram dropped, or whose spinner it no longer knows: asking again always works."""

from local.telegram.faults import Fault
from local.telegram.refusals import QUERY_TOO_OLD
from tests.e2e.test_conversation import a_failed_delivery, check_ins, hears, is_answered, photos_left

ANSWER_S = 30
DELETE = "🗑 Delete everything"


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
