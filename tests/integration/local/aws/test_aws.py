"""The fake AWS: it serves what the stack uses, and nothing else can be reached."""

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from burnout.secret import BotSecret
from local.aws import environment
from local.aws.moto_server import BUCKET, Aws, dummy_account
from tests.integration.local.aws.processes import eventually


@pytest.fixture(scope="module")
def aws():
    running = Aws(BotSecret("1:token", "the-secret"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def session(aws):
    """boto3 as a function has it: it finds everything by the environment alone."""
    endpoints = {"AWS_ENDPOINT_URL_S3": aws.url, "AWS_ENDPOINT_URL_SECRETS_MANAGER": aws.url}
    with environment.replaced(environment.isolated({**dummy_account(), **endpoints})):
        yield boto3.Session()


def test_secret_is_the_bots(aws, session):
    secrets = session.client("secretsmanager")

    text = secrets.get_secret_value(SecretId=aws.secret_arn)["SecretString"]

    assert json.loads(text) == {"token": "1:token", "webhook_secret": "the-secret"}


def test_bucket_keeps_and_forgets_a_photo(session):
    s3 = session.client("s3")

    s3.put_object(Bucket=BUCKET, Key="photos/a/1", Body=b"\xff\xd8")
    kept = s3.get_object(Bucket=BUCKET, Key="photos/a/1")["Body"].read()
    s3.delete_object(Bucket=BUCKET, Key="photos/a/1")

    assert kept == b"\xff\xd8"
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_refuses_everything_until_told_otherwise(aws, session):
    s3 = session.client("s3", config=Config(retries={"total_max_attempts": 1}))

    aws.refuse(True)
    eventually(lambda: "SlowDown" in _listed(s3))  # the order travels through a pipe
    aws.refuse(False)

    eventually(lambda: _listed(s3) == "")


def _listed(s3):
    try:
        s3.list_objects_v2(Bucket=BUCKET)
    except ClientError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("service", ["lambda", "sts", "sqs"])
def test_service_that_the_stack_does_not_name_is_a_dead_end(session, service):
    client = session.client(service, config=Config(retries={"total_max_attempts": 1}))
    ask = {"lambda": "list_functions", "sts": "get_caller_identity", "sqs": "list_queues"}[service]

    with pytest.raises(EndpointConnectionError, match=r"127\.0\.0\.1:9"):
        getattr(client, ask)()


def test_profile_and_credentials_of_the_user_do_not_reach_it(aws, monkeypatch, tmp_path):
    (tmp_path / "config").write_text("[profile work]\nregion = us-east-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.com")

    with environment.replaced(environment.isolated(dummy_account())):
        session = boto3.Session()
        region, credentials = session.region_name, session.get_credentials()

    assert region == "eu-west-1"
    assert (credentials.access_key, credentials.token) == ("local", None)
