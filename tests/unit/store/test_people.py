"""Consent, language, 👍 and 👎, self-ratings and the history: each about one person only."""

from datetime import datetime

import msgspec
import pytest

from burnout.emotions import Emotion
from burnout.store.check_ins import Begin, CheckIn, GiveFeedback, History, HistoryDay, Rate, ReadHistory
from burnout.store.people import ChangeSettings, SetLanguage, SetReachable
from functions.store.retention import going
from tests.unit.store.samples import DAY, HOUR, NOON, agree, new_check_in, prediction, record


def press(agrees, corrected=None, **changes):
    return GiveFeedback(**{"user_id": 7, "message_id": 1101, "agrees": agrees, "corrected": corrected} | changes)


@pytest.mark.parametrize(
    ("version", "kept"),
    [
        (1, ("ru", 2, "2026-03-02T12:00:05Z")),
        (2, ("ru", 2, "2026-03-02T12:00:05Z")),
        (3, ("en", 3, "2026-03-02T13:00:05Z")),
    ],
    ids=["older", "same", "newer"],
)
def test_only_a_consent_to_a_newer_version_takes_its_time_and_undoes_later_choices(shard, version, kept):
    shard(agree(version=2))
    shard(SetLanguage(user_id=7, language="ru"))

    shard(agree(version=version), NOON + HOUR)

    assert shard.rows("SELECT language, consent_version, consented_at_utc FROM people") == [kept]
    assert shard.rows("SELECT user_id, chat_id, reachable FROM people") == [(7, 7, 1)]


@pytest.mark.parametrize(("update_id", "reachable"), [(19, 0), (21, 1)])
def test_whoever_writes_can_be_reached_unless_they_blocked_the_bot_since(person, update_id, reachable):
    person(SetReachable(user_id=7, reachable=False, update_id=20))

    person(Begin(user_id=7, update_id=update_id))
    person(SetReachable(user_id=7, reachable=False))  # a block that sending met before they came back

    assert person.rows("SELECT reachable, next_report_at_utc IS NOT NULL FROM people") == [(reachable, reachable)]


def test_who_writes_every_day_is_not_erased_for_a_block_that_sending_met_once(person):
    person(SetReachable(user_id=7, reachable=False))

    for day in range(1, 32):
        person(Begin(user_id=7, update_id=100 + day), NOON + day * DAY)

    assert going(person.connection, NOON + 31 * DAY, ()) == []


def test_a_check_in_shows_the_shown_model_the_feedback_and_the_rating(person):
    person(record(101, check_in=new_check_in(0.8, shown_model="baseline")))

    person(Rate(user_id=7, message_id=1101, rating=2))
    found = person(press(False, Emotion.HAPPY))

    assert found == CheckIn(
        message_id=1101,
        prediction=prediction(0.4),
        agrees=False,
        corrected=Emotion.HAPPY,
        self_rating=2,
        low_ratings=1,
        day="2026-03-02",
    )


@pytest.mark.parametrize(
    ("presses", "stored"),
    [
        ([press(True)], (1, None)),
        ([press(False)], (0, None)),
        ([press(False), press(False, Emotion.SAD)], (0, "sad")),
        ([press(False, Emotion.SAD), press(False, Emotion.FEAR)], (0, "fear")),
        ([press(False, Emotion.SAD), press(True)], (1, None)),
        ([press(True, Emotion.SAD)], (1, None)),
        ([press(True), press(False)], (0, None)),
    ],
    ids=["up", "down", "corrected", "corrected twice", "down then up", "up cannot correct", "up then down"],
)
def test_the_last_press_counts(person, presses, stored):
    person(record(101))

    for one in presses:
        person(one)

    assert person.rows("SELECT agrees, corrected FROM feedback") == [stored]


def test_the_last_rating_counts(person):
    person(record(101))

    person(Rate(user_id=7, message_id=1101, rating=1))
    person(Rate(user_id=7, message_id=1101, rating=4), NOON + HOUR)

    assert person.rows("SELECT rating, at_utc FROM self_ratings") == [(4, "2026-03-02T13:00:05Z")]


