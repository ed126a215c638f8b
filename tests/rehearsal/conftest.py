"""An AWS, a registry of images and a Telegram on this machine; where one cannot be, tests say why."""

import pytest
from moto.ecr.models import ecr_backends

from infra.stack import docker, sam
from infra.stack.command import UnavailableError, run
from local.telegram.server import FakeTelegram
from tests.aws_server import aws_server
from tests.rehearsal import cloudformation, resources
from tests.rehearsal.registry import Registry
from tests.rehearsal.workplace import Workplace

PUSHED = f"{resources.ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/burnout/prod/infer:inferfunction-0123456789ab-latest"


@pytest.fixture(scope="session")
def tools():
    """The SAM CLI, with AWS's transform of its templates, and a Python of the functions' runtime."""
    try:
        sam.program(), sam.python313()
    except UnavailableError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def no_docker():
    """Why no image can be built and pushed here; empty where it can."""
    try:
        docker.check()
    except UnavailableError as reason:
        return str(reason)
    return ""


@pytest.fixture(scope="module")
def telegram():
    with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="module")
def pushes():
    """The registry that infer's image goes to; ECR's own rules are the template's."""
    repositories = ecr_backends[resources.ACCOUNT][resources.REGION].repositories
    registry = Registry(lambda name: repositories[name].image_tag_mutability == "IMMUTABLE")
    registry.server.start()
    yield registry
    registry.server.stop()
    for name in registry.images:  # the SAM CLI's names for what it pushed
        run(["docker", "image", "rm", f"{registry.address}/{name}"], limit_s=60)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, tools, no_docker, pushes, telegram):
    with pytest.MonkeyPatch.context() as patch, aws_server() as url:
        cloudformation.install(patch, "" if no_docker else pushes.address)
        yield Workplace(tmp_path_factory.mktemp("workplace"), url, telegram, PUSHED if no_docker else "")
