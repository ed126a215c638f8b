"""A scheduled run: what is due is sent once, at Telegram's pace, whatever Telegram and the store answer."""

import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from burnout.calls import BotCall
from burnout.errors import StoreUnavailableError, TelegramRejectedError, TelegramUnavailableError
from burnout.records import SHARDS, SetReachable
from burnout.reports import (
    ChangeSettings,
    ClaimDue,
    FinishReport,
    HoldRun,
    ReadCourse,
    ReadSettings,
    ReleaseReport,
    ReleaseRun,
    StartSending,
)
from functions.report.run import EVERY, shards_from
from functions.store.database import shard_of
from functions.store.shards import perform
from tests.unit.report.office import (
    BLOCKED,
    DOWN,
    OUR_BUG,
    SILENT,
    SUNDAY,
    TOKEN_REFUSED,
    Office,
    later,
    neighbours,
)


def broken(*kinds, user_id=None, shard=None, times=10**6):
    """Stands before the store: operations of these kinds do not reach it."""
    left = [times]

    def before(operation):
        of_person = user_id is None or getattr(operation, "user_id", None) == user_id
        of_shard = shard is None or getattr(operation, "shard", None) == shard
        if isinstance(operation, kinds) and of_person and of_shard and left[0]:
            left[0] -= 1
            raise StoreUnavailableError("store: busy")

    return before


def test_everybody_who_is_due_gets_a_picture_with_words_once(office):
    people = [office.person(user_id) for user_id in range(1, 31)]

    counts = office.tick()

    assert counts == {"sent": 30}
    assert sorted(chat for chat, _, _ in office.telegram.sent) == people
    assert {method for _, method, _ in office.telegram.sent} == {"sendPhoto"}
    assert set(office.telegram.pictures) == {b"course of 8 in light"}
    assert all("100" in words for _, _, words in office.telegram.sent)


def test_nobody_gets_anything_before_the_hour(office):
    office.person(1)

    assert office.tick(SUNDAY - EVERY) == {}


def test_the_same_tick_twice_sends_once(office):
    office.person(1)

    tallies = [office.tally(), office.tally()]

    assert [(tally.outcome, tally.counts) for tally in tallies] == [("done", {"sent": 1}), ("done", {})]


def test_the_next_week_brings_the_next_report_with_the_change_since_the_last(office):
    office.person(1, days=20, until=SUNDAY + timedelta(days=7))
    office.tick()

    counts = office.tick(SUNDAY + timedelta(days=7))

    assert counts == {"sent": 1}
    first, second = (words for _, _, words in office.telegram.sent)
    assert "last report" in second
    assert "last report" not in first


def test_too_little_data_is_said_in_words_once_a_week(office):
    office.person(1, days=3)

    assert [office.tick(), office.tick(later())] == [{"skipped": 1}, {}]
    assert office.telegram.to(1) == ["sendMessage"]


def test_who_has_stopped_sending_selfies_hears_of_it_once(office):
    office.person(1, days=3)

    assert [office.tick(SUNDAY + timedelta(weeks=weeks)) for weeks in range(4)] == [{"skipped": 1}] * 4
    assert office.telegram.to(1) == ["sendMessage"]


def test_a_late_run_reports_the_day_that_was_due(office):
    office.person(1, days=8, until=SUNDAY)
    late = SUNDAY + timedelta(hours=9)  # Monday already

    office.tick(late)

    assert "22 Nov" in office.telegram.sent[0][2]


def test_more_people_than_one_claim_takes_are_all_served_in_one_run(office):
    people = [office.person(user_id) for user_id in neighbours(45)]

    assert office.tick() == {"sent": 45}
    assert sorted(chat for chat, _, _ in office.telegram.sent) == people


