"""Erasures and agreements that overtake each other, on real files: killed halfway, and many at the same time."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from burnout.errors import PhotoStorageError
from burnout.store.check_ins import Begin, Rate, ReadHistory
from burnout.store.people import ChangeSettings, ReadSettings
from burnout.store.privacy import Erase, ReadRows, SetDonating, Sweep
from functions.store.database import shard_of
from functions.store.erasure import log_key
from functions.store.errors import BusyError
from tests.fakes import DirectStore, FakePhotos
from tests.unit.store.samples import HOUR, NOON, agree, record

AN_HOUR_LATER = NOON + HOUR


class InterruptedPhotos(FakePhotos):
    """A bucket during whose first mark something else happens."""

    def mark(self, key):
        super().mark(key)
        if self.happens:
            self.happens.pop()()


@pytest.fixture
def store(tmp_path):
    """The store with somebody who agreed, and has a check-in whose photo they donate."""
    objects = InterruptedPhotos()
    objects.happens = []
    made = DirectStore(tmp_path / "databases", lambda: NOON, objects=objects)
    made(agree(update_id=1))
    made(SetDonating(user_id=7, donating=True, update_id=2))
    objects.put(f"{folder(made)}3", b"a face")
    made(record(3, message_id=3, photo_folder=folder(made)))
    return made


def folder(store):
    return store(Begin(user_id=7, update_id=0)).photo_folder


def days(store):
    return len(store(ReadHistory(user_id=7)).days)


def logged(store):
    return [key for key in store.objects.kept if key.startswith("erasures/")]


def swept(store):
    """How many people the next sweep erases."""
    store.now_utc = lambda: AN_HOUR_LATER
    return store(Sweep(shard=shard_of(7), at_utc=AN_HOUR_LATER)).people


def check_called_off(store):
    """The check-in stands, without its photo; no sweep erases the person, whom the log does not know by this name."""
    found = store(ReadRows(user_id=7, table="check_ins"))
    assert [row[found.columns.index("photo_key")] for row in found.rows] == [None]
    assert [key for key in store.objects.kept if key not in logged(store)] == []
    assert swept(store) == 0
    assert days(store) == 1


def test_an_erasure_from_before_an_agreement_touches_neither_rows_nor_photos_nor_log(store):
    store(agree(update_id=12))
    before = dict(store.objects.kept)

    assert store(Erase(user_id=7, update_id=11)) is None

    assert store.objects.kept == before
    assert (days(store), swept(store), logged(store)) == (1, 0, [])


def test_an_erasure_that_was_killed_and_comes_again_after_an_agreement_is_called_off(store):
    store.objects.happens.append(lambda: store.objects.failures.append(PhotoStorageError("killed")))
    with pytest.raises(PhotoStorageError):
        store(Erase(user_id=7, update_id=11))
    assert len(logged(store)) == 1
    store(agree(update_id=12))

    assert store(Erase(user_id=7, update_id=11)) is None
    check_called_off(store)


def test_an_agreement_during_an_erasure_from_before_it_stands(store):
    store.objects.happens.append(lambda: store(agree(update_id=12)))

    assert store(Erase(user_id=7, update_id=11)) is None
    check_called_off(store)


def test_an_erasure_that_is_called_off_during_a_newer_one_leaves_its_entry_in_the_log(store):
    """Else a restored backup would bring the person back."""
    store(agree(update_id=12))
    pseudonyms = [folder(store).split("/")[1]]
    store.objects.happens.append(lambda: store(Erase(user_id=7, update_id=11)))
    with pytest.raises(BusyError):
        store(Erase(user_id=7, update_id=13))
    pseudonyms.append(folder(store).split("/")[1])

    assert store(Erase(user_id=7, update_id=13)) == 1
    assert sorted(logged(store)) == sorted(map(log_key, pseudonyms))


@pytest.mark.parametrize("seed", range(8))
def test_ten_times_in_parallel_and_in_any_order_the_newest_of_each_subject_stands(store, seed):
    chance = random.Random(seed)
    last = [agree(update_id=60), Erase(user_id=7, update_id=60)][seed % 2]
    sent = [agree(update_id=40), Erase(user_id=7, update_id=50), last]
    sent += [SetDonating(user_id=7, donating=number % 2 == 0, update_id=10 + number) for number in range(10)]
    sent += [ChangeSettings(user_id=7, report_hour=number, update_id=20 + number) for number in range(10)]
    sent += [Rate(user_id=7, message_id=3, rating=1 + number % 5, update_id=30 + number) for number in range(10)]
    delivered = [each for each in sent for _ in range(10 if each in sent[:3] else 1)]
    chance.shuffle(delivered)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda each: acknowledged(store, each), delivered))

    found = store(ReadSettings(user_id=7))
    if seed % 2:
        assert (found, days(store)) == (None, 0)
        assert [key for key in store.objects.kept if key not in logged(store)] == []
    else:
        assert found.report_hour in {9, 18}
        assert found.donating is False
        assert swept(store) == 0
        assert store(ReadSettings(user_id=7)) is not None


def acknowledged(store, operation):
    """As Telegram does it: again, until it is acknowledged."""
    for _ in range(50):
        try:
            return store(operation)
        except BusyError:
            continue
    raise AssertionError("never acknowledged")


@pytest.mark.parametrize("seed", range(4))
def test_without_an_erasure_no_choice_is_lost_in_parallel_either(store, seed):
    sent = [ChangeSettings(user_id=7, report_hour=number, update_id=20 + number) for number in range(10)]
    sent += [Rate(user_id=7, message_id=3, rating=1 + number % 5, update_id=20 + number) for number in range(10)]
    delivered = sent * 2
    random.Random(seed).shuffle(delivered)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda each: acknowledged(store, each), delivered))

    assert store(ReadSettings(user_id=7)).report_hour == 9
    assert store(Rate(user_id=7, message_id=3, rating=2, update_id=10)).self_rating == 5
