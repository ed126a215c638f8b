"""Telegram's HTML parse mode, as strict as its documentation: what a person reads, or why Telegram refuses.

A tokenizer of its own rather than html.parser: that one forgives a bare "<" and its leniency changes between Python
versions, while Telegram refuses it.
"""

import html
import re

_TOKEN = re.compile(
    r"""
    <(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>(?:\s+[A-Za-z-]+(?:=(?:"[^"<>]*"|'[^'<>]*'))?)*)\s*>
    | (?P<entity>&(?:lt|gt|amp|quot|\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6});)
    | (?P<bare>[<>&])
    | (?P<text>[^<>&]+)
    """,
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)(?:=(?:"([^"]*)"|'([^']*)'))?""")

# Tag -> the attributes it may carry (core.telegram.org/bots/api, "HTML style").
_TAGS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "pre", "tg-spoiler"), frozenset()),
    "a": frozenset({"href"}),
    "blockquote": frozenset({"expandable"}),
    "code": frozenset({"class"}),
    "span": frozenset({"class"}),
    "tg-emoji": frozenset({"emoji-id"}),
    "tg-time": frozenset({"unix", "format"}),
}


class MarkupError(ValueError):
    """Telegram would answer "can't parse entities" with this reason, or show the text otherwise than meant."""


def plain_text(source: str) -> str:
    """What a person reads: tags gone, entities decoded.

    A bare "&" or ">" is refused too. The real server lets them pass, but its documentation does not allow them, and
    an unescaped one shows that a value was not escaped.

    Raises:
        MarkupError: an unknown, unclosed or crossed tag, an unknown attribute or entity, an unescaped character.
    """
    shown: list[str] = []
    open_tags: list[str] = []
    for token in _TOKEN.finditer(source):
        if token["tag"]:
            _follow(open_tags, token)
        elif token["bare"]:
            raise MarkupError(f'Unescaped or unclosed "{token["bare"]}" at offset {token.start()}')
        else:
            shown.append(html.unescape(token[0]))
    if open_tags:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return "".join(shown)


def _follow(open_tags: list[str], token: re.Match[str]) -> None:
    tag = token["tag"].lower()
    if not token["close"]:
        _check_start(tag, token)
        open_tags.append(tag)
        return
    if not open_tags:
        raise MarkupError(f'Unexpected end tag "{tag}" at offset {token.start()}')
    expected = open_tags.pop()
    if tag != expected:
        raise MarkupError(f'Unmatched end tag at offset {token.start()}, expected "</{expected}>", found "</{tag}>"')


def _check_start(tag: str, token: re.Match[str]) -> None:
    if tag not in _TAGS:
        raise MarkupError(f'Unsupported start tag "{tag}" at offset {token.start()}')
    attributes = {name.lower(): quoted or single for name, quoted, single in _ATTRIBUTE.findall(token["attributes"])}
    unknown = attributes.keys() - _TAGS[tag]
    if unknown:
        raise MarkupError(f'Unsupported attribute "{min(unknown)}" of tag "{tag}" at offset {token.start()}')
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" at offset {token.start()}')
    if tag == "a" and not attributes.get("href"):
        raise MarkupError(f'Tag "a" has no href at offset {token.start()}')
