"""Errors on demand meet the calls that they are meant for, as often as was said."""

from local.telegram.faults import Fault, Faults


def test_a_fault_is_used_up():
    faults = Faults()
    faults.add(Fault.too_many(3), method="sendMessage", times=2)

    met = [faults.take("sendMessage", 1) for _ in range(3)]

    assert met == [Fault.too_many(3), Fault.too_many(3), None]


def test_a_fault_waits_for_its_method_and_chat():
    faults = Faults()
    faults.add(Fault.blocked(), chat_id=7)
    faults.add(Fault.server_error(), method="getFile")

    assert faults.take("sendMessage", 8) is None
    assert faults.take("getFile", None) == Fault.server_error()
    assert faults.take("editMessageText", 7) == Fault.blocked()
    assert faults.take("editMessageText", 7) is None


def test_clear_forgets_what_has_not_happened():
    faults = Faults()
    faults.add(Fault.blocked())

    faults.clear()

    assert faults.take("sendMessage", 1) is None


def test_each_raise_has_an_exception_of_its_own_for_its_traceback():
    fault = Fault.chat_not_found()

    assert fault.error is not fault.error


def test_silence_has_no_error():
    assert Fault.hang().error is None
    assert Fault.lost_response().error is None
