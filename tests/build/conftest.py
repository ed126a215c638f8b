"""What `sam build` makes of the zip functions and the layer, without Docker; where it cannot, tests say why."""

import pytest

from infra.stack import sam
from infra.stack.command import UnavailableError

ZIPS = ("webhook", "store", "report", "app")


@pytest.fixture(scope="session")
def runtime():
    """Python 3.13, as in Lambda."""
    try:
        return sam.python313()
    except UnavailableError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def built(runtime):
    """The folder with a folder for each zip function and the layer, of the present sources."""
    try:
        sam.build(image=False)
    except UnavailableError as reason:
        pytest.skip(str(reason))
    return sam.BUILT


@pytest.fixture(scope="session")
def layer(built):
    return built / sam.LAYER / "python"


@pytest.fixture(scope="session")
def code(built):
    """Each zip function's own folder, by the name people call it."""
    return {name: built / sam.FUNCTIONS[name] for name in ZIPS}
