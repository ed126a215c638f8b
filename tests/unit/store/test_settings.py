"""What a person chooses, and when their next report and reminder fall due because of it."""

from datetime import datetime, timedelta

import pytest

from burnout.store.people import ChangeSettings, ReadSettings, SetLanguage, SetReachable, Settings
from burnout.store.reports import AnswerWeek
from tests.unit.store.samples import DAY, HOUR, NOON, agree

NEXT = "SELECT next_report_at_utc, next_reminder_at_utc FROM people"


def change(**changes):
    return ChangeSettings(user_id=7, **changes)


def following(shard):
    ((report, reminder),) = shard.rows(NEXT)
    return report, reminder


def test_somebody_who_has_not_agreed_has_no_settings_and_can_change_none(shard):
    before = shard.dump()

    assert shard(ReadSettings(user_id=7)) is None
    assert shard(change(report_hour=9)) is None
    shard(AnswerWeek(user_id=7, week="2026-W10", answer=3))

    assert shard.dump() == before


def test_settings_are_the_defaults_until_they_are_changed(shard):
    shard(agree(language="ru"))

    assert shard(ReadSettings(user_id=7)) == Settings(language="ru")


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


def test_settings_are_one_person_s_only(shard):
    shard(agree())
    shard(agree(user_id=8, chat_id=8))

    shard(change(theme="dark"))

    assert shard(ReadSettings(user_id=8)) == Settings(language="en")


def test_changing_to_what_stands_already_writes_nothing(shard):
    shard(agree())
    shard(change(reminder_hour=12))
    before = shard.connection.total_changes

    shard(change(reminder_hour=12, report_hour=18), NOON + DAY)

    assert shard.connection.total_changes == before


@pytest.mark.parametrize(("language", "due"), [("en", "2026-03-08T18:00:00Z"), ("ru", "2026-03-08T15:00:00Z")])
def test_consent_sets_the_first_report_on_sunday_evening_where_the_language_is_spoken(shard, language, due):
    shard(agree(language=language))

    assert following(shard) == (due, None)


def test_the_next_report_follows_weekday_hour_and_zone(shard):
    shard(agree())

    shard(change(report_weekday=4, report_hour=8, time_zone="America/New_York"))

    assert following(shard) == ("2026-03-06T13:00:00Z", None)


def test_an_hour_that_the_clock_change_skips_is_the_one_after_it(shard):
    """New York, Sunday 8 March 2026: 2 o'clock does not exist."""
    shard(agree())

    shard(change(report_hour=2, time_zone="America/New_York"))

    assert following(shard) == ("2026-03-08T07:00:00Z", None)


def test_reports_switched_off_are_never_due_and_switched_on_again_from_now(shard):
    shard(agree())

    shard(change(reports=False))
    off = following(shard)
    shard(change(reports=True), NOON + 10 * DAY)

    assert (off, following(shard)) == ((None, None), ("2026-03-15T18:00:00Z", None))


def test_reminders_come_daily_at_their_hour_until_they_are_switched_off(shard):
    shard(agree())

    shard(change(reminder_hour=20, time_zone="Europe/Berlin"))
    on = following(shard)
    shard(change(reminder_hour=None))

    assert (on[1], following(shard)[1]) == ("2026-03-02T19:00:00Z", None)


@pytest.mark.parametrize("hour", [None, 13])
def test_another_reminder_hour_or_none_forgets_the_unanswered_ones(shard, hour):
    shard(agree())
    shard(change(reminder_hour=12))
    shard.connection.execute("UPDATE people SET reminders_unanswered = 2")

    shard(change(theme="dark"))
    before = shard.rows("SELECT reminders_unanswered FROM people")
    shard(change(reminder_hour=hour))

    assert (before, shard.rows("SELECT reminders_unanswered FROM people")) == ([(2,)], [(0,)])


def test_a_report_that_is_due_already_survives_a_change_of_its_hour(shard):
    """Between the hour and the run that sends it lie up to 15 minutes; the change is for the week after."""
    shard(agree())
    five_past = datetime.fromisoformat("2026-03-08T18:05:00Z")

    shard(change(report_hour=9), five_past)

    assert following(shard)[0] == "2026-03-08T18:00:00Z"


def test_a_language_moves_the_report_of_who_never_chose_a_zone_and_of_nobody_else(shard):
    shard(agree())
    shard(SetLanguage(user_id=7, language="ru"))
    moved = following(shard)[0]

    shard(change(time_zone="Asia/Tokyo"))
    chosen = following(shard)[0]
    shard(SetLanguage(user_id=7, language="en"))

    assert moved == "2026-03-08T15:00:00Z"
    assert chosen == following(shard)[0] == "2026-03-08T09:00:00Z"


def test_a_newer_consent_in_another_language_moves_the_report_too(shard):
    shard(agree())

    shard(agree(version=2, language="ru"))

    assert following(shard)[0] == "2026-03-08T15:00:00Z"


def test_a_zone_that_vanished_counts_as_the_language_s_default(shard):
    shard(agree(language="ru"))

    shard(change(time_zone="Nowhere/Atlantis"))

    assert following(shard)[0] == "2026-03-08T15:00:00Z"


def test_who_cannot_be_reached_has_nothing_to_come_and_comes_back_to_nothing_old(shard):
    shard(agree())
    shard(change(reminder_hour=12))

    shard(SetReachable(user_id=7, reachable=False))
    shard(change(report_hour=9, reminder_hour=13))
    gone = following(shard)
    shard(SetReachable(user_id=7, reachable=True), NOON + 60 * DAY)

    assert gone == (None, None)
    assert following(shard) == ("2026-05-03T09:00:00Z", "2026-05-01T13:00:00Z")


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
