"""What the bot says about itself in Telegram: its commands and descriptions, in every language, from its own texts.

The help has the one list of commands: what stands there, a line each, is what Telegram offers when a person types "/".
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from burnout.telegram.calls import BotCall
from burnout.texts import LANGUAGES, help_commands, text
from burnout.values import Language

DEFAULT: Final[Language] = "en"  # for every language that the bot does not speak
_COMMAND: Final = re.compile(r"^/([a-z0-9_]{1,32}) – (.+)$", re.M)
_TAG: Final = re.compile(r"<[^>]+>")
_DESCRIPTION_MAX: Final = 256  # core.telegram.org/bots/api#botcommand


def commands(language: Language, *, has_page: bool) -> list[dict[str, str]]:
    """The commands of the help with their descriptions, in its order."""
    lines = _COMMAND.findall(help_commands(language, has_page=has_page))
    return [{"command": name, "description": _plain(words)[:_DESCRIPTION_MAX]} for name, words in lines]


def profile_calls(*, has_page: bool) -> Iterator[BotCall]:
    """The calls that set commands and both descriptions: first for everybody, then for each other language."""
    for language in sorted(LANGUAGES, key=lambda each: each != DEFAULT):
        scope = {} if language == DEFAULT else {"language_code": language}
        yield BotCall("setMyCommands", {"commands": commands(language, has_page=has_page), **scope})
        yield BotCall("setMyDescription", {"description": text("profile_description", language).strip(), **scope})
        yield BotCall("setMyShortDescription", {"short_description": text("profile_about", language).strip(), **scope})


def _plain(html: str) -> str:
    words = unescape(_TAG.sub("", html)).strip()
    return words[:1].upper() + words[1:]