def test_a_person_who_blocked_the_bot_hears_no_more_of_it(office):
    office.person(1)
    office.person(2)
    office.telegram.failing[1].append(BLOCKED)

    counts = office.tick()

    assert counts == {"unreachable": 1, "sent": 1}
    assert office.tick(SUNDAY + timedelta(days=7)) == {"sent": 1}
    assert office.telegram.to(1) == []


def test_our_own_wrong_call_is_counted_and_never_repeated(office):
    office.person(1)
    office.telegram.failing[1].append(OUR_BUG)

    assert [office.tick(), office.tick(later())] == [{"failed": 1}, {}]
    assert office.telegram.tried == 1


def test_a_server_error_is_tried_again_twice_with_pauses(office):
    office.person(1)
    office.telegram.failing[1].extend([DOWN, DOWN])

    assert office.tick() == {"sent": 1}
    assert office.telegram.tried == 3
    assert {0.5, 2.0} <= set(office.clock.slept_s)


def test_a_lasting_server_error_leaves_the_report_to_the_next_run(office):
    office.person(1)
    office.telegram.failing[1].extend([DOWN] * 3)

    assert [office.tick(), office.tick(later())] == [{"released": 1}, {"sent": 1}]


def test_what_was_perhaps_delivered_is_only_noted_by_the_next_run(office):
    office.person(1)
    office.telegram.failing[1].append(SILENT)

    assert [office.tick(), office.tick(later()), office.tick(later(2))] == [{"unanswered": 1}, {"noted": 1}, {}]
    assert office.telegram.to(1) == ["sendMessage"]


def test_a_lost_answer_is_not_sent_again(office):
    office.person(1)
    office.telegram.loses_answers = True
    office.tick()
    office.telegram.loses_answers = False

    office.tick(later())

    assert office.telegram.to(1) == ["sendPhoto", "sendMessage"]


def test_a_note_waits_until_telegram_answers_again(office):
    office.person(1)
    office.telegram.failing[1].append(SILENT)
    office.tick()
    office.telegram.failing[1].extend([DOWN] * 3)

    assert [office.tick(later()), office.tick(later(2))] == [{"released": 1}, {"noted": 1}]


def test_a_note_for_somebody_who_blocked_the_bot_is_not_tried_again(office):
    office.person(1)
    office.telegram.failing[1].extend([SILENT, BLOCKED])
    office.tick()

    assert [office.tick(later()), office.tick(later(2))] == [{"unreachable": 1}, {}]


def test_too_many_requests_makes_everybody_wait_that_long(office):
    for user_id in neighbours(3):
        office.person(user_id)
    office.telegram.failing[None].append(TelegramUnavailableError("sendPhoto: 429", retry_after_s=17))
    started_s = office.clock()

    counts = office.tick()

    assert counts == {"sent": 3}
    assert all(at_s >= started_s + 17 for at_s in office.telegram.at_s)


def test_a_wait_that_does_not_fit_ends_the_run_and_the_next_goes_on(office):
    for user_id in neighbours(30):
        office.person(user_id)
    office.telegram.failing[None].append(TelegramUnavailableError("sendPhoto: 429", retry_after_s=900))

    counts = office.tick()

    assert counts["released"] == 20
    assert office.telegram.sent == []
    assert office.tick(later()) == {"sent": 30}


def test_telegram_down_ends_the_run_early_and_everything_is_due_again(office):
    people = [office.person(user_id) for user_id in neighbours(30)]
    office.telegram.failing[None].extend([DOWN] * 1000)

    counts = office.tick()

    assert counts["released"] == 20
    assert office.telegram.tried == 15  # five people, three tries each
    assert counts["shards_left"] > 0
    office.telegram.failing.clear()
    assert office.tick(later()) == {"sent": 30}
    assert sorted(chat for chat, _, _ in office.telegram.sent) == people


def test_failures_of_single_people_between_successes_do_not_end_the_run(office):
    people = [office.person(user_id) for user_id in neighbours(18)]
    for user_id in people[::2]:
        office.telegram.failing[user_id].extend([DOWN] * 3)

    assert office.tick() == {"sent": 9, "released": 9}


