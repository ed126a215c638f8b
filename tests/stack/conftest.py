"""Docker, the base image and everything that `sam build` makes, once for all tests; without them each says why not."""

import pytest

from infra.stack import docker, sam
from infra.stack.command import BUILD, UnavailableError
from infra.stack.surroundings import surroundings


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
def here(built, tmp_path_factory):
    """Moto and a fake Telegram where the containers reach them; an empty folder for the store."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with surroundings(tmp_path_factory.mktemp("here")) as made:
        yield made


@pytest.fixture(scope="session")
def lambdas(here):
    """`sam local start-lambda`, by which the functions call each other, with everything imported."""
    with here.lambdas():
        here.warm()
        yield
