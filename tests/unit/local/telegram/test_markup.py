"""Telegram's HTML: what a person reads, and what is refused."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.telegram.markup import MarkupError, plain_text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("", ""),
        ("<b>bold</b> and <i>italic <u>both</u></i>", "bold and italic both"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&#128512; &#x1F600; &quot;", '😀 😀 "'),
        ('<a href="https://example.org/?a=1">link</a> to <code>/start</code>', "link to /start"),
    ],
)
def test_plain_text_is_what_a_person_reads(source, shown):
    assert plain_text(source) == shown


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>crossed</b></i>", 'Unmatched end tag "b" at offset 13'),
        ("closed</b>", 'Unmatched end tag "b"'),
        ("<p>paragraph</p>", 'Unescaped or unclosed "<"'),
        ("1 < 2", 'Unescaped or unclosed "<" at offset 2'),
        ("2 > 1", 'Unescaped or unclosed ">"'),
        ("Tom & Jerry &nbsp;", 'Unescaped or unclosed "&"'),
        ('<b onclick="x">b</b>', 'Unescaped or unclosed "<"'),
        ("<a>nowhere</a>", 'Unescaped or unclosed "<"'),
    ],
)
def test_broken_or_unknown_markup_is_refused(source, reason):
    with pytest.raises(MarkupError, match=reason):
        plain_text(source)


@given(st.text(alphabet="aя😀<>&\"'#; \n/"))
def test_any_escaped_text_comes_back_unchanged(text):
    assert plain_text(html.escape(text)) == text
