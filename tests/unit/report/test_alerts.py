"""Alerts: to people whose strain stays above their own first weeks, once in 14 days, and to nobody twice."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest

from burnout.errors import TransientError
from burnout.store.check_ins import Rate
from burnout.store.people import ChangeSettings, SetReachable
from burnout.store.reports import ClaimDue, DueAlert, ReadCourse, StartAlert, StartSending
from burnout.strain.index import RATING_STEPS
from functions.report.metrics import RunMetrics
from functions.report.notices import Notices
from functions.report.sender import Sender
from functions.store.operations import perform
from research.notice_simulation import ALARM_DAYS
from research.synthetic_people import FIRST_DAY, GROUPS, RATED, Habits, course, latent_loads
from tests.unit.report.office import AGREED, BLOCKED, DOWN, SILENT, SUNDAY, broken, every_kill, later, neighbours
from tests.unit.store.samples import agree, new_check_in, record

EVENING = timedelta(hours=5)  # after the check-in at noon, and before the quiet hours, in Moscow too
UTC_ZONE = ZoneInfo("Etc/UTC")
CALM, HARD = [2, 1] * 15, [4] * 5  # loads of days, in steps of a rating


def willing(office, user_id, language="en"):
    """Somebody who wants alerts and no weekly report."""
    wishes = ChangeSettings(user_id=user_id, alerts=True, reports=False)
    office.keep(user_id, [agree(user_id=user_id, chat_id=user_id, language=language), wishes], AGREED)
    return user_id


def check_in(office, user_id, day, steps, *, rated=True):
    """A photo and a rating at noon of that day, both saying the same load; or the photo alone."""
    at_utc, number = AGREED + timedelta(days=day), user_id * 1000 + day
    seen = new_check_in(steps / RATING_STEPS, observed_at_utc=at_utc)
    photo = record(number, user_id=user_id, message_id=number, check_in=seen)
    office.keep(user_id, [photo, Rate(user_id=user_id, message_id=number, rating=5 - steps)][: 1 + rated], at_utc)


def live(office, people, loads, first=0, *, rated=True):
    """What every evening's run counted, while these days pass for everybody."""
    counts = []
    for day, steps in enumerate(loads, first):
        for user_id in people:
            check_in(office, user_id, day, steps, rated=rated)
        counts.append(office.tick(AGREED + timedelta(days=day) + EVENING))
    return counts


@pytest.fixture
def overdue(office):
    """Offices where these people are due an alert this evening, and its moment."""

    def make(count=1, office=office, language="en"):
        people = [willing(office, user_id, language) for user_id in neighbours(count)]
        for day, steps in enumerate(CALM[:14] + HARD):
            for user_id in people:
                check_in(office, user_id, day, steps)
        return people, AGREED + timedelta(days=18) + EVENING

    return make


def test_a_clear_rise_brings_one_alert_in_14_days_and_another_while_it_lasts(office):
    willing(office, 1)

    calm = live(office, [1], CALM)
    rise = live(office, [1], [4] * 14, first=len(CALM))
    after = live(office, [1], [4] * 14, first=len(CALM) + 14)

    assert [sum(count["alerts"] for count in counts) for counts in (calm, rise, after)] == [0, 1, 1]
    told = [day for day, count in enumerate(calm + rise + after) if count["alerts"]]
    assert told[1] - told[0] >= 14
    assert office.telegram.to(1) == ["sendMessage"] * 2


@pytest.mark.parametrize(
    ("alerts", "loads", "told"),
    [(True, [1, 0] * 14, 0), (False, CALM[:14] + HARD, 0), (True, [0] * 14 + [1] * 14, 1)],
    ids=["an even course", "no wish", "calm, and worse by their own word"],
)
def test_an_even_course_or_no_wish_for_alerts_is_no_reason_to_write(office, alerts, loads, told):
    willing(office, 1)
    perform(office.root, ChangeSettings(user_id=1, alerts=alerts), AGREED)

    assert sum(live(office, [1], loads), Counter()).get("alerts", 0) == told


def test_photos_alone_that_are_calm_are_no_reason_to_write(office):
    willing(office, 1)

    assert sum(live(office, [1], [0] * 14 + [1] * 14, rated=False), Counter()) == {}


