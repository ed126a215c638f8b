"""What a person asks to see now comes once, however often the update comes."""

from datetime import timedelta

import pytest

from burnout.errors import StoreUnavailableError, TelegramRejectedError, TelegramUnavailableError, TransientError
from burnout.report_requests import ReportRequest
from burnout.store.privacy import ReadRows
from burnout.store.reports import CourseCheckIn, FinishReport, StartSending
from functions.report.messages import requested_message
from tests.unit.burnout.strain.courses import TODAY, course, told
from tests.unit.report.office import BLOCKED, DOWN, OUR_BUG, SILENT, SUNDAY, TOKEN_REFUSED, broken

SEEN = CourseCheckIn(observed_at_utc=SUNDAY, negative=0.9, rating=None)


@pytest.mark.parametrize(
    ("show", "picture"),
    [
        ("report", b"course of 8 in light"),
        ("course", b"course of 8 in light"),
        ("calendar", b"calendar of 8 in light"),
    ],
)
def test_each_kind_is_a_picture_with_words(office, show, picture):
    office.person(1)

    counts = office.request(1, show)

    assert counts == {"sent": 1}
    assert (office.telegram.to(1), office.telegram.pictures) == (["sendPhoto"], [picture])


@pytest.mark.long
@pytest.mark.parametrize(
    ("show", "asked", "days"),
    [("report", 0, 28), ("course", 0, 400), ("course", 30, 30), ("calendar", 0, 400), ("calendar", 7, 7)],
)
def test_all_draws_all_and_a_span_only_itself(office, show, asked, days):
    office.person(1, days=410)

    office.request(1, show, days=asked)

    assert office.telegram.pictures[0].split()[2] == str(days).encode()


def test_a_chart_of_a_span_without_a_day_is_a_sentence(office):
    office.person(1, until=SUNDAY - timedelta(days=20))

    assert office.request(1, "course", days=7) == {"skipped": 1}
    assert office.telegram.sent[0][2].startswith("There is no check-in in this time.")


@pytest.mark.parametrize("show", ["report", "course"])
def test_the_line_ends_at_the_number_that_is_named_and_rests_on_the_days_before_the_picture(office, show):
    shown = []
    office.draw = lambda facts, language, theme: shown.append(facts) or b""
    office.person(1, days=60, until=SUNDAY - timedelta(days=1), answered=False)

    office.request(1, show, days=30 if show == "course" else 0)

    [facts] = shown
    assert (facts.last_day, facts.line[-1]) == (SUNDAY.date(), (SUNDAY.date(), pytest.approx(66.06, abs=0.01)))
    assert facts.band == "high"
    assert [day for day, _ in facts.line[:-1]] == list(facts.days)  # from the first on, though an index needs five
    assert list(facts.days.values()) == pytest.approx([73.0] * len(facts.days))


def test_a_check_in_of_a_clock_that_has_tomorrow_already_is_drawn(office):
    shown = []
    office.draw = lambda facts, language, theme: shown.append(facts) or b""
    now_utc = SUNDAY.replace(hour=23, minute=59)
    ahead = CourseCheckIn(observed_at_utc=now_utc + timedelta(minutes=3), negative=None, rating=2)

    requested_message(ReportRequest(user_id=1, update_id=1, show="course"), course([ahead]), now_utc, office.deps)

    assert [facts.first_day == facts.last_day == max(facts.days) for facts in shown] == [True]


def test_a_check_in_of_a_clock_ahead_of_ours_is_read(office):
    office.person(1, days=1)  # at noon

    assert office.request(1, "course", at_utc=SUNDAY.replace(hour=11, minute=57)) == {"sent": 1}


def test_a_report_on_demand_needs_enough_data_and_a_chart_does_not(office):
    office.person(1, days=2)

    office.request(1, "report", update_id=1)
    office.request(1, "course", update_id=2)

    assert office.telegram.to(1) == ["sendMessage", "sendPhoto"]


@pytest.mark.parametrize("show", ["report", "why", "course", "calendar"])
def test_without_any_day_there_is_a_sentence(office, show):
    office.person(1, days=0)

    assert office.request(1, show) == {"skipped": 1}
    assert office.telegram.to(1) == ["sendMessage"]