def test_a_refused_token_ends_the_run_with_that_error_and_nothing_is_lost(office):
    for user_id in neighbours(3):
        office.person(user_id)
    office.telegram.failing[None].append(TOKEN_REFUSED)

    with pytest.raises(TelegramRejectedError, match="401"):
        office.tick()

    assert office.tick(later()) == {"sent": 3}


def test_little_time_left_begins_nothing(office):
    office.person(1)

    counts = office.tick(remaining_s=29)

    assert counts == {"shards_left": SHARDS}
    assert office.tick(later()) == {"sent": 1}


def test_time_that_runs_out_among_claimed_reports_gives_them_back(office):
    for user_id in neighbours(10):
        office.person(user_id)
    office.telegram.failing[None].append(TelegramUnavailableError("sendPhoto: 429", retry_after_s=9))

    counts = office.tick(remaining_s=39.1)  # nine seconds pass with the first person

    assert (counts["sent"] + counts["released"], counts["released"] > 0) == (10, True)
    assert office.tick(later())["sent"] == counts["released"]


def test_a_run_ends_before_the_next_tick_however_long_the_function_may_live(office):
    for user_id in neighbours(4):
        office.person(user_id)

    def drawn_slowly(*_):
        office.clock.sleep(300)
        return b"course"

    office.draw = drawn_slowly

    counts = office.tick(remaining_s=2 * EVERY.total_seconds())

    assert (counts["sent"], counts["released"]) == (2, 2)


def test_the_next_tick_does_not_meet_a_run_that_began_late(office):
    office.person(1)
    met = []

    def next_tick_comes(call):
        if isinstance(call, BotCall) and not met:
            met.append(office.tally(later()))

    office.before = next_tick_comes

    late = office.tally(late=timedelta(minutes=10))

    assert [tally.outcome for tally in met] == ["busy"]
    assert late.counts == {"sent": 1}


def test_a_shard_that_cannot_be_read_is_counted_and_the_others_go_on(office):
    office.person(1)
    office.person(2)
    office.before = broken(ClaimDue, shard=shard_of(1))

    assert office.tick() == {"sent": 1, "shards_unreadable": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"sent": 1}


@pytest.mark.parametrize("kind", [ReadCourse, StartSending])
def test_a_store_that_fails_before_the_message_gives_the_report_back(office, kind):
    first, second = (office.person(user_id) for user_id in neighbours(2))
    office.before = broken(kind, user_id=first)

    assert office.tick() == {"released": 1, "sent": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"sent": 1}
    assert office.telegram.to(first) == office.telegram.to(second) == ["sendPhoto"]


@pytest.mark.parametrize("kind", [StartSending, FinishReport, ReleaseReport])
def test_an_answer_of_the_store_that_is_lost_costs_nobody_a_report_and_brings_no_second(office, kind):
    people = [office.person(user_id) for user_id in neighbours(3)]
    office.telegram.failing[people[0]].extend([DOWN] * 3)
    office.after = broken(kind, times=1)
    office.tick()
    office.after = lambda _: None

    office.tick(later(1))
    office.tick(later(2))

    assert [office.telegram.to(user_id) for user_id in people] == [["sendPhoto"]] * 3


def test_what_was_released_is_not_tried_twice_in_one_run(office):
    people = [office.person(user_id) for user_id in neighbours(45)]
    office.telegram.failing[people[0]].extend([DOWN] * 9)

    assert office.tick() == {"released": 1, "sent": 44}
    assert office.telegram.tried == 44 + 3


def test_notes_keep_the_pace_too(office):
    people = [office.person(user_id) for user_id in neighbours(3)]
    for user_id in people:
        office.telegram.failing[user_id].append(SILENT)
    office.tick()

    assert office.tick(later()) == {"noted": 3}
    assert all(after - before >= 1 / 25 - 1e-9 for before, after in pairwise(office.telegram.at_s))


