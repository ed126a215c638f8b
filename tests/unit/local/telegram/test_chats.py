"""What people see, and which updates they cause; no HTTP, no webhook."""

import random

import pytest

from local.telegram.chats import NoAnswerError
from local.telegram.network import Network
from local.telegram.people import Person

NOON = 1_700_000_000.0


class World:
    """A network whose updates are collected."""

    def __init__(self):
        self.updates = []
        self.network = Network(
            clock=lambda: NOON, rng=random.Random(3), sink=lambda _kind, update: self.updates.append(update)
        )
        self.anna = Person(self.network, {"id": 11, "is_bot": False, "first_name": "Anna"})

    def says(self, text, *rows, chat=None):
        """The bot writes."""
        keyboard = [[{"text": label, "callback_data": data} for label, data in row] for row in rows]
        content = {"text": text} | ({"reply_markup": {"inline_keyboard": keyboard}} if rows else {})
        return (chat or self.anna.chat).add(self.network.bot, content, NOON)


@pytest.fixture
def world():
    return World()


def test_a_view_shows_the_chat_as_it_is_now(world):
    world.anna.send_text("/start")
    question = world.says("Agree?", [("Yes", "v1:y"), ("No", "v1:n")], [("Later", "v1:l")])
    world.anna.press(question, "Yes").answer("Thank you")
    gone = world.anna.send_sticker()
    world.anna.chat.remove(gone.message_id)

    assert world.anna.view().splitlines() == [
        "Anna: /start",
        "bot: Agree?",
        "    [Yes] [No]",
        "    [Later]",
        "(Anna presses [Yes])",
        "(notice: Thank you)",
    ]


def test_an_answer_is_each_message_and_each_edit_of_the_bot_once(world):
    asked = world.says("Agree?", [("Yes", "v1:y")])
    world.anna.send_text("hm")
    world.anna.chat.replace(asked, {"text": "Agreed.", "reply_markup": None}, NOON)
    world.says("Send a photo")

    assert world.anna.wait_for_answer().text == "Agree?"
    assert [message.text for message in world.anna.read_all()] == ["Agreed.", "Send a photo"]
    assert world.anna.chat.last_message().text == "Send a photo"
    with pytest.raises(NoAnswerError) as error:
        world.anna.wait_for_answer(0.01)
    assert str(error.value) == "no answer in 0.01 s; the chat is:\nbot: Agreed.\nAnna: hm\nbot: Send a photo"


@pytest.mark.parametrize(
    ("pressed", "data"), [("Yes", "v1:y"), ("' OR 1=1 --", "' OR 1=1 --")], ids=["label", "forged"]
)
def test_a_press_carries_its_data_and_the_message_as_it_is_now(world, pressed, data):
    asked = world.says("Agree?", [("Yes", "v1:y")])
    world.anna.chat.replace(asked, {"text": "Really?", "reply_markup": asked.raw["reply_markup"]}, NOON)

    press = world.anna.press(asked, pressed)

    query = world.updates[-1]["callback_query"]
    assert (query["id"], query["data"], query["message"]["text"]) == (press.query_id, data, "Really?")
    assert query["from"]["id"] == 11


def test_a_button_spins_until_it_is_answered(world):
    press = world.anna.press(world.says("Agree?", [("Yes", "v1:y")]), "Yes")
    with pytest.raises(NoAnswerError, match="still spins"):
        press.wait_for_notice(0.01)

    press.answer("")

    assert press.wait_for_notice(0.01) == ""


def test_blocking_is_told_and_a_blocked_bot_gets_no_messages(world):
    world.anna.send_text("hi")
    world.anna.block()

    change = world.updates[-1]["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
    with pytest.raises(RuntimeError, match="unblock"):
        world.anna.send_text("anybody there?")
    world.anna.unblock()
    assert world.updates[-1]["my_chat_member"]["new_chat_member"]["status"] == "member"
