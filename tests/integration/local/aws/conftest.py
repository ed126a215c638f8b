import io
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from PIL import Image

from local.aws import environment
from local.aws.dispatch import Dispatch
from local.aws.moto_server import dummy_account
from local.aws.runtime import Function
from local.aws.sandbox import ThreadSandboxes

HANDLER = "tests.integration.local.aws.toy.lambda_handler"


def function(name="toy", **settings):
    variables = {**dummy_account(), "AWS_LAMBDA_FUNCTION_NAME": name, "MARK": "set for this function"}
    return Function(
        name=name, handler=settings.pop("handler", HANDLER), environment=environment.isolated(variables), **settings
    )


@pytest.fixture
def dispatch():
    running = Dispatch().start()
    yield running
    running.stop()


@pytest.fixture
def threads():
    sandboxes = ThreadSandboxes()
    yield sandboxes
    sandboxes.stop()


@pytest.fixture(scope="session")
def session():
    """One for all tests: a new one reads Lambda's whole API description again."""
    return boto3.Session("local", "local", region_name="eu-west-1")


@pytest.fixture
def client(session, dispatch):
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=30)
    made = session.client("lambda", endpoint_url=dispatch.url, config=config)
    yield made
    made.close()


@pytest.fixture
def at_once():
    """Runs calls in threads of their own: submit(...).result()."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def jpeg():
    """A small blank picture."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48)).save(content, "JPEG")
    return content.getvalue()
