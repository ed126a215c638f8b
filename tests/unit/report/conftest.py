"""An office on a disk in memory, where there is one: what a disk keeps is not the point here."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.unit.report.office import Office


@pytest.fixture
def database_dir():
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def office(database_dir) -> Office:
    return Office(database_dir)
