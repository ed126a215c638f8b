"""Begin, Record and Fail: an update is answered once, however often it comes."""

from datetime import datetime

import pytest

from burnout.inference import Quality
from burnout.store.check_ins import Begin, Fail, Failed, Recorded
from functions.store.rows import UnstorableError
from tests.unit.store.samples import HOUR, NOON, SECOND, agree, new_check_in, record, says


@pytest.fixture
def shard(shard):
    """Two people who agreed: nothing is kept about anybody else."""
    shard(agree())
    shard(agree(user_id=8))
    return shard


def fail(update_id=101, **changes):
    return Fail(**{"user_id": 7, "update_id": update_id, "stage": "infer", "error_type": "Timeout"} | changes)


@pytest.mark.parametrize("answer", [says("Mostly negative"), ()], ids=["words", "silence"])
def test_begin_knows_the_person_and_what_was_answered_before(shard, answer):
    shard(agree(version=3, language="ru"))
    shard(record(101, answer=answer, outcome="refused", check_in=None))

    begun = shard(Begin(user_id=7, update_id=101))

    assert (begun.consent_version, begun.language, begun.answer) == (3, "ru", answer)
    assert shard.rows("SELECT count(*) FROM check_ins") == [(0,)]
    assert shard.rows("SELECT outcome FROM seen_updates") == [("refused",)]


@pytest.mark.parametrize(
    ("recorded", "asked", "answered"),
    [
        ({"media_group_id": "album"}, {"media_group_id": "album"}, True),
        ({"media_group_id": "album"}, {"media_group_id": "other"}, False),
        ({"media_group_id": "album"}, {"media_group_id": "album", "user_id": 8}, False),
        ({"media_group_id": "album"}, {"media_group_id": "album", "update_id": 101}, False),
        ({"media_group_id": None}, {"media_group_id": None}, False),
        ({"media_group_id": "album", "outcome": "refused", "check_in": None}, {"media_group_id": "album"}, True),
    ],
    ids=["sibling", "other album", "other person", "itself", "no album", "refused sibling"],
)
def test_begin_says_whether_a_sibling_in_the_album_was_recorded(shard, recorded, asked, answered):
    shard(record(101, **recorded))

    begun = shard(Begin(**{"user_id": 7, "update_id": 102} | asked))

    assert begun.album_answered is answered


def test_record_keeps_the_answer_and_the_check_in(shard):
    recorded = shard(record(101, answer=says("Hello")), NOON + HOUR)

    assert recorded == Recorded(first=True, answer=says("Hello"))
    assert shard.rows(
        "SELECT user_id, message_id, update_id, observed_at_utc, recorded_at_utc, shown_model, negative, label,"
        " json_extract(models_json, '$.baseline.negative'), json_extract(models_json, '$.mvp.emotions.sad'),"
        " versions_json, sharpness, brightness FROM check_ins"
    ) == [
        (
            *(7, 1101, 101, "2026-03-02T12:00:05Z", "2026-03-02T13:00:05Z", "mvp", 0.68, "negative"),
            *(0.4, 0.17, '{"mvp":"a1","baseline":"b2"}', 120.5, 0.45),
        )
    ]
    assert shard.rows("SELECT * FROM seen_updates") == [
        (
            *(101, 7, 1101, None, "answered"),
            *('[{"method":"sendMessage","params":{"chat_id":1,"text":"Hello"}}]', "2026-03-02T13:00:05Z"),
        )
    ]


def test_record_by_a_slower_run_returns_the_faster_run_s_answer_and_changes_nothing(shard):
    shard(record(101, answer=says("faster")))
    before = shard.dump()

    recorded = shard(record(101, answer=says("slower"), check_in=new_check_in(0.1), message_id=5), NOON + HOUR)

    assert recorded == Recorded(first=False, answer=says("faster"))
    assert shard.dump() == before


def test_record_of_a_second_update_about_the_same_message_keeps_the_first_check_in(shard):
    shard(record(101, message_id=5, check_in=new_check_in(0.9)))

    recorded = shard(record(102, message_id=5, check_in=new_check_in(0.1)))

    assert recorded.first
    assert shard.rows("SELECT update_id, negative FROM check_ins") == [(101, 0.9)]


def test_record_under_a_number_that_telegram_gave_out_again_forgets_the_other_person_s_update(shard):
    """After a quiet week Telegram numbers anew; the old row belongs to somebody else on the same shard."""
    shard(record(101, user_id=8, answer=says("for 8")))

    assert shard(Begin(user_id=7, update_id=101)).answer is None
    assert shard(record(101, user_id=7, answer=says("for 7"))) == Recorded(first=True, answer=says("for 7"))
    assert shard(Begin(user_id=8, update_id=101)).answer is None


def test_record_with_a_probability_that_float32_made_a_little_too_large_is_kept(shard):
    shard(record(101, check_in=new_check_in(1.0000001)))

    assert shard.rows("SELECT negative FROM check_ins") == [(1.0,)]


