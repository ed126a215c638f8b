"""An S3 on this machine, and the unmodified handler wired to it through the environment alone."""

import pytest

from functions.infer import app
from tests.aws_server import aws_server, bucket_of, variables_of
from tests.unit.infer.conftest import astronaut_bytes, astronaut_hw, finder, model_folder, selfie  # noqa: F401  (fixtures)

BUCKET = "photos-of-the-test"


@pytest.fixture(scope="session")
def s3_url():
    with aws_server() as url:
        yield url


@pytest.fixture
def aws(monkeypatch, s3_url):
    """The environment of a function whose S3 is moto's; the handler is wired anew."""
    for name, value in variables_of(s3_url).items():
        monkeypatch.setenv(name, value)
    app.wire.cache_clear()
    yield
    if app.wire.cache_info().currsize:
        app.wire()[0].close()
    app.wire.cache_clear()


@pytest.fixture
def s3(aws):
    with bucket_of(BUCKET) as client:
        yield client
