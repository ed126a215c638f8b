"""Unit tests have no network: a socket to anywhere is an error."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from pytest_socket import disable_socket, enable_socket

from functions.store import files


@pytest.fixture(autouse=True)
def _no_sockets():
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True, scope="session")
def _small_reserve():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "RESERVE_BYTES", 2**16)  # of 32 MB beside each store: no full disk is tested here
        yield


@pytest.fixture
def database_dir():
    """A folder in memory where there is one: syncing is slow, and durability is not tested here."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
