"""The chat in the terminal: what a typed line does, and what is shown."""

import json

import pytest

from local.telegram.console import Console
from local.telegram.delivery import Reply
from local.telegram.server import FakeTelegram
from tests.integration.local.aws.processes import eventually

YES, NEVER = {"text": "✅ Yes", "callback_data": "v1:yes"}, {"text": "Never", "callback_data": "v1:no"}
BUTTONS = {"inline_keyboard": [[YES, NEVER]]}


class Bot:
    """Answers everything with a question that has a button; remembers what it got."""

    def __init__(self):
        self.got = []

    def __call__(self, update):
        content = update.get("message") or update["callback_query"]
        self.got.append(next(key for key in ("text", "photo", "document", "data") if key in content))
        chat_id = (update.get("message") or content["message"])["chat"]["id"]
        answer = {"method": "sendMessage", "chat_id": chat_id, "text": "Sure?", "reply_markup": BUTTONS}
        if content.get("data") == "v1:no":
            number = content["message"]["message_id"]
            answer = {"method": "editMessageText", "chat_id": chat_id, "message_id": number, "text": "Gone."}
        return Reply(200, {"content-type": "application/json"}, json.dumps(answer).encode())


@pytest.fixture
def chat():
    """Runs typed lines, each after the answer to the one before, and gives what the bot got and what was shown."""

    def run(*typed):
        bot, shown = Bot(), []

        def lines():
            for number, line in enumerate(typed, 1):
                yield f"{line}\n"
                eventually(lambda line=line, number=number: len(shown) >= number or not line.strip())

        with FakeTelegram() as telegram:
            telegram.deliver_with(bot)
            Console(telegram, telegram.person(), say=shown.append).run(lines())
        return bot.got, shown

    return run


def test_text_is_sent_and_the_answer_is_shown_with_its_buttons(chat):
    got, shown = chat("hello")

    assert got == ["text"]
    assert shown == ["\nbot: Sure?\n    [✅ Yes] [Never]"]


def test_a_button_that_an_edit_took_away_is_not_pressed(chat):
    got, _ = chat("hello", "Never", "yes")

    assert got == ["text", "data", "text"]


@pytest.mark.parametrize(
    ("typed", "is_sent_as"),
    [
        ("✅ Yes", "data"),
        ("yes", "data"),
        ("ye", "data"),  # labels hold emoji, which few can type
        ("e", "text"),  # a part of both labels
        ("x" * 5000, "text"),  # no path
    ],
)
def test_label_or_the_only_one_with_this_part_is_pressed_and_anything_else_is_a_text(chat, typed, is_sent_as):
    got, _ = chat("hello", typed)

    assert got == ["text", is_sent_as]


def test_path_of_an_image_sends_a_photo(chat, tmp_path, jpeg):
    (tmp_path / "selfie.jpg").write_bytes(jpeg)

    got, _ = chat(str(tmp_path / "selfie.jpg"))

    assert got == ["photo"]


def test_path_of_something_else_is_sent_as_a_file(chat, tmp_path):
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")

    got, _ = chat(f"'{tmp_path / 'notes.txt'}'")

    assert got == ["document"]


def test_empty_line_does_nothing(chat):
    assert chat("", "  ") == ([], [])
