"""/report and the chart buttons: the report function is asked, and the chat shows that a picture is coming."""

from collections import deque

import pytest

from burnout.errors import FunctionUnavailableError, TransientError
from burnout.report_requests import ReportRequest
from tests import updates

UPLOADING = ("sendChatAction", {"chat_id": 7, "action": "upload_photo"})


def test_report_is_ordered_and_the_only_answer_is_that_a_picture_is_coming(bot):
    update = updates.text("/report")

    (call,) = bot(update)

    assert (call.method, call.params) == UPLOADING
    assert bot.reports.requests == [ReportRequest(user_id=7, update_id=update["update_id"], show="report")]
    assert bot.outcome == "report"


@pytest.mark.parametrize(
    ("data", "show", "notice"),
    [
        ("v1:report", "report", "Your report is on its way."),
        ("v1:chart:course", "course", "Drawing…"),
        ("v1:chart:calendar", "calendar", "Drawing…"),
    ],
)
def test_button_orders_what_it_says(bot, data, show, notice):
    update = updates.button(data)

    spinner, action = bot(update)

    assert spinner.params["text"] == notice
    assert (action.method, action.params) == UPLOADING
    assert bot.reports.requests == [ReportRequest(user_id=7, update_id=update["update_id"], show=show)]
    assert bot.outcome == "report"


def test_repeated_update_orders_again_under_the_same_number(bot):
    update = updates.text("/report")

    bot(update)
    bot(update)

    assert len(bot.reports.requests) == 2
    assert len(set(bot.reports.requests)) == 1


def test_throttled_report_function_is_asked_again_later(bot):
    bot.reports.failures = deque([FunctionUnavailableError("report: throttled")])
    update = updates.text("/report")

    with pytest.raises(TransientError) as raised:
        bot(update)

    assert raised.value.retry_after_s == 5
    assert (bot(update)[0].method, len(bot.reports.requests)) == ("sendChatAction", 1)


@pytest.mark.parametrize("data", ["v1:report", "v1:chart:course", "v1:chart:pie"])
def test_forged_order_of_a_stranger_is_answered_and_orders_nothing(stranger, data):
    (call,) = stranger(updates.button(data))

    assert call.params["text"] == "This button is too old. Send /help."
    assert stranger.reports.requests == []
