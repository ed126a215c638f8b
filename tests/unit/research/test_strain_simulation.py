"""The simulation behind the thresholds, with few people: only what holds for any number of them."""

from itertools import pairwise

import numpy as np
import pytest

from research.strain_simulation import AlertSetting, alerts, indices, main
from research.synthetic_people import check_ins, course, latent_loads

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


def test_higher_limit_gives_fewer_false_alarms_and_finds_less():
    low, high = (alerts(AlertSetting(sigmas=sigmas), PEOPLE, np.random.default_rng(7)) for sigmas in (2.0, 3.0))

    assert 0 < high.false_alarms < low.false_alarms
    assert high.detected[0] < low.detected[0]
    assert high.detected[0] < high.detected[1]
    assert 1 <= high.delays_days[1] < 28


def test_ratings_find_more_than_photos_alone():
    photos, ratings = (
        alerts(AlertSetting(sigmas=3.0, rated=rated), PEOPLE, np.random.default_rng(7)) for rated in (0.0, 1.0)
    )

    assert photos.detected[0] < ratings.detected[0]


def test_people_are_as_they_are_described(rng):
    latent = latent_loads(0.5, 20_000, rng)
    given = check_ins(latent, 0.5, rng)

    assert latent.mean() == pytest.approx(0.5, abs=0.01)
    assert latent.std() == pytest.approx(0.12, abs=0.01)
    assert np.corrcoef(latent[1:], latent[:-1])[0, 1] == pytest.approx(0.5, abs=0.03)
    assert len(given) == pytest.approx(12_000, rel=0.03)
    assert sum(check_in.rating is not None for check_in in given) == pytest.approx(6_000, rel=0.05)
    assert {check_in.negative for check_in in given} == {0.85, 1 - 0.85}
    assert course(latent[:28], rng, answers=False).weekly == ()


def test_same_seed_prints_the_same_tables(capsys):
    main(["--people", "5", "--seed", "3"])
    first = capsys.readouterr().out
    main(["--people", "5", "--seed", "3"])

    assert capsys.readouterr().out == first
    assert "people 5, seed 3" in first
