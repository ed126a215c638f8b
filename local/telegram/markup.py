"""Telegram's HTML parse mode as this bot uses it: what a person reads, or why Telegram would refuse.

A tokenizer of its own rather than html.parser: that one forgives a bare "<" and its leniency changes between Python
versions, while Telegram refuses it. Tags that no text of ours has are refused too, though Telegram takes some.
"""

import html
import re

_TOKEN = re.compile(
    r"""
    <(?:(?P<plain>b|i|u|code)|(?P<link>a)\ href="[^"<>]+")>
    | </(?P<end>[a-z]+)>
    | &(?:lt|gt|amp|quot|\#[0-9]{1,7}|\#x[0-9a-fA-F]{1,6});
    | (?P<bare>[<>&])
    | [^<>&]+
    """,
    re.VERBOSE,
)


class MarkupError(ValueError):
    """Telegram would answer "can't parse entities" with this reason, or show the text otherwise than meant."""


def plain_text(source: str) -> str:
    """What a person reads: tags gone, entities decoded.

    A bare "&" or ">" is refused too. The real server lets them pass, but its documentation does not allow them, and
    an unescaped one shows that a value was not escaped.

    Raises:
        MarkupError: an unknown, unclosed or crossed tag, an unknown entity, an unescaped character.
    """
    shown: list[str] = []
    open_tags: list[str] = []
    for token in _TOKEN.finditer(source):
        if token["bare"]:
            raise MarkupError(f'Unescaped or unclosed "{token["bare"]}" at offset {token.start()}')
        if token["end"]:
            if not open_tags or open_tags.pop() != token["end"]:
                raise MarkupError(f'Unmatched end tag "{token["end"]}" at offset {token.start()}')
        elif tag := token["plain"] or token["link"]:
            open_tags.append(tag)
        else:
            shown.append(html.unescape(token[0]))
    if open_tags:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return "".join(shown)
