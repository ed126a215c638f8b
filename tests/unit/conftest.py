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


@pytest.fixture
def database_dir(monkeypatch):
    """A folder in memory where there is one: syncing is slow, and durability is not tested here, nor a full disk."""
    monkeypatch.setattr(files, "RESERVE_BYTES", 2**16)
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