@pytest.mark.parametrize(("show", "check_ins"), [("course", []), ("report", [SEEN])])
def test_nothing_or_too_little_to_show_comes_with_the_buttons_of_a_mood(office, show, check_ins):
    request = ReportRequest(user_id=1, update_id=1, show=show)

    call = requested_message(request, course(check_ins), SUNDAY, office.deps).call

    row, *others = call.params["reply_markup"]["inline_keyboard"]
    assert ([button["text"] for button in row], others) == (["1", "2", "3", "4", "5"], [])


@pytest.mark.parametrize("show", ["course", "calendar"])
def test_no_chart_tells_what_an_answer_still_hides(office, show):
    waiting = CourseCheckIn(observed_at_utc=SUNDAY, negative=0.9, rating=None, waits=True)

    message = requested_message(ReportRequest(user_id=1, update_id=1, show=show), course([waiting]), SUNDAY, office)

    assert (message.state, message.call.method) == ("skipped", "sendMessage")


def test_a_day_of_which_only_the_energy_is_known_is_drawn(office):
    known = course([], days=[told((TODAY - SUNDAY.date()).days, 2)])

    message = requested_message(ReportRequest(user_id=1, update_id=1, show="course"), known, SUNDAY, office.deps)

    assert message.photo == b"course of 1 in light"


@pytest.mark.parametrize("show", ["report", "export"])
def test_the_same_update_twice_is_one_answer_and_another_one_is_another(office, show):
    office.person(1)

    counts = [office.request(1, show, update_id=update_id) for update_id in (5, 5, 6)]

    assert counts == [{"sent": 1}, {"not_granted": 1}, {"sent": 1}]


def test_a_request_leaves_the_weekly_report_where_it_is(office):
    office.person(1)
    office.request(1, "report", at_utc=SUNDAY - timedelta(hours=1))

    assert office.tick() == {"sent": 1}


def test_somebody_unknown_gets_nothing(office):
    assert office.request(1, "report") == {"gone": 1}
    assert office.telegram.tried == 0


def test_who_asks_waits_as_long_as_telegram_says_and_their_weekly_report_does_not(office):
    office.person(1)
    office.telegram.failing[1].append(TelegramUnavailableError("sendPhoto: 429", retry_after_s=60))
    started_s = office.clock()

    assert office.request(1, "report") == {"sent": 1}
    assert office.clock() - started_s >= 60
    assert office.tick() == {"sent": 1}


@pytest.mark.parametrize(("errors", "raised"), [([DOWN] * 3, TransientError), ([TOKEN_REFUSED], TelegramRejectedError)])
def test_what_was_certainly_not_sent_raises_so_that_lambda_repeats_it(office, errors, raised):
    office.person(1)
    office.telegram.failing[1].extend(errors)

    with pytest.raises(raised):
        office.request(1, "report")

    assert office.request(1, "report") == {"sent": 1}


@pytest.mark.parametrize("show", ["report", "export"])
@pytest.mark.parametrize(("error", "ending"), [(SILENT, "unanswered"), (BLOCKED, "unreachable"), (OUR_BUG, "failed")])
def test_what_was_perhaps_delivered_or_refused_for_good_is_not_repeated(office, show, error, ending):
    office.person(1)
    office.telegram.failing[1].append(error)

    assert [office.request(1, show), office.request(1, show)] == [{ending: 1}, {"not_granted": 1}]


@pytest.mark.parametrize(
    ("show", "kind", "messages"),
    [("report", StartSending, 0), ("report", FinishReport, 1),
     ("export", ReadRows, 0), ("export", StartSending, 0), ("export", FinishReport, 1)],
)  # fmt: skip
def test_a_failing_store_raises_and_the_repetition_sends_no_second_message(office, show, kind, messages):
    office.person(1)
    office.before = broken(kind)
    with pytest.raises((TransientError, StoreUnavailableError)):
        office.request(1, show)
    assert len(office.telegram.sent) == messages
    office.before = lambda _: None

    office.request(1, show)

    assert len(office.telegram.sent) == 1
