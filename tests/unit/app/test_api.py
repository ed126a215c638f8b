"""What the page is answered: one person's own data, and a word for everything that it cannot have."""

from datetime import timedelta

import msgspec
import pytest

from burnout.errors import FunctionUnavailableError, StoreUnavailableError
from burnout.store.days import Day, ReadDay
from burnout.store.people import EnterApp, ReadSettings, SetLanguage, Settings
from burnout.store.privacy import Erase
from burnout.values import NOTICE_VERSION
from functions.app.api import BODY_LIMIT_BYTES, OPERATIONS
from tests.unit.app.conftest import ONE, OTHER, STRANGER

TODAY, YESTERDAY, LONG_AGO = "2026-03-11", "2026-03-10", "2025-01-01"
# One good body for each operation.
BODIES = {
    "open": {},
    "course": {"days": 30},
    "month": {"days": 30},
    "day": {"day": YESTERDAY},
    "tell": {"day": YESTERDAY, "fact": "rating", "value": 2},
    "settings": {"theme": "dark"},
    "export": {},
}
# Of store and report, one after another, by the longest request of each.
CALLS = dict.fromkeys(BODIES, 2) | {"day": 3, "settings": 3}
CLOSED, BAD = (401, {"error": "closed"}), (400, {"error": "bad"})
every_op = pytest.mark.parametrize("op", OPERATIONS)


def rows(page, user_id):
    """Everything that the store has of a day and of the settings of somebody."""
    return (
        page.store(ReadDay(user_id=user_id, day=YESTERDAY)),
        page.store(ReadDay(user_id=user_id)),
        page.store(ReadSettings(user_id=user_id)),
    )


# ---------------------------------------------------------------- who


@every_op
def test_nobody_who_never_agreed_or_only_to_an_older_notice_is_told_anything(page, op):
    assert page(op, user_id=STRANGER, **BODIES[op]) == CLOSED
    page.agree(STRANGER, NOTICE_VERSION - 1)
    assert page(op, user_id=STRANGER, **BODIES[op]) == CLOSED
    assert page("nonsense", user_id=STRANGER) == CLOSED


@every_op
def test_a_page_from_before_an_erasure_opens_nothing_also_after_a_new_agreement(page, op):
    opened = page.now_utc
    page.now_utc += timedelta(minutes=1)
    assert page(op, signed_at_utc=opened, **BODIES[op])[0] == 200
    page.erase()
    assert page(op, signed_at_utc=opened, **BODIES[op]) == CLOSED
    page.agree(ONE)
    before = rows(page, ONE)

    assert page(op, signed_at_utc=opened, **BODIES[op]) == CLOSED
    assert rows(page, ONE) == before
    assert page(op, signed_at_utc=page.now_utc, **BODIES[op])[0] == 200


@every_op
def test_nobody_reads_or_changes_anothers_rows(page, op):
    told = page(op, **BODIES[op])
    page.rate(1, timedelta(days=1), OTHER)
    page.rate(1, timedelta(hours=1), OTHER)
    before = rows(page, OTHER)

    assert page(op, **BODIES[op]) == told
    for name in ("user_id", "update_id", "op", "page_at_utc"):
        assert page(op, raw=msgspec.json.encode({**BODIES[op], name: OTHER})) == BAD
    assert rows(page, OTHER) == before
    assert {request.user_id for request in page.ordered} <= {ONE}


# ---------------------------------------------------------------- what is read


def test_opening_tells_today_the_first_day_and_the_settings(page):
    assert page("open")[1]["first_day"] is None
    page.rate(4, timedelta(days=20))
    page.store(SetLanguage(user_id=ONE, language="ru"))

    status, told = page("open")

    settings = told.pop("settings")
    assert (status, told) == (200, {"today": TODAY, "first_day": "2026-02-19"})
    assert msgspec.convert(settings, Settings) == page.store(ReadSettings(user_id=ONE))


def test_the_month_is_the_history_of_the_chat(page):
    page.rate(2, timedelta(days=1))

    status, told = page("month", days=7)

    assert (status, told["today"]) == (200, TODAY)
    assert [(day["day"], day["rating_sum"]) for day in told["days"]] == [(YESTERDAY, 2)]


# ---------------------------------------------------------------- what is written


@pytest.mark.parametrize(
    ("fact", "value"), [("rating", 5), ("energy", 1), ("sleep", 3), ("overload", 1), ("overload", 0)]
)
def test_a_past_day_is_told_and_answered_as_it_stands(page, fact, value):
    status, told = page("tell", day=YESTERDAY, fact=fact, value=value)

    day = page.store(ReadDay(user_id=ONE, day=YESTERDAY))
    assert (status, msgspec.convert(told, Day)) == (200, day)
    assert (value == 0 and day.factors == ()) or value in (getattr(day, fact, None), len(day.factors))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"day": "2026-03-12"}, "future_day"),
        ({"day": "9999-12-31"}, "future_day"),
        ({"day": "2026-03-03"}, "too_late"),
        ({"day": LONG_AGO}, "too_late"),
        ({"day": "0001-01-01"}, "too_late"),
        ({"day": "2026-02-30"}, "bad"),
        ({"day": "0000-01-01"}, "bad"),
        ({"day": "yesterday"}, "bad"),
        ({"day": TODAY, "fact": "rating", "value": 3}, "bad"),
        ({"fact": "sleep", "value": 4}, "bad"),
        ({"fact": "overload", "value": 2}, "bad"),
        ({"value": 6}, "bad"),
        ({"value": -1}, "bad"),
        ({"value": 2.5}, "bad"),
        ({"fact": "weather"}, "bad"),
    ],
)
def test_what_cannot_be_told_of_a_day_is_said_and_not_kept(page, body, code):
    before = rows(page, ONE)

    assert page("tell", **{"day": YESTERDAY, "fact": "energy", "value": 3, **body}) == (400, {"error": code})
    assert rows(page, ONE) == before


