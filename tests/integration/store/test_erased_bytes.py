"""What was erased is in no byte of the database and its journal, whatever SQLite did with the rows before."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from burnout.emotions import Emotion
from burnout.store.check_ins import Fail, GiveFeedback, Rate, Undo
from burnout.store.people import ChangeSettings, SetLanguage
from burnout.store.privacy import Erase
from burnout.store.reports import AnswerWeek
from functions.store.database import Access, open_database, transaction_on
from functions.store.files import journal_of, scrub
from functions.store.operations import fulfil, run
from functions.store.privacy import forget
from tests.fakes import FakePhotos
from tests.integration.store.conftest import with_small_pages
from tests.unit.store.samples import NOON, SECOND, agree, new_check_in, record, says
from tests.unit.store.steps import start

SIZES = (5, 20, 60, 200, 600, 1500, 5000)  # characters: what fits on a page often, seldom, and never


def planted(person, size):
    """A text of which every stretch of 40 characters names the person."""
    return f"<{person}>" * (size // 17 + 1)


def varint(number):
    """An integer as SQLite writes keys."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append((number & 0x7F) | 0x80)
    return bytes(reversed(groups))


def traces(shard, *needles):
    """Where database and journal show any of these bytes: (suffix, byte)."""
    found = []
    for file in (shard, journal_of(shard)):
        content = file.read_bytes() if file.exists() else b""
        for needle in needles:
            at = -1
            while (at := content.find(needle, at + 1)) >= 0:
                found.append((file.suffix, at))
    return found


def of(person):
    """The bytes that name a person: in a text, as a value in a row, as a key."""
    return f"<{person}>".encode(), person.to_bytes(6, "big"), varint(person)


class History:
    """Random operations of random people, with the person's name in every text that a table has."""

    def __init__(self, seed, people):
        self.random = random.Random(seed)
        self.people = [self.random.randrange(2**44, 2**47) for _ in range(people)]
        self.messages = {person: [] for person in self.people}
        self.updates = 1000

    def size(self):
        return self.random.choice(SIZES) if self.random.random() < 0.5 else self.random.randint(1, 1200)

    def check_in(self, person):
        self.updates += 1
        self.messages[person].append(self.updates + 5000)
        return record(
            self.updates,
            user_id=person,
            message_id=self.updates + 5000,
            media_group_id=planted(person, 20),
            answer=says(planted(person, self.size())),
            check_in=new_check_in(versions={planted(person, self.size()): planted(person, 20)}),
        )

    def next(self):
        person, chance = self.random.choice(self.people), self.random.random()
        key = {"user_id": person, "message_id": self.random.choice(self.messages[person] or [0])}
        text = planted(person, self.size())
        week = f"2026-W{self.random.randint(10, 50)}"
        return self.random.choice(
            [
                GiveFeedback(**key, agrees=chance < 0.5, corrected=Emotion.SAD),
                Rate(**key, rating=self.random.randint(1, 5)),
                Fail(user_id=person, update_id=self.updates + 10**6, stage=text, error_type=text),
                ChangeSettings(user_id=person, time_zone=planted(person, 1)),
                start(planted(person, 40), str(self.updates), person),
                AnswerWeek(user_id=person, week=week, answer=self.random.randint(1, 5)),
                SetLanguage(user_id=person, language="ru" if chance < 0.5 else "en"),
                Undo(**key),
                *[self.check_in(person)] * 5,
            ]
        )

    def live_on(self, shard, operations):
        """The history is in the shard, a few operations to a transaction."""
        left = [agree(user_id=person) for person in self.people] + [self.next() for _ in range(operations)]
        now_utc = NOON
        while left:
            some, left = left[: (size := self.random.randint(1, 30))], left[size:]
            now_utc += SECOND

            def work(connection, some=some, now_utc=now_utc):
                for operation in some:
                    run(connection, operation, now_utc)

            transaction_on(shard, work)


