"""The simulation behind the notice, with few people: only what holds for any number of them."""

import runpy
import sys
from unittest.mock import patch

import pytest

from burnout.strain import beginning
from burnout.strain.index import notice_due
from research import factor_simulation, inventory_sample, notice_simulation
from research.notice_simulation import (
    RISING,
    STEADY,
    STEP,
    Scenario,
    as_before,
    as_now,
    first_notice,
    notices,
    people_of,
    rising_weeks,
)
from research.synthetic_people import HABITS, ZONE

pytestmark = pytest.mark.long
PEOPLE = 120
TAPS, ENERGY = HABITS["taps"], HABITS["taps, energy 0.7"]


def share(scenario, habits=TAPS, is_due=as_now):
    days = notices(scenario, habits, is_due, PEOPLE, 7)
    return sum(day is not None for day in days) / len(days)


def test_a_lower_limit_finds_more_and_has_more_false_alarms():
    scenarios = [STEADY[1], RISING["+.25, d 28"]]
    shares = []
    for sigmas in (2.0, 3.5):
        with patch.object(beginning, "SIGMAS", sigmas):
            shares.append([share(scenario) for scenario in scenarios])

    assert 0 < shares[1][0] < shares[0][0]
    assert shares[1][1] < shares[0][1]


def test_the_early_chart_finds_what_the_former_one_could_not():
    early = RISING["+.45, d 10"]

    assert share(early, is_due=as_before) < 0.3 < 0.6 < share(early)


def test_ratings_find_more_than_photos_alone():
    rise = RISING["+.45, d 28"]

    assert share(rise, HABITS["photos, none rated"]) < share(rise, HABITS["photos, half rated"]) < share(rise)


@pytest.mark.parametrize("scenario", STEADY, ids=lambda scenario: scenario.group)
def test_energy_makes_no_more_false_alarms(scenario):
    assert share(scenario, ENERGY) <= share(scenario) <= 0.20


def test_asking_the_chart_first_changes_no_notice():
    for person in people_of(Scenario("typical", 40, (0.4,), 12), ENERGY, 20, 3):
        assert first_notice(person, as_now, from_day=0) == first_notice(person, without_the_chart, from_day=0)


def without_the_chart(person, days):
    return notice_due(person, days[-1].day, ZONE)


def test_the_same_people_have_all_habits():
    many = [list(people_of(STEADY[0], habits, 5, 1)) for habits in HABITS.values()]

    for same in zip(*many, strict=True):
        assert len({tuple(each.observed_at_utc for each in person.check_ins) for person in same}) == 1


def test_a_step_is_said_in_more_weeks_than_an_even_course():
    even, step = (rising_weeks(each, TAPS, PEOPLE, 7).any(axis=2) for each in (Scenario("calm", 42), STEP))

    assert even.shape == (PEOPLE, 5)
    assert even.mean() < 0.2 < 0.5 < step[:, 0].mean()


def test_same_seed_prints_the_same_tables(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["research", "--times", "2", "--seed", "3"])
    monkeypatch.setattr(notice_simulation, "SHARES", (0.5,))
    monkeypatch.setattr(notice_simulation, "OBSERVED_DAYS", (0.3,))
    monkeypatch.setattr(notice_simulation, "LIMITS", (3.0,))
    for slow in (factor_simulation, inventory_sample):  # each has this test of its own
        monkeypatch.setattr(slow, "main", print)
    printed = []
    for _ in range(2):
        runpy.run_module("research", run_name="__main__")
        printed.append(capsys.readouterr().out)

    assert printed[0] == printed[1]
    assert "people 2, seed 3" in printed[0]
    assert printed[0].count("['--times', '2', '--seed', '3']") == 2
