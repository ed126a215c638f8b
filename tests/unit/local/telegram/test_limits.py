"""Telegram's lengths and counts."""

import pytest

from local.telegram.limits import check_limits, visible_text
from local.telegram.refusals import BadRequestError


def buttons(*rows):
    return {"inline_keyboard": [list(row) for row in rows]}


def button(**changes):
    return {"text": "Yes", "callback_data": "v1:y"} | changes


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"text": "x" * 4096}),
        ("sendMessage", {"text": "<b>" + "&amp;" * 4096 + "</b>", "parse_mode": "HTML"}),
        ("editMessageText", {"text": "😀" * 4096}),
        ("sendMessage", {"text": "1 < 2 is fine without a parse mode"}),
        ("sendPhoto", {}),
        ("sendPhoto", {"caption": ""}),
        ("sendPhoto", {"caption": "<i>" + "x" * 1024 + "</i>", "parse_mode": "html"}),
        ("answerCallbackQuery", {}),
        ("answerCallbackQuery", {"text": "x" * 200}),
        ("sendMessage", {"text": "x", "reply_markup": buttons([button(callback_data="я" * 32)])}),
        ("sendMessage", {"text": "x", "reply_markup": buttons(*[[button()]] * 100)}),
        ("sendMessage", {"text": "x", "reply_markup": buttons([button(style="danger")])}),
        ("sendMessage", {"text": "x", "reply_markup": {"remove_keyboard": True}}),
        ("setMyCommands", {"commands": [{"command": "delete_all", "description": "x" * 256}] * 100}),
        ("setMyDescription", {"description": "x" * 512}),
        ("setMyShortDescription", {"short_description": "x" * 120}),
        ("setWebhook", {"url": "https://example.org/", "secret_token": "aZ09_-" * 42, "max_connections": 100}),
        ("setWebhook", {"url": ""}),
        ("getMe", {}),
    ],
)
def test_a_call_within_the_limits_passes(method, params):
    check_limits(method, params)


@pytest.mark.parametrize(
    ("method", "params", "reason"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " \n "}, "message text is empty"),
        ("sendMessage", {"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("editMessageText", {"text": "&lt;" * 4097, "parse_mode": "HTML"}, "message is too long"),
        ("sendMessage", {"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ("sendMessage", {"text": "*x*", "parse_mode": "MarkdownV2"}, "unsupported parse_mode MarkdownV2"),
        ("sendPhoto", {"caption": "x" * 1025}, "message caption is too long"),
        ("sendDocument", {"caption": "<u>x</i>", "parse_mode": "HTML"}, "can't parse entities"),
        ("answerCallbackQuery", {"text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ("setMyCommands", {"commands": [{"command": "x", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", {"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "x" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "x", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
        ("setWebhook", {"url": "ftp://example.org"}, "bad webhook"),
        ("setWebhook", {"url": "https://example.org", "max_connections": 101}, "max_connections"),
        ("setWebhook", {"url": "https://example.org", "secret_token": "white space"}, "secret token"),
    ],
)
def test_a_call_over_a_limit_is_refused(method, params, reason):
    with pytest.raises(BadRequestError) as error:
        check_limits(method, params)

    assert error.value.description.startswith(f"Bad Request: {reason}")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[button(callback_data="")]], "BUTTON_DATA_INVALID"),
        ([[button(callback_data="я" * 32 + "x")]], "BUTTON_DATA_INVALID"),
        ([[button()] * 8] * 12 + [[button()] * 5], "reply markup is too long"),
        ([[button(text=" ")]], "inline keyboard button text is empty"),
        ([[{"text": "no action"}]], "an inline keyboard button needs exactly one action"),
        ([[button(url="https://example.org")]], "an inline keyboard button needs exactly one action"),
    ],
)
def test_a_button_that_telegram_would_not_show_is_refused(rows, reason):
    with pytest.raises(BadRequestError) as error:
        check_limits("sendPhoto", {"reply_markup": buttons(*rows)})

    assert error.value.description == f"Bad Request: {reason}"


def test_visible_text_is_trimmed_as_telegram_does():
    assert visible_text({"text": "\n <b>x</b> y \n", "parse_mode": "HTML"}, "text") == "x y"