def test_the_notice_comes_from_the_eighth_day_on(office):
    willing(office, 1)

    counts = live(office, [1], [0, 1, 0, 4, 4, 4, 4, 4])

    assert [count["alerts"] for count in counts] == [0] * 7 + [1]


def test_who_has_just_switched_them_off_gets_none(office, overdue):
    (person,), evening = overdue()
    switched_off = ChangeSettings(user_id=person, alerts=False)
    office.before = lambda operation: (
        perform(office.root, switched_off, evening) if isinstance(operation, StartAlert) else None
    )

    assert office.tick(evening) == {}
    assert office.telegram.tried == 0


@pytest.mark.parametrize(("language", "words"), [("en", "no diagnosis"), ("ru", "не диагноз")])
def test_an_alert_is_a_reason_to_rest_in_the_persons_language(office, overdue, language, words):
    (person,), evening = overdue(language=language)

    assert office.tick(evening) == {"alerts": 1}
    ((chat, _, said),) = office.telegram.sent
    assert (chat, words in said) == (person, True)


@pytest.mark.parametrize(("show", "alerts"), [("report", 0), ("course", 1)])
def test_a_report_speaks_for_the_alert_of_its_day_which_comes_a_day_later(office, overdue, show, alerts):
    (person,), evening = overdue()
    office.request(person, show, at_utc=evening - timedelta(hours=1))

    assert office.tick(evening)["alerts"] == alerts
    assert office.tick(evening + timedelta(hours=23, minutes=45))["alerts"] == 0
    assert office.tick(evening + timedelta(days=1))["alerts"] == 1 - alerts


@pytest.mark.parametrize(("error", "alerts"), [(SILENT, 0), (DOWN, 1)])
def test_a_report_that_was_perhaps_sent_speaks_for_the_alert_and_one_that_failed_does_not(
    office, overdue, error, alerts
):
    (person,), evening = overdue()
    office.telegram.failing[person].extend([error] * 3)
    with suppress(TransientError):
        office.request(person, "report", at_utc=evening - timedelta(hours=1))
    office.telegram.failing.clear()

    assert office.tick(evening)["alerts"] == alerts


def test_a_report_that_was_made_before_an_alert_is_made_anew(office):
    person = office.person(1)
    office.keep(person, [ChangeSettings(user_id=person, alerts=True)])
    pseudonym = office.store(ReadCourse(user_id=person, since_utc=AGREED, before_utc=AGREED)).pseudonym
    granted = StartAlert(user_id=person, at_utc=SUNDAY, pseudonym=pseudonym)
    office.before = lambda each: isinstance(each, StartSending) and perform(office.root, granted, SUNDAY)

    assert [office.tick(), office.tick(later())] == [{"not_granted": 1}, {"sent": 1}]


@pytest.mark.parametrize(("errors", "unreachable"), [([DOWN] * 3, False), ([SILENT], False), ([BLOCKED], True)])
def test_an_alert_that_fails_is_lost_and_never_sent_later(office, overdue, errors, unreachable):
    (person,), evening = overdue()
    office.telegram.failing[person].extend(errors)
    seen = []
    office.after = seen.append

    assert office.tick(evening) == {"alerts_lost": 1}
    check_in(office, person, 19, 4)
    assert office.tick(evening + timedelta(days=1)) == {}
    assert office.telegram.tried == len(errors)
    assert (SetReachable(user_id=person, reachable=False) in seen) is unreachable


@pytest.mark.parametrize("kind", [ReadCourse, StartAlert, SetReachable])
def test_a_store_that_fails_over_one_person_costs_no_other_their_alert(office, overdue, kind):
    (first, second), evening = overdue(2)
    if kind is SetReachable:
        office.telegram.failing[first].append(BLOCKED)
    office.before = broken(kind, user_id=first)

    assert office.tick(evening) == {"alerts": 1, "alerts_lost": 1}
    assert office.telegram.to(second) == ["sendMessage"]


