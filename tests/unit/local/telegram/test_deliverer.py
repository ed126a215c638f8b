"""The threads around the delivery queue: what happens with a reply, and with whatever breaks."""

import json
import threading

import pytest

from local.telegram.deliverer import Deliverer
from local.telegram.delivery import NoReply, Reply
from local.telegram.webhooks import obeying
from tests.integration.local.aws.processes import eventually

NOON = 1_700_000_000.0
OK = Reply(200, {}, b"")
SEND = {"method": "sendMessage", "chat_id": 1, "text": "hi"}


class DelivererCase:
    """A deliverer with a scripted webhook; `posted`, `executed` and `done` tell what it did."""

    def __init__(self, *replies):
        self.posted, self.executed, self.done = [], [], []
        self._replies = list(replies)
        self.deliverer = Deliverer(
            post=obeying(self._post, self._execute),
            on_done=lambda settled: self.done.append((settled.update["update_id"], settled.delivered)),
            clock=lambda: NOON,
        )

    def _post(self, update):
        self.posted.append(update["update_id"])
        reply = self._replies.pop(0) if self._replies else OK
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _execute(self, method, params):
        self.executed.append((method, params, list(self.done)))
        return {"message_id": 1}


@pytest.fixture
def tell():
    started = []

    def start(*replies):
        story = DelivererCase(*replies)
        started.append(story)
        story.deliverer.start()
        return story

    yield start
    for story in started:
        story.deliverer.stop()


def json_reply(body, content_type="application/json", *, status=200):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {"content-type": content_type}, raw)


def message(update_id=1, chat_id=1):
    return {"update_id": update_id, "message": {"date": int(NOON), "chat": {"id": chat_id}}}


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (json_reply(SEND, status=500), "Wrong response from the webhook: 500"),
        (NoReply("Webhook connection closed"), "Webhook connection closed"),
        (OSError("secret text"), "OSError"),
    ],
)
def test_a_failed_update_is_posted_again_and_told_once(tell, failure, said):
    story = tell(failure, OK)

    story.deliverer.push(message(7))

    assert story.deliverer.wait_until_empty(5)
    assert (story.posted, story.executed) == ([7, 7], [])
    assert story.done == [(7, True)]
    assert story.deliverer.last_error.message == said


def test_an_expired_update_is_told_as_not_delivered(tell):
    story = tell()

    story.deliverer.push({"update_id": 3, "message": {"date": 5, "chat": {"id": 1}}})

    assert story.deliverer.wait_until_empty(5)
    eventually(lambda: story.done)  # a moment after the queue is empty
    assert (story.posted, story.done) == ([], [(3, False)])


@pytest.mark.parametrize(
    "reply",
    [
        json_reply(SEND),
        json_reply(b"method=sendMessage&chat_id=1&text=hi", "application/x-www-form-urlencoded"),
        json_reply(SEND, "application/json; charset=utf-8"),
    ],
)
def test_the_method_in_a_reply_is_executed_before_the_update_counts_as_delivered(tell, reply):
    story = tell(reply)

    story.deliverer.push(message())

    assert story.deliverer.wait_until_empty(5)
    ((method, params, done_before),) = story.executed
    assert (method, str(params["chat_id"]), params["text"], done_before) == ("sendMessage", "1", "hi", [])


@pytest.mark.parametrize(
    "body",
    [
        *({"method": method} for method in ("getMe", "GETUPDATES", "setWebhook", "deleteWebhook", "close", "logOut")),
        *(b"", b"{}", b"[]", b"{", b'{"method": 5}', b'{"method": ""}', b"\xff"),
    ],
)
def test_a_reply_without_a_method_that_telegram_takes_there_just_delivers(tell, body):
    story = tell(json_reply(body))

    story.deliverer.push(message())

    assert story.deliverer.wait_until_empty(5)
    assert (story.posted, story.executed, story.done) == ([1], [], [(1, True)])


def test_at_most_max_connections_posts_run_at_once_and_chats_run_side_by_side():
    gate, lock, running, peak = threading.Event(), threading.Lock(), [], []

    def post(update):
        with lock:
            running.append(update["update_id"])
            peak.append(len(running))
            if len(running) == 3:
                gate.set()
        assert gate.wait(5), "three chats never ran side by side"
        with lock:
            running.remove(update["update_id"])
        return OK

    deliverer = Deliverer(post=post, max_connections=3, clock=lambda: NOON)
    for number in range(9):
        deliverer.push(message(number, chat_id=number))
    deliverer.start()

    assert deliverer.wait_until_empty(5)
    deliverer.stop()
    assert max(peak) == 3
