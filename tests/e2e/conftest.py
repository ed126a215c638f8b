"""One running stack for a module: real handlers, real HTTP, SQLite on disk, a Telegram without faults."""

import itertools

import pytest

from local.photo import FACE, registered
from local.stack import Options, Stack

_albums = itertools.count()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(Options(data_dir=tmp_path_factory.mktemp("stack"))) as running:
        yield running
        assert running.telegram.violations == []


@pytest.fixture
def telegram(stack):
    yield stack.telegram
    stack.telegram.faults.clear()
    assert stack.telegram.wait_until_delivered(30), stack.telegram.webhook_info()


@pytest.fixture
def person(stack, telegram):
    """Somebody who has agreed."""
    return registered(stack)


@pytest.fixture(scope="module")
def selfie(stack):
    """The portrait in all of Telegram's sizes."""
    return stack.telegram.picture(FACE.read_bytes())


@pytest.fixture
def album():
    return f"album-{next(_albums)}"
