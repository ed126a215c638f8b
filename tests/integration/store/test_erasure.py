"""An erasure on real files: stopped at every step and repeated, swept, restored, and run beside a photo in work."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from burnout.errors import PhotoStorageError
from burnout.store.check_ins import Begin, Rate, ReadHistory, Undo
from burnout.store.privacy import Erase, SetDonating, Sweep
from functions.store.database import shard_path, transaction
from functions.store.erasure import log_key
from functions.store.errors import BusyError
from functions.store.operations import fulfil
from tests.fakes import FakePhotos
from tests.integration.store.processes import holding
from tests.unit.store.samples import DAY, HOUR, NOON, agree, record

ME, NEIGHBOUR = 7, 162  # on one shard
SHARD = 0x79


class Mortal(FakePhotos):
    """The bucket of a function that is killed at its nth call, before or after the call did its work."""

    def __init__(self):
        super().__init__()
        self.calls, self.dies_at, self.after = 0, 0, False

    def _fail(self):
        self.calls += 1
        if self.calls == self.dies_at and not self.after:
            raise PhotoStorageError("killed before")
        if self.calls == self.dies_at + 1 and self.after:
            raise PhotoStorageError("killed after")

    def live(self, dies_at=0, after=False):
        self.calls, self.dies_at, self.after = 0, dies_at, after
        return self


class Store:
    """The store on files and a bucket of its own, with two people on one shard who donate their photos."""

    def __init__(self, root):
        self.root, self.objects, self.noted = root, Mortal(), []
        for user_id in (ME, NEIGHBOUR):
            self(agree(user_id=user_id))
            self.check_in(user_id, 1)
            self(SetDonating(user_id=user_id, donating=True))
            self.check_in(user_id, 2)
            self.check_in(user_id, 3)

    def __call__(self, operation, now_utc=NOON):
        self.objects.now_utc = lambda: now_utc
        return fulfil(self.root, self.objects, operation, now_utc, self.noted.append)

    def folder(self, user_id=ME):
        return self(Begin(user_id=user_id, update_id=0)).photo_folder

    def check_in(self, user_id, number, now_utc=NOON):
        folder, update_id = self.folder(user_id), user_id * 1000 + number
        self.objects.now_utc = lambda: now_utc
        self.objects.put(f"{folder}{update_id}", b"a face")
        return self(record(update_id, user_id=user_id, message_id=number, photo_folder=folder), now_utc)

    def state(self, user_id):
        """Everything about somebody: rows of every table, and the photos in their folders."""

        def look(connection):
            return [line for line in connection.iterdump() if str(user_id) in line]

        rows = transaction(self.root, user_id, look)
        return rows, sorted(self.objects.kept)

    def days(self, user_id):
        return sum(day.check_ins for day in self(ReadHistory(user_id=user_id)).days)

    def photos(self, user_id=None, prefix=("photos/", "donated/")):
        folder = self.folder(user_id).split("/")[1] if user_id else ""
        return [key for key in self.objects.kept if key.startswith(prefix) and folder in key]

    def sweep(self, at_utc=NOON + HOUR):
        return self(Sweep(shard=SHARD, at_utc=at_utc), at_utc)

    def logged(self):
        return [key for key in self.objects.kept if key.startswith("erasures/")]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "databases")


def test_erase_takes_rows_and_photos_leaves_a_log_entry_that_names_nobody_and_the_neighbour_whole(store):
    pseudonym = store.folder().split("/")[1]
    theirs = store.photos(NEIGHBOUR)
    assert len(store.photos(ME)) == 2

    assert store(Erase(user_id=ME)) == 3

    assert store.photos() == theirs
    assert (store.days(ME), store.days(NEIGHBOUR)) == (0, 3)
    assert store.logged() == [log_key(pseudonym)]
    assert re.fullmatch("erasures/79/[0-9a-f]{64}", store.logged()[0])
    assert pseudonym not in store.logged()[0]
    assert store.folder() is None
    assert (store(Erase(user_id=ME)), store(Erase(user_id=1))) == (0, 0)
    assert store.logged() == [log_key(pseudonym)]


CALLS = 7  # of an erasure to the bucket: the log, two lists, two deletions for photos that are there, and to spare


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("ending", ["repeated", "swept"])
@pytest.mark.parametrize("call", range(1, CALLS))
def test_an_erasure_that_is_stopped_at_any_call_is_finished(store, call, after, ending):
    store.objects.live(call, after)
    stopped = False
    try:
        store(Erase(user_id=ME))
    except PhotoStorageError:
        stopped = True
    store.objects.live()
    logged = bool(store.logged())

    if ending == "repeated" or not logged:  # nothing was acknowledged before the log was written
        assert store(Erase(user_id=ME)) == (3 if stopped else 0)
    else:
        assert store.sweep().people == (1 if stopped else 0)

    assert (store.days(ME), store.days(NEIGHBOUR)) == (0, 3)
    assert store.photos() == store.photos(NEIGHBOUR)
    assert len(store.photos()) == 2


def test_the_calls_above_are_all_that_an_erasure_makes(store):
    store.objects.live()

    store(Erase(user_id=ME))

    assert store.objects.calls < CALLS


def test_an_erasure_on_a_busy_shard_is_not_acknowledged_and_finished_later(store):
    with holding(shard_path(store.root, ME)), pytest.raises(BusyError):
        store(Erase(user_id=ME))

    assert store(Erase(user_id=ME)) == 3


@pytest.mark.parametrize("prefix", ["photos", "donated"])
def test_a_photo_whose_update_died_during_an_erasure_is_swept_at_once(store, prefix):
    folder = store.folder().replace("donated", prefix)
    store(Erase(user_id=ME))
    store.objects.put(f"{folder}7009", b"a face")

    assert store.sweep(NOON).photos == 1
    assert store.photos() == store.photos(NEIGHBOUR)


def test_erase_and_photos_at_the_same_time_end_with_nothing_or_with_a_check_in_after_a_new_consent(store):
    """Many at once: no row and no photo may be left behind by whichever order the threads ran in."""
    folder = store.folder()

    def photo(number):
        store.objects.put(f"{folder}{7100 + number}", b"a face")
        return store(record(7100 + number, message_id=100 + number, photo_folder=folder)).first

    with ThreadPoolExecutor(6) as threads:
        begun = [threads.submit(photo, number) for number in range(4)]
        erased = threads.submit(store, Erase(user_id=ME))
        begun += [threads.submit(photo, number) for number in range(4, 8)]
        check_ins = erased.result()
        recorded = sum(one.result() for one in begun)

    assert check_ins == 3 + recorded
    assert store.days(ME) == 0
    store.sweep(NOON + 2 * HOUR)
    assert store.photos() == store.photos(NEIGHBOUR)
    assert len(store.photos()) == 2


def test_a_restored_backup_forgets_the_erased_again_and_nobody_else(store, tmp_path):
    backup = shutil.copytree(store.root, tmp_path / "backup")
    photos = {key: store.objects.kept[key] for key in store.photos(ME)}
    store(Erase(user_id=ME))
    shutil.copytree(backup, store.root, dirs_exist_ok=True)
    store.objects.kept |= photos  # as if the bucket had been restored too
    assert store.days(ME) == 3

    swept = store.sweep()

    assert swept.people == 1
    assert (store.days(ME), store.days(NEIGHBOUR)) == (0, 3)
    assert store.photos() == store.photos(NEIGHBOUR)
    assert store.sweep().people == 0


def test_a_restored_erasure_stays_known_for_ninety_days_more(store, tmp_path):
    """Backups taken between the restore and the sweep have the person as well."""
    backup = shutil.copytree(store.root, tmp_path / "backup")
    store(Erase(user_id=ME))
    shutil.copytree(backup, store.root, dirs_exist_ok=True)
    store.sweep(NOON + 80 * DAY)

    store.sweep(NOON + 100 * DAY)

    assert len(store.logged()) == 1


def test_undo_takes_the_given_photo_as_well_and_when_that_fails_it_can_be_repeated(store):
    store.objects.live(1)
    with pytest.raises(PhotoStorageError):
        store(Undo(user_id=ME, message_id=2))
    store.objects.live()
    assert store.days(ME) == 3

    assert store(Undo(user_id=ME, message_id=2)) is not None

    assert store.days(ME) == 2
    assert [key[-4:] for key in store.photos(ME)] == ["7003"]


def test_photos_taken_back_are_deleted_and_when_that_fails_it_can_be_repeated(store):
    store.objects.live(2)
    with pytest.raises(PhotoStorageError):
        store(SetDonating(user_id=ME, donating=False))
    store.objects.live()

    store(SetDonating(user_id=ME, donating=False))

    assert store.photos() == store.photos(NEIGHBOUR)
    assert store.days(ME) == 3


def test_what_is_asked_of_others_during_a_sweep_is_answered(store):
    with ThreadPoolExecutor(2) as threads:
        swept = threads.submit(store.sweep, NOON + timedelta(days=3))
        for number in range(20):
            assert store(Rate(user_id=NEIGHBOUR, message_id=1, rating=1 + number % 5)) is not None
        swept.result()