def test_the_seventh_day_back_can_still_be_told_and_today_has_energy(page):
    for day in ("2026-03-04", TODAY):
        assert page("tell", day=day, fact="energy", value=3)[1]["energy"] == 3


@pytest.mark.parametrize(("day", "code"), [("2026-03-12", "future_day"), (LONG_AGO, "too_late"), ("2026-02-30", "bad")])
def test_a_day_that_cannot_be_there_is_not_read(page, day, code):
    assert page("day", day=day) == (400, {"error": code})


def test_settings_change_one_by_one_and_are_answered_as_they_stand(page):
    for body in ({"language": "ru"}, {"theme": "dark", "reminder_hour": 9}, {},
                 {"language": "en", "hidden_factors": ["rest", "overload", "rest"]}):  # fmt: skip
        status, told = page("settings", **body)
        assert (status, msgspec.convert(told, Settings)) == (200, page.store(ReadSettings(user_id=ONE)))
        assert all(told[name] in (value, ["overload", "rest"]) for name, value in body.items())


@pytest.mark.parametrize(
    "body",
    [
        {"theme": "pink"},
        {"language": "de"},
        {"time_zone": "Moon/Base"},
        {"report_hour": 24},
        {"quiet_from": None},
        {"donating": True},
        {"hidden_factors": ["weather"]},
        {"language": "ru", "theme": "pink"},
    ],
)
def test_a_setting_that_nobody_can_choose_changes_nothing(page, body):
    before = rows(page, ONE)

    assert page("settings", **body) == BAD
    assert rows(page, ONE) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reminder_hour": 9}, 400),
        ({"report_weekday": 0}, 400),
        ({"reports": True}, 400),
        ({"reports": False, "reminder_hour": None, "alerts": True}, 200),
        ({"reminder_hour": 10, "time_zone": "Asia/Tokyo"}, 200),
    ],
)
def test_nothing_is_scheduled_by_a_clock_that_is_only_guessed(page, body, status):
    page.agree(STRANGER)

    answered, told = page("settings", user_id=STRANGER, **body)

    assert answered == status
    assert status == 200 or told == {"error": "no_zone"}


@pytest.mark.parametrize(
    ("asked", "status", "hour"),
    [
        ({"reminder_hour": 20}, 200, 20),
        ({"reminder_hour": 22}, 400, 20),  # of the quiet hours, from 21 to 9
        ({"reminder_hour": 22, "quiet_from": 23}, 200, 22),
        ({"quiet_from": 19}, 200, None),
        ({"quiet_from": 21}, 200, 20),
        ({"theme": "dark"}, 200, 20),
    ],
)
def test_no_reminder_stands_that_quiet_hours_would_swallow(page, asked, status, hour):
    page("settings", reminder_hour=20)

    assert page("settings", **asked)[0] == status
    assert page("open")[1]["settings"]["reminder_hour"] == hour


def test_one_export_a_minute_is_ordered_however_often_it_is_asked_for(page):
    begun = page.now_utc
    for seconds in (0, 1, 59, 60):
        page.now_utc = begun + timedelta(seconds=seconds)
        assert page("export") == (200, {})
    assert {(each.user_id, each.show) for each in page.ordered} == {(ONE, "export")}
    first, *again, later = [each.update_id for each in page.ordered]
    assert first == again[0] == again[1] != later
    assert first > 2**31  # no update's


@pytest.mark.parametrize(("op", "calls"), CALLS.items())
def test_a_request_waits_for_so_many_calls(page, op, calls):
    """The function's time limit is made of them: tests/infra/test_limits.py."""
    asked, store = [], page.store
    page.store = lambda operation: asked.append(operation) or store(operation)

    assert page(op, **BODIES[op] | ({"language": "ru"} if op == "settings" else {}))[0] == 200
    assert len(asked) + len(page.ordered) == calls


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("op", ["nonsense", "", "open/", "OPEN"])
def test_an_operation_that_is_not_there_is_bad(page, op):
    assert page(op) == BAD


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff", b"[" * 4000, b"null", b'{"days": 0}', b'{"days": 401}', b" " * BODY_LIMIT_BYTES + b"{}"]
)
def test_a_body_that_is_not_what_is_asked_for_is_bad(page, raw):
    assert [page(op, raw=raw) for op in ("course", "month", "settings")] == [BAD] * 3


def test_what_may_pass_is_said_to_be_later(page):
    page.store.failures.append(StoreUnavailableError("down"))
    assert page("open") == (503, {"error": "later"})
    page.failures.append(FunctionUnavailableError("busy"))
    assert page("export") == (503, {"error": "later"})


@pytest.mark.parametrize("op", ["course", "day", "tell", "settings"])
def test_an_erasure_between_entering_and_asking_is_closed(page, op):
    store = page.store

    def then_erased(operation):
        told = store(operation)
        if isinstance(operation, EnterApp):
            store(Erase(user_id=ONE))
        return told

    page.store = then_erased

    assert page(op, **BODIES[op]) == CLOSED
    assert rows(page, ONE) == (None, None, None)
