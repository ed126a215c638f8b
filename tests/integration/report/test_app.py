"""The report's Lambda handler with its own wiring: an HTTP server stands for AWS, the fake Telegram for Telegram."""

import json
from datetime import timedelta

import msgspec
import pytest
from aws_lambda_powertools.utilities import parameters

from burnout.invocation import PING
from burnout.redaction import redacted_logger
from burnout.report_requests import ReportRequest, Tick
from functions.report.app import lambda_handler
from functions.store.operations import AnyOperation, fulfil
from local.http_server import HttpServer, Response
from local.telegram.faults import Fault
from tests.aws_server import variables_of
from tests.log_lines import lines_of
from tests.unit.report.office import AGREED, SUNDAY, later


class Context:
    def get_remaining_time_in_millis(self):
        return 840_000


@pytest.fixture
def aws(office, telegram, monkeypatch):
    """Secrets Manager with the fake's token, and Lambda with the store in it."""

    def answer(request):
        if "invocations" in request.path:
            assert request.path.split("/")[3] == "the-store"
            operation = msgspec.json.decode(request.body, type=AnyOperation)
            return Response(
                200,
                msgspec.json.encode(
                    {"ok": fulfil(office.root, office.objects, operation, AGREED, office.noted.append)}
                ),
            )
        secret = json.dumps({"token": telegram.token, "webhook_secret": "w" * 32})
        return Response(200, json.dumps({"ARN": "arn", "Name": "bot", "SecretString": secret}).encode())

    parameters.clear_caches()
    server = HttpServer(answer).start()
    environment = {
        **variables_of(server.url),
        "TELEGRAM_SECRET_ARN": "arn:bot",
        "TELEGRAM_API_URL": telegram.url,
        "STORE_FUNCTION": "the-store",
        "WEBHOOK_URL": "http://127.0.0.1:9/telegram/webhook",
        "POWERTOOLS_METRICS_NAMESPACE": "burnout",
        "POWERTOOLS_SERVICE_NAME": "report",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield
    parameters.clear_caches()
    server.stop()


@pytest.fixture
def log(aws):
    """What the handler logs, as text."""
    with lines_of(redacted_logger()) as lines:
        yield lines


def invoke(event):
    return lambda_handler(msgspec.to_builtins(event), Context())


def test_a_ping_needs_nothing():
    assert lambda_handler(PING, Context()) == {}


def test_a_tick_sends_what_is_due_and_logs_numbers_only(log, office, telegram, capsys):
    anna = office.newcomer(telegram)

    invoke(Tick(at_utc=SUNDAY))
    invoke(Tick(at_utc=later()))

    metrics = capsys.readouterr().out
    logged = [json.loads(line) for line in log().splitlines()]
    assert [(line["op"], line["outcome"], line["counts"]) for line in logged] == [
        ("due", "done", {"sent": 1}),
        ("due", "done", {}),
    ]
    told = [json.loads(line) for line in metrics.splitlines()]
    assert [(line.get("Count.sent"), line["RunEnded"]) for line in told] == [([1.0], [1.0]), (None, [1.0])]
    assert len(anna.read_all()) == 1
    assert str(anna.id) not in log() + metrics


def test_a_request_is_answered(aws, office, telegram):
    anna = office.newcomer(telegram, until=SUNDAY + timedelta(days=2000))

    invoke(ReportRequest(user_id=anna.id, update_id=5, show="report"))
    invoke(ReportRequest(user_id=anna.id, update_id=5, show="report"))

    assert len(anna.read_all()) == 1


def test_a_refused_token_is_an_error_of_the_function_and_shows_no_token(log, office, telegram, capsys):
    office.newcomer(telegram)
    telegram.faults.add(Fault(401, "Unauthorized"), method="sendPhoto")

    with pytest.raises(Exception, match="401 Unauthorized"):
        invoke(Tick(at_utc=SUNDAY))

    assert '"outcome":"TelegramRejectedError"' in log()
    assert telegram.token not in log() + capsys.readouterr().out


def test_an_event_of_another_shape_is_refused(aws):
    with pytest.raises(msgspec.ValidationError):
        lambda_handler({"op": "due"}, Context())


@pytest.fixture
def webhook(aws, telegram, monkeypatch):
    """A server in the webhook's place, registered with the fake Telegram: requests with the secret get an answer."""

    def answer(request):
        if request.headers.get("x-telegram-bot-api-secret-token") != "w" * 32:
            return Response(401)
        return Response(200, b'{"method":"sendMessage","chat_id":1,"text":"help"}')

    server = HttpServer(answer).start()
    telegram.set_webhook(server.url, "w" * 32)
    monkeypatch.setenv("WEBHOOK_URL", server.url)
    yield server
    server.stop()


def test_the_canary_measures_what_is_well(log, webhook, capsys):
    lambda_handler({"op": "canary"}, Context())

    metrics = json.loads(capsys.readouterr().out)
    assert (metrics["CanaryOk"], metrics["PendingUpdates"], metrics["service"]) == ([1.0], [0.0], "report")
    assert json.loads(log())["outcome"] == "done"


def test_the_canarys_log_shows_no_secret_when_the_webhook_is_gone(log, webhook, telegram, capsys):
    webhook.stop()

    lambda_handler({"op": "canary"}, Context())

    said = log() + capsys.readouterr().out
    assert '"outcome":"webhook_unreachable"' in said
    assert [hidden for hidden in ("w" * 32, telegram.token, webhook.url) if hidden in said] == []


def test_the_canary_does_not_follow_a_redirect_with_the_secret(log, webhook, telegram, monkeypatch):
    moved = HttpServer(lambda _: Response(307, headers={"Location": webhook.url})).start()
    monkeypatch.setenv("WEBHOOK_URL", moved.url)
    telegram.set_webhook(moved.url, "w" * 32)

    lambda_handler({"op": "canary"}, Context())

    assert json.loads(log())["outcome"] == "webhook_307"
    moved.stop()
