"""An office whose store lies on a disk in memory."""

import pytest

from tests.unit.report.office import ReportFixture


@pytest.fixture
def office(database_dir) -> ReportFixture:
    return ReportFixture(database_dir)
