"""What was erased is in no byte of the database and its journal, whatever SQLite did with the rows before."""

import random
import shlex
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta

import pytest

from burnout.emotions import Emotion
from burnout.store.check_ins import Begin, Fail, GiveFeedback, Rate, Undo
from burnout.store.days import FACTORS, KeepMood, TellDay
from burnout.store.inventories import KeepInventory
from burnout.store.people import ChangeSettings, SetLanguage
from burnout.store.privacy import Erase, SetDonating, Sweep
from burnout.store.reports import AnswerWeek
from functions.store.database import Access, open_database, shard_of, transaction_on
from functions.store.erasure import log_key
from functions.store.files import journal_of
from functions.store.operations import fulfil, run
from functions.store.people import person_of
from functions.store.privacy import forget
from tests.fakes import FakePhotos
from tests.integration.store.conftest import with_small_pages
from tests.integration.store.processes import CHECK_IN, DIE_IN_A_COMMIT, ROOT
from tests.unit.store.samples import HOUR, NOON, SECOND, agree, new_check_in, record, says
from tests.unit.store.steps import start

SHARD = 0xAA
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


def without_photo(person):
    """A week of moods, and of days with everything in them; the person's number is all that names them there."""
    for back in range(7):
        at_utc, day = NOON - timedelta(days=back), str(NOON.date() - timedelta(days=back))
        yield KeepMood(user_id=person, observed_at_utc=at_utc, rating=2)
        for fact in ("rating", "energy", "sleep", *FACTORS):
            yield TellDay(user_id=person, day=day, fact=fact, value=1)


class History:
    """Random operations of random people, with the person's name in every text that a table has."""

    def __init__(self, seed, people):
        self.random = random.Random(seed)
        self.people = []
        while len(self.people) < people:
            person = self.random.randrange(2**44, 2**47)
            self.people += [person] * (shard_of(person) == SHARD)
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
                KeepInventory(user_id=person, answers="012343"),
                SetLanguage(user_id=person, language="ru" if chance < 0.5 else "en"),
                Undo(**key),
                *[self.check_in(person)] * 5,
            ]
        )

    def live_on(self, shard, operations):
        """The history is in the shard, a few operations to a transaction."""
        left = [agree(user_id=person) for person in self.people] + [self.next() for _ in range(operations)]
        left += [operation for person in self.people for operation in without_photo(person)] if operations else []
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


class Lived:
    """The store as it is served, with a history on one of its shards."""

    def __init__(self, root, seed, people, connect=open_database, operations=1000):
        self.root, self.objects, self.shard = root, FakePhotos(), root / f"{SHARD:02x}.sqlite"
        transaction_on(self.shard, lambda _: None, Access(connect=connect))
        self.history = History(seed, people)
        self.history.live_on(self.shard, operations)

    def __call__(self, operation):
        return fulfil(self.root, self.objects, operation, NOON + timedelta(days=1), str)

    def erase(self, person):
        self(Erase(user_id=person))

    def sweep(self, person):
        """The person is in the log of erasures: a backup has brought them back."""
        found = transaction_on(self.shard, lambda connection: person_of(connection, person))
        self.objects.mark(log_key(found.pseudonym))
        assert self(Sweep(shard=SHARD, at_utc=NOON + HOUR)).people == 1


@pytest.fixture
def before_the_scrub(tmp_path, monkeypatch):
    """Runs a script once, in a process of its own, after the erasing COMMIT: the scrub begins by starting a Python."""

    def place(script, *arguments):
        first = shlex.join(["mkdir", str(tmp_path / "placed")])
        then = shlex.join([sys.executable, "-c", script, *map(str, arguments)])
        python = tmp_path / "python"
        python.write_text(f'#!/bin/sh\n{first} 2>/dev/null && (cd {ROOT} && {then})\nexec {sys.executable} "$@"\n')
        python.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(python))

    return place


# Histories after which somebody would stay in a few bytes if the scrub left something out, found by trying.
@pytest.mark.parametrize(
    ("connect", "seed", "people", "which"),
    [
        *[(open_database, 5, 10, 0), (open_database, 3, 30, 0), (open_database, 6, 100, 0)],
        *[(with_small_pages, 1, 10, 3), (with_small_pages, 3, 30, 1)],
    ],
)
def test_no_byte_of_an_erased_person_is_left_and_every_row_of_the_others_is(tmp_path, connect, seed, people, which):
    lived = Lived(tmp_path, seed, people, connect)
    person = lived.history.people[which]
    before = dump(lived.shard)
    assert len(traces(lived.shard, *of(person))) > 20
    assert sum(f'"{table}" VALUES({person},' in line for table in ("moods", "days") for line in before) == 14

    lived.erase(person)

    assert traces(lived.shard, *of(person)) == []
    assert dump(lived.shard) == [line for line in before if str(person) not in line]
    assert sum(str(person) in line for line in before) > 3


