"""The newest choice of each subject stands, whatever comes late, twice or in another order."""

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnout.store.check_ins import Rate, Undo
from burnout.store.operation import Choice
from burnout.store.people import ChangeSettings, Consent, SetLanguage, SetReachable, Settings
from burnout.store.privacy import SEEN_FOR, TABLES, Erase
from functions.store.operations import STANDS
from functions.store.retention import delete_old_rows
from tests.unit.store.conftest import Shard
from tests.unit.store.samples import HOUR, NOON, SECOND, agree, record
from tests.unit.store.steps import finish, start
from tests.unit.store.subjects import BOTH_WAYS, CHECK_IN, CONSENT, SETTINGS, SUBJECTS, said, stands


def choices_of(shard):
    return shard.rows("SELECT subject, update_id FROM choices")


def test_every_choice_that_is_declared_is_tried_here():
    tried = {type(make(1)) for makes in [*SUBJECTS.values(), CONSENT] for make in makes}

    assert tried == set(Choice.__subclasses__()) == {*STANDS, ChangeSettings}
    assert set(SETTINGS) == set(ChangeSettings.__struct_fields__) - set(Choice.__struct_fields__)
    assert set(SUBJECTS) >= set(Settings.__struct_fields__)


@pytest.mark.parametrize(("name", "older", "newer"), BOTH_WAYS)
def test_an_older_choice_that_comes_after_a_newer_one_changes_nothing_and_is_answered_with_what_stands(
    chooser, name, older, newer
):
    answer = chooser(newer(20))
    before = chooser.dump()

    late = chooser(older(10))

    assert chooser.dump() == before
    assert late == (None if name == "donating" else answer)


@pytest.mark.parametrize(("name", "first", "second"), BOTH_WAYS)
def test_the_same_choice_again_has_its_effect_again_and_keeps_its_time(chooser, name, first, second):
    chooser(first(10))
    answer, before = chooser(second(20)), chooser.dump()

    assert chooser(second(20), NOON + HOUR) == answer
    assert chooser.dump() == before


# After 48 hours another day's answers stand for four weeks, whatever came last.
@pytest.mark.parametrize(("name", "older", "newer"), [way for way in BOTH_WAYS if way.id != "inventory"])
def test_a_number_that_is_older_than_48_hours_stops_nothing(chooser, name, older, newer):
    """After a week without updates Telegram begins to count at a random number."""
    chooser(newer(20))
    before = stands(chooser)

    chooser(older(10), NOON + SEEN_FOR)
    assert stands(chooser) == before
    chooser(older(10), NOON + SEEN_FOR + SECOND)
    assert stands(chooser)[name] != before[name]


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_late_choice_is_not_lost_by_newer_ones_about_everything_else(chooser, name):
    for other in SUBJECTS.keys() - {name}:
        chooser(SUBJECTS[other][0](20))
    first, second = SUBJECTS[name]
    chooser(second())
    before = stands(chooser)

    chooser(first(10))

    assert [each for each in before if stands(chooser)[each] != before[each]] == [name]


def test_of_several_settings_in_one_choice_only_those_are_overruled_that_a_newer_one_names(chooser):
    chooser(said(ChangeSettings, reminder_hour=12)(20))

    found = chooser(said(ChangeSettings, quiet_from=23, quiet_to=7, reminder_hour=None)(10))

    assert (found.quiet_from, found.quiet_to, found.reminder_hour) == (23, 7, 12)


def test_a_rating_of_one_check_in_is_none_of_another(chooser):
    chooser(record(102, message_id=CHECK_IN + 1))
    chooser(Rate(user_id=7, message_id=CHECK_IN, rating=2, update_id=20))

    assert chooser(Rate(user_id=7, message_id=CHECK_IN + 1, rating=3, update_id=10)).self_rating == 3


@pytest.mark.parametrize("make", [make for makes in SUBJECTS.values() for make in makes])
def test_nothing_is_kept_of_a_choice_by_nobody_or_about_nothing(shard, make):
    empty = shard.dump()

    shard(make(10))
    assert shard.dump() == empty

    shard(agree())
    before = shard.dump()
    shard(make(10))
    assert (shard.dump() == before) == hasattr(make(10), "message_id")


def test_a_deleted_check_in_leaves_no_number_of_what_was_said_about_it(chooser):
    for name in ("feedback", "rating", "theme"):
        chooser(SUBJECTS[name][0](20))

    chooser(Undo(user_id=7, message_id=CHECK_IN))

    assert choices_of(chooser) == [("theme", 20)]