def observed(update_id, moment, negative=0.68, **changes):
    at = datetime.fromisoformat(moment)
    return record(update_id, check_in=new_check_in(negative, observed_at_utc=at), **changes)


def days_of(history):
    return [(day.day, day.check_ins) for day in history.days]


def test_history_groups_check_ins_by_their_utc_day_oldest_first_while_no_zone_is_chosen(shard):
    shard(agree())
    shard(observed(103, "2026-03-03T02:30:00+02:00", 0.9))  # half past midnight, UTC
    shard(observed(101, "2026-03-02T12:00:05Z", 0.5))
    shard(observed(102, "2026-03-02T23:59:59Z", 0.2))
    shard(Rate(user_id=7, message_id=1101, rating=2))
    shard(Rate(user_id=7, message_id=1102, rating=5))

    history = shard(ReadHistory(user_id=7))

    assert history == History(
        days=(
            HistoryDay(
                day="2026-03-02", check_ins=2, photos=2, read=2, negative=1, mean_negative=0.35, ratings=2, rating_sum=7
            ),
            HistoryDay(
                day="2026-03-03", check_ins=1, photos=1, read=1, negative=1, mean_negative=0.9, ratings=0, rating_sum=0
            ),
        ),
        today="2026-03-02",
    )


def test_history_counts_what_named_no_side_apart(shard):
    unsure = msgspec.structs.replace(prediction(0.55), sure=False)
    shard(agree())
    shard(observed(101, "2026-03-02T12:00:05Z", 0.9))
    shard(record(102, check_in=new_check_in(models={"mvp": unsure, "baseline": prediction(0.9)})))
    shard(record(103, check_in=new_check_in(models={"mvp": prediction(0.2), "baseline": unsure})))

    (day,) = shard(ReadHistory(user_id=7)).days

    assert (day.read, day.negative, day.unsure) == (3, 1, 1)
    assert day.mean_negative == pytest.approx((0.9 + 0.55 + 0.2) / 3)


def test_history_s_days_and_today_are_those_of_the_person_s_own_zone(shard):
    shard(agree())
    shard(ChangeSettings(user_id=7, time_zone="Asia/Vladivostok"))  # UTC+10
    shard(observed(101, "2026-03-02T13:59:59Z"))
    shard(observed(102, "2026-03-02T14:00:00Z"))

    history = shard(ReadHistory(user_id=7), datetime.fromisoformat("2026-03-03T14:00:00Z"))

    assert days_of(history) == [("2026-03-02", 1), ("2026-03-03", 1)]
    assert history.today == "2026-03-04"


def test_history_s_zone_follows_the_language_while_none_is_chosen(shard):
    shard(agree(language="ru"))
    shard(observed(101, "2026-03-02T21:30:00Z"))

    assert days_of(shard(ReadHistory(user_id=7))) == [("2026-03-03", 1)]


def test_history_of_some_days_begins_with_the_first_one_s_midnight_across_a_clock_change(shard):
    """Berlin's clock goes forward on 29 March 2026: its midnight is 23:00 UTC before and 22:00 after."""
    shard(agree())
    shard(ChangeSettings(user_id=7, time_zone="Europe/Berlin"))
    shard(observed(101, "2026-03-28T22:59:59Z"))
    shard(observed(102, "2026-03-28T23:00:00Z"))
    shard(observed(103, "2026-03-29T21:59:59Z"))
    shard(observed(104, "2026-03-29T22:00:00Z"))
    on_monday = datetime.fromisoformat("2026-03-30T10:00:00Z")

    assert days_of(shard(ReadHistory(user_id=7, days=2), on_monday)) == [("2026-03-29", 2), ("2026-03-30", 1)]
    assert days_of(shard(ReadHistory(user_id=7, days=1), on_monday)) == [("2026-03-30", 1)]
