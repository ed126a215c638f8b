"""The bot's secret in Secrets Manager: changed, missing, malformed; and what Lambda's runtime writes when it is."""

import json
from datetime import timedelta

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.base import DEFAULT_PROVIDERS

from burnout import redaction
from burnout.errors import ConfigError
from burnout.secret import read_bot_secret
from functions.report.app import lambda_handler as report
from functions.webhook import app as webhook
from local.aws import events
from local.aws.runtime import Function, context_of
from tests.aws_server import aws_server, variables_of
from tests.integration.secrets.search import all_lines, everything

OLD = ("123456789:AAOldSecretTokenThatNobodyMayEverSee", "old-webhook-secret-that-nobody-may-see")
NEW = ("123456789:AANewSecretTokenThatNobodyMayEverSee", "new-webhook-secret-that-nobody-may-see")
CACHE_S = 300  # docs: how long a changed secret may take


@pytest.fixture(scope="module")
def aws():
    with aws_server() as url:
        yield url


@pytest.fixture
def keep(aws, monkeypatch):
    """Makes a text the bot's secret, for functions in this process."""
    variables = {
        **variables_of(aws),
        "TELEGRAM_API_URL": "http://127.0.0.1:9",
        "PHOTOS_BUCKET": "photos",
        "INFER_FUNCTION": "infer",
        "STORE_FUNCTION": "store",
        "WEBHOOK_URL": "http://127.0.0.1:9/telegram/webhook",
        "REPORT_FUNCTION": "report",
        "PHOTOS_PER_HOUR": "30",
        "PHOTOS_PER_DAY": "100",
        "OPERATOR_CONTACT": "@operator",
        "DATA_PLACE": "self",
        "BASELINE_SHADOW_PERCENT": "0",
        "BASELINE_SHOWN_PERCENT": "0",
        "POWERTOOLS_SERVICE_NAME": "secrets",
        "POWERTOOLS_METRICS_NAMESPACE": "secrets",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="bot", SecretString="nothing yet")["ARN"]
    monkeypatch.setenv("TELEGRAM_SECRET_ARN", arn)
    parameters.clear_caches()
    DEFAULT_PROVIDERS.pop("secrets", None)  # its client knows another test's server

    def put(value, **kind):
        client.put_secret_value(SecretId=arn, **(kind or {"SecretString": value}))
        return arn

    yield put
    webhook.wire.cache_clear()
    client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    client.close()
    DEFAULT_PROVIDERS.pop("secrets", None)


def text_of(token, webhook_secret):
    return json.dumps({"token": token, "webhook_secret": webhook_secret})


def pass_seconds(seconds):
    """The cache is so much older."""
    store = DEFAULT_PROVIDERS["secrets"].store
    for key, kept in store.items():
        store[key] = kept._replace(ttl=kept.ttl - timedelta(seconds=seconds))


def status(webhook_secret):
    return handled("{}", webhook_secret)["statusCode"]


def handled(body, webhook_secret):
    """The response to a request with this body, of a function that lives as long as the real one."""
    context = context_of(Function("webhook", "", {}, timeout_s=25), "request")
    return webhook.lambda_handler(events.api_event(body, webhook_secret), context)


def test_changed_secret_is_used_within_five_minutes_by_a_warm_function(keep):
    arn = keep(text_of(*OLD))
    before = (status(OLD[1]), status(NEW[1]))
    old_client = webhook.wire(webhook.WebhookConfig.from_environment(), read_bot_secret(arn))[1]

    keep(text_of(*NEW))
    pass_seconds(CACHE_S - 5)
    cached = (status(OLD[1]), status(NEW[1]))
    pass_seconds(5)
    after = (status(OLD[1]), status(NEW[1]))

    assert before == cached == (200, 401)
    assert after == (401, 200)
    assert read_bot_secret(arn).token == NEW[0]
    assert webhook.wire(webhook.WebhookConfig.from_environment(), read_bot_secret(arn))[1] is not old_client


BAD = {
    "unset": {"SecretString": "nothing"},
    "empty": {"SecretString": '""'},
    "no json": {"SecretString": f"token={OLD[0]}"},
    "no text": {"SecretBinary": b"\xff" + OLD[0].encode()},
    "a list": {"SecretString": json.dumps(list(OLD))},
    "a token that is a list": {"SecretString": json.dumps({"token": [OLD[0]], "webhook_secret": OLD[1]})},
    "no webhook_secret": {"SecretString": json.dumps({"token": OLD[0]})},
    "empty token": {"SecretString": text_of("", OLD[1])},
    "empty webhook_secret": {"SecretString": text_of(OLD[0], "")},
    "null webhook_secret": {"SecretString": text_of(OLD[0], None)},
    "line break after the token": {"SecretString": text_of(f"{OLD[0]}\n", OLD[1])},
    "two tokens": {"SecretString": text_of(f"{OLD[0]}/{NEW[0]}", OLD[1])},
    "short token": {"SecretString": text_of("123:short-secret", OLD[1])},
    "webhook_secret that no header carries": {"SecretString": text_of(OLD[0], f"{OLD[1]}\n")},
    "long webhook_secret": {"SecretString": text_of(OLD[0], OLD[1] * 10)},
}
VALUES = (OLD[0].partition(":")[2], OLD[1], "short-secret")


@pytest.mark.parametrize("secret", BAD.values(), ids=BAD)
def test_unusable_secret_is_refused_in_one_clear_line_without_it(keep, secret):
    redaction.install()
    arn = keep(None, **secret)

    with all_lines() as lines, pytest.raises(ConfigError) as raised:
        read_bot_secret(arn)

    assert str(raised.value).startswith("the bot's secret ")
    assert "\n" not in str(raised.value)
    for value in VALUES:
        assert value not in everything(raised.value) + lines()


def test_token_that_was_just_put_is_read_at_once(keep):
    arn = keep(text_of("", OLD[1]))
    with pytest.raises(ConfigError):
        read_bot_secret(arn)

    keep(text_of(*OLD))

    assert read_bot_secret(arn).token == OLD[0]


def test_missing_secret_is_refused_in_one_clear_line(keep):
    arn = keep(text_of(*OLD))

    with pytest.raises(ConfigError, match=r"^the bot's secret is unusable: \w+$"):
        read_bot_secret(f"{arn}-of-nobody")


def test_functions_with_an_unusable_secret_fail_and_lambda_writes_one_line_without_it(keep, capsys):
    bootstrap = pytest.importorskip("awslambdaric.bootstrap")
    keep(text_of(OLD[0], ""))
    context = context_of(Function("report", "", {}), "request")
    due = {"op": "due", "at_utc": "2026-11-22T18:00:00Z"}

    for handler, event in ((webhook.lambda_handler, events.api_event("{}", OLD[1])), (report, due)):
        with all_lines() as lines, pytest.raises(ConfigError) as raised:
            handler(event, context)
        caught = (raised.type, raised.value, raised.tb)
        bootstrap.log_error(bootstrap.build_fault_result(caught, None), bootstrap.StandardLogSink())
        written = capsys.readouterr().out

        errors = [line for line in written.split("\n") if "ERROR" in line]
        assert len(errors) == 1
        assert errors[0].startswith("[ERROR] ConfigError: the bot's secret has an empty token or webhook_secret\r")
        for value in VALUES:
            assert value not in written + lines()
