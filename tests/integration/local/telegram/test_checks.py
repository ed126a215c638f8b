"""The fake refuses what the Bot API's documentation forbids, and remembers it."""

import pytest
from aiogram.types import Update

from local.telegram.delivery import Reply

CHAT = 1_000_001
OK = Reply(200, {}, b"")


def inline(**button):
    return {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"} | button]]}


@pytest.mark.parametrize(
    ("method", "params", "reason"),
    [
        ("sendMessage", {"chat_id": CHAT, "text": "x", "parsemode": "HTML"}, "unknown parameter parsemode"),
        ("sendMessage", {"chat_id": CHAT}, "wrong parameters: text: Field required"),
        ("sendMessage", {"chat_id": CHAT, "text": 7}, "wrong parameters: text: Input should be a valid string"),
        (
            "sendMessage",
            {"chat_id": CHAT, "text": "x", "link_preview_options": {"disabled": True}},
            "unknown parameter link_preview_options.disabled",
        ),
        (
            "sendMessage",
            {"chat_id": CHAT, "text": "x", "reply_markup": inline(colour="red")},
            "unknown parameter reply_markup.inline_keyboard.colour",
        ),
        (
            "sendMessage",
            {"chat_id": CHAT, "text": "x", "reply_markup": inline(callback_data=5)},
            "unknown parameter reply_markup",
        ),
        ("sendMessage", {"chat_id": CHAT, "text": "x" * 4097}, "message is too long"),
        ("getFile", {}, "wrong parameters: file_id: Field required"),
    ],
)
def test_a_malformed_call_is_refused_and_remembered(bot, anna, telegram, method, params, reason):
    refusal = bot.refusal(method, **params)

    assert refusal.startswith(f"Bad Request: {reason}")
    assert [(each.method, each.description) for each in telegram.violations] == [(method, refusal)]
    assert anna.read_all() == []


def test_a_body_that_cannot_be_read_is_refused_and_remembered(bot, telegram):
    answer = bot.post("sendMessage", data=b"{", headers={"Content-Type": "application/json"})

    assert answer.json()["description"] == "Bad Request: can't parse JSON object"
    assert [each.method for each in telegram.violations] == ["sendMessage"]


def test_well_formed_calls_leave_no_violation(bot, anna, telegram):
    bot.call(
        "sendMessage",
        chat_id=anna.id,
        text="<b>x</b>",
        parse_mode="HTML",
        link_preview_options={"is_disabled": True},
        protect_content=True,
        reply_markup=inline(style="danger"),
    )

    assert telegram.violations == []


@pytest.fixture
def updates(telegram):
    """Every update from here on, as a webhook would get it."""
    collected = []
    telegram.deliver_with(lambda update: collected.append(update) or OK)
    return collected


def test_everything_that_people_do_is_a_valid_update(telegram, updates, jpeg):
    anna, boris = telegram.person(first_name="Anna", language_code="ru"), telegram.person(language_code=None)
    group = telegram.group()
    sent = anna.send_text("/start now")
    anna.edit_text(sent, "/start later")
    anna.send_photo(jpeg, caption="me", media_group_id="77")
    anna.send_photo(telegram.picture(jpeg), media_group_id="77")
    anna.send_document(b"heic", "IMG_1.HEIC", "image/heic", caption="me again")
    anna.send_sticker()
    anna.send({"location": {"latitude": 52.5, "longitude": 13.4}})
    anna.press(sent, "forged")
    anna.block()
    anna.unblock()
    group.add_bot(boris)
    boris.send_text("hello", to=group)
    group.remove_bot(boris)

    assert telegram.wait_until_delivered()
    assert len(updates) == 14
    for raw in updates:
        update = Update.model_validate(raw)
        event = getattr(update, update.event_type)
        assert not update.model_extra
        assert not event.model_extra, update.event_type
