"""The smoke test of a deployed stack, against the whole stack on this machine: what is well, and faults it finds."""

import base64
import io
import json
from dataclasses import replace

import boto3
import pytest

from infra import smoke
from local.aws.gateway import ROUTE
from local.aws.moto_server import BUCKET
from local.aws.runtime import REGION
from local.http_server import HttpServer, Response
from local.stack import Stack

WELL, BAD = 0, 1


@pytest.fixture(scope="module")
def stack():
    with Stack() as running:
        yield running


@pytest.fixture
def deployed(stack):
    session = boto3.Session("local", "local", region_name=REGION)
    return smoke.Deployed(
        webhook_url=stack.gateway.url,
        app_url=stack.gateway.url.removesuffix(ROUTE) + "/app",
        secret=stack.bot,
        bucket=BUCKET,
        infer="infer",
        report="report",
        s3=stack.aws.s3,
        lambdas=session.client("lambda", endpoint_url=stack.dispatch.url),
        telegram_url=stack.telegram.url,
    )


def test_smoke_of_a_stack_that_is_well_says_ok_five_times_and_leaves_nothing(deployed, capsys):
    assert smoke.reported(smoke.smoke(deployed)) == WELL

    lines = capsys.readouterr().out.splitlines()
    assert [line[:3] for line in lines] == ["ok "] * 5
    assert "Contents" not in deployed.s3.list_objects_v2(Bucket=BUCKET)


def test_smoke_notices_a_secret_that_the_webhook_does_not_know(deployed, stack):
    other = replace(stack.bot, webhook_secret="another-secret")

    assert smoke.no_op(replace(deployed, secret=other)) == "webhook_401"


def test_smoke_notices_an_address_that_telegram_does_not_know(deployed):
    elsewhere = replace(deployed, webhook_url=f"{deployed.webhook_url}?elsewhere")

    assert smoke.no_op(elsewhere) == "registered_elsewhere"


def test_smoke_goes_on_after_a_check_that_cannot_be_made(deployed, capsys):
    assert smoke.reported(smoke.smoke(replace(deployed, bucket="no-such-bucket"))) == BAD

    *well, photo = capsys.readouterr().out.splitlines()
    assert [line[:3] for line in well] == ["ok "] * 4
    assert photo.startswith("BAD")
    assert "NoSuchBucket" in photo


def test_smoke_notices_a_page_that_is_not_there_and_one_that_is_open_to_everybody(deployed):
    open_to_all = HttpServer(lambda _: Response(200, b"{}", {"Content-Security-Policy": "script-src 'self'"})).start()

    assert smoke.page(replace(deployed, app_url=f"{deployed.app_url}/none")).startswith("it answered 404")
    assert smoke.page(replace(deployed, app_url=f"{open_to_all.url}/app")) == "its door answered 200, not 401"
    open_to_all.stop()


class Saying:
    """A Lambda client whose function says this in its log, or raises."""

    def __init__(self, outcome="", **more):
        log = json.dumps({"message": "report", "op": "canary", "outcome": outcome})
        self.answer = {"LogResult": base64.b64encode(log.encode()).decode(), "Payload": io.BytesIO(b"{}"), **more}

    def invoke(self, **_request):
        return self.answer


@pytest.mark.parametrize("outcome", ["webhook_503", "not_registered"])
def test_smoke_reads_the_canarys_outcome_from_its_log(deployed, outcome):
    assert smoke.canary(replace(deployed, lambdas=Saying(outcome))) == outcome
    assert smoke.canary(replace(deployed, lambdas=Saying("done"))) == ""


def test_smoke_tells_that_the_canary_raised(deployed):
    raised = Saying(FunctionError="Unhandled", Payload=io.BytesIO(b'{"errorType": "ConfigError"}'))

    assert "ConfigError" in smoke.canary(replace(deployed, lambdas=raised))


def test_stack_that_is_another_projects_is_refused():
    described = {"StackName": "shop", "Outputs": [{"OutputKey": "WebhookUrl", "OutputValue": "https://example.org"}]}

    with pytest.raises(smoke.SmokeError, match="shop is not this project's: it has no AppUrl, BotSecretArn"):
        smoke.outputs_of(described)
