"""A claimed report, or one asked for, is sent once and finished, whatever happens to run and person meanwhile."""

from datetime import datetime, timedelta

import pytest

from burnout.store.people import SetReachable
from burnout.store.privacy import Erase
from burnout.store.reports import Due, HoldRun, Postpone, ReleaseRun
from functions.store.rows import text
from tests.unit.store.samples import DAY, SECOND, agree, choose_clock
from tests.unit.store.steps import DUE, QUARTER, WEEK, claim, finish, keys, release, start

YES, NO = True, False


def test_the_right_to_send_is_given_once_to_the_run_that_claimed(person):
    person(claim())

    assert [person(start("b")), person(start("a")), person(start("a"))] == [NO, YES, NO]


def test_the_right_to_send_is_not_given_without_a_claim_or_after_it_went_to_another_run(person):
    assert person(start()) == NO

    person(claim("a"))
    person(claim("b", DUE + QUARTER))

    assert [person(start("a")), person(start("b"))] == [NO, YES]


@pytest.mark.parametrize(("reachable_at", "granted"), [(DUE - SECOND, YES), (DUE, NO)])
def test_what_was_asked_for_is_not_sent_to_who_blocks_the_bot_meanwhile(person, reachable_at, granted):
    """One who was thought out of reach and asks is not."""
    person(SetReachable(user_id=7, reachable=False), reachable_at)

    assert person(start(key="5")) == granted


@pytest.mark.parametrize("key", [WEEK, "5"])
def test_what_was_made_of_somebody_erased_is_not_sent_to_the_same_person_who_agreed_again(person, key):
    (pseudonym,) = person.rows("SELECT pseudonym FROM people")[0]
    person(Erase(user_id=7))
    person(agree(chat_id=70))
    person(choose_clock())
    person(claim())

    assert person(start(key=key, pseudonym=pseudonym)) == NO
    assert person(start(key=key)) == YES


POSTPONED = "SELECT send_after_utc, send_failures FROM people WHERE user_id = 7"


def test_who_is_postponed_is_due_later_each_time_until_a_report_ends(person):
    waits, now_utc = [], DUE
    for _ in range(8):
        person(Postpone(user_id=7), now_utc)
        (until, _), *_ = person.rows(POSTPONED)
        waits.append((datetime.fromisoformat(until) - now_utc) / timedelta(minutes=1))
        now_utc = datetime.fromisoformat(until)
        assert keys(person(claim(at_utc=now_utc - SECOND), now_utc - SECOND)) == []

    assert waits == [10, 20, 40, 80, 160, 320, 360, 360]
    assert keys(person(claim(at_utc=now_utc), now_utc)) == [(7, WEEK, False)]
    person(finish(at_utc=now_utc))
    assert person.rows(POSTPONED) == [(None, 0)]


@pytest.mark.parametrize(("since", "minutes"), [(DAY, 10), (DAY - SECOND, 40)])
def test_a_failure_is_none_of_a_row_a_day_after_the_last_wait(person, since, minutes):
    """Who gets no reports has none that ends."""
    for number in range(2):
        person(Postpone(user_id=7), DUE + number * timedelta(minutes=10))
    now_utc = DUE + timedelta(minutes=30) + since

    person(Postpone(user_id=7), now_utc)

    assert person.rows(POSTPONED) == [(text(now_utc + timedelta(minutes=minutes)), 1 if minutes == 10 else 3)]


@pytest.mark.parametrize(("asked_s", "minutes"), [(30, 10), (1800, 30), (10**9, 7 * 24 * 60)])
def test_what_telegram_asks_for_is_kept_to_within_a_week_and_once(person, asked_s, minutes):
    for _ in range(2):
        person(Postpone(user_id=7, wait_s=asked_s), DUE)

    assert person.rows(POSTPONED) == [(text(DUE + timedelta(minutes=minutes)), 1)]


def test_people_for_whom_telegram_failed_come_after_the_others(person):
    for user_id in (8, 9):
        person(agree(user_id=user_id))
        person(choose_clock(user_id=user_id))
    person(Postpone(user_id=7), DUE)

    later = DUE + QUARTER

    assert [key[0] for key in keys(person(claim(at_utc=later), later))] == [8, 9, 7]


@pytest.mark.parametrize("erased", [("people",), ("people", "reports")])
def test_a_person_erased_between_claim_and_send_gets_nothing_and_nothing_breaks(person, erased):
    person(claim())
    for table in erased:
        person.connection.execute(f"DELETE FROM {table}")

    assert person(start()) == NO
    person(finish(state="unreachable"))
    person(release())
    assert person(claim("b", DUE + DAY)) == Due(reports=(), reminders=(), alerts=(), more=False)
    assert person.rows("SELECT * FROM people") == []


def test_a_report_given_back_is_due_again_for_any_later_run_and_not_for_the_same(person):
    person(claim())
    person(start())

    person(release())

    assert person(start()) == NO
    assert keys(person(claim())) == []
    assert keys(person(claim("b", DUE + SECOND))) == [(7, WEEK, False)]
    assert person(start("b")) == YES


