"""Each Bot API method of the fake over HTTP: its effect, the shape of its answer, and Telegram's own refusals."""

import json

import pytest
from aiogram.types import File, Message, User, WebhookInfo
from aiogram.utils.web_app import check_webapp_signature, parse_webapp_init_data

KEYBOARD = {"inline_keyboard": [[{"text": "👍", "callback_data": "v1:up"}, {"text": "👎", "callback_data": "v1:down"}]]}


def test_send_message_is_seen_with_its_buttons(bot, anna):
    result = bot.call("sendMessage", chat_id=anna.id, text="<b>Hi</b> &lt;3", parse_mode="HTML", reply_markup=KEYBOARD)

    seen = anna.wait_for_answer()
    assert (seen.text, seen.labels, seen.source) == ("Hi <3", ["👍", "👎"], "<b>Hi</b> &lt;3")
    message = Message.model_validate(result)
    assert (message.message_id, message.chat.id, message.text) == (seen.message_id, anna.id, "Hi <3")


def test_a_reply_brings_what_it_replies_to_one_level_deep(bot, anna):
    once = bot.call("sendMessage", chat_id=anna.id, text="x", reply_parameters={"message_id": 1})
    twice = bot.call("sendMessage", chat_id=anna.id, text="y", reply_parameters={"message_id": once["message_id"]})
    to_nothing = {"message_id": 99, "allow_sending_without_reply": True}
    plain = bot.call("sendMessage", chat_id=anna.id, text="z", reply_parameters=to_nothing)

    quoted = [Message.model_validate(each).reply_to_message for each in (once, twice, plain)]
    assert [each and each.text for each in quoted] == ["/start", "x", None]
    assert quoted[1].reply_to_message is None


