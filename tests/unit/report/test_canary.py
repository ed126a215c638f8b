"""The canary's verdict: what Telegram knows of the webhook, and what the webhook answers to a harmless update."""

import json
from dataclasses import dataclass, field

import pytest
import requests

from burnout.errors import TelegramRejectedError, TelegramSilentError, TelegramUnavailableError
from functions.report.canary import NOBODY, WebhookEndpoint, probe
from functions.report.metrics import RunMetrics
from functions.webhook.updates import parse_update


@dataclass(frozen=True)
class Answer:
    status_code: int
    content: bytes


URL = "https://abc.execute-api.eu-west-1.amazonaws.com/telegram/webhook"
HELP = Answer(200, b'{"method":"sendMessage","chat_id":1,"text":"..."}')
WELL = {"url": URL, "pending_update_count": 3, "max_connections": 40}
NOW_S = 1_790_000_000


@dataclass
class Webhook:
    answer: object = HELP
    url: str = URL
    updates: list[bytes] = field(default_factory=list)

    def post(self, update):
        self.updates.append(update)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Telegram:
    answer: object = field(default_factory=lambda: WELL)

    def call(self, call):
        assert (call.method, call.params) == ("getWebhookInfo", {})
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def probed(*, webhook=None, telegram=None):
    run_metrics = RunMetrics()
    probe(webhook or Webhook(), telegram or Telegram(), run_metrics, wall=lambda: NOW_S + 0.4)
    return run_metrics


def failed(age_s, said):
    """A webhook whose last delivery failed so long ago."""
    return Telegram(WELL | {"last_error_date": NOW_S - age_s, "last_error_message": said})


def test_all_is_well_with_the_updates_that_wait():
    run_metrics = probed()

    assert (run_metrics.op, run_metrics.outcome) == ("canary", "done")
    assert run_metrics.gauges == {"CanaryOk": 1, "PendingUpdates": 3}


@pytest.mark.parametrize(
    ("doubles", "outcome"),
    [
        ({"telegram": Telegram(WELL | {"url": "https://somebody.else/"})}, "registered_elsewhere"),
        ({"telegram": Telegram(WELL | {"url": ""})}, "not_registered"),
        ({"telegram": Telegram(TelegramUnavailableError("getWebhookInfo: 502"))}, "telegram_unavailable"),
        ({"telegram": Telegram(TelegramSilentError("getWebhookInfo: ReadTimeout"))}, "telegram_unavailable"),
        ({"telegram": Telegram(TelegramRejectedError("getWebhookInfo", 401, "Unauthorized"))}, "telegram_refused"),
        ({"telegram": Telegram({"url": 5})}, "telegram_refused"),
        ({"webhook": Webhook(Answer(503, b""))}, "webhook_503"),
        ({"webhook": Webhook(Answer(401, b""))}, "webhook_401"),
        ({"webhook": Webhook(Answer(301, b""))}, "webhook_301"),
        ({"webhook": Webhook(Answer(200, b""))}, "webhook_silent"),
        ({"webhook": Webhook(Answer(200, b"<html>"))}, "webhook_silent"),
        ({"webhook": Webhook(requests.ConnectionError(f"{URL} failed"))}, "webhook_unreachable"),
        ({"webhook": Webhook(requests.ReadTimeout())}, "webhook_unreachable"),
    ],
)
def test_what_is_not_well_is_a_failure_with_its_name(doubles, outcome):
    run_metrics = probed(**doubles)

    assert (run_metrics.outcome, run_metrics.gauges["CanaryOk"]) == (outcome, 0)


@pytest.mark.parametrize(
    ("age_s", "said", "outcome"),
    [
        (0, "Wrong response from the webhook: 401 Unauthorized", "secret_not_told"),
        (299, "Connection timed out", "deliveries_fail"),
        (299, "Wrong response from the webhook: 403 Forbidden", "deliveries_fail"),
        (300, "Connection timed out", "done"),
        (0, "Wrong response from the webhook: 503 Service Unavailable", "done"),
    ],
)
def test_telegrams_last_failure_counts_while_it_is_recent_and_is_no_later(age_s, said, outcome):
    run_metrics = probed(telegram=failed(age_s, said))

    assert (run_metrics.outcome, run_metrics.gauges["CanaryOk"]) == (outcome, int(outcome == "done"))


def test_updates_that_wait_are_told_even_where_the_webhook_is_registered_elsewhere():
    assert probed(telegram=Telegram(WELL | {"url": "https://somebody.else/"})).gauges["PendingUpdates"] == 3


def test_telegrams_failure_is_named_first_and_the_webhook_is_asked_all_the_same():
    webhook = Webhook(Answer(503, b""))

    run_metrics = probed(webhook=webhook, telegram=Telegram(TelegramUnavailableError("502")))

    assert run_metrics.outcome == "telegram_unavailable"
    assert len(webhook.updates) == 1


def test_the_update_is_one_that_the_webhook_reads_from_somebody_who_cannot_exist():
    webhook = Webhook()

    probed(webhook=webhook)

    update = parse_update(webhook.updates[0])
    assert NOBODY >= 2**52
    assert (update.message.sender.id, update.message.chat.id, update.message.chat.type) == (NOBODY, NOBODY, "private")
    assert (update.message.text, update.update_id) == ("/help", 1_790_000_000)
    assert json.loads(webhook.updates[0])["message"]["from"]["is_bot"] is False


def test_an_endpoint_does_not_show_its_secret():
    assert "s3cret" not in repr(WebhookEndpoint(URL, "s3cret"))
