"""Telegram's HTML: what a person reads, and what is refused."""

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.telegram.markup import MarkupError, plain_text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("plain", "plain"),
        ("", ""),
        ("<b>bold</b> and <i>italic <u>both</u></i>", "bold and italic both"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&#128512; &#x1F600; &quot;", '😀 😀 "'),
        ('<a href="https://example.org/?a=1">link</a>', "link"),
        ("<a href='tg://user?id=1'>me</a>", "me"),
        ('<pre><code class="language-python">x = 1</code></pre>', "x = 1"),
        ('<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>', "st"),
        ("<blockquote expandable>long\nquote</blockquote>", "long\nquote"),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍"),
        ('<tg-time unix="1647531900" format="wDT">22:45</tg-time>', "22:45"),
        ("<B>loud</b >", "loud"),
        ("привет <s>мир</s>", "привет мир"),
    ],
)
def test_plain_text_is_what_a_person_reads(source, shown):
    assert plain_text(source) == shown


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>crossed</b></i>", 'expected "</i>", found "</b>"'),
        ("closed</b>", 'Unexpected end tag "b"'),
        ("<p>paragraph</p>", 'Unsupported start tag "p"'),
        ("<br/>", 'Unescaped or unclosed "<"'),
        ("<br>", 'Unsupported start tag "br"'),
        ("<script>x</script>", 'Unsupported start tag "script"'),
        ("<!-- comment -->", 'Unescaped or unclosed "<"'),
        ("1 < 2", 'Unescaped or unclosed "<" at offset 2'),
        ("2 > 1", 'Unescaped or unclosed ">"'),
        ("Tom & Jerry", 'Unescaped or unclosed "&"'),
        ("&nbsp;", 'Unescaped or unclosed "&"'),
        ("&lt", 'Unescaped or unclosed "&"'),
        ("text <b", 'Unescaped or unclosed "<"'),
        ('<b onclick="x">b</b>', 'Unsupported attribute "onclick"'),
        ("<a>nowhere</a>", 'Tag "a" has no href'),
        ('<span class="red">s</span>', 'Tag "span" must have class'),
    ],
)
def test_plain_text_broken_markup_is_refused(source, reason):
    with pytest.raises(MarkupError) as error:
        plain_text(source)

    assert reason in str(error.value)


@settings(deadline=None)
@given(st.text(alphabet="aя😀<>&\"'#; \n/"))
def test_any_escaped_text_comes_back_unchanged(text):
    assert plain_text(html.escape(text)) == text


@settings(deadline=None)
@given(st.text(alphabet='<>&;b/i ="a', max_size=30))
def test_any_text_is_either_shown_or_refused(text):
    try:
        shown = plain_text(text)
    except MarkupError:
        return
    assert len(shown) <= len(text)