def test_a_course_that_our_code_cannot_read_costs_no_other_their_alert(office, overdue, monkeypatch):
    (first, second), evening = overdue(2)
    strange = ReadCourse(user_id=first, since_utc=AGREED, before_utc=AGREED)
    read = office.store

    def store(operation):
        if isinstance(operation, ReadCourse) and operation.user_id == first:
            return strange
        return read(operation)

    monkeypatch.setattr(office, "store", store)

    assert office.tick(evening) == {"alerts": 1, "crashed": 1}
    assert office.telegram.to(second) == ["sendMessage"]


def test_without_time_alerts_wait_for_the_next_run(office, overdue):
    (person,), evening = overdue()

    assert "alerts" not in office.tick(evening, remaining_s=29)
    assert office.tick(evening + timedelta(minutes=15)) == {"alerts": 1}
    assert office.telegram.to(person) == ["sendMessage"]


@pytest.mark.long
def test_a_run_killed_anywhere_sends_nobody_two(database_dir, overdue):
    lost, evening = 0, AGREED + timedelta(days=18) + EVENING
    for office, people, switch in every_kill(database_dir, lambda office: overdue(2, office)[0]):
        with switch.on(office):
            office.tick(evening)
        for runs in (1, 2, 3):
            office.tick(evening + timedelta(minutes=15 * runs))

        assert all(len(office.telegram.to(user_id)) <= 1 for user_id in people), switch.n
        lost += sum(not office.telegram.to(user_id) for user_id in people)
        taken = any(isinstance(operation, ClaimDue) for operation in switch.seen[: switch.n - 1])
        assert taken or len(office.telegram.sent) == 2, switch.n  # what no run has taken is still due

    assert switch.n > 2 * 3
    assert lost > 0  # taken is settled: after a kill, people who had not got it yet do not get it


class Person:
    """Somebody made up, whose true loads are known, in the store's terms: a course, and one alert in 14 days."""

    def __init__(self, latent, rng, *, rated=RATED):
        self.course, self.alerted = course(latent, rng, habits=Habits(rated=rated), answers=False), []

    def __call__(self, operation):
        if isinstance(operation, StartAlert):
            granted = not self.alerted or operation.at_utc - self.alerted[-1] >= timedelta(days=14)
            self.alerted += [operation.at_utc] if granted else []
            return granted
        seen = [each for each in self.course.check_ins if each.observed_at_utc < operation.before_utc]
        return msgspec.structs.replace(self.course, check_ins=tuple(seen))


def alerted(office, person):
    """The days, counted from the first, on which the person got an alert."""
    deps = replace(office.deps, store=person)
    run_metrics, sender = RunMetrics(), Sender(deps, 10**9)
    for day in sorted({each.observed_at_utc.date() for each in person.course.check_ins}):
        evening = datetime.combine(day, time(18), tzinfo=UTC_ZONE)
        Notices(evening, deps, sender, run_metrics).alert(DueAlert(user_id=1, chat_id=1))
    assert run_metrics.counts["alerts"] == len(person.alerted)
    return [(at.date() - FIRST_DAY).days for at in person.alerted]


@pytest.mark.long
def test_people_without_any_change_get_alerts_as_rarely_as_the_decision_says(office):
    rng = np.random.default_rng(5)
    people = 60
    alarmed = {
        group: sum(
            bool(alerted(office, Person(latent_loads(GROUPS[group], ALARM_DAYS, rng), rng))) for _ in range(people)
        )
        for group in ("calm", "typical")
    }

    # 0.17 of typical people in 12 weeks, which are 10 of 60, with two deviations to either side.
    assert 4 <= alarmed["typical"] <= 16, alarmed
    assert alarmed["calm"] <= 16, alarmed


@pytest.mark.long
def test_a_clear_rise_brings_everybody_exactly_one_alert_in_14_days(office):
    rng = np.random.default_rng(6)
    counts = []
    for _ in range(30):
        latent = np.concatenate([latent_loads(GROUPS["calm"], 28, rng), latent_loads(0.9, 28, rng)])
        days = alerted(office, Person(latent, rng, rated=1.0))
        assert all(later - earlier >= 14 for earlier, later in pairwise(days)), days
        counts.append(sum(28 <= day < 42 for day in days))

    assert counts == [1] * 30