def dump(shard):
    with closing(sqlite3.connect(shard)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return list(connection.iterdump())


@pytest.mark.parametrize(
    ("connect", "seed", "people", "which"),
    [  # histories after which somebody would stay in a few bytes if the scrub left something out, found by trying
        *[
            (open_database, 21, 30, 6),
            (open_database, 23, 30, 5),
            (open_database, 26, 10, 2),
            (open_database, 28, 10, 6),
        ],
        *[(open_database, 2, 30, 0), (open_database, 126, 200, 0)],
        *[(with_small_pages, 2, 30, 0), (with_small_pages, 13, 10, 0), (with_small_pages, 115, 200, 0)],
    ],
)
def test_no_byte_of_an_erased_person_is_left_and_every_row_of_the_others_is(tmp_path, connect, seed, people, which):
    shard = tmp_path / "aa.sqlite"
    transaction_on(shard, lambda _: None, Access(connect=connect))
    history = History(seed, people)
    history.live_on(shard, 1000)
    person = history.people[which]
    before = dump(shard)
    assert len(traces(shard, *of(person))) > 20

    def work(connection):
        return forget(connection, person)

    transaction_on(shard, work, erasing=True)
    assert scrub(shard, 1.0)

    assert traces(shard, *of(person)) == []
    assert dump(shard) == [line for line in before if str(person) not in line]
    assert sum(str(person) in line for line in before) > 3


def test_no_key_of_the_erased_stays_as_a_signpost_between_two_pages(tmp_path):
    shard = tmp_path / "aa.sqlite"
    people = History(2, 300).people
    transaction_on(shard, lambda _: None, Access(connect=with_small_pages))  # more pages, more keys in inner pages
    transaction_on(shard, lambda connection: [run(connection, agree(user_id=person), NOON) for person in people])

    for person in people[:30]:
        transaction_on(shard, lambda connection, person=person: forget(connection, person), erasing=True)
    assert scrub(shard, 1.0)

    assert [person for person in people[:30] if traces(shard, *of(person))] == []
    assert [person for person in people[30:] if not traces(shard, *of(person))] == []


def test_erase_leaves_no_byte_of_the_person(tmp_path):
    """The whole way, as the function does it."""
    person = 2**46 + 12345
    shards = {}
    objects = FakePhotos()

    def ask(operation):
        return fulfil(tmp_path, objects, operation, NOON, shards.setdefault)

    ask(agree(user_id=person))
    for update_id in range(101, 120):
        answer = says(planted(person, 900))
        ask(record(update_id, user_id=person, media_group_id=planted(person, 20), answer=answer))
    (shard,) = tmp_path.glob("*.sqlite")
    assert len(traces(shard, *of(person))) > 100

    assert ask(Erase(user_id=person)) == 19

    assert traces(shard, *of(person)) == []
    assert journal_of(shard).stat().st_size == 0


@pytest.mark.parametrize("seed", range(3))
def test_undo_leaves_no_byte_of_the_entry_and_all_of_the_others(tmp_path, seed):
    history = History(seed, 20)
    person = 7
    history.live_on(tmp_path / "79.sqlite", 500)
    mine = "<never to be seen again>"
    objects = FakePhotos()

    def ask(operation):
        return fulfil(tmp_path, objects, operation, NOON + timedelta(days=1), str)

    ask(agree(user_id=person))
    ask(record(10, user_id=person, message_id=77, answer=says(mine * 30), check_in=new_check_in(versions={mine: mine})))
    ask(record(11, user_id=person, message_id=78))
    ask(GiveFeedback(user_id=person, message_id=77, agrees=False, corrected=Emotion.FEAR))
    ask(Rate(user_id=person, message_id=77, rating=5))
    for message_id in range(100, 130):  # rows are moved between pages
        ask(record(message_id, user_id=person, message_id=message_id, answer=says("other " * history.size())))
    shard = tmp_path / "79.sqlite"
    assert traces(shard, mine.encode())
    before = dump(shard)

    ask(Undo(user_id=person, message_id=77))

    after = dump(shard)
    gone = [line for line in before if line not in set(after)]
    assert traces(shard, mine.encode()) == []
    assert len(gone) == 4  # check-in, feedback, rating; and the update's answer, of which an empty one stays
    assert len(after) == len(before) - 3


def test_without_the_scrub_a_copy_would_be_left(tmp_path):
    """What the scrub is for: should SQLite learn to do it itself, this fails and the scrub can go."""
    left = 0
    for seed in (2, 5, 11, 12, 13, 14):
        shard = tmp_path / f"{seed:02x}.sqlite"
        history = History(seed, 10)
        history.live_on(shard, 600)
        for person in history.people[:5]:
            transaction_on(shard, lambda connection, person=person: forget(connection, person), erasing=True)
            left += len(traces(shard, *of(person)))

    assert left > 0
