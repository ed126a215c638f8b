"""A person and the bot, through every part that a real message passes."""

import json
import re
import zlib
from io import BytesIO

import pytest
import requests
from PIL import Image

from burnout.clock import now_utc
from functions.app.door import launched_by
from local.aws.functions import CONTACT
from local.photo import FACE, LANDSCAPE, revealed
from tests import updates
from tests.e2e.chats import ANSWER_S, check_ins, hears, is_answered, photos_left

HEIC = FACE.parent / "heic" / "turned.heic"  # 256 x 320


def test_selfie_is_answered_kept_and_its_photo_deleted(stack, person, selfie):
    person.send_photo(selfie)

    answer = revealed(person, is_answered(person))

    assert [len(row) for row in answer.keyboard] == [3, 5]
    assert check_ins(stack, person) == 1
    assert photos_left(stack) == 0


def test_buttons_change_the_answer_and_every_press_is_answered(stack, person, selfie):
    person.send_photo(selfie)
    answer = revealed(person, is_answered(person))

    assert person.press(answer, "4").wait_for_notice(ANSWER_S) == "Noted: 4 of 5."
    assert "✏️ 4 of 5" in hears(person, "You said: 4 of 5, good.").labels
    assert person.press(answer, "👎").wait_for_notice(ANSWER_S) == ""
    assert "sad" in hears(person, "What does the face show instead?").labels
    assert person.press(person.chat.last_message(), "sad").wait_for_notice(ANSWER_S) == "Thank you. Noted: sad."
    assert "✓ 👎" in hears(person, "You called the expression sad. That counts, not my guess.").labels


def test_pressing_the_same_button_twice_is_answered_twice_and_harms_nothing(person, selfie, telegram):
    person.send_photo(selfie)
    answer = is_answered(person)

    presses = [person.press(answer, "2") for _ in range(2)]  # before the first one changes the message

    assert [press.wait_for_notice(ANSWER_S) for press in presses] == ["Noted: 2 of 5."] * 2
    assert telegram.wait_until_delivered(ANSWER_S)


def test_two_photos_at_once_are_answered_in_order(stack, person, selfie, telegram):
    person.send_photo(selfie)
    person.send_photo(LANDSCAPE.read_bytes())

    is_answered(person)
    hears(person, "no face")
    assert (check_ins(stack, person), photos_left(stack)) == (1, 0)


def test_album_of_three_is_one_check_in_with_one_answer(stack, person, selfie, album, telegram):
    for _ in range(3):
        person.send_photo(selfie, media_group_id=album)

    hears(person, "From an album I read the first photo")
    assert telegram.wait_until_delivered(ANSWER_S)
    assert (person.read_all(), check_ins(stack, person)) == ([], 1)


@pytest.mark.parametrize("secret", [None, "", "wrong", "секрет".encode()])
def test_request_without_the_secret_is_refused_before_any_work(stack, secret):
    before = len(stack.dispatch.invocations)
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}

    reply = requests.post(stack.gateway.url, data=b"no json either", headers=headers, timeout=30)

    assert reply.status_code == 401
    assert {one.function for one in stack.dispatch.invocations[before:]} == {"webhook"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"update_id":"x"}',
        b"\xff",
        b'{"update_id":5,"message":1}',
        pytest.param(json.dumps(updates.text("/start", 5_000_001)).encode() + b" " * (1 << 20), id="over 1 MiB"),
    ],
)
def test_signed_body_that_is_no_update_is_accepted_and_forgotten(stack, body):
    headers = {"x-telegram-bot-api-secret-token": stack.bot.webhook_secret}

    reply = requests.post(stack.gateway.url, data=body, headers=headers, timeout=30)

    assert (reply.status_code, reply.content) == (200, b"")


def test_yes_below_a_photo_reads_that_photo(telegram, stack, selfie):
    person = telegram.person()
    person.send_photo(selfie)
    notice = hears(person, "Your photo was not opened")

    person.press(notice, "✅ I am 18+ and I agree").wait_for_notice(ANSWER_S)

    hears(person, "Three short questions")
    is_answered(person)
    assert (check_ins(stack, person), photos_left(stack)) == (1, 0)


def test_hostile_names_captions_and_file_names_are_shown_safely(telegram, stack, selfie):
    name = "<b>\u202eevil</b>&\x00"
    person = telegram.person(first_name=name)
    person.send_text("/start")
    person.press(hears(person, "before you agree"), "✅ I am 18+ and I agree").wait_for_notice(ANSWER_S)
    hears(person, "Three short questions")

    person.send_photo(selfie, caption="😀" * 1024)
    is_answered(person)
    person.send_text("<script>" + "😀" * 2000)
    hears(person, "people are there to listen: /support")
    person.send_document(b"%PDF", "</b>\u202egpj.exe", "image/jpeg")
    hears(person, "no picture that I can read")
    assert telegram.violations == []