# Histories after which the others' transaction copies bytes of the erased person into the journal, found by trying.
@pytest.mark.parametrize("erased_by", [Lived.erase, Lived.sweep], ids=["erased", "swept"])
@pytest.mark.parametrize(
    ("connect", "seed", "people", "which"),
    [(open_database, 0, 10, 1), (open_database, 1, 30, 2), (with_small_pages, 7, 30, 0)],
)
def test_what_others_write_between_commit_and_scrub_keeps_no_byte(
    tmp_path, before_the_scrub, erased_by, connect, seed, people, which
):
    lived = Lived(tmp_path, seed, people, connect)
    person = lived.history.people[which]
    before_the_scrub(CHECK_IN, lived.shard, *[other for other in lived.history.people if other != person])

    erased_by(lived, person)

    assert traces(lived.shard, *of(person)) == []
    assert sum("900000" in line for line in dump(lived.shard)) == 2  # the others' update and check-in


def test_a_writer_killed_between_commit_and_scrub_is_rolled_back_and_then_scrubbed(tmp_path, before_the_scrub):
    lived = Lived(tmp_path, 0, 10)
    person = lived.history.people[1]
    before = dump(lived.shard)
    before_the_scrub(DIE_IN_A_COMMIT, lived.shard)

    lived.erase(person)

    assert (tmp_path / "placed").exists()
    assert traces(lived.shard, *of(person)) == []
    assert dump(lived.shard) == [line for line in before if str(person) not in line]


def test_no_key_of_the_erased_stays_as_a_signpost_between_two_pages(tmp_path):
    lived = Lived(tmp_path, 2, 300, with_small_pages, operations=0)  # more pages, more keys in inner pages

    for person in lived.history.people[:10]:
        lived.erase(person)

    assert [person for person in lived.history.people[:10] if traces(lived.shard, *of(person))] == []
    assert [person for person in lived.history.people[10:] if not traces(lived.shard, *of(person))] == []


MINE = "<never to be seen again>"


@pytest.mark.parametrize("seed", range(3))
def test_undo_leaves_no_byte_of_the_entry_and_all_of_the_others(tmp_path, before_the_scrub, seed):
    lived = Lived(tmp_path, seed, 20, operations=500)
    person, *others = lived.history.people
    extra = new_check_in(versions={MINE: MINE})
    lived(record(10, user_id=person, message_id=77, answer=says(MINE * 30), check_in=extra))
    lived(GiveFeedback(user_id=person, message_id=77, agrees=False, corrected=Emotion.FEAR))
    lived(Rate(user_id=person, message_id=77, rating=5))
    for message_id in range(100, 130):  # rows are moved between pages
        answer = says("other " * lived.history.size())
        lived(record(message_id, user_id=person, message_id=message_id, answer=answer))
    assert traces(lived.shard, MINE.encode())
    before = dump(lived.shard)
    before_the_scrub(CHECK_IN, lived.shard, *others)

    lived(Undo(user_id=person, message_id=77))

    after = set(dump(lived.shard))
    gone = [line for line in before if line not in after]
    assert traces(lived.shard, MINE.encode()) == []
    # check-in, feedback, rating; of the answer an empty one stays
    assert sum(str(person) in line for line in gone) == 4
    assert [line for line in gone if str(person) not in line and '"people"' not in line] == []


def test_taking_donated_photos_back_leaves_no_byte_of_their_names(tmp_path):
    lived = Lived(tmp_path, 0, 10)
    person = lived.history.people[0]
    lived(SetDonating(user_id=person, donating=True))
    folder = lived(Begin(user_id=person, update_id=0)).photo_folder
    for update_id in range(10, 20):
        lived(record(update_id, user_id=person, message_id=update_id, photo_folder=folder))
    assert traces(lived.shard, folder.encode())

    lived(SetDonating(user_id=person, donating=False))

    assert traces(lived.shard, folder.encode()) == []


def test_without_the_scrub_a_copy_would_be_left(tmp_path):
    """What the scrub is for: should SQLite learn to do it itself, this fails and the scrub can go.

    Few erasures leave one in the database, so there are several histories.
    """

    def leaves_a_copy(seed, nth):
        lived = Lived(tmp_path / f"{seed}", seed, 10)
        person = lived.history.people[nth]
        transaction_on(lived.shard, lambda connection: forget(connection, person))
        return ".sqlite" in {suffix for suffix, _ in traces(lived.shard, *of(person))}

    assert any(leaves_a_copy(seed, nth=1) for seed in (5, *range(5), *range(6, 30)))