def test_edit_message_text_replaces_text_and_buttons(bot, anna):
    sent = bot.call("sendMessage", chat_id=anna.id, text="How are you?", reply_markup=KEYBOARD)

    bot.call("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="Thank you")

    assert [(each.text, each.labels) for each in anna.read_all()] == [("How are you?", ["👍", "👎"]), ("Thank you", [])]
    assert anna.view().splitlines() == ["Anna: /start", "bot: Thank you"]


def test_an_edit_that_changes_nothing_is_refused(bot, anna, telegram):
    sent = bot.call("sendMessage", chat_id=anna.id, text="x", reply_markup=KEYBOARD)

    edit = {"chat_id": anna.id, "message_id": sent["message_id"], "text": "x", "reply_markup": KEYBOARD}

    refusal = bot.refusal("editMessageText", **edit)
    assert refusal.startswith("Bad Request: message is not modified: specified new message")
    assert telegram.violations == [], "too late, but not malformed"


@pytest.mark.parametrize(
    ("method", "change", "reason"),
    [
        ("editMessageText", {"message_id": 99, "text": "y"}, "message to edit not found"),
        ("editMessageText", {"message_id": 1, "text": "y"}, "message can't be edited"),
        ("editMessageText", {"message_id": None, "text": "y"}, "message identifier is not specified"),
        ("editMessageText", {"chat_id": 12345, "text": "y"}, "chat not found"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("sendMessage", {"chat_id": 12345, "text": "y"}, "chat not found"),
        ("sendMessage", {"chat_id": "@channel", "text": "y"}, "chat not found"),
        ("sendMessage", {"text": "y", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ("leaveChat", {}, "chat member status can't be changed in private chats"),
    ],
)
def test_what_is_not_there_is_refused(bot, anna, telegram, method, change, reason):
    bot.call("sendMessage", chat_id=anna.id, text="x")
    target = {"chat_id": anna.id} | ({} if method in ("sendMessage", "leaveChat") else {"message_id": 2})
    params = {name: value for name, value in (target | change).items() if value is not None}

    assert bot.refusal(method, **params) == f"Bad Request: {reason}"
    assert telegram.violations == []


def test_a_bot_cannot_write_first(bot, telegram):
    stranger = telegram.person()

    assert bot.refusal("sendMessage", chat_id=stranger.id, text="Hello") == "Bad Request: chat not found"


def test_answer_callback_query_shows_a_notice_and_ends_the_spinner(bot, anna):
    bot.call("sendMessage", chat_id=anna.id, text="x", reply_markup=KEYBOARD)
    press = anna.press(anna.wait_for_answer(), "👍")

    assert bot.call("answerCallbackQuery", callback_query_id=press.query_id, text="Thanks") is True

    assert press.wait_for_notice() == "Thanks"


@pytest.mark.parametrize("late", [True, False])
def test_answer_callback_query_too_late_or_unknown_is_refused(bot, anna, telegram, late):
    bot.call("sendMessage", chat_id=anna.id, text="x", reply_markup=KEYBOARD)
    query_id = anna.press(anna.wait_for_answer(), "👍").query_id if late else "123"
    telegram.advance(151)

    refusal = bot.refusal("answerCallbackQuery", callback_query_id=query_id)

    assert refusal == "Bad Request: query is too old and response timeout expired or query ID is invalid"


def test_send_photo_uploads_a_chart_whose_bytes_are_kept(bot, anna, telegram, jpeg):
    form = {"chat_id": anna.id, "caption": "<b>Your week</b>", "parse_mode": "HTML"}
    form["reply_markup"] = json.dumps(KEYBOARD)

    result = bot.post("sendPhoto", data=form, files={"photo": ("week.jpg", jpeg)}).json()["result"]

    seen = anna.wait_for_answer()
    assert (seen.text, [size.width for size in Message.model_validate(result).photo]) == (
        "Your week",
        [90, 320, 800, 1000],
    )
    assert telegram.content(seen.file_id).startswith(b"\xff\xd8")
    assert seen.labels == ["👍", "👎"]
    refusal = bot.refusal("editMessageText", chat_id=anna.id, message_id=seen.message_id, text="x")
    assert refusal == "Bad Request: there is no text in the message to edit"


def test_send_document_keeps_every_byte(bot, anna, telegram):
    export = bytes(range(256)) + b"\r\n"

    result = bot.post("sendDocument", data={"chat_id": anna.id}, files={"document": ("export.csv", export)}).json()

    assert Message.model_validate(result["result"]).document.file_name == "export.csv"
    assert telegram.content(anna.wait_for_answer().file_id) == export


def test_delete_message_removes_a_selfie_younger_than_two_days(bot, anna, telegram, jpeg):
    old, new = anna.send_photo(jpeg), None
    telegram.advance(48 * 3600 + 1)
    new = anna.send_photo(jpeg)

    assert bot.call("deleteMessage", chat_id=anna.id, message_id=new.message_id) is True
    refusal = bot.refusal("deleteMessage", chat_id=anna.id, message_id=old.message_id)

    assert refusal == "Bad Request: message can't be deleted"
    assert new.message_id not in anna.chat.messages


def test_leave_chat_ends_the_membership(bot, anna, telegram):
    group = telegram.group()
    group.add_bot(anna)
    bot.call("sendMessage", chat_id=group.chat.id, text="Only in private")

    assert bot.call("leaveChat", chat_id=group.chat.id) is True

    assert group.chat.bot_status == "left"
    answer = bot.post("sendMessage", json={"chat_id": group.chat.id, "text": "x"})
    assert answer.status_code == 403
    assert answer.json()["description"] == "Forbidden: bot is not a member of the supergroup chat"


def test_get_me_and_get_webhook_info_have_telegrams_shape(bot, telegram):
    assert User.model_validate(bot.call("getMe")).is_bot
    info = WebhookInfo.model_validate(bot.call("getWebhookInfo"))
    assert (info.url, info.pending_update_count) == ("", 0)


def test_photo_sizes_differ_and_get_file_gives_their_very_bytes(bot, anna, telegram, jpeg):
    sizes = anna.send_photo(jpeg).raw["photo"]

    downloads = [bot.download(size["file_id"]) for size in sizes]

    assert downloads == [telegram.content(size["file_id"]) for size in sizes]
    assert [len(data) for data in downloads] == [size["file_size"] for size in sizes]
    assert len(set(downloads)) == len(sizes) == 4


def test_a_link_hides_the_token_and_dies_after_an_hour(bot, anna, telegram, jpeg):
    file_id = anna.send_photo(jpeg).file_id
    file = bot.call("getFile", file_id=file_id)
    assert File.model_validate(file).file_size == len(telegram.content(file_id))
    assert telegram.token not in json.dumps(file)

    telegram.advance(3601)

    answer = bot.post(f"../file/bot{telegram.token}/{file['file_path']}")
    assert (answer.status_code, answer.json()["description"]) == (404, "Not Found")
    assert bot.download(file_id), "a new link works"


@pytest.mark.parametrize("path", ["/bot123:wrong/getMe", "/file/bot123:wrong/photos/file_1.jpg"])
def test_a_wrong_token_is_unauthorized(bot, path):
    answer = bot.post(f"..{path}")

    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


def test_an_unknown_method_is_not_found_and_a_violation(bot, telegram):
    answer = bot.post("sendMesage", json={"chat_id": 1, "text": "x"})

    assert answer.status_code == 404
    assert [violation.method for violation in telegram.violations] == ["sendMesage"]


def test_a_page_is_opened_from_a_private_chat_only(bot, anna, telegram):
    opens = {"inline_keyboard": [[{"text": "My days", "web_app": {"url": "https://x.org/app"}}]]}
    group = telegram.group()
    group.add_bot(anna)
    bot.call("sendMessage", chat_id=anna.id, text="x", reply_markup=opens)

    address, launch = anna.open_app(anna.wait_for_answer(), "My days", telegram.token)

    assert address == "https://x.org/app"
    assert check_webapp_signature(telegram.token, launch)
    assert parse_webapp_init_data(launch).user.id == anna.id
    refusal = bot.refusal("sendMessage", chat_id=group.chat.id, text="x", reply_markup=opens)
    assert refusal == "Bad Request: BUTTON_TYPE_INVALID"
