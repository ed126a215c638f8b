"""Docker, the base image and everything that `sam build` makes, once for all tests; without them each says why not."""

import json

import boto3
import pytest
from botocore.config import Config

from burnout.invocation import CHECK, PING
from infra.stack import docker, sam
from infra.stack.aws_local import services
from infra.stack.command import UnavailableError
from local.aws.runtime import REGION
from tests.stack.sam_local import serving


@pytest.fixture(scope="session")
def built(measured):
    """Docker runs, and `.aws-sam/build` and infer's image are of the present sources. The image's name."""
    try:
        base = docker.check()
        measured(f"sam build, zips, layer and image on {base}", f"{sam.build(image=True).seconds:.0f} s")
    except UnavailableError as reason:
        pytest.skip(str(reason))
    return sam.image_name()


@pytest.fixture(scope="session")
def here(built):
    """What `make aws-local` serves."""
    with services() as made:
        yield made


@pytest.fixture(scope="session")
def lambdas(here):
    """`sam local start-lambda`, by which the functions call each other, with everything imported: callers wait 7 s."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=180)
    with serving("start-lambda", 3001, here.exported) as url:
        client = boto3.Session("local", "local", region_name=REGION).client("lambda", endpoint_url=url, config=config)
        for function, event in {"infer": CHECK, "store": PING, "report": PING}.items():
            client.invoke(FunctionName=sam.FUNCTIONS[function], Payload=json.dumps(event))["Payload"].read()
        yield