def test_an_end_that_is_not_kept_at_first_is_told_again(office):
    office.person(1)
    office.before = broken(FinishReport, times=2)

    assert [office.tick(), office.tick(later())] == [{"sent": 1}, {}]
    assert office.telegram.to(1) == ["sendPhoto"]


def test_an_end_that_cannot_be_kept_is_noted_by_the_next_run(office):
    office.person(1)
    office.before = broken(FinishReport)

    assert office.tick() == {"shards_unreadable": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"noted": 1}
    assert office.telegram.to(1) == ["sendPhoto", "sendMessage"]


def test_a_claim_that_cannot_be_given_back_ends_by_itself(office):
    people = [office.person(user_id) for user_id in neighbours(3)]
    office.before = broken(ReadCourse, ReleaseReport, user_id=people[0])

    assert office.tick() == {"shards_unreadable": 1}
    office.before = lambda _: None
    assert office.tick(later()) == {"sent": 3}


def test_no_lease_no_run(office):
    office.person(1)
    office.before = broken(HoldRun)

    with pytest.raises(StoreUnavailableError):
        office.tick()

    assert office.telegram.tried == 0


def test_an_unreadable_first_shard_costs_nobody_elsewhere_a_report(office):
    office.person(1)
    assert shard_of(1) != 0
    office.before = broken(HoldRun, ClaimDue, ReleaseRun, shard=0)

    assert office.tick() == {"sent": 1, "shards_unreadable": 1}


def test_another_run_that_holds_the_lease_is_left_alone(office):
    office.person(1)
    hold = HoldRun(shard=0, run_id="other", at_utc=SUNDAY, until_utc=SUNDAY + timedelta(minutes=14))
    perform(office.root, hold, SUNDAY)

    tally = office.tally()

    assert (tally.outcome, tally.counts) == ("busy", Counter())
    assert office.tick(later()) == {"sent": 1}


def test_somebody_erased_between_claim_and_course_gets_nothing(office):
    office.person(1)

    def erase(operation):
        if isinstance(operation, ReadCourse):
            erased(office, 1)

    office.before = erase

    assert office.tick() == {"gone": 1}
    assert office.telegram.tried == 0


def test_somebody_erased_just_before_the_message_gets_nothing(office):
    office.person(1)

    def erase(operation):
        if isinstance(operation, StartSending):
            erased(office, 1)

    office.before = erase

    assert office.tick() == {"not_granted": 1}
    assert office.telegram.tried == 0


def erased(office: Office, user_id: int) -> None:
    """Every row of the person is gone, as an erasure leaves it."""
    connection = sqlite3.connect(office.root / f"{shard_of(user_id):02x}.sqlite")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if "user_id" in columns:
            connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))
    connection.commit()
    connection.close()


def test_a_report_that_our_code_cannot_make_does_not_stop_the_others(office):
    people = [office.person(user_id) for user_id in neighbours(3)]
    dark = ChangeSettings(user_id=people[1], theme="dark")
    perform(office.root, dark, office.now_utc)
    office.draw = refuse_dark

    tally = office.tally()

    assert tally.counts == {"sent": 2, "released": 1, "crashed": 1}
    assert tally.error_types == {"ZeroDivisionError"}


def test_a_report_that_our_code_cannot_make_for_a_day_is_given_up(office):
    office.person(1)
    perform(office.root, ChangeSettings(user_id=1, theme="dark"), office.now_utc)
    office.draw = refuse_dark
    office.tick()

    a_day_later = SUNDAY + timedelta(days=1)

    assert office.tick(a_day_later) == {"failed": 1, "crashed": 1}
    assert office.tick(a_day_later + EVERY) == {}


def refuse_dark(facts, language, theme):
    if theme == "dark":
        raise ZeroDivisionError
    return b"png"


