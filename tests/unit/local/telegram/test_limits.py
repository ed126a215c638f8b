"""Telegram's lengths and counts: what is exactly at a limit passes, and one more is refused."""

import pytest

from local.telegram.limits import check_limits, visible_text
from local.telegram.refusals import BadRequestError


def buttons(*rows, **changes):
    return {
        "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "v1:y"} | changes] * n for n in rows]}
    }


def web_app(url):
    return {"reply_markup": {"inline_keyboard": [[{"text": "Open", "web_app": {"url": url}}]]}}


@pytest.mark.parametrize(
    ("method", "at_the_limit", "over_it", "reason"),
    [
        ("sendMessage", {"text": "x" * 4096}, {"text": "x" * 4097}, "message is too long"),
        ("editMessageText", {"text": "😀" * 4096}, {"text": "😀" * 4097}, "message is too long"),
        ("sendMessage", {"text": "x"}, {"text": " \n "}, "message text is empty"),
        ("sendPhoto", {"caption": "x" * 1024}, {"caption": "x" * 1025}, "message caption is too long"),
        ("sendDocument", {}, {"caption": "x" * 1025}, "message caption is too long"),
        ("answerCallbackQuery", {"text": "x" * 200}, {"text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ("setMyDescription", {"description": "x" * 512}, {"description": "x" * 513}, "description is too long"),
        (
            "setMyShortDescription",
            {"short_description": "x" * 120},
            {"short_description": "x" * 121},
            "short description is too long",
        ),
        ("sendPhoto", buttons(*[8] * 12, 4), buttons(*[8] * 12, 5), "reply markup is too long"),
        ("sendPhoto", buttons(1, callback_data="я" * 32), buttons(1, callback_data="я" * 32 + "x"), "BUTTON_DATA"),
        ("sendPhoto", buttons(1), buttons(1, callback_data=""), "BUTTON_DATA_INVALID"),
        ("sendPhoto", buttons(1, style="danger"), buttons(1, url="https://x.org"), "an inline keyboard button needs"),
        (
            "sendMessage",
            {"text": "x"} | web_app("https://x.org/app"),
            {"text": "x"} | web_app("http://x.org/app"),
            "inline keyboard button Web App URL 'http://x.org/app' is invalid: Only HTTPS links are allowed",
        ),
        ("sendPhoto", buttons(1), buttons(1, text=" "), "inline keyboard button text is empty"),
    ],
)
def test_what_is_over_a_limit_is_refused(method, at_the_limit, over_it, reason):
    check_limits(method, at_the_limit)

    with pytest.raises(BadRequestError) as error:
        check_limits(method, over_it)
    assert error.value.description.startswith(f"Bad Request: {reason}")


def test_lengths_are_those_that_a_person_reads():
    check_limits("sendMessage", {"text": "<b>" + "&amp;" * 4096 + "</b>", "parse_mode": "HTML"})

    assert visible_text({"text": "\n <b>x</b> y \n", "parse_mode": "HTML"}, "text") == "x y"
    with pytest.raises(BadRequestError, match="can't parse entities: Can't find end tag"):
        check_limits("sendMessage", {"text": "<b>x", "parse_mode": "HTML"})
    with pytest.raises(BadRequestError, match="unsupported parse_mode MarkdownV2"):
        check_limits("sendMessage", {"text": "*x*", "parse_mode": "MarkdownV2"})
