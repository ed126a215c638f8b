"""Lengths, counts and markup of outgoing calls: what a typed model of the Bot API does not say."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from local.telegram.markup import MarkupError, plain_text
from local.telegram.refusals import BadRequestError

# core.telegram.org/bots/api; lengths are in code points ("UTF-8 characters") unless the name says bytes.
TEXT_MAX = 4096
CAPTION_MAX = 1024
NOTICE_MAX = 200
CALLBACK_DATA_MAX_BYTES = 64
BUTTONS_MAX = 100
DESCRIPTION_MAX = 512
SHORT_DESCRIPTION_MAX = 120


def visible_text(params: Mapping[str, Any], name: str) -> str:
    """The text or caption as a person reads it, without the white space that Telegram trims at its ends.

    Raises:
        BadRequestError: the markup is broken, or is not HTML, the only one that this project uses.
    """
    source = params.get(name) or ""
    mode = params.get("parse_mode")
    if not mode:
        return str(source).strip()
    if str(mode).lower() != "html":
        raise BadRequestError(f"unsupported parse_mode {mode}")
    try:
        return plain_text(source).strip()
    except MarkupError as error:
        raise BadRequestError(f"can't parse entities: {error}") from error


def check_limits(method: str, params: Mapping[str, Any]) -> None:
    """Return when every text, button and list of the call is within Telegram's limits.

    Raises:
        BadRequestError: one is not.
    """
    check = _CHECKS.get(method)
    if check is not None:
        check(params)
    _check_keyboard(params.get("reply_markup"))


def _check_text(params: Mapping[str, Any]) -> None:
    text = visible_text(params, "text")
    if not text:
        raise BadRequestError("message text is empty")
    if len(text) > TEXT_MAX:
        raise BadRequestError("message is too long")


def _check_caption(params: Mapping[str, Any]) -> None:
    if len(visible_text(params, "caption")) > CAPTION_MAX:
        raise BadRequestError("message caption is too long")


def _at_most(name: str, longest: int, reason: str) -> Callable[[Mapping[str, Any]], None]:
    """The check that the parameter is no longer than that."""

    def check(params: Mapping[str, Any]) -> None:
        if len(params.get(name) or "") > longest:
            raise BadRequestError(reason)

    return check


_CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "sendMessage": _check_text,
    "editMessageText": _check_text,
    "sendPhoto": _check_caption,
    "sendDocument": _check_caption,
    "answerCallbackQuery": _at_most("text", NOTICE_MAX, "MESSAGE_TOO_LONG"),
    "setMyDescription": _at_most("description", DESCRIPTION_MAX, "description is too long"),
    "setMyShortDescription": _at_most("short_description", SHORT_DESCRIPTION_MAX, "short description is too long"),
}


def _check_keyboard(markup: object) -> None:
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    buttons = [button for row in rows or () for button in row]
    if len(buttons) > BUTTONS_MAX:
        raise BadRequestError("reply markup is too long")
    for button in buttons:
        _check_button(button)


def _check_button(button: Mapping[str, Any]) -> None:
    if not button["text"].strip():
        raise BadRequestError("inline keyboard button text is empty")
    actions = button.keys() - {"text", "style", "icon_custom_emoji_id", "disabled"}
    if len(actions) != 1:
        raise BadRequestError("an inline keyboard button needs exactly one action")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= CALLBACK_DATA_MAX_BYTES:
        raise BadRequestError("BUTTON_DATA_INVALID")
    if "web_app" in button and urlsplit(url := button["web_app"]["url"]).scheme != "https":
        why = f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
        raise BadRequestError(why)
