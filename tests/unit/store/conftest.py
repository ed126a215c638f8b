import sqlite3

import pytest

from functions.store.operations import run
from functions.store.schema import shipped_schema, statements
from tests.unit.store.samples import NOON, agree, choose_clock, record
from tests.unit.store.subjects import CHECK_IN

SCHEMA = [statement for script in shipped_schema() for statement in statements(script)]


class Shard:
    """One real shard: operations go in, rows can be looked at."""

    def __init__(self):
        self.connection = sqlite3.connect(":memory:", isolation_level=None)  # durability is not tested here
        for statement in SCHEMA:
            self.connection.execute(statement)

    def __call__(self, operation, now_utc=NOON):
        return run(self.connection, operation, now_utc)

    def rows(self, query):
        return self.connection.execute(query).fetchall()

    def next_report(self):
        """When the report of person 7 is due."""
        return self.rows("SELECT next_report_at_utc FROM people WHERE user_id = 7")[0][0]

    def dump(self):
        return list(self.connection.iterdump())


@pytest.fixture
def shard():
    shard = Shard()
    yield shard
    shard.connection.close()


@pytest.fixture
def person(shard):
    """A shard with one person who agreed and chose a clock on Monday, and whose report is due on Sunday."""
    shard(agree(chat_id=70))
    shard(choose_clock())
    return shard


@pytest.fixture
def chooser(person):
    """A shard with a person and their check-in."""
    person(record(CHECK_IN - 1000))
    return person
