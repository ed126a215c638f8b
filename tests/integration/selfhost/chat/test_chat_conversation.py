"""The conversation on the page: the real bot answers what a tab says over HTTP."""

import io
import threading
from pathlib import Path

import pytest
from PIL import Image

from burnout.telegram.calls import send_message
from local.telegram.delivery import Reply
from selfhost.chat import page as page_module
from selfhost.chat.telegram import PERSON_ID

SELFIE = (Path(__file__).parents[3] / "photos" / "selfie.jpg").read_bytes()


def test_a_photo_is_answered_and_buttons_change_their_message(chat):
    tab = chat.entered()
    tab.agree()
    before = len(tab.bots())

    assert tab.ask("POST", "/chat/photo?name=me.jpg", SELFIE)[0] == 200
    answer = tab.until(lambda tab: len(tab.bots()) > before and tab.last())
    photo = next(each for each in tab.messages.values() if each["mine"] and "photo" in each)
    tab.press(answer, answer["rows"][0][0]["label"])
    changed = tab.until(lambda tab: tab.messages[answer["id"]] != answer and tab.messages[answer["id"]])

    assert tab.ask("GET", f"/chat/files/{photo['photo']}")[1][:2] == b"\xff\xd8"
    assert tab.ask("GET", "/chat/files/another")[0] == 404
    assert len(chat.reader.read_bytes) == 1
    assert changed["id"] == answer["id"]


@pytest.mark.parametrize(("content", "name"), [(b"no picture", "a.jpg"), (SELFIE[:5000], "half.jpg"), (b"", "a.png")])
def test_what_is_no_picture_goes_as_a_file(chat, content, name):
    tab = chat.entered()
    tab.agree()

    assert tab.ask("POST", f"/chat/photo?name={name}", content)[0] == 200

    sent = tab.until(lambda tab: next((each["file"] for each in tab.messages.values() if "file" in each), None))
    assert (sent["name"], sent["size"]) == (name, len(content))


def test_a_picture_that_would_fill_the_memory_goes_as_a_file(chat, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    tab, picture = chat.entered(), io.BytesIO()
    Image.new("L", (100, 100)).save(picture, "PNG")

    assert tab.ask("POST", "/chat/photo?name=a.png", picture.getvalue())[0] == 200
    assert tab.until(lambda tab: next((each for each in tab.messages.values() if "file" in each), None))


def test_words_are_shown_as_they_are_and_may_answer_a_question(chat):
    tab = chat.entered()
    tab.agree()
    hostile = tab.says("<b>1 & 2</b>")
    mine = next(each for each in tab.messages.values() if each["mine"] and "amp" in each["html"])
    assert tab.post("/chat/press", {"message": hostile["id"], "data": "v1:write"}) == 200
    question = tab.until(lambda tab: next((each for each in tab.bots() if "ask" in each), None))

    assert tab.post("/chat/words", {"text": "9", "reply_to": question["id"]}) == 200

    answer = tab.until(lambda tab: next((each for each in tab.messages.values() if "reply_to" in each), None))
    assert mine["html"] == "&lt;b&gt;1 &amp; 2&lt;/b&gt;"
    assert hostile["html"]
    assert answer["reply_to"] == question["id"]
    assert "rows" not in question


def test_an_export_is_a_file(chat):
    tab = chat.entered()
    tab.agree()
    tab.says("/export")

    file = tab.until(lambda tab: next((each["file"] for each in tab.bots() if "file" in each), None))

    assert len(tab.ask("GET", f"/chat/files/{file['id']}")[1]) == file["size"]


def test_a_message_that_is_deleted_goes_and_the_notice_comes_to_every_tab(chat):
    tab, other = chat.entered(), chat.entered()
    tab.agree()
    tab.ask("POST", "/chat/photo?name=me.jpg", SELFIE)
    photo = tab.until(lambda tab: next((each for each in tab.messages.values() if "photo" in each), None))
    other.until(lambda tab: photo["id"] in tab.messages)

    assert tab.post("/chat/press", {"message": tab.last()["id"], "data": f"v1:selfie:{photo['id']}"}) == 200

    for each in (tab, other):
        each.until(lambda tab: photo["id"] not in tab.messages and tab.notices)
    assert tab.notices == other.notices
    assert tab.post("/chat/press", {"message": photo["id"], "data": "v1:home"}) == 404


def test_the_page_sees_that_the_bot_is_at_work_until_it_has_answered(chat):
    tab, going_on = chat.entered(), threading.Event()
    tab.agree()
    read, chat.reader.read = chat.reader.read, lambda *about: going_on.wait(30) and read(*about)
    before = len(tab.bots())

    tab.ask("POST", "/chat/photo?name=me.jpg", SELFIE)
    tab.until(lambda tab: tab.typing)
    going_on.set()
    tab.until(lambda tab: len(tab.bots()) > before)

    assert not tab.typing


def test_a_reminder_comes_before_the_first_words_of_a_start(chat):
    chat.telegram.call(send_message(PERSON_ID, "How are you?"))

    assert chat.entered().until(lambda tab: tab.last())["html"] == "How are you?"


def test_two_tabs_have_one_conversation(chat):
    first, second = chat.entered(), chat.entered()
    first.agree()
    second.until(lambda tab: tab.messages == first.messages)

    second.says("/help")

    first.until(lambda tab: tab.messages == second.messages)


def test_the_language_is_the_browsers_until_one_is_chosen(chat):
    tab = chat.tab()

    assert tab.enter("ru-RU,ru;q=0.9,en;q=0.8") == "ru"
    tab.agree()
    assert tab.language == "ru"
    assert tab.post("/chat/press", {"message": tab.last()["id"], "data": "v1:lang:en"}) == 200
    tab.until(lambda tab: tab.language == "en")
    assert chat.entered("ru").language == "en"


def test_to_forget_is_to_erase_by_the_bot_and_then_to_end(chat, monkeypatch):
    tab = chat.entered()
    tab.agree()
    monkeypatch.setattr(page_module, "ERASE_S", 0.01)
    take, chat.bot.take = chat.bot.take, lambda _: Reply(503, {}, b"")

    assert (tab.post("/forget"), chat.server.ended.is_set(), chat.knows_nobody()) == (503, False, False)

    monkeypatch.setattr(page_module, "ERASE_S", 30.0)
    chat.bot.take = take

    assert tab.post("/forget") == 200
    assert chat.server.ended.wait(10)
    assert chat.knows_nobody()