def bomb_png():
    """A PNG that claims 30,000 x 30,000 pixels in a few hundred bytes."""
    small = BytesIO()
    Image.new("L", (1, 1)).save(small, "PNG")
    content = bytearray(small.getvalue())
    content[16:24] = (30_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def dark_jpeg():
    stream = BytesIO()
    Image.open(FACE).convert("RGB").point(lambda value: value // 64).save(stream, "JPEG")
    return stream.getvalue()


def truncated_jpeg():
    return LANDSCAPE.read_bytes()[:2000]


@pytest.mark.parametrize(
    ("content", "mime_type", "sentence"),
    [
        (bomb_png(), "image/png", "too large"),
        (dark_jpeg(), "image/jpeg", "too dark"),
        (truncated_jpeg(), "image/jpeg", "missing or damaged"),
        (b"GIF89a" + bytes(100), "image/gif", "cannot watch GIFs"),
        (b"GIF89a" + bytes(100), "image/jpeg", "no picture that I can read"),
        (b"just words", "image/jpeg", "no picture that I can read"),
        (b"%PDF-1.7 " + bytes(100), "application/octet-stream", "no picture that I can read"),
        (b"\0\0\0\x18ftypmp42" + bytes(100), "video/mp4", "no picture that I can read"),
        (HEIC.read_bytes()[:-4000], "image/heic", "cannot open this HEIC"),
        (b"", "image/jpeg", "no picture that I can read"),
        (bytes(25 << 20), "image/jpeg", "up to 20 MB"),
    ],
)
def test_bad_picture_gets_a_sentence_and_leaves(stack, person, content, mime_type, sentence):
    person.send_document(content, "selfie.jpg", mime_type)

    hears(person, sentence)
    assert (check_ins(stack, person), photos_left(stack)) == (0, 0)


@pytest.mark.parametrize("mime_type", ["image/heic", "image/jpeg", "application/octet-stream"])
def test_heic_is_answered_whatever_it_is_called(person, mime_type):
    person.send_document(HEIC.read_bytes(), "IMG_1.JPG", mime_type)

    is_answered(person)


def test_twelve_faces_get_a_sentence(person, selfie, stack):
    face = Image.open(FACE).convert("RGB").crop((250, 30, 730, 670)).resize((300, 400))
    sheet = Image.new("RGB", (1200, 1200))
    for number in range(12):
        sheet.paste(face, (number % 4 * 300, number // 4 * 400))
    stream = BytesIO()
    sheet.save(stream, "JPEG")

    person.send_photo(stream.getvalue())

    hears(person, "several faces")
    assert (check_ins(stack, person), photos_left(stack)) == (0, 0)


def test_everything_about_a_person_goes_with_one_confirmation(stack, person, selfie):
    person.send_text("/settings")
    hears(person, "Settings")
    person.press(person.chat.last_message(), "Giving photos").wait_for_notice(ANSWER_S)
    person.press(hears(person, "improve the model"), "On").wait_for_notice(ANSWER_S)
    hears(person, "Photos for the model: on")
    person.send_photo(selfie)
    is_answered(person)
    assert (check_ins(stack, person), photos_left(stack)) == (1, 1)

    person.send_text("/delete")
    asked = hears(person, "Delete everything?")
    presses = [person.press(asked, "🗑 Delete everything") for _ in range(2)]  # before the first one changes the message
    notices = [press.wait_for_notice(ANSWER_S) for press in presses]

    hears(person, "Everything is deleted.")
    assert notices == ["", ""]
    assert check_ins(stack, person) == 0
    assert photos_left(stack) == 0
    person.send_photo(selfie)
    hears(person, "Your photo was not opened")


def test_entry_and_selfie_are_deleted_from_under_the_answer(stack, person, selfie, telegram):
    sent = person.send_photo(selfie)
    answer = is_answered(person)

    person.press(answer, "🗑").wait_for_notice(ANSWER_S)
    asked = hears(person, "What shall I delete?")
    notice = person.press(asked, "Delete the selfie from this chat").wait_for_notice(ANSWER_S)
    assert telegram.wait_until_delivered(ANSWER_S)

    assert notice == "I am deleting the selfie from this chat. The entry stays."
    assert sent.message_id not in person.chat.messages
    assert check_ins(stack, person) == 1

    person.press(asked, "Delete this entry").wait_for_notice(ANSWER_S)
    hears(person, "The entry is deleted")
    assert check_ins(stack, person) == 0


def test_operator_says_whom_people_reach(stack, telegram):
    person = telegram.person()
    for command in ("/privacy", "/developer_info"):
        person.send_text(command)
        hears(person, CONTACT)


def test_group_is_told_and_left(stack, telegram):
    person = telegram.person()
    group = telegram.group()

    group.add_bot(person)

    assert "private chats only" in group.chat.wait_for_answer(ANSWER_S).text
    assert telegram.wait_until_delivered(ANSWER_S)
    assert group.chat.bot_status == "left"


def test_blocked_bot_is_no_failure(stack, person, telegram):
    person.block()
    assert telegram.wait_until_delivered(ANSWER_S)
    person.unblock()
    assert telegram.wait_until_delivered(ANSWER_S)

    person.send_text("/help")
    hears(person, "send a selfie")


def test_the_page_that_app_opens_lets_in_whom_telegram_signs_for(stack, person):
    person.send_text("/app")

    address, launch = person.open_app(hears(person, "All your days"), "📖 My days", stack.telegram.token)

    assert re.fullmatch(r"https://[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com/app", address)
    assert launched_by(launch, stack.bot.token, now_utc()).user_id == person.id
    assert launched_by(launch, "7000000001:of-another-bot", now_utc()) is None