@pytest.mark.parametrize(
    "changes",
    [
        {"check_in": new_check_in(1.5)},
        {"check_in": new_check_in(-0.1)},
        {"check_in": new_check_in(float("nan"))},
        {"check_in": new_check_in(quality=Quality(sharpness=-1.0, brightness=0.5))},
        {"check_in": new_check_in(quality=Quality(sharpness=1.0, brightness=1.1))},
        {"check_in": new_check_in(shown_model="unknown")},
        {"check_in": new_check_in(observed_at_utc=datetime.fromisoformat("0001-01-01T00:00:00+14:00"))},
        {"outcome": "forgotten"},
        {"update_id": 2**63},
        {"message_id": 2**63},
        {"media_group_id": "\ud800"},
        {"answer": says("\ud800")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_record_with_values_that_cannot_be_kept_is_refused_loudly(shard, changes):
    with pytest.raises(UnstorableError):
        shard(record(**{"update_id": 101} | changes))


def test_text_is_data_never_sql(shard):
    hostile = "'); DROP TABLE people; --"

    shard(fail(101, stage=hostile, error_type=hostile))
    shard(record(102, media_group_id=hostile, answer=says(hostile), check_in=new_check_in(versions={hostile: hostile})))

    assert shard.rows("SELECT stage, error_type FROM failures") == [(hostile, hostile)]
    assert shard(Begin(user_id=7, update_id=103, media_group_id=hostile)).album_answered
    assert shard(Begin(user_id=7, update_id=102)).answer == says(hostile)


@pytest.mark.parametrize(
    ("later", "attempts", "failing_for_s"),
    [(40 * SECOND, 2, 40.0), (0 * SECOND, 1, 0.0), (-HOUR, 2, 0.0)],
    ids=["later", "in the same second: a transaction that started again", "the clock stepped back"],
)
def test_fail_counts_attempts_since_the_first(shard, later, attempts, failing_for_s):
    first = shard(fail(stage="put"))

    second = shard(fail(stage="infer"), NOON + later)

    assert first == Failed(attempts=1, failing_for_s=0.0)
    assert second == Failed(attempts=attempts, failing_for_s=failing_for_s)
    assert shard.rows("SELECT user_id, update_id, attempts, error_type, dead FROM failures") == [
        (7, 101, attempts, "Timeout", 0)
    ]


@pytest.mark.parametrize(("outcome", "dead"), [("answered", []), ("refused", []), ("dead_letter", [(0, 1)])])
def test_fail_after_the_update_was_settled_counts_nothing(shard, outcome, dead):
    shard(record(101, outcome=outcome, check_in=None))

    assert shard(fail(101), NOON + HOUR).attempts == 1

    assert shard.rows("SELECT attempts, dead FROM failures") == dead


@pytest.mark.parametrize("outcome", ["answered", "refused"])
def test_success_forgets_the_failures_of_this_update_only(shard, outcome):
    shard(fail(101))
    shard(fail(102))
    shard(fail(101, user_id=8))

    shard(record(101, outcome=outcome, check_in=None))

    assert shard.rows("SELECT user_id, update_id FROM failures") == [(7, 102), (8, 101)]


def test_dead_letter_marks_the_counted_failures(shard):
    shard(fail(101))

    shard(record(101, outcome="dead_letter", check_in=None), NOON + HOUR)

    assert shard.rows("SELECT attempts, stage, dead FROM failures") == [(1, "infer", 1)]


def test_dead_letter_without_a_counted_failure_is_kept_as_one(shard):
    shard(record(101, outcome="dead_letter", check_in=None))

    assert shard.rows("SELECT * FROM failures") == [
        (7, 101, 0, "2026-03-02T12:00:05Z", "2026-03-02T12:00:05Z", None, None, 1)
    ]


def test_every_twentieth_update_purges_what_was_seen_more_than_48_hours_ago(shard):
    shard(record(97), NOON - SECOND)
    shard(record(98), NOON)
    shard(record(99), NOON + HOUR)

    shard(record(100), NOON + 48 * HOUR)

    assert shard.rows("SELECT update_id FROM seen_updates") == [(98,), (99,), (100,)]
    assert shard.rows("SELECT update_id FROM check_ins ORDER BY update_id") == [(97,), (98,), (99,), (100,)]


def test_other_updates_purge_nothing(shard):
    shard(record(97), NOON)

    shard(record(101), NOON + 100 * HOUR)

    assert shard.rows("SELECT update_id FROM seen_updates") == [(97,), (101,)]


def test_purge_also_forgets_old_failures_that_never_became_dead_letters(shard):
    shard(fail(96))
    shard(fail(97))
    shard(record(97, outcome="dead_letter", check_in=None))
    shard(fail(98), NOON + HOUR)

    shard(record(100), NOON + 48 * HOUR + SECOND)

    assert shard.rows("SELECT update_id, dead FROM failures") == [(97, 1), (98, 0)]


def test_repeating_the_purging_update_answers_the_same(shard):
    shard(record(100, answer=says("once")))

    assert shard(record(100, answer=says("twice")), NOON + 100 * HOUR) == Recorded(first=False, answer=says("once"))
