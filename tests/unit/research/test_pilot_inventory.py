"""The index beside the inventory: whether it goes with it over people, within people, or neither."""

import numpy as np
import pytest

from burnout.store.days import KeepMood
from burnout.store.inventories import KeepInventory
from functions.store.database import transaction
from functions.store.operations import run
from research import inventory_sample
from research.pilot import main
from research.pilot_inventory import Pair, agreement, pairs
from tests.unit.store.samples import DAY, HOUR, NOON, agree


def pilot(people, each, *, over, within, seed=1):
    """Scores and indices whose means and whose months correlate so much."""
    dice = np.random.default_rng(seed)

    def two(rho, spread):
        first, noise = dice.normal(0, spread, 2)
        return first, rho * first + np.sqrt(1 - rho**2) * noise

    means = [two(over, 15) for _ in range(people)]
    return [
        Pair(person, 40 + index + by[0], 40 + score + by[1])
        for person, (index, score) in enumerate(means)
        for by in (two(within, 10) for _ in range(each))
    ]


@pytest.mark.parametrize(
    ("over", "within", "said"),
    [(0.8, 0.0, ("met", "not met")), (0.0, 0.6, ("needs about", "met")), (-0.8, -0.6, ("not met", "not met"))],
)
def test_a_planted_correlation_is_found_over_people_and_within_them_apart(over, within, said):
    criteria = agreement(pilot(60, 6, over=over, within=within))

    assert [each.name.split()[-2] for each in criteria] == ["over", "within"]
    assert [each.verdict[: len(words)] for each, words in zip(criteria, said, strict=True)] == list(said)
    assert ("of 60 means of 60 people" in str(criteria[0]), "of 360 inventories of" in str(criteria[1])) == (True, True)


def test_who_answered_once_says_nothing_within_and_few_people_say_nothing_at_all():
    once, twice = pilot(30, 1, over=0.8, within=0), pilot(9, 2, over=0.8, within=0.8)

    assert "0 inventories of 0 people: no correlation yet" in str(agreement(once)[1])
    assert all("at least 1 more people" in each.verdict for each in agreement(twice))


def test_pairs_of_the_stores_own_rows_are_of_the_day_and_of_nobody_without_an_index(database_dir, capsys):
    """The first is well and then not, on days that end at their own midnight; the second has an inventory alone."""
    for user_id, ratings in ((501, (5, 1)), (502, ())):
        told = [(agree(user_id=user_id), NOON)]
        for month, rating in enumerate(ratings):
            days = [NOON + (28 * month - day) * DAY + HOUR for day in range(6)]
            told += [(KeepMood(user_id=user_id, observed_at_utc=at, rating=rating), at) for at in days]
            told += [(KeepInventory(user_id=user_id, answers="444444" if month else "000000"), NOON + 28 * month * DAY)]
        told += [] if ratings else [(KeepInventory(user_id=user_id, answers="222222"), NOON)]
        write = lambda connection, told=told: [run(connection, each, at) for each, at in told]  # noqa: E731
        transaction(database_dir, user_id, write)

    found = pairs(database_dir)

    assert [(pair.person, pair.score) for pair in found] == [(0, 0), (0, 100)]
    assert found[0].index == 0
    assert found[1].index > 60
    main(["--db", str(database_dir)])
    said = capsys.readouterr().out
    assert "index with the inventory, within people: needs about" in said
    assert "(Spearman" not in said, "one person says nothing of an interval"


def test_the_sample_narrows_with_people_and_the_same_seed_prints_the_same(monkeypatch, capsys):
    for name, value in (("EVERYBODY", 40), ("PEOPLE", (10, 30)), ("MONTHS", (2, 4)), ("ALIKE", (1.0,))):
        monkeypatch.setattr(inventory_sample, name, value)

    printed = []
    for _ in range(2):
        inventory_sample.main(["--times", "4"])
        printed.append(capsys.readouterr().out)

    assert printed[0] == printed[1]
    rows = [line.split() for line in printed[0].splitlines()[4:]]
    assert [row[:2] for row in rows] == [["10", "2"], ["10", "4"], ["30", "2"], ["30", "4"]]
    over, within = ([float(row[column]) for row in rows] for column in (2, 4))
    assert over[0] > over[2]
    assert within[0] > within[3]
