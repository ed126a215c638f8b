"""The conversation in a browser: what a person does, and what the bot hears of it."""

import base64
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from burnout.texts import text

SELFIE = Path(__file__).parents[1] / "photos" / "selfie.jpg"
DROP = """([name, size, content]) => {
  const bytes = content ? Uint8Array.from(atob(content), c => c.charCodeAt(0)) : new Uint8Array(size);
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, {type: "image/jpeg"}));
  const page = document.querySelector(".page");
  for (const type of ["dragenter", "dragover", "drop"])
    page.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def words(key, **values):
    return text(key, "en", **values)


def button(tab, key):
    return tab.get_by_role("button", name=words(key), exact=True)


def heard(bot):
    return bot.heard.get(timeout=10)


def write(tab, what):
    tab.get_by_role("textbox").fill(what)
    tab.keyboard.press("Enter")


def drop(tab, name, *, size=0, content=""):
    tab.evaluate(DROP, [name, size, content])


def test_it_begins_as_in_telegram_and_a_button_edits_its_message(bot, open_tab):
    tab = open_tab()
    button(tab, "page_begin").click()
    assert heard(bot) == ("/chat/words", {"text": "/start"})
    asked = bot.say("<b>How are you?</b>", rows=[[{"label": "3", "data": "v1:3"}, {"label": "4", "data": "v1:4"}]])

    tab.get_by_role("button", name="4", exact=True).click()
    assert heard(bot) == ("/chat/press", {"message": asked, "data": "v1:4"})
    bot.say("You said: <b>4</b>", number=asked)
    bot.notice("Noted: 4 of 5.")

    tab.get_by_role("status").get_by_text("Noted: 4 of 5.").wait_for()
    tab.locator("#m2").get_by_text("You said: 4").wait_for()
    assert tab.locator(".message").count() == 2
    assert tab.locator("#m2 button").count() == 0


def test_what_one_says_is_seen_also_by_who_was_reading_further_up(bot, open_tab):
    for _ in range(30):
        bot.say("Long ago")
    tab = open_tab()
    tab.locator("#m30").wait_for()
    tab.locator(".scroll").evaluate("each => each.scrollTop = -each.scrollHeight")
    bot.say("News")
    tab.locator("#m31").wait_for()
    assert tab.locator(".scroll").evaluate("each => each.scrollTop") < -1000  # nobody is torn away

    write(tab, "4")
    heard(bot)
    tab.locator("#m32").wait_for()
    assert tab.locator(".scroll").evaluate("each => each.scrollTop") == 0


def test_typing_is_shown_and_a_deleted_message_goes(bot, open_tab):
    tab = open_tab()
    number = bot.say("Soon gone")
    bot.types(True)
    tab.get_by_text(words("page_typing")).wait_for(state="attached")

    bot.take_away(number)
    bot.types(False)

    tab.get_by_text("Soon gone").wait_for(state="detached")
    tab.get_by_text(words("page_typing")).wait_for(state="detached")


@pytest.mark.parametrize(
    ("source", "inside"),
    [
        ("<b>a <i>b</i></b> &lt;u&gt; &amp;lt; &#x41;&#66;", "<b>a <i>b</i></b> &lt;u&gt; &amp;lt; AB"),
        ("<img src=x onerror=alert(1)><script>alert(1)</script>",
         "&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('<a href="javascript:alert(1)">a</a> <a href="tg://user?id=1">b</a>', "a b"),
        ('<a href="https://a.example/?b=1&amp;c=2">a</a>',
         '<a href="https://a.example/?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">a</a>'),
        ("<b>open", "<b>open</b>"),
        ("a</b> & 1 < 2 &nope; &#0;", "a&lt;/b&gt; &amp; 1 &lt; 2 &amp;nope; &amp;#0;"),
        ("<code>/day 3</code>", "<code>/day 3</code>"),
        ("/day – 1/2, a/b", '<button type="button" class="command">/day</button> – 1/2, a/b'),
        ("<b onclick=1>a</b>", "&lt;b onclick=1&gt;a&lt;/b&gt;"),
    ],
)  # fmt: skip
def test_only_telegrams_markup_becomes_markup(bot, open_tab, source, inside):
    tab = open_tab()
    bot.say(source)

    tab.locator("#m1 .words").wait_for()
    assert tab.locator("#m1 .words").inner_html() == inside


def test_a_command_in_a_sentence_can_be_tapped(bot, open_tab):
    tab = open_tab()
    bot.say("Try /day or /help.")
    tab.get_by_role("button", name="/help", exact=True).click()

    assert heard(bot) == ("/chat/words", {"text": "/help"})


def test_words_stay_words_and_answer_the_question_that_asks_for_them(bot, open_tab):
    tab = open_tab()
    asked = bot.say("Which city?", ask="A city, or +3")
    tab.get_by_placeholder("A city, or +3").wait_for()
    write(tab, "<b>Berlin</b> & 1")

    assert heard(bot) == ("/chat/words", {"text": "<b>Berlin</b> & 1", "reply_to": asked})
    tab.locator("#m2 .words").get_by_text("<b>Berlin</b> & 1").wait_for()
    assert tab.locator("#m2 .quote").inner_text() == "Which city?"
    write(tab, "another")
    assert heard(bot) == ("/chat/words", {"text": "another"})


@pytest.mark.parametrize("by", ["file", "drop"])
def test_a_photo_arrives_as_it_is(bot, open_tab, by):
    tab = open_tab()
    button(tab, "page_begin").wait_for()
    if by == "file":
        with tab.expect_file_chooser() as chooser:
            button(tab, "page_attach").click()
        chooser.value.set_files(SELFIE)
    else:
        drop(tab, "selfie.jpg", content=base64.b64encode(SELFIE.read_bytes()).decode())

    assert heard(bot) == ("/chat/photo", ("selfie.jpg", SELFIE.read_bytes()))
    tab.locator("#m1 .photo img").wait_for()


def test_the_webcam_takes_a_photo_that_is_looked_at_before_it_is_sent(bot, open_tab):
    watched = """const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (what) => (window.camera = await asked(what));"""
    tab = open_tab(permissions=["camera"], before=watched)
    button(tab, "page_camera").click()
    button(tab, "page_camera_take").click()
    button(tab, "page_camera_again").click()
    button(tab, "page_camera_take").click()
    assert bot.heard.empty()
    button(tab, "page_camera_send").click()

    path, (name, content) = heard(bot)
    assert (path, name) == ("/chat/photo", "camera.jpg")
    with Image.open(BytesIO(content)) as picture:
        assert picture.format == "JPEG"
        assert min(picture.size) >= 480
    tab.locator("video").wait_for(state="detached")
    assert tab.evaluate("camera.getTracks().map(each => each.readyState)") == ["ended"]  # its light is out


def test_without_a_camera_a_sentence_says_what_to_do(chromium, bot, open_tab):
    bare = chromium()
    tab = open_tab(within=bare, permissions=["camera"])
    button(tab, "page_camera").click()

    tab.get_by_text(words("page_camera_none")).wait_for()
    tab.context.close()
    bare.close()


@pytest.mark.parametrize(
    ("error", "sentence"), [("NotAllowedError", "page_camera_refused"), ("NotReadableError", "page_camera_busy")]
)
def test_a_camera_that_is_refused_or_in_use_is_explained(bot, open_tab, error, sentence):
    refusal = f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{error}'))"
    tab = open_tab(before=refusal)
    button(tab, "page_camera").click()

    tab.get_by_text(words(sentence)).wait_for()
    tab.keyboard.press("Escape")
    tab.get_by_role("dialog").wait_for(state="detached")


@pytest.mark.parametrize(("size", "refuses"), [(30_000_000, None), (5_000_000, 413)], ids=["page", "server"])
def test_too_large_a_drop_is_refused_and_the_chat_goes_on(bot, open_tab, size, refuses):
    tab = open_tab()
    tab.expected = ("status of 413",)
    bot.refuse = {"/chat/photo": refuses} if refuses else {}
    button(tab, "page_begin").wait_for()
    drop(tab, "big.jpg", size=size)

    tab.get_by_text(words("page_too_large", name="big.jpg", size=f"{size // 1_000_000}", limit=20)).wait_for()
    write(tab, "3")
    assert heard(bot) == ("/chat/words", {"text": "3"})
    tab.locator(".waiting").wait_for(state="detached")


def test_a_picture_is_enlarged_and_a_file_is_saved(bot, open_tab, tmp_path):
    bot.files = {"p": SELFIE.read_bytes(), "f": b'{"a": 1}'}
    bot.say(photo="p")
    bot.say("Everything about you", file={"id": "f", "name": "burnout.json", "size": 8})
    tab = open_tab()
    tab.locator(".photo img").wait_for()
    tab.locator("button.photo").click()
    tab.get_by_role("dialog").get_by_role("img").wait_for()
    tab.keyboard.press("Escape")
    tab.get_by_role("dialog").wait_for(state="detached")
    assert tab.evaluate("document.activeElement.className") == "photo"

    with tab.expect_download() as download:
        tab.get_by_role("button", name=words("page_save", name="burnout.json")).click()
    assert download.value.suggested_filename == "burnout.json"
    download.value.save_as(tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b'{"a": 1}'


@pytest.mark.parametrize("how", ["network", "program"])
def test_offline_a_sentence_says_so_and_nothing_is_lost(bot, open_tab, how):
    tab = open_tab()
    tab.expected = ("Failed to load resource",)
    bot.say("Before", rows=[[{"label": "3", "data": "v1:3"}]])
    tab.get_by_text("Before").wait_for()
    if how == "network":
        tab.context.set_offline(True)
    else:
        bot.stop()
    write(tab, "4")
    tab.get_by_text(words("page_offline")).wait_for()
    tab.get_by_role("button", name="3", exact=True).click()
    tab.get_by_text(words("page_not_pressed")).wait_for()
    assert bot.heard.empty()

    if how == "network":
        tab.context.set_offline(False)
    else:
        bot.start(bot.port)
    bot.say("After")
    tab.get_by_text("After").wait_for()
    tab.locator(".offline").wait_for(state="detached")
    tab.locator(".waiting").get_by_role("button", name=words("page_retry")).click()
    assert heard(bot) == ("/chat/words", {"text": "4"})
    tab.locator(".waiting").wait_for(state="detached")


def test_one_request_that_fails_is_no_lasting_outage(bot, open_tab):
    tab = open_tab()
    tab.expected = ("Failed to load resource",)
    bot.say("Before")
    tab.get_by_text("Before").wait_for()
    tab.route("**/chat/words", lambda route: route.abort())
    write(tab, "4")

    button(tab, "page_discard").wait_for()
    tab.locator(".offline").wait_for(state="detached")  # though the bot has no news for it
    button(tab, "page_discard").click()
    tab.locator(".waiting").wait_for(state="detached")
