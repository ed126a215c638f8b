"""A scheduled run, whatever Telegram answers and however little time is left."""

from datetime import timedelta

import pytest

from burnout.errors import TelegramRejectedError, TelegramUnavailableError
from burnout.store.reports import Postpone
from burnout.telegram.calls import BotCall
from burnout.values import SHARDS
from functions.report import run
from functions.report.sender import GIVE_UP_AT, SEVERAL
from functions.report.shards import EVERY, shards_from
from tests.unit.report.office import BLOCKED, DOWN, OUR_BUG, SILENT, SUNDAY, TOKEN_REFUSED, later, neighbours


def test_a_person_who_blocked_the_bot_hears_no_more_of_it(office):
    office.person(1)
    office.person(2)
    office.telegram.failing[1].append(BLOCKED)

    counts = office.tick()

    assert counts == {"unreachable": 1, "sent": 1}
    assert office.tick(SUNDAY + timedelta(days=7)) == {"sent": 1}
    assert office.telegram.to(1) == []


@pytest.mark.parametrize(
    ("errors", "endings", "arrived"),
    [
        ([OUR_BUG], [{"failed": 1}, {}, {}], []),
        ([DOWN] * 3, [{"released": 1}, {"sent": 1}, {}], ["sendPhoto"]),
        ([SILENT], [{"unanswered": 1}, {"noted": 1}, {}], ["sendMessage"]),
        ([SILENT, *[DOWN] * 3], [{"unanswered": 1}, {"released": 1}, {}, {"noted": 1}], ["sendMessage"]),
        ([SILENT, BLOCKED], [{"unanswered": 1}, {"unreachable": 1}, {}], []),
    ],
)
def test_what_becomes_of_a_report_and_its_note_in_the_next_runs(office, errors, endings, arrived):
    office.person(1)
    office.telegram.failing[1].extend(errors)

    assert [office.tick(later(runs)) for runs in range(len(endings))] == endings
    assert office.telegram.to(1) == arrived


def test_a_server_error_is_tried_again_twice_with_pauses(office):
    office.person(1)
    office.telegram.failing[1].extend([DOWN, DOWN])

    assert office.tick() == {"sent": 1}
    assert office.telegram.tried == 3
    assert {0.5, 2.0} <= set(office.clock.slept_s)


def too_many(seconds):
    return TelegramUnavailableError("sendPhoto: 429", retry_after_s=seconds)


def test_too_many_requests_of_several_chats_in_a_row_make_everybody_wait_that_long(office):
    for user_id in neighbours(5):
        office.person(user_id)
    office.telegram.failing[None].extend([too_many(17)] * SEVERAL)
    started_s = office.clock()

    assert office.tick() == {"released": SEVERAL - 1, "sent": 5 - SEVERAL + 1}
    assert all(at_s >= started_s + 17 for at_s in office.telegram.at_s)
    assert office.tick(later()) == {"sent": SEVERAL - 1}


def test_what_telegram_asks_for_a_chat_is_kept_to_by_later_runs(office):
    office.person(1)
    office.telegram.failing[1].append(too_many(3600))

    assert [office.tick(later(runs)) for runs in range(5)] == [{"released": 1}, {}, {}, {}, {"sent": 1}]


@pytest.mark.parametrize(
    ("errors", "tried"),
    [
        ([too_many(900)] * 1000, SEVERAL),  # a wait that does not fit into the run
        ([DOWN] * 1000, SEVERAL * 3 + GIVE_UP_AT - SEVERAL),  # three tries each, then one chat action each
    ],
)
def test_telegram_down_ends_the_run_early_and_everything_is_due_again(office, errors, tried):
    people = [office.person(user_id) for user_id in neighbours(30)]
    office.telegram.failing[None].extend(errors)
    asked = []
    office.after = asked.append

    office.tick()

    assert (office.telegram.tried, office.telegram.sent) == (tried, [])
    assert sum(isinstance(operation, Postpone) for operation in asked) == SEVERAL - 1  # a ban is nobody's own fault
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


def test_little_time_left_begins_nothing(office, monkeypatch):
    monkeypatch.setattr(run, "shards_from", shards_from)  # all of them
    office.person(1)

    counts = office.tick(remaining_s=29)

    assert counts == {"shards_left": SHARDS, "sweeps_left": 3}
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
            met.append(office.run_metrics(later()))

    office.before = next_tick_comes

    late = office.run_metrics(late=timedelta(minutes=10))

    assert [run_metrics.outcome for run_metrics in met] == ["busy"]
    assert late.counts == {"sent": 1}
