"""The layer's S3 and Secrets Manager against moto over HTTP: what is kept, what is refused, what is never shown."""

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters

from burnout.errors import ConfigError, PhotoStorageError
from burnout.photos import PhotoBucket
from burnout.secret import read_bot_secret
from local.aws.runtime import REGION
from tests.aws_server import aws_server, variables_of

TOKEN = "123456789:AAGreatSecretTokenThatNobodyMayEverSee"


@pytest.fixture(scope="module")
def aws():
    with aws_server() as url, pytest.MonkeyPatch.context() as environment:
        for name, value in variables_of(url).items():
            environment.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def s3(aws):
    client = boto3.client("s3")
    client.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": REGION})
    yield client
    client.close()


@pytest.fixture
def secret(aws):
    """Keeps a text in Secrets Manager and gives its ARN."""
    client = boto3.client("secretsmanager")
    arns = []

    def keep(text):
        arns.append(client.create_secret(Name=f"secret-{len(arns)}", SecretString=text)["ARN"])
        return arns[-1]

    parameters.clear_caches()
    yield keep
    for arn in arns:
        client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    client.close()


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


def test_bot_secret_is_read_and_never_shown(secret):
    found = read_bot_secret(secret(f'{{"token": "{TOKEN}", "webhook_secret": "w"}}'))

    assert (found.token, found.webhook_secret) == (TOKEN, "w")
    assert TOKEN not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        f'{{"token": "{TOKEN}", "webhook_secret": ""}}',
        f'{{"token": "{TOKEN}"}}',
        '{"token": "", "webhook_secret": "w"}',
        f'{{"token": ["{TOKEN}"], "webhook_secret": "w"}}',
        TOKEN,
    ],
)
def test_unset_or_unusable_secret_refuses_to_start_without_showing_it(secret, text):
    with pytest.raises(ConfigError) as raised:
        read_bot_secret(secret(text))

    assert TOKEN not in f"{raised.value!r}"
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_missing_secret_refuses_to_start(secret):
    with pytest.raises(ConfigError):
        read_bot_secret("arn:aws:secretsmanager:eu-west-1:123456789012:secret:nothing")
