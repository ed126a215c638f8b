"""An office whose store lies on a disk in memory."""

import pytest

from functions.report import run
from functions.report.shards import shards_from
from functions.store.database import shard_file
from tests.unit.report.office import ReportFixture


@pytest.fixture
def office(database_dir, monkeypatch) -> ReportFixture:
    """Runs here ask the first shard, and those that somebody lives in: asking all 256 takes most of a run."""

    def lived_in(at_utc):
        there = {path.name for path in database_dir.rglob("*.sqlite")}
        return [each for each in shards_from(at_utc) if each == 0 or shard_file(database_dir, each).name in there]

    monkeypatch.setattr(run, "shards_from", lived_in)
    return ReportFixture(database_dir)
