"""Where a person's photos go, how many count, and which photo stays: what Begin answers and Record decides."""

import re

import pytest

from burnout.store.check_ins import Begin, Fail, Recorded, Undo
from burnout.store.people import ReadSettings, SetReachable
from burnout.store.privacy import Erase, SetDonating
from tests.unit.store.samples import DAY, HOUR, NOON, SECOND, agree, photo_terms, record, says

KEPT = "SELECT photo_key FROM check_ins ORDER BY message_id"


def begin(shard, now_utc=NOON):
    return shard(Begin(user_id=7, update_id=999), now_utc)


def counts(shard, now_utc):
    """How many photos count in this hour and this day: the highest limit that one more meets."""

    def meets(**limit):
        shard.connection.execute("BEGIN")
        begun = shard(Begin(user_id=7, update_id=999, photo=photo_terms(**limit)), now_utc)
        shard.connection.execute("ROLLBACK")
        return begun.limit is not None

    return tuple(max(n for n in range(9) if meets(**{name: n})) for name in ("per_hour", "per_day"))


def refuse(update_id, **changes):
    return record(update_id, outcome="refused", check_in=None, **changes)


def donate(shard, donating=True):
    return shard(SetDonating(user_id=7, donating=donating))


def test_a_pseudonym_is_the_shard_and_thirty_random_digits_and_stays(person):
    folder = begin(person).photo_folder
    person(agree(version=2), NOON + HOUR)
    person(agree(version=2))

    assert re.fullmatch("photos/79[0-9a-f]{30}/", folder)
    assert begin(person).photo_folder == folder


def test_two_people_and_the_same_person_after_an_erasure_have_different_pseudonyms(person):
    folders = [begin(person).photo_folder]
    person(agree(user_id=8))
    folders.append(person(Begin(user_id=8, update_id=1)).photo_folder)
    person(Erase(user_id=7))
    person(agree())
    folders.append(begin(person).photo_folder)

    assert len(set(folders)) == 3


def test_who_gives_photos_puts_them_elsewhere_and_is_told_which_folder_to_empty_each_time_they_stop(person):
    folder = begin(person).photo_folder.replace("photos", "donated")
    assert donate(person) is None
    assert begin(person).photo_folder == folder
    assert person(ReadSettings(user_id=7)).donating is True

    assert [donate(person, False), donate(person, False)] == [folder, folder]
    assert begin(person).photo_folder == folder.replace("donated", "photos")


def both(folder):
    """The keys under which an attempt at update 101 may have put its photo."""
    return tuple(f"{prefix}/{folder.split('/')[1]}/101" for prefix in ("photos", "donated"))


def test_a_photo_that_is_given_is_kept_with_its_check_in_and_every_repetition_leaves_it(person):
    donate(person)
    folder = begin(person).photo_folder
    again = Begin(user_id=7, update_id=101, message_id=1101, photo=photo_terms())

    recorded = [person(record(101, photo_folder=folder)) for _ in range(2)]
    left = [answer.leftovers for answer in (*recorded, person(again))]

    assert left == [(both(folder)[0],)] * 3
    assert person.rows(KEPT) == [(both(folder)[1],)]


@pytest.mark.parametrize("change", ["not given", "taken back", "somebody else's", "photos", "refused", "second update"])
def test_any_other_photo_goes_from_both_folders(person, change):
    folder = begin(person).photo_folder.replace("photos", "donated")
    if change != "not given":
        donate(person)
    if change == "taken back":
        donate(person, False)
    if change == "second update":
        person(record(100, message_id=1101))
    if change == "somebody else's":
        folder = f"donated/79{'0' * 30}/"
    if change == "photos":
        folder = folder.replace("donated", "photos")
    operation = refuse if change == "refused" else record

    assert person(operation(101, photo_folder=folder)).leftovers == both(folder)
    assert [key for (key,) in person.rows(KEPT) if key] == []


