import os
import shutil
import sqlite3
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from functions.store.database import PRODUCTION, Access, open_database, shard_path, transaction, transaction_on
from functions.store.operations import run
from tests.fakes import FakePhotos
from tests.integration.store.rescuing import SHARD, Bot, fill
from tests.unit.store.samples import NOON, agree, record

USER = 7


@dataclass
class Clock:
    """A clock that only sleeping moves. `then` runs inside the nth sleep, counted from 1."""

    now_s: float = 1000.0
    slept_s: list = field(default_factory=list)
    then: dict = field(default_factory=dict)

    def __call__(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds
        self.slept_s.append(seconds)
        self.then.get(len(self.slept_s), lambda: None)()

    def access(self, **changes):
        """Production's way in, by this clock, always with the longest pause."""
        return replace(Access(clock=self, sleep=self.sleep, uniform=lambda low, high: high), **changes)


class Spy(sqlite3.Connection):
    """A connection that tells every statement to `tell`, which may raise instead of it or act after it."""

    tell = staticmethod(lambda sql, execute: execute())

    def execute(self, sql, *parameters):
        return self.tell(sql, lambda: super(Spy, self).execute(sql, *parameters))


def spying(tell):
    """`Access.connect` with a Spy; everything else about the connection is production's."""
    kind = type("Told", (Spy,), {"tell": staticmethod(tell)})
    return partial(open_database, factory=kind)


def with_small_pages(path):
    """`Access.connect` for a shard that is made with pages of half the size."""
    connection = open_database(path)
    connection.execute("PRAGMA page_size = 4096")
    return connection


def sqlite_error(code, kind=sqlite3.OperationalError):
    error = kind("any text")
    error.sqlite_errorcode = code
    return error


def write(root, operation, access=PRODUCTION):
    """The operation of somebody who agreed, through the protocol."""

    def work(connection):
        run(connection, agree(user_id=operation.user_id), NOON)
        return run(connection, operation, NOON)

    return transaction(root, operation.user_id, work, access)


def read(root, query, access=PRODUCTION):
    """Rows of the shard, through the protocol."""
    return transaction(root, USER, lambda connection: connection.execute(query).fetchall(), access)


def updates(root):
    """The numbers of the updates that the shard has seen."""
    return [number for (number,) in read(root, "SELECT update_id FROM seen_updates ORDER BY 1")]


def open_files(root):
    """What this process holds open under a folder."""
    targets = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            targets.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        except FileNotFoundError:  # the listing's own
            continue
    return [target for target in targets if target.startswith(str(root))]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A folder with one shard: one person, one update. Copied for each test: making one costs ten disk syncs."""
    folder = tmp_path_factory.mktemp("template")
    write(folder, record(101))
    assert shard_path(folder, USER).name == SHARD
    return folder


@pytest.fixture
def root(template, tmp_path):
    return shutil.copytree(template, tmp_path / "databases")


@pytest.fixture
def shard(root):
    return root / SHARD


@pytest.fixture(scope="session")
def crowd(tmp_path_factory):
    """A shard with forty people, made once."""
    path = tmp_path_factory.mktemp("crowd") / SHARD
    transaction_on(path, fill)
    return path


@pytest.fixture
def bot(crowd, tmp_path):
    root = shutil.copytree(crowd.parent, tmp_path / "databases")
    return Bot(root, FakePhotos())
