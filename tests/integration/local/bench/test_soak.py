"""The soak: a small campaign from end to end, its schedule, and that each of its checks can fail."""

import random
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from functions.store.operations import perform
from local.bench.guests import Guest
from local.bench.path import Load, Sent, judge
from local.bench.processes import ProcessWatch
from local.bench.soak import Aftermath, Rows, campaign, ended_with_photo, rows_of
from local.bench.storm import TROUBLES, is_stormy, planned
from local.telegram.server import FakeTelegram
from tests.unit.store.samples import NOON, agree

BOT = {"id": 1, "is_bot": True, "first_name": "bot"}
PERSON = 1_000_001


@pytest.mark.long
def test_a_small_campaign_comes_to_its_end_and_everything_held(tmp_path):
    found = campaign(Load(photos=20, per_minute=60), seed=1, folder=tmp_path)

    lines = list(found.lines)
    assert found.is_well, "\n".join(lines)
    assert "everything held" in lines
    assert {"quiet", "stormy", "webhook", "infer", "moto", "people"} <= {line.split()[0] for line in lines}


@pytest.mark.parametrize("seconds", [20, 60, 600])
def test_a_seed_gives_the_same_storms_each_time_and_all_kinds_in_stormy_slots_only(seconds):
    troubles = planned(7, seconds)

    assert troubles == planned(7, seconds) != planned(8, seconds)
    assert {trouble.kind for trouble in troubles} == set(TROUBLES)
    assert all(is_stormy(trouble.at_s, seconds) for trouble in troubles)
    assert all(is_stormy(trouble.at_s + trouble.lasts_s, seconds) for trouble in troubles)


@pytest.fixture
def telegram():
    with FakeTelegram() as running:
        yield running


def aftermath(**more):
    guests = [Guest(PERSON, known=False), Guest(PERSON + 1, known=True)]
    rows = Rows({PERSON + 1, PERSON + 2}, {"donated/ab/1"}, {})
    held = {"wrong": {"lost": 0, "apologised for": 3}, "guests": guests, "steady": [PERSON + 2], "rows": rows}
    return Aftermath(**{**held, "keys": ["donated/ab/1", "photos/ab/2"], "noted": 1, **more})


def test_apologies_noted_deletions_and_kept_donations_are_no_problem():
    assert aftermath().problems() == []
    assert aftermath(outlived=["photos/ab/3"], noted=2).problems() == []


@pytest.mark.parametrize(
    ("made_up", "problem"),
    [
        ({"wrong": {"doubled": 1}}, "1 doubled"),
        ({"waiting": 2}, "2 updates never delivered"),
        ({"noted": 0}, "1 photos left in S3 without a note"),
        ({"outlived": ["photos/ab/3"]}, "1 photos left in S3 without a note"),
        ({"outlived": ["photos/ab/3"]}, "outlived its update in S3: photos/ab/3"),
        ({"keys": ["donated/ab/2"]}, "1 donated photos without a check-in"),
        ({"rows": Rows({PERSON, PERSON + 1, PERSON + 2}, {"donated/ab/1"}, {})}, "1 erased people who are back"),
        ({"rows": Rows({PERSON + 2}, {"donated/ab/1"}, {})}, "1 people without their rows"),
        ({"steady": [PERSON + 3]}, "1 people without their rows"),
        (
            {"rows": Rows({PERSON + 1, PERSON + 2}, {"donated/ab/1"}, {"00": "a page is bad"})},
            "shard 00: a page is bad",
        ),
        ({"slopes": {"store": 100.0, "infer": 1.0}}, "store grows by 100 MB an hour"),
        ({"guests": [Guest(PERSON + 1, known=True, mishap="no answer")]}, "a guest: no answer"),
    ],
)
def test_each_check_can_fail(made_up, problem):
    assert problem in aftermath(**made_up).problems()


def test_an_update_ends_with_its_photo_put_unless_it_comes_back():
    line = '{{"update_id":{},"outcome":"{}","error_type":"","stage_ms":{{"begin":1.0,"{}":2.0}}}}\n'
    ends = [(1, "dead_letter", "put"), (2, "retry", "put"), (3, "no_consent", "reply"), (4, "overtaken", "put")]

    assert ended_with_photo("".join(line.format(*end) for end in ends)) == {"1"}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (["one", "two"], {}),
        (["one", "sorry"], {"apologised for": 1}),
        (["one"], {"lost": 1}),
        (["one", "two", "two"], {"doubled": 1}),
        (["two", "one"], {"mixed up": 2}),
    ],
)
def test_each_photo_wants_its_own_answer_or_an_apology_once(telegram, said, wrong):
    person = telegram.person()
    sent = [Sent(person, 0.0, picture) for picture in range(2)]
    for words in said:
        person.chat.add(BOT, {"text": words}, at=1.0, source=words)

    _, found = judge(SimpleNamespace(telegram=telegram), sent, ["one", "two"], "sorry")

    assert {what: count for what, count in found.items() if count} == wrong


def test_memory_grows_by_what_each_process_gains_after_its_first_minute():
    watch = ProcessWatch(SimpleNamespace())
    old, new = [(0.0, 10), (0.5, 100), (1.0, 150)], [(1.1, 30), (1.11, 80), (1.2, 90), (1.4, 110)]

    watch._memory = {("store", 1): old, ("store", 2): new, ("infer", 3): [(0.0, 500)]}

    assert watch.slopes() == {"store": pytest.approx(100)}


def test_rows_of_finds_whose_rows_there_are_and_what_is_not_sound(tmp_path):
    for user_id in (PERSON, PERSON + 1):
        perform(tmp_path, agree(user_id=user_id, chat_id=user_id), NOON)
    first, second = sorted(tmp_path.glob("*.sqlite"))
    assert rows_of(tmp_path).people >= {PERSON, PERSON + 1}
    assert rows_of(tmp_path).unsound == {}

    with closing(sqlite3.connect(first, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'due_reports'")  # its page is nobody's now
    second.write_bytes(random.Random(1).randbytes(second.stat().st_size))

    found = rows_of(tmp_path)
    assert "never used" in found.unsound[first.name]
    assert second.name in found.unsound
    assert len(found.people & {PERSON, PERSON + 1}) == 1
    assert any("damaged" in name for name in rows_of(tmp_path).unsound)