def test_the_pace_is_25_a_second_over_all_shards(office):
    for user_id in range(1, 61):
        office.person(user_id)
    started_s = office.clock()

    office.tick()

    assert len(office.telegram.at_s) == 60
    assert office.clock() - started_s == pytest.approx(59 / 25)


def test_a_reminder_comes_a_second_after_a_report_into_the_same_chat(office):
    office.person(1, days=9, until=SUNDAY - timedelta(days=1))
    perform(office.root, ChangeSettings(user_id=1, reminder_hour=18), office.now_utc + timedelta(days=5, hours=12))

    counts = office.tick()

    assert counts == {"sent": 1, "reminders": 1}
    assert office.telegram.at_s[1] - office.telegram.at_s[0] >= 1.0


def test_a_reminder_to_somebody_who_blocked_the_bot_is_the_last(office):
    office.person(1, days=0)
    perform(office.root, ChangeSettings(user_id=1, reports=False, reminder_hour=18), office.now_utc)
    office.telegram.failing[1].append(BLOCKED)
    monday = datetime(2026, 11, 16, 18, tzinfo=UTC)

    assert office.tick(monday) == {"reminders_lost": 1}
    assert office.tick(monday + timedelta(days=1)) == {}


def test_a_reminder_that_fails_is_dropped(office):
    office.person(1, days=0)
    perform(office.root, ChangeSettings(user_id=1, reports=False, reminder_hour=18), office.now_utc)
    office.telegram.failing[1].append(SILENT)
    monday = datetime(2026, 11, 16, 18, tzinfo=UTC)

    assert [office.tick(monday), office.tick(monday + EVERY)] == [{"reminders_lost": 1}, {}]
    assert office.tick(monday + timedelta(days=1)) == {"reminders": 1}


@pytest.mark.parametrize("kind", [FinishReport, SetReachable])
def test_a_store_that_fails_over_one_person_costs_no_other_their_reminder(office, kind):
    blocked, reported, reminded = (office.person(user_id, days=0) for user_id in neighbours(3))
    for user_id in (blocked, reminded):
        perform(
            office.root, ChangeSettings(user_id=user_id, reports=False, reminder_hour=18), SUNDAY - timedelta(hours=6)
        )
    office.telegram.failing[blocked].append(BLOCKED)
    office.before = broken(kind)

    office.tick(SUNDAY)

    assert office.telegram.to(reported) == office.telegram.to(reminded) == ["sendMessage"]


def test_the_hour_of_a_clock_change_brings_one_report(office):
    office.now_utc = datetime(2026, 3, 23, 12, tzinfo=UTC)
    sunday = datetime(2026, 3, 29, 12, tzinfo=UTC)  # Berlin: 02:00 becomes 03:00
    office.person(1, until=sunday)
    perform(office.root, ChangeSettings(user_id=1, time_zone="Europe/Berlin", report_hour=2), office.now_utc)
    night = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)

    counts = [office.tick(night + n * EVERY) for n in range(8)]

    assert [count for count in counts if count] == [{"sent": 1}]


def test_iso_week_53_has_its_report_and_the_week_after_it_too(office):
    office.now_utc = datetime(2026, 12, 28, 12, tzinfo=UTC)
    last = datetime(2027, 1, 3, 18, tzinfo=UTC)  # the Sunday of 2026-W53
    office.person(1, days=10, until=last + timedelta(days=7))

    assert [office.tick(last), office.tick(last + timedelta(days=7))] == [{"skipped": 1}, {"sent": 1}]


def test_every_run_visits_every_shard_and_starts_elsewhere():
    starts = [shards_from(later(runs))[0] for runs in range(SHARDS)]

    assert sorted(shards_from(SUNDAY)) == list(range(SHARDS))
    assert sorted(starts) == list(range(SHARDS))


def test_settings_are_not_read_for_an_ordinary_report(office):
    office.person(1)
    office.before = broken(ReadSettings)

    assert office.tick() == {"sent": 1}
