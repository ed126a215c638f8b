"""What a person chooses, and when their next report and reminder fall due because of it."""

from datetime import datetime, timedelta

import pytest

from burnout.store.people import ChangeSettings, ReadSettings, SetLanguage, SetReachable, Settings
from burnout.store.reports import AnswerWeek
from tests.unit.store.samples import DAY, HOUR, NOON, agree, choose_clock


def change(**changes):
    return ChangeSettings(user_id=7, **changes)


def test_what_is_given_changes_and_the_rest_stays(shard):
    shard(agree())
    shard(change(time_zone="Asia/Tokyo", reminder_hour=12, theme="dark"))

    found = shard(change(reports=False, report_weekday=0, report_hour=7, quiet_from=23, quiet_to=6))

    assert found == Settings(
        language="en",
        time_zone="Asia/Tokyo",
        reports=False,
        report_weekday=0,
        report_hour=7,
        reminder_hour=12,
        quiet_from=23,
        quiet_to=6,
        theme="dark",
    )
    assert shard(ReadSettings(user_id=7)) == found


UTC, TOKYO = choose_clock(), change(time_zone="Asia/Tokyo")
NEW_YORK = change(report_hour=2, time_zone="America/New_York")
RUSSIAN = SetLanguage(user_id=7, language="ru")
BLOCKED, BACK = SetReachable(user_id=7, reachable=False), SetReachable(user_id=7, reachable=True)
ON_SUNDAY = "2026-03-08T18:00:00Z"
FIVE_PAST = datetime.fromisoformat("2026-03-08T18:05:00Z")


@pytest.mark.parametrize(
    ("said", "at_utc", "report", "reminder"),
    [
        ([agree()], NOON, None, None),
        ([agree(), RUSSIAN, change(reminder_hour=20)], NOON, None, None),
        ([agree(), UTC], NOON, ON_SUNDAY, None),
        ([agree(), TOKYO, RUSSIAN], NOON, "2026-03-08T09:00:00Z", None),
        ([agree(), TOKYO, agree(version=2, language="ru")], NOON, "2026-03-08T09:00:00Z", None),
        ([agree(language="ru"), change(time_zone="Nowhere/Atlantis")], NOON, "2026-03-08T15:00:00Z", None),
        ([agree(), NEW_YORK], NOON, "2026-03-08T07:00:00Z", None),  # there is no 2 o'clock that day
        ([agree(), NEW_YORK, change(report_weekday=4, report_hour=8)], NOON, "2026-03-06T13:00:00Z", None),
        ([agree(), UTC, change(reports=False)], NOON, None, None),
        ([agree(), UTC, change(reports=False), change(reports=True)], NOON + 10 * DAY, "2026-03-15T18:00:00Z", None),
        ([agree(), UTC, change(report_hour=9)], FIVE_PAST, ON_SUNDAY, None),  # due, and not claimed yet
        ([agree(), UTC, change(reminder_hour=20)], NOON, ON_SUNDAY, "2026-03-02T20:00:00Z"),
        ([agree(), UTC, change(reminder_hour=20), change(reminder_hour=None)], NOON, ON_SUNDAY, None),
        ([agree(), UTC, change(reminder_hour=12), BLOCKED, change(report_hour=9, reminder_hour=13)], NOON, None, None),
        (
            [agree(), UTC, change(report_hour=9, reminder_hour=13), BLOCKED, BACK],
            NOON + 60 * DAY,
            "2026-05-03T09:00:00Z",
            "2026-05-01T13:00:00Z",
        ),
    ],
    ids=[
        *("no clock", "no clock in Russian", "clock", "another language", "newer consent", "vanished zone"),
        *("clock change", "weekday and hour", "off", "on again", "due already", "reminder", "reminder off"),
        *("out of reach", "back in reach"),
    ],
)
def test_the_next_report_and_reminder_follow_from_what_was_said_last(shard, said, at_utc, report, reminder):
    for operation in said[:-1]:
        shard(operation)
    shard(said[-1], at_utc)

    assert shard.rows("SELECT next_report_at_utc, next_reminder_at_utc FROM people") == [(report, reminder)]


@pytest.mark.parametrize("hour", [None, 13])
def test_another_reminder_hour_or_none_forgets_the_unanswered_ones(shard, hour):
    shard(agree())
    shard(change(reminder_hour=12))
    shard.connection.execute("UPDATE people SET reminders_unanswered = 2")

    shard(change(theme="dark"))
    before = shard.rows("SELECT reminders_unanswered FROM people")
    shard(change(reminder_hour=hour))

    assert (before, shard.rows("SELECT reminders_unanswered FROM people")) == ([(2,)], [(0,)])


def test_the_answer_to_a_week_s_question_is_kept_and_the_last_one_counts(shard):
    shard(agree())

    shard(AnswerWeek(user_id=7, week="2026-W10", answer=2))
    shard(AnswerWeek(user_id=7, week="2026-W10", answer=4), NOON + HOUR)
    shard(AnswerWeek(user_id=7, week="2026-W10", answer=4), NOON + 2 * HOUR)
    shard(AnswerWeek(user_id=7, week="2026-W11", answer=1), NOON + 7 * DAY + timedelta(seconds=1))

    assert shard.rows("SELECT * FROM weekly_answers") == [
        (7, "2026-W10", 4, "2026-03-02T13:00:05Z"),
        (7, "2026-W11", 1, "2026-03-09T12:00:06Z"),
    ]
