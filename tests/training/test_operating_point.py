"""The operating point: on faces whose truth is known, and whatever the faces are."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.operating_point import OperatingPoint, PhotosError, Sample, choose, held_out, photo_sample, score

DICE = np.random.default_rng(1)
MASS = DICE.beta(0.5, 1.5, size=20_000)  # the mass of each face; a quarter is negative, as in FER+


def truth(mass_n, *, surer=1.0):
    """Sides drawn so that the log odds of being negative are `surer` times those of the mass."""
    odds = (mass_n / (1 - mass_n)) ** surer
    return DICE.random(len(mass_n)) < odds / (1 + odds)


def test_bounds_lie_where_the_risk_of_the_wrong_side_is_a_third_if_both_sides_were_equally_many():
    """Of the odds of a third and of two thirds, as a third of the faces is negative the mass lies lower."""
    negative_n = truth(MASS)
    rest = 1 - negative_n.mean()
    odds = negative_n.mean() / rest

    point = choose(Sample(MASS, negative_n))

    assert point.threshold == pytest.approx(odds / (1 + odds), abs=0.03)
    assert point.unsure_from == pytest.approx(odds / (2 + odds), abs=0.03)
    assert point.unsure_to == 0.5  # the rule alone would say 0.4


def test_every_source_counts_the_same_however_many_faces_it_has():
    few = Sample(np.array([0.55, 0.56, 0.57, 0.9]), np.array([False, False, False, True]))

    alone, together = choose(Sample(MASS, truth(MASS))), choose(Sample(MASS, truth(MASS)), few)

    assert alone.threshold < 0.4
    assert together.threshold > 0.5


@pytest.mark.parametrize("negative", [True, False])
def test_a_source_of_one_side_only_decides_nothing(negative):
    one_sided = Sample(MASS, np.full(len(MASS), negative))
    other = Sample(MASS, truth(MASS))

    assert choose(one_sided) == OperatingPoint()
    assert choose(one_sided, other) == choose(other)


def test_no_side_is_named_that_has_less_than_half_of_the_mass():
    """A network that calls most faces negative: a high threshold, and all from 0.5 up to it is unsure."""
    mass_n = MASS**0.25

    point = choose(Sample(mass_n, truth(MASS)))

    assert point.threshold > 0.5
    assert point.unsure_from <= 0.5
    assert point.unsure_to >= point.threshold


def test_score_counts_what_is_told_and_what_is_not():
    mass_n = np.array([0.1, 0.45, 0.55, 0.65, 0.3, 0.9])
    negative_n = np.array([False, False, True, False, True, True])

    found = score(mass_n, negative_n, OperatingPoint(threshold=0.5, unsure_from=0.4, unsure_to=0.6))

    assert found == {
        "n": 6,
        "micro": pytest.approx(4 / 6),
        "macro": pytest.approx(2 / 3),
        "unsure": pytest.approx(2 / 6),
        "right_unsure": 1.0,
        "right_named": 0.5,
        "told_negative": pytest.approx(1 / 3),
        "told_positive": pytest.approx(1 / 3),
    }


def test_bounds_are_half_open():
    at_bounds = np.array([0.4, 0.6])

    found = score(at_bounds, np.array([False, True]), OperatingPoint(0.5, 0.4, 0.6))

    assert found["unsure"] == 0.5
    assert found["told_positive"] == 0


def test_held_out_scores_are_of_the_other_half():
    """The second half of each pair says the opposite of the first, so that a choice is worth nothing on the others."""
    mass_n = np.repeat(MASS, 2)
    negative_n = np.repeat(truth(MASS), 2)
    negative_n[1::2] ^= True

    ((chosen_on_even, chosen_on_odd),) = held_out(Sample(mass_n, negative_n))

    assert chosen_on_even["n"] == chosen_on_odd["n"] == len(MASS)
    assert chosen_on_even["micro"] < 0.5


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_whatever_the_faces_are_the_point_is_one_that_serving_takes(faces):
    mass_n, negative_n = (np.array(column) for column in zip(*faces, strict=True))

    point = choose(Sample(mass_n.astype(float), negative_n.astype(bool)))

    assert 0 < point.unsure_from <= min(point.threshold, 0.5)
    assert max(point.threshold, 0.5) <= point.unsure_to < 1


def record(label="sad", *, model="ab", **changes):
    logits = {"logits": [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}
    said = {"label": label, "clear": True, "is_main": True, "view": "whole", "logits": logits, "model_sha256": model}
    return {**said, **changes}


def test_photos_count_if_they_are_clearly_labelled_and_their_main_face_is_seen_whole(tmp_path):
    others = [{"label": None}, {"clear": False}, {"is_main": False, "logits": {}}, {"view": "covered"}]
    records = [record(), record("happy"), *(record(**changes) for changes in others)]
    (tmp_path / "photos.json").write_text(json.dumps(records))

    sample = photo_sample(tmp_path / "photos.json", "ab", "logits", temperature=2.0)

    assert sample.negative_n.tolist() == [True, False]
    assert sample.mass_n == pytest.approx([(np.e + 3) / (np.e + 6)] * 2)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ([record(), record(model="cd")], "of another model"),
        ([], "of another model"),
        ([{"label": "sad"}], "not what training.photos --json writes"),
        ([record("merry")], "not what training.photos --json writes"),
        ([record(logits={"logits": [1.0]})], "not what training.photos --json writes"),
        ("{", "not what training.photos --json writes"),
    ],
)
def test_photos_of_another_model_or_kind_are_refused(tmp_path, written, said):
    path = tmp_path / "photos.json"
    path.write_text(written if isinstance(written, str) else json.dumps(written))

    with pytest.raises(PhotosError, match=f"photos.json: {said}"):
        photo_sample(path, "ab", "logits", temperature=1.0)
