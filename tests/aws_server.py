"""AWS on this machine: moto's server, over HTTP like the real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import requests
from aws_lambda_powertools.utilities import parameters
from moto.server import ThreadedMotoServer

from local.aws.moto_server import dummy_account
from local.aws.runtime import REGION


def variables_of(url: str) -> dict[str, str]:
    """What leads a function's clients to this server and nowhere else."""
    return {**dummy_account(), "AWS_ENDPOINT_URL": url}


@contextmanager
def aws_server() -> Iterator[str]:
    """Its URL, as long as the `with` block lasts. Nothing is left of it for whoever comes next: moto has one state."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    try:
        yield url
    finally:
        requests.post(f"{url}/moto-api/reset", timeout=60).raise_for_status()
        server.stop()
        parameters.clear_caches()  # their clients know this server's port


@contextmanager
def bucket_of(name: str) -> Iterator[Any]:
    """An S3 client by the environment, with an empty bucket of this name; afterwards it is gone."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield client
    for entry in client.list_objects_v2(Bucket=name).get("Contents", []):
        client.delete_object(Bucket=name, Key=entry["Key"])
    client.delete_bucket(Bucket=name)
    client.close()