@pytest.mark.parametrize(("since", "reachable"), [(SEEN_FOR, 1), (SEEN_FOR + SECOND, 0)])
@pytest.mark.parametrize("met", ["alone", "with a report"])
def test_a_block_that_sending_met_waits_48_hours_behind_what_an_update_said_of_it(shard, met, since, reachable):
    def meets_a_block(at_utc, key):
        if met == "alone":
            shard(SetReachable(user_id=7, reachable=False), at_utc)
        else:
            shard(start(key=key))
            shard(finish(key=key, state="unreachable"), at_utc)
        return shard.rows("SELECT reachable FROM people")

    shard(agree(update_id=19))
    assert meets_a_block(NOON, "5") == [(0,)]
    shard(SetReachable(user_id=7, reachable=True, update_id=20))

    assert meets_a_block(NOON + since, "6") == [(reachable,)]
    assert dict(choices_of(shard))["reachable"] == 20


def test_an_erasure_is_stopped_by_agreements_alone(chooser):
    chooser(agree(update_id=10))
    for makes in SUBJECTS.values():
        chooser(makes[0](20))

    assert chooser(Erase(user_id=7, update_id=11)) == 2  # a photo and a mood


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_was_pressed_before_a_new_beginning_is_over(shard, name):
    shard(agree(update_id=1))
    shard(Erase(user_id=7, update_id=11))
    shard(agree(update_id=12))
    shard(record(CHECK_IN - 1000))
    before = stands(shard)

    shard(SUBJECTS[name][0](10))
    assert stands(shard) == before

    shard(agree(update_id=30))  # again, by somebody known: no new beginning
    shard(SUBJECTS[name][0](20))
    assert stands(shard) != before


def test_an_erasure_keeps_its_number_and_time_and_nothing_of_whom(shard):
    shard(agree(update_id=1))
    shard(Erase(user_id=7, update_id=12))
    shard(Erase(user_id=8, update_id=11))

    assert [shard.rows(f"SELECT * FROM {table}") for table in TABLES] == [[]] * len(TABLES)
    assert shard.rows("SELECT * FROM newest_erasure") == [(1, 12, "2026-03-02T12:00:05Z")]
    assert shard(agree(update_id=11), NOON + SEEN_FOR) is False
    assert shard(agree(update_id=11), NOON + SEEN_FOR + SECOND) is True


def test_who_is_known_may_agree_again_beside_a_neighbours_newer_erasure(shard):
    shard(agree(update_id=1))
    shard(Erase(user_id=8, update_id=100))

    assert shard(agree(update_id=12)) is True
    assert shard(Erase(user_id=7, update_id=11)) is None


@pytest.mark.parametrize(("language", "update_id"), [("ru", 20), ("en", 8)])
def test_a_newer_notice_brings_its_language_unless_a_newer_one_was_chosen(shard, language, update_id):
    shard(agree(update_id=1))
    shard(said(SetLanguage, language="ru")(update_id))

    shard(agree(version=2, update_id=10))
    assert shard.rows("SELECT language, consent_version FROM people") == [(language, 2)]
    assert shard(said(SetLanguage, language="ru")(9)) == language


def test_numbers_go_after_48_hours(shard):
    shard(agree(update_id=1))
    shard(Erase(user_id=8, update_id=2))

    assert delete_old_rows(shard.connection, NOON + SEEN_FOR) == 0
    assert delete_old_rows(shard.connection, NOON + SEEN_FOR + SECOND) == 3
    assert choices_of(shard) == shard.rows("SELECT * FROM newest_erasure") == []


PRESSES = [make for makes in SUBJECTS.values() for make in makes]


def left_by(operations):
    """What stands of each subject, and whether anything is left of the person."""
    shard = Shard()
    with closing(shard.connection):
        shard(agree(update_id=0))
        shard(record(CHECK_IN - 1000))
        for operation in operations:
            shard(operation)
        return stands(shard), any(shard.rows(f"SELECT 1 FROM {table}") for table in TABLES)


@settings(deadline=None, database=None)
@given(st.lists(st.sampled_from([*PRESSES, *CONSENT * 4]), max_size=12), st.data())
def test_in_whatever_order_and_however_often_presses_come_the_newest_of_each_subject_stands(makes, data):
    sent = [make(number) for number, make in enumerate(makes, start=1)]
    repeated = data.draw(st.lists(st.sampled_from(sent), max_size=8)) if sent else []
    delivered = data.draw(st.permutations([*sent, *repeated]))

    found, is_left = left_by(delivered)

    consents = [each for each in sent if isinstance(each, Consent | Erase)]
    assert is_left == (not consents or isinstance(consents[-1], Consent))
    newest, _ = left_by(in_order(sent))
    # An erasure forgets what came before it, with its numbers.
    after = [delivered[n + 1 :] for n, each in enumerate(delivered) if isinstance(each, Erase)]
    stood = [newest, *(left_by(in_order(each))[0] for each in after), *([left_by([])[0]] if after else [])]
    assert not is_left or all(found[name] in [each[name] for each in stood] for name in found)


def in_order(operations):
    return sorted((each for each in operations if not isinstance(each, Erase)), key=lambda each: each.update_id)
