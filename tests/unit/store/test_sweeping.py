"""Retention to the second: what a sweep leaves at its limit, and takes a second later."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnout.store import privacy
from burnout.store.check_ins import Begin, Fail, GiveFeedback, Rate, ReadHistory
from burnout.store.days import KeepMood, TellDay
from burnout.store.inventories import KeepInventory
from burnout.store.people import SetReachable
from burnout.store.privacy import SetDonating, Sweep, Swept
from burnout.store.reports import AnswerWeek
from functions.store import retention
from functions.store.database import shard_path, transaction
from functions.store.operations import fulfil
from tests.fakes import FakePhotos
from tests.unit.store.conftest import Shard
from tests.unit.store.samples import DAY, HOUR, NOON, SECOND, agree, choose_clock, new_check_in, record
from tests.unit.store.steps import claim, start

SHARD = 0x79


class Store:
    """The store on one shard and a bucket in memory."""

    def __init__(self, root):
        self.root, self.objects = root, FakePhotos()

    def __call__(self, operation, now_utc=NOON):
        return fulfil(self.root, self.objects, operation, now_utc, str)

    def put(self, key, at_utc=NOON):
        self.objects.now_utc = lambda: at_utc
        self.objects.put(key, b"")

    def sweep(self, at_utc):
        return self(Sweep(shard=SHARD, at_utc=at_utc), at_utc)

    def rows(self, table):
        query = f"SELECT * FROM {table}"
        return transaction(self.root, 7, lambda connection: connection.execute(query).fetchall())


@pytest.fixture
def store(database_dir):
    return Store(database_dir)


def entry(number=1, at_utc=NOON, user_id=7):
    check_in_then = new_check_in(observed_at_utc=at_utc)
    return record(100 * user_id + number, user_id=user_id, message_id=number, check_in=check_in_then)


LIVELY = {
    "a consent": lambda store, at: store(agree(version=2), at),
    "a check-in": lambda store, at: store(entry(5, at), at),
    "a photo that was refused": lambda store, at: store(record(5, outcome="refused", check_in=None), at),
    "a press": lambda store, at: store(GiveFeedback(user_id=7, message_id=1, agrees=True), at),
    "a rating": lambda store, at: store(Rate(user_id=7, message_id=1, rating=2), at),
    "a mood": lambda store, at: store(KeepMood(user_id=7, observed_at_utc=at, rating=3), at),
    "a day": lambda store, at: store(TellDay(user_id=7, day=f"{at - DAY:%Y-%m-%d}", fact="sleep", value=1), at),
    "a weekly answer": lambda store, at: store(AnswerWeek(user_id=7, week="2026-W20", answer=2), at),
    "an inventory": lambda store, at: store(KeepInventory(user_id=7, answers="012343"), at),
}


@pytest.mark.parametrize("sign", LIVELY)
def test_somebody_silent_is_erased_180_days_after_their_last_sign_of_life(store, sign):
    store(agree())
    store(entry())
    last = NOON + 10 * DAY
    LIVELY[sign](store, last)

    assert store.sweep(last + privacy.INACTIVE_FOR).people == 0
    assert store.sweep(last + privacy.INACTIVE_FOR + SECOND).people == 1
    assert [store.rows(table) for table in privacy.TABLES] == [[]] * len(privacy.TABLES)


def test_who_only_taps_numbers_is_not_silent(store):
    store(agree())
    for days in range(0, 500, 100):
        store(KeepMood(user_id=7, observed_at_utc=NOON + days * DAY, rating=3), NOON + days * DAY)

    assert store.sweep(NOON + 400 * DAY + privacy.INACTIVE_FOR).people == 0
    assert len(store.rows("moods")) == 3  # of the last 400 days


def test_somebody_who_blocked_the_bot_is_erased_30_days_later_with_their_photos(store):
    store(agree())
    folder = store(Begin(user_id=7, update_id=1)).photo_folder
    store(entry(at_utc=NOON + 90 * DAY))
    store(SetReachable(user_id=7, reachable=False), NOON + DAY)
    store.put(f"{folder}1", NOON + 31 * DAY)

    assert store.sweep(NOON + DAY + privacy.UNREACHABLE_FOR).people == 0
    assert store.sweep(NOON + DAY + privacy.UNREACHABLE_FOR + SECOND) == Swept(people=1, photos=1)
    assert (store.objects.kept, store.rows("check_ins")) == ({}, [])


def test_who_unblocked_the_bot_in_time_stays(store):
    store(agree())
    store(SetReachable(user_id=7, reachable=False))
    store(SetReachable(user_id=7, reachable=True), NOON + 29 * DAY)

    assert store.sweep(NOON + 100 * DAY).people == 0


def test_who_comes_back_between_the_look_and_the_erasure_stays(store):
    store(agree())
    store(SetReachable(user_id=7, reachable=False))
    at_utc = NOON + 31 * DAY

    def look(connection):
        return retention.going(connection, at_utc, ())

    assert transaction(store.root, 7, look) == [7]
    store(SetReachable(user_id=7, reachable=True), at_utc)

    assert transaction(store.root, 7, lambda c: retention.forget_if_going(c, 7, at_utc, ())) is None
    assert len(store.rows("people")) == 1


def test_entries_go_after_400_days_with_their_feedback_and_rating_and_the_younger_stay(store):
    store(agree())
    for number in (1, 2):
        store(entry(number, NOON + number * DAY))
        store(GiveFeedback(user_id=7, message_id=number, agrees=True), NOON + 300 * DAY)
        store(Rate(user_id=7, message_id=number, rating=2), NOON + 300 * DAY)
    limit = NOON + DAY + privacy.CHECK_INS_FOR
    store.sweep(limit - DAY)  # answers to updates go much earlier

    assert store.sweep(limit).rows == 0
    assert store.sweep(limit + SECOND).rows == 3
    for table in ("check_ins", "feedback", "self_ratings"):
        assert [row[1] for row in store.rows(table)] == [2]


@pytest.mark.parametrize(
    ("fill", "table", "kept_for"),
    [
        (lambda store: store(record(1, outcome="refused", check_in=None)), "seen_updates", privacy.SEEN_FOR),
        (lambda store: store(start(key="1", at_utc=NOON)), "reports", privacy.SEEN_FOR),
        (lambda store: store(claim(at_utc=NOON + 7 * DAY, shard=SHARD)), "reports", 7 * DAY + privacy.CHECK_INS_FOR),
        (
            lambda store: store(AnswerWeek(user_id=7, week="2026-W10", answer=2)),
            "weekly_answers",
            privacy.CHECK_INS_FOR,
        ),
        (lambda store: store(KeepInventory(user_id=7, answers="012343")), "inventories", privacy.CHECK_INS_FOR),
        (lambda store: store(Fail(user_id=7, update_id=1, stage="a", error_type="b")), "failures", privacy.SEEN_FOR),
        (lambda store: store(record(1, outcome="dead_letter", check_in=None)), "failures", privacy.DEAD_LETTERS_FOR),
    ],
    ids=["answer", "asked for", "report", "week", "inventory", "failure", "dead letter"],
)
def test_rows_go_in_time(store, fill, table, kept_for):
    store(agree())
    store(choose_clock())
    fill(store)
    store(agree(version=2), NOON + kept_for - HOUR)  # a sign of life

    store.sweep(NOON + kept_for)
    assert len(store.rows(table)) == 1
    store.sweep(NOON + kept_for + SECOND)
    assert store.rows(table) == []


@pytest.mark.parametrize(
    ("key", "kept_for"),
    [
        (f"photos/79{'0' * 30}/1", privacy.PHOTOS_FOR),
        (f"donated/79{'0' * 30}/1", HOUR),
        (f"erasures/79/{'0' * 64}", privacy.ERASURES_FOR),
    ],
)
def test_objects_go_in_time_and_other_shards_are_left_alone(store, key, kept_for):
    other = key.replace("79", "7a")
    store(agree())
    store.put(key)
    store.put(other)

    store.sweep(NOON + kept_for)
    assert sorted(store.objects.kept) == [key, other]
    store.sweep(NOON + kept_for + SECOND)
    assert sorted(store.objects.kept) == [other]


def test_given_photos_stay_with_their_entries_and_go_with_them_and_orphans_go(store):
    store(agree())
    store(SetDonating(user_id=7, donating=True))
    folder = store(Begin(user_id=7, update_id=1)).photo_folder
    for number in (1, 2, 3):
        store.put(f"{folder}{number}")
    store(record(1, message_id=1, photo_folder=folder))
    later = new_check_in(observed_at_utc=NOON + 390 * DAY)
    store(record(2, message_id=2, photo_folder=folder, check_in=later), NOON + 390 * DAY)

    assert store.sweep(NOON + 390 * DAY).photos == 1
    assert sorted(store.objects.kept) == [f"{folder}1", f"{folder}2"]
    assert store.sweep(NOON + 401 * DAY).photos == 1
    assert sorted(store.objects.kept) == [f"{folder}2"]


def test_damaged_files_of_the_shard_go_after_30_days_with_their_journals(store):
    store(agree())
    stem = f"{shard_path(store.root, 7).name}.damaged-20260302T120005Z"
    for name in (stem, f"{stem}-journal", stem.replace("79.", "7a."), "79.sqlite.damaged-by-hand"):
        (store.root / name).touch()

    assert store.sweep(NOON + privacy.DAMAGED_FOR).files == 0
    assert store.sweep(NOON + privacy.DAMAGED_FOR + SECOND).files == 2
    left = {path.name for path in store.root.iterdir() if "damaged" in path.name}
    assert left == {stem.replace("79.", "7a."), "79.sqlite.damaged-by-hand"}


def test_a_shard_where_nobody_lives_is_not_made_for_a_sweep_and_its_orphans_go(store):
    store.put(f"donated/79{'0' * 30}/1")

    assert store.sweep(NOON + DAY) == Swept(photos=1)
    assert list(store.root.iterdir()) == []


def test_a_sweep_is_bounded_and_the_next_goes_on(store):
    people = [user_id for user_id in range(1, 12_000) if shard_path(store.root, user_id).name == "79.sqlite"][:23]
    for user_id in people:
        store(agree(user_id=user_id))
    at_utc = NOON + privacy.INACTIVE_FOR + SECOND

    assert [store.sweep(at_utc).people for _ in range(3)] == [retention.MOST_PEOPLE, 3, 0]


@settings(deadline=None, max_examples=30, database=None)
@given(
    days=st.lists(st.integers(0, 450), min_size=1, max_size=12).map(sorted),
    at_days=st.integers(350, 900),
    seconds=st.integers(-1, 1),
)
def test_exactly_the_entries_past_their_time_go_whenever_they_were_made(days, at_days, seconds):
    shard = Shard()
    shard(agree())
    for number, day in enumerate(days, 1):
        shard(entry(number, NOON + day * DAY))
    at_utc = NOON + at_days * DAY + seconds * SECOND

    for user_id in retention.with_old_check_ins(shard.connection, at_utc):
        retention.delete_old_check_ins(shard.connection, user_id, at_utc)

    young = [n for n, day in enumerate(days, 1) if at_utc - (NOON + day * DAY) <= privacy.CHECK_INS_FOR]
    assert [row[0] for row in shard.rows("SELECT message_id FROM check_ins ORDER BY 1")] == young
    assert sum(day.check_ins for day in shard(ReadHistory(user_id=7), at_utc).days) == len(young)
    shard.connection.close()


def test_a_day_s_sweeps_begin_elsewhere_each_day_and_see_everything(store):
    keys = [f"photos/79{number:02x}{'0' * 28}/1" for number in range(256)]
    for key in keys:
        store.put(key)
    at_utc = datetime.fromisoformat("2026-12-01T00:00:00Z") + timedelta(days=3)

    assert store.sweep(at_utc).photos == 256