@pytest.mark.parametrize("end", ["answered", "undone", "album", "limit", "older notice"])
def test_a_photo_whose_update_ends_when_it_begins_goes_from_both_folders(person, end):
    folder = begin(person).photo_folder
    person(record(101 if end in {"answered", "undone"} else 100, message_id=1101, media_group_id="album"))
    if end == "undone":
        person(Undo(user_id=7, message_id=1101))
    album = "album" if end == "album" else None
    terms = photo_terms(**{"limit": {"per_day": 0}, "older notice": {"notice": 2}}.get(end, {}))

    begun = person(Begin(user_id=7, update_id=101, message_id=1101, media_group_id=album, photo=terms))

    assert begun.leftovers == both(folder)


def test_nothing_goes_while_a_photo_is_only_beginning_or_when_words_are_repeated(person):
    person(record(101))

    assert person(Begin(user_id=7, update_id=102, message_id=1102, photo=photo_terms())).leftovers == ()
    assert person(Begin(user_id=7, update_id=101, message_id=1101)).leftovers == ()


def test_a_photo_that_was_begun_before_an_erasure_and_a_new_agreement_is_nobodys(person):
    folder = begin(person).photo_folder
    person(Erase(user_id=7))
    person(agree())
    before = person.dump()

    recorded = person(record(101, photo_folder=folder))
    failed = person(Fail(user_id=7, update_id=101, stage="infer", error_type="Timeout", photo_folder=folder))
    sorry = person(record(101, outcome="dead_letter", check_in=None, photo_folder=folder))

    assert recorded == Recorded(first=True, answer=(), leftovers=both(folder))
    assert (failed.attempts, failed.leftovers) == (0, both(folder))
    assert sorry == Recorded(first=True, answer=says("answer to 101"), leftovers=both(folder))
    assert person.dump() == before


def test_photos_taken_back_stand_by_no_check_in(person):
    donate(person)
    person(record(101, photo_folder=begin(person).photo_folder))

    donate(person, False)

    assert person.rows(KEPT) == [(None,)]


def test_an_apology_to_a_stranger_is_said_and_not_kept(shard):
    recorded = shard(record(101, outcome="dead_letter", check_in=None, answer=says("Sorry")))

    assert recorded == Recorded(first=True, answer=says("Sorry"))
    assert shard.rows("SELECT count(*) FROM seen_updates") == [(0,)]


def test_every_photo_counts_whatever_came_of_it_and_once(person):
    person(record(101))
    person(record(101))
    person(refuse(102))
    person(record(103, outcome="dead_letter", check_in=None, photo_folder=begin(person).photo_folder))
    person(record(104, outcome="dead_letter", check_in=None))  # a word that failed
    person(refuse(105, photo=None))  # a voice, a sticker: no photo

    assert counts(person, NOON) == (3, 3)


def test_windows_begin_with_their_first_photo_and_end_an_hour_and_a_day_later(person):
    person(record(101), NOON)
    person(record(102), NOON + HOUR - SECOND)
    assert counts(person, NOON + HOUR - SECOND) == (2, 2)
    assert counts(person, NOON + HOUR) == (0, 2)

    person(record(103), NOON + HOUR)
    person(record(104), NOON + DAY - SECOND)
    assert counts(person, NOON + DAY - SECOND) == (1, 4)
    assert counts(person, NOON + DAY) == (1, 0)

    person(record(105), NOON + DAY)
    assert counts(person, NOON + DAY) == (2, 1)


def test_since_when_somebody_cannot_be_reached_is_kept_until_they_can(person):
    since = "SELECT unreachable_since_utc FROM people"

    person(SetReachable(user_id=7, reachable=False), NOON)
    person(SetReachable(user_id=7, reachable=False), NOON + HOUR)
    assert person.rows(since) == [("2026-03-02T12:00:05Z",)]

    person(SetReachable(user_id=7, reachable=True), NOON + HOUR)
    assert person.rows(since) == [(None,)]


def test_a_photo_that_was_told_of_the_limit_meanwhile_is_no_check_in_of_a_run_that_began_before(person):
    again = Begin(user_id=7, update_id=101, photo=photo_terms(per_hour=10))
    assert person(again).limit is None
    for update_id in range(201, 211):
        person(refuse(update_id))
    assert person(again).limit == "hour"

    read, told = (person(each(101, photo=again.photo)) for each in (record, refuse))

    assert (read, told.first) == (Recorded(first=False, answer=()), True)
