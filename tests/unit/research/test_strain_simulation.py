"""The simulation behind the thresholds, with few people: only what holds for any number of them."""

from contextlib import closing
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from burnout.store.reports import ReadCourse
from burnout.strain.index import strain_on
from functions.store.operations import run
from functions.webhook.assignment import asks_rating_first
from research.strain_simulation import indices
from research.synthetic_people import FIRST_DAY, ZONE, Habits, check_ins, course, latent_loads
from tests.unit.store.conftest import Shard
from tests.unit.store.samples import DAY, HOUR, NOON, agree, new_check_in, record

PEOPLE = 120


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("answers", [False, True])
def test_heavier_groups_have_higher_indices_and_bands(rng, answers):
    groups = indices(PEOPLE, rng, answers=answers)

    in_order = [groups[group] for group in ("calm", "typical", "strained", "burning")]
    for lighter, heavier in pairwise(in_order):
        assert lighter.median < heavier.median
        assert lighter.bands["calm"] > heavier.bands["calm"]
    assert in_order[0].bands["high"] <= in_order[1].bands["high"] < 0.03
    assert in_order[1].median < 40 < in_order[2].median < 55 < in_order[3].p90
    assert all(sum(group.bands.values()) == pytest.approx(1) for group in in_order)


def test_people_are_as_they_are_described(rng):
    latent = latent_loads(0.5, 20_000, rng)
    given = check_ins(latent, Habits(), rng)

    assert latent.mean() == pytest.approx(0.5, abs=0.01)
    assert latent.std() == pytest.approx(0.12, abs=0.01)
    assert np.corrcoef(latent[1:], latent[:-1])[0, 1] == pytest.approx(0.5, abs=0.03)
    assert len(given) == pytest.approx(12_000, rel=0.03)
    assert sum(check_in.rating is not None for check_in in given) == pytest.approx(6_000, rel=0.05)
    assert {check_in.negative for check_in in given} == {0.85, 1 - 0.85}
    assert course(latent[:28], rng, answers=False).weekly == ()


def test_energy_follows_the_load_as_far_as_it_is_said(rng):
    latent = np.clip(latent_loads(0.4, 4_000, rng), 0, 1)

    def correlation(habits):
        days = course(latent, rng, habits=habits).days
        ago = [(date.fromisoformat(day.day) - FIRST_DAY).days for day in days]
        return np.corrcoef([-day.energy for day in days], latent[ago])[0, 1]

    exact, loose = (correlation(Habits(energy_correlation=each)) for each in (1.0, 0.7))

    assert loose == pytest.approx(0.7 * exact, abs=0.05)
    assert course(latent, rng).days == ()


def test_who_corrects_and_who_only_taps_is_seen_so(rng):
    latent = latent_loads(0.5, 2_000, rng)

    corrected = check_ins(latent, Habits(corrected=1.0, correction=0.8), rng)
    tapped = check_ins(latent, Habits(rated=0.0, photographed=0.0), rng)

    assert np.mean([each.corrected for each in corrected]) == pytest.approx(0.15, abs=0.03)
    assert {each.negative for each in corrected if each.corrected} == {0.8, 1 - 0.8}
    assert {(each.negative, each.corrected, each.rating is None) for each in tapped} == {(None, False, False)}


def test_thirty_people_who_never_tap_have_enough_days_after_a_week():
    """A photo a day and nothing else: half of the answers stay hidden, and were once left out of the index."""
    last, enough, hidden = NOON + 6 * DAY, 0, 0
    with closing(Shard().connection) as connection:
        for person in range(1, 31):
            run(connection, agree(user_id=person), NOON)
            for day in range(7):
                first = asks_rating_first(person, 3 * day)
                photo = new_check_in(observed_at_utc=NOON + day * DAY, rating_first=first)
                number = 1000 * person + day
                run(connection, record(number, user_id=person, message_id=3 * day, check_in=photo), NOON + day * DAY)
                hidden += first
            known = run(connection, ReadCourse(user_id=person, since_utc=NOON, before_utc=last + HOUR), last)
            enough += strain_on(last.date(), known, ZONE).index is not None

    assert 0.35 < hidden / 210 < 0.65
    assert enough == 30
