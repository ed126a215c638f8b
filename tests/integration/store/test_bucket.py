"""The store's side of the bucket against moto over HTTP: listed in pages, deleted in thousands, refused loudly."""

import boto3
import pytest

from burnout.errors import PhotoStorageError
from functions.store.bucket import Bucket
from tests.aws_server import aws_server


@pytest.fixture(scope="module")
def s3():
    with aws_server() as url:
        client = boto3.client(
            "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="dummy", aws_secret_access_key="dummy"
        )
        client.create_bucket(Bucket="photos")
        yield client
        client.close()


@pytest.fixture
def bucket(s3):
    bucket = Bucket(s3, "photos")
    yield bucket
    bucket.delete_all(found.key for found in bucket.listed(""))


def keys(bucket, prefix, after=""):
    return [found.key for found in bucket.listed(prefix, after)]


def test_what_is_listed_has_the_prefix_comes_after_and_is_in_order(bucket):
    for key in ("photos/b/2", "photos/a/1", "photos/b/1", "donated/a/1"):
        bucket.mark(key)

    assert keys(bucket, "photos/") == ["photos/a/1", "photos/b/1", "photos/b/2"]
    assert keys(bucket, "photos/", after="photos/a/1") == ["photos/b/1", "photos/b/2"]
    assert keys(bucket, "photos/c") == []


def test_a_listed_object_has_its_age_in_utc_and_marking_again_makes_it_young(bucket):
    bucket.mark("erasures/aa/1")
    (before,) = bucket.listed("erasures/")
    bucket.mark("erasures/aa/1")
    (after,) = bucket.listed("erasures/")

    assert before.modified_at_utc.utcoffset().total_seconds() == 0
    assert after.modified_at_utc >= before.modified_at_utc


def test_more_than_a_thousand_are_listed_and_deleted_to_the_last(bucket, s3):
    named = [f"donated/a/{number:04d}" for number in range(1003)]
    for key in named:
        bucket.mark(key)

    assert keys(bucket, "donated/") == named
    assert bucket.delete_all(iter(named)) == 1003
    assert keys(bucket, "") == []
    assert bucket.delete_all(["donated/a/0000"]) == 1  # what is not there is deleted
    assert Bucket(None, "photos").delete_all([]) == 0  # without a call


def test_a_failing_s3_is_never_taken_for_an_empty_one(s3):
    bucket = Bucket(s3, "no-such-bucket")

    with pytest.raises(PhotoStorageError, match="put"):
        bucket.mark("erasures/aa/1")
    with pytest.raises(PhotoStorageError, match="list"):
        list(bucket.listed("photos/"))
    with pytest.raises(PhotoStorageError, match="delete"):
        bucket.delete_all(["photos/a/1"])


class Refusing:
    """S3 that succeeds, and deletes all but one."""

    def delete_objects(self, **_):
        return {"Errors": [{"Key": "photos/a/1", "Code": "AccessDenied"}]}


def test_a_single_object_that_s3_refuses_to_delete_is_an_error():
    with pytest.raises(PhotoStorageError, match="1 of 2 refused"):
        Bucket(Refusing(), "photos").delete_all(["photos/a/1", "photos/a/2"])  # type: ignore[arg-type]