def test_a_report_taken_over_stays_unfinished_when_it_is_given_back(person):
    """The run before may have sent it; that this run sent nothing says nothing about that."""
    person(claim("a"))
    person(start("a"))
    person(claim("b", DUE + QUARTER))

    person(release("b"))

    assert keys(person(claim("c", DUE + QUARTER))) == [(7, WEEK, True)]


def test_of_a_report_taken_over_only_the_note_may_be_sent_once_and_that_is_its_end(person):
    person(claim("a"))
    person(start("a"))
    person(claim("b", DUE + QUARTER))

    assert [person(start("a")), person(start("b")), person(start("b"))] == [NO, YES, NO]
    assert person.rows("SELECT state FROM reports") == [("noted",)]
    assert person.next_report() == "2026-03-15T18:00:00Z"


def test_only_the_run_that_holds_a_report_gives_it_back_or_finishes_it(person):
    person(claim("a"))
    person(start("a"))
    person(claim("b", DUE + QUARTER))
    before = person.dump()

    person(release("a"))
    person(finish("a"))

    assert person.dump() == before


def test_a_finished_report_keeps_its_index_and_band_and_the_next_is_due_a_week_later(person):
    person(claim())
    person(start())

    person(finish(index=41.25, band="raised", at_utc=DUE + SECOND))

    assert person.rows("SELECT state, index_value, band, at_utc FROM reports") == [
        ("sent", 41.25, "raised", "2026-03-08T18:00:01Z")
    ]
    assert person.next_report() == "2026-03-15T18:00:00Z"
    assert keys(person(claim("b", DUE + DAY))) == []


@pytest.mark.parametrize("state", ["skipped", "failed"])
def test_a_report_may_be_finished_without_being_sent(person, state):
    person(claim())

    person(finish(state=state))

    assert person.rows("SELECT state, index_value FROM reports") == [(state, None)]
    assert person.next_report() == "2026-03-15T18:00:00Z"


def test_a_finished_report_is_never_finished_otherwise_or_given_back(person):
    person(claim())
    person(finish(index=10.0, band="calm"))
    before = person.dump()

    person(finish(state="failed", at_utc=DUE + DAY))
    person(release())
    person(start())

    assert person.dump() == before


def test_a_person_found_unreachable_hears_nothing_until_they_come_back(person):
    person(claim())
    person(finish(state="unreachable"))

    later = [keys(person(claim("b", DUE + weeks * 7 * DAY))) for weeks in (1, 2, 3)]
    person(SetReachable(user_id=7, reachable=True), DUE + 22 * DAY)
    back = keys(person(claim("b", DUE + 22 * DAY)))

    assert person.rows("SELECT reachable FROM people") == [(1,)]
    assert (later, back) == ([[], [], []], [])
    assert keys(person(claim("b", DUE + 28 * DAY))) == [(7, "2026-W14", False)]


def test_a_person_who_blocks_while_their_report_is_on_its_way_stays_without_a_next_one(person):
    person(claim())
    person(start())
    person(SetReachable(user_id=7, reachable=False))

    person(finish())

    assert person.next_report() is None


def test_reports_asked_for_are_forgotten_after_two_days_and_weekly_ones_and_others_are_not(person):
    person(agree(user_id=8))
    person(choose_clock(user_id=8))
    person(claim())
    person(finish())
    for key, user_id in (("4", 7), ("5", 7), ("6", 8)):
        person(start(key=key, user_id=user_id), DUE)
    person(finish(key="4", at_utc=DUE - 2 * DAY))

    person(finish(key="5", at_utc=DUE + SECOND))

    assert person.rows("SELECT user_id, key FROM reports ORDER BY 1, 2") == [
        *((7, WEEK), (7, "5"), (8, WEEK), (8, "6"))
    ]


def test_a_report_asked_for_is_started_once_an_update_until_its_run_gives_it_back(person):
    asked = [person(start(key="5")), person(start(key="5")), person(start("b", "5")), person(start(key="6"))]
    person(release("b", key="5"))
    held = person(start(key="5"))
    person(release(key="5"))

    assert (asked, held, person(start(key="5"))) == ([YES, NO, NO, YES], NO, YES)


def test_a_report_asked_for_leaves_the_weekly_one_alone_and_stays_as_it_ended(person):
    person(start(key="5"))

    person(finish(key="5", index=3.0, band="calm"))
    person(release(key="5"))

    assert person.rows("SELECT kind, key, state FROM reports") == [("requested", "5", "sent")]
    assert person.next_report() == "2026-03-08T18:00:00Z"


def test_the_lease_is_one_run_s_until_it_is_over_or_given_back(shard):
    def hold(run_id, at_utc=DUE):
        return shard(HoldRun(shard=0, run_id=run_id, at_utc=at_utc, until_utc=at_utc + QUARTER))

    almost = DUE + QUARTER - SECOND

    assert [hold("a"), hold("b", almost), hold("a", almost), hold("b", DUE + QUARTER)] == [YES, NO, YES, NO]
    assert [hold("b", almost + QUARTER), hold("a", almost + QUARTER)] == [YES, NO]
    shard(ReleaseRun(shard=0, run_id="a"))
    assert hold("a", almost + QUARTER) == NO
    shard(ReleaseRun(shard=0, run_id="b"))
    assert hold("a", almost + QUARTER) == YES
