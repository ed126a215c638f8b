"""Updates over HTTP to a webhook: secret, order, retries, and the method in the reply."""

import pytest

from local.http_server import Response
from local.telegram.delivery import Reply
from tests.integration.local.aws.processes import eventually
from tests.integration.local.telegram.sides import SECRET, reply_with

OK = Reply(200, {}, b"")


def closing(_update):
    raise ConnectionAbortedError("the connection closes without an answer")


def test_every_request_carries_the_secret_and_json(telegram, webhook, anna):
    assert telegram.wait_until_delivered()

    (request,) = webhook.requests
    assert (request.method, request.path) == ("POST", "/telegram/webhook")
    assert request.headers["x-telegram-bot-api-secret-token"] == SECRET
    assert request.headers["content-type"] == "application/json"
    assert webhook.updates[0]["message"]["text"] == "/start"


@pytest.mark.parametrize("failure", [Response(500), Response(302, b"", {"Location": "/"}), closing])
def test_a_failure_is_delivered_again_at_once(telegram, webhook, failure):
    webhook.script.append(failure)

    telegram.person().send_text("hi")

    assert telegram.wait_until_delivered()
    assert [update["message"]["text"] for update in webhook.updates] == ["hi", "hi"]
    assert webhook.updates[0] == webhook.updates[1]


def test_retry_after_is_honoured_and_told_in_get_webhook_info(telegram, webhook, bot):
    webhook.script.append(Response(503, b"", {"Retry-After": "120"}))
    telegram.person().send_text("hi")
    eventually(lambda: "last_error_message" in telegram.webhook_info())
    info = bot.call("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Wrong response from the webhook: 503")
    assert (info["url"], info["max_connections"]) == (webhook.url, 40)

    telegram.advance(121)

    assert telegram.wait_until_delivered()
    assert len(webhook.updates) == 2


def test_the_method_in_a_reply_is_executed_and_its_result_lost(telegram, webhook, anna):
    telegram.wait_until_delivered()
    webhook.script.append(reply_with("sendMessage", chat_id=anna.id, text="<b>Hi</b>", parse_mode="HTML"))

    anna.send_text("hello")

    assert anna.wait_for_answer().text == "Hi"
    assert telegram.wait_until_delivered()
    assert [(call.method, call.in_reply) for call in telegram.calls] == [("sendMessage", True)]


def test_an_error_of_the_method_in_a_reply_is_swallowed_but_remembered(telegram, webhook, anna):
    telegram.wait_until_delivered()
    webhook.script.append(reply_with("sendMessage", chat_id=anna.id, text="<b>Hi", parse_mode="HTML"))

    anna.send_text("hello")

    assert telegram.wait_until_delivered()
    assert len(webhook.updates) == 2, "not delivered again"
    assert anna.read_all() == []
    assert [each.method for each in telegram.violations] == ["sendMessage"]
    assert telegram.calls[0].error.description.startswith("Bad Request: can't parse entities")


def test_set_webhook_over_http_replaces_and_delete_webhook_keeps_what_waits(telegram, webhook, bot):
    webhook.script.append(Response(503, b"", {"Retry-After": "600"}))
    telegram.person().send_text("hi")
    eventually(lambda: "last_error_message" in telegram.webhook_info())

    assert bot.call("deleteWebhook") is True
    assert bot.call("getWebhookInfo")["pending_update_count"] == 1
    allowed = ["message", "callback_query", "my_chat_member"]
    assert bot.call("setWebhook", url=webhook.url, secret_token="other", allowed_updates=allowed) is True

    assert telegram.wait_until_delivered()
    assert webhook.requests[-1].headers["x-telegram-bot-api-secret-token"] == "other"
    assert bot.call("getWebhookInfo")["allowed_updates"] == allowed


def test_an_update_that_is_not_allowed_is_not_made(telegram, webhook, bot, anna):
    bot.call("setWebhook", url=webhook.url, secret_token=SECRET, allowed_updates=["message"])
    anna.edit_text(anna.send_text("helo"), "hello")

    assert telegram.wait_until_delivered()
    assert [update["message"]["text"] for update in webhook.updates] == ["/start", "helo"]


def test_long_polling_confirms_by_offset_and_conflicts_with_a_webhook(telegram, bot):
    anna = telegram.person()
    anna.send_text("one")
    anna.send_text("two")

    first, second = bot.call("getUpdates", limit=10)
    (again,) = bot.call("getUpdates", offset=first["update_id"] + 1)
    assert second == again
    assert bot.call("getUpdates", offset=second["update_id"] + 1, timeout=0) == []
    telegram.set_webhook("https://example.invalid/", SECRET)

    answer = bot.post("getUpdates", json={})
    assert (answer.status_code, answer.json()["error_code"]) == (409, 409)
