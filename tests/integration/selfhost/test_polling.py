"""Long polling against the fake Telegram: what is confirmed when, and what is said when it does not work."""

import threading

import aiogram.methods  # noqa: F401  (takes seconds: not while the fake is being asked)
import cv2
import numpy as np
import pytest

from burnout.telegram.calls import send_message
from burnout.telegram.client import TelegramClient
from burnout.texts import LANGUAGES
from infra.profile import commands, profile_calls
from local.telegram.delivery import Reply, Settled
from local.telegram.faults import Fault
from selfhost import RefusedError
from selfhost.polling import Ledger, Polling
from tests.integration.local.aws.processes import eventually

WAIT_S = 20.0


class Bot:
    """Answers every update with a message; holds back those that it is told to."""

    def __init__(self, telegram):
        self.client = TelegramClient(telegram.token, telegram.url)
        self.seen = []
        self.held = {}

    def hold(self, text):
        self.held[text] = threading.Event()
        return self.held[text]

    def __call__(self, update):
        message = update["message"]
        self.seen.append(message["text"])
        if message["text"] in self.held:
            assert self.held[message["text"]].wait(WAIT_S)
        self.client.call(send_message(message["chat"]["id"], f"{message['text']}!"))
        return Reply(200, {}, b"")


@pytest.fixture
def bot(telegram):
    return Bot(telegram)


@pytest.fixture
def said():
    return []


@pytest.fixture
def start(bot, said):
    """Starts polling in a thread; everything it started has ended after the test."""
    running = []

    def started(profile=(), **options):
        polling = Polling(bot.client, bot, say=said.append, long_poll_s=1, **options)
        thread = threading.Thread(target=polling.run, args=[profile])
        thread.start()
        running.append((polling, thread))
        return polling, thread

    yield started
    for polling, thread in running:
        polling.stop()
        thread.join(WAIT_S)
        assert not thread.is_alive()


def greet(telegram):
    """A bot of this test answers somebody."""
    person = telegram.person()
    person.send_text("hello")
    assert person.wait_for_answer(WAIT_S).text == "hello!"


def pending(telegram):
    return telegram.webhook_info()["pending_update_count"]


def offsets(telegram):
    return [call.params.get("offset") for call in telegram.calls if call.method == "getUpdates"]


def test_update_is_answered_by_a_real_call_and_then_confirmed(telegram, bot, start):
    start()

    greet(telegram)

    eventually(lambda: pending(telegram) == 0)
    assert bot.seen == ["hello"]


def test_self_hosted_bot_shows_commands_and_link(telegram, start, said):
    start(profile_calls(has_page=False))

    greet(telegram)

    for language in LANGUAGES:
        scope = "" if language == "en" else language
        assert telegram.profile["setMyCommands", scope]["commands"] == commands(language, has_page=False)
        assert telegram.profile["setMyDescription", scope]["description"]
        assert telegram.profile["setMyShortDescription", scope]["short_description"]
    link = "https://t.me/burnout_local_bot"
    (shown,) = (line for line in said if link in line)
    assert shown.startswith(f"Open the bot: {link}\n\n")
    assert read_code(shown.split("\n\n")[1].splitlines()) == link


def read_code(lines):
    """What a camera reads in the drawing: a letter is two pixels, light where it is drawn."""
    light = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    pixels = np.array([[light[letter] for letter in line] for line in lines], np.uint8)  # row, column, half
    picture = pixels.transpose(0, 2, 1).reshape(-1, len(lines[0]))
    said, _, _ = cv2.QRCodeDetector().detectAndDecode(np.kron(picture, np.ones((8, 8), np.uint8)))
    return said


@pytest.mark.parametrize("fault", [Fault.too_many(3600), Fault.bad_request("Bad Request: description is too long")])
def test_a_menu_that_telegram_does_not_take_is_said_and_holds_nothing_up(telegram, start, said, fault):
    telegram.faults.add(fault, method="setMyDescription")
    start(profile_calls(has_page=False))

    greet(telegram)

    assert [line for line in said if line.startswith("commands and descriptions are not all set (setMyDescription: ")]


def test_webhook_is_removed_first_and_what_waited_for_it_is_not_dropped(telegram, start):
    telegram.set_webhook("http://127.0.0.1:9/nobody", "secret")
    person = telegram.person()
    person.send_text("sent before")

    start()

    assert person.wait_for_answer(WAIT_S).text == "sent before!"


def test_unfinished_update_is_not_confirmed_though_a_later_one_is_done(telegram, bot, start):
    slow, quick = telegram.person(), telegram.person()
    release = bot.hold("slow")
    start()

    slow.send_text("slow")
    eventually(lambda: "slow" in bot.seen)
    quick.send_text("quick")
    assert quick.wait_for_answer(WAIT_S).text == "quick!"
    polls = len(offsets(telegram))
    eventually(lambda: len(offsets(telegram)) > polls + 1)
    waiting = pending(telegram)
    release.set()

    assert waiting == 2  # the slow one, and the quick one behind it
    assert slow.wait_for_answer(WAIT_S).text == "slow!"
    eventually(lambda: pending(telegram) == 0)
    assert sorted(bot.seen) == ["quick", "slow"]  # handed out again by every poll, but worked on once


def test_network_loss_and_server_errors_are_said_and_survived(telegram, start, said):
    telegram.faults.add(Fault.server_error(), method="getUpdates")
    telegram.faults.add(Fault.hang(0.01), method="getUpdates")
    telegram.faults.add(Fault.too_many(1), method="getUpdates")
    start(pause_s=0.01)

    greet(telegram)

    assert [line.split(" (")[0] for line in said if "reached" in line] == ["Telegram cannot be reached"] * 3


def test_conflict_with_another_poller_is_said_and_survived(telegram, start, said):
    start(pause_s=0.01)
    eventually(lambda: offsets(telegram))

    telegram.set_webhook("http://127.0.0.1:9/nobody", "secret")
    eventually(lambda: any("another program answers" in line for line in said))
    telegram.set_webhook("", "")

    greet(telegram)


@pytest.mark.parametrize("token", ["7000000001:wrong-token-that-is-no-bots-at-all-0", "nonsense"])
def test_wrong_token_ends_polling_with_one_line_and_without_the_token(telegram, bot, said, token):
    polling = Polling(TelegramClient(token, telegram.url), bot, say=said.append)

    with pytest.raises(RefusedError) as caught:
        polling.run()

    assert "does not accept this token" in str(caught.value)
    assert token not in f"{caught.value!r}{said}"


def updates(*numbers):
    return [{"update_id": number} for number in numbers]


def done(ledger, number):
    ledger.finish(Settled({"update_id": number}, delivered=True))


def test_ledger_offset_is_none_once_everything_is_confirmed():
    """A number remembered for ever would hide every update after Telegram's numbers restart at a lower place."""
    ledger = Ledger()
    ledger.take_new(updates(5))
    done(ledger, 5)

    offset = ledger.offset()
    ledger.confirmed(offset)

    assert (offset, ledger.offset()) == (6, None)
    assert ledger.take_new(updates(2)) == updates(2)
