"""An office whose store lies on a disk in memory."""

import pytest

from tests.unit.report.office import Office


@pytest.fixture
def office(database_dir) -> Office:
    return Office(database_dir)
