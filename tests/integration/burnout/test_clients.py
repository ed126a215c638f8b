"""The layer's S3 and Secrets Manager against moto over HTTP: what is kept and what is never shown."""

import json

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters

from burnout.errors import PhotoStorageError
from burnout.photos import PhotoBucket
from burnout.secret import read_bot_secret
from tests.aws_server import aws_server, bucket_of, variables_of

TOKEN = "123456789:AAGreatSecretTokenThatNobodyMayEverSee"


@pytest.fixture(scope="module")
def aws():
    with aws_server() as url, pytest.MonkeyPatch.context() as environment:
        for name, value in variables_of(url).items():
            environment.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def s3(aws):
    with bucket_of("photos") as client:
        yield client


def test_photo_is_kept_replaced_and_deleted_however_often(s3):
    bucket = PhotoBucket(s3, "photos")

    for content in (b"one", b"two", b"two"):
        bucket.put("photos/a/1", content)
    assert s3.get_object(Bucket="photos", Key="photos/a/1")["Body"].read() == b"two"
    for _ in range(2):
        bucket.delete("photos/a/1")
    assert s3.list_objects_v2(Bucket="photos")["KeyCount"] == 0


def test_failing_s3_is_ours_to_try_later(s3):
    bucket = PhotoBucket(s3, "no-such-bucket")

    with pytest.raises(PhotoStorageError):
        bucket.put("photos/a/1", b"one")
    with pytest.raises(PhotoStorageError):
        bucket.delete("photos/a/1")


def test_bot_secret_is_read_and_never_shown(aws):
    parameters.clear_caches()
    text = json.dumps({"token": TOKEN, "webhook_secret": "w"})
    arn = boto3.client("secretsmanager").create_secret(Name="a-bot", SecretString=text)["ARN"]

    found = read_bot_secret(arn)

    assert (found.token, found.webhook_secret) == (TOKEN, "w")
    assert TOKEN not in repr(found)
