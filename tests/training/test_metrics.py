"""Figures of merit, against values worked out by hand."""

import numpy as np
import pytest

from training.metrics import (
    area_under_curve,
    best_temperature,
    binary,
    calibration_error,
    confusion,
    cross_entropy,
    one_hot,
    seven_classes,
    softmax,
)


def test_seven_classes_counts_right_answers_by_class():
    score = seven_classes(np.array([3, 3, 0, 6]), np.array([3, 0, 0, 6]))

    assert score["n"] == 4
    assert score["accuracy"] == 0.75
    assert score["faces"] == {"angry": 2, "happy": 1, "neutral": 1}
    assert score["recall"] == {"angry": 0.5, "happy": 1.0, "neutral": 1.0}
    # F1: angry 2/3, happy 2/3, neutral 1, and 0 for the four that are neither there nor claimed.
    assert score["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 7)


def test_confusion_has_the_right_emotion_in_rows_and_the_said_one_in_columns():
    counts = confusion(np.array([3, 3, 0]), np.array([3, 0, 0]))

    assert counts.sum() == 3
    assert (counts[3, 3], counts[0, 3], counts[0, 0]) == (1, 1, 1)


def test_binary_decides_by_summed_probability_not_by_the_top_class():
    """Neutral leads with 0.4, but anger, fear and sadness together have 0.6."""
    probabilities = np.array([[0.2, 0, 0.2, 0, 0.2, 0, 0.4], [0, 0, 0, 0.9, 0.1, 0, 0], [0, 0, 0, 0.9, 0.1, 0, 0]])

    score = binary(probabilities, np.array([4, 3, 0]))

    assert (score["n"], score["micro"], score["macro"]) == (3, pytest.approx(2 / 3), pytest.approx((1 / 2 + 1) / 2))
    assert score["faces"] == {"negative": 2, "positive": 1}
    assert score["recall"] == {"negative": 0.5, "positive": 1.0}
    assert score["called_negative"] == {"angry": 0.0, "happy": 0.0, "sad": 1.0}
    assert score["auc"] == 0.75  # sad is above happy, angry is level with it


def test_binary_of_one_side_alone_has_no_area_under_the_curve():
    score = binary(np.eye(7)[[3, 6]], np.array([3, 6]))

    assert score["recall"] == {"positive": 1.0}
    assert score["auc"] is None


def test_area_under_curve_is_the_share_of_pairs_in_order():
    assert area_under_curve(np.array([0.9, 0.4, 0.2]), np.array([0.3, 0.1])) == pytest.approx(5 / 6)
    assert area_under_curve(np.array([0.5]), np.array([0.5])) == 0.5


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    probabilities = np.tile([0.8, 0.2, 0, 0, 0, 0, 0], (4, 1))

    assert calibration_error(probabilities, one_hot(np.array([0, 0, 0, 1]))) == pytest.approx(0.05)
    assert calibration_error(np.eye(7), one_hot(np.arange(7))) == 0.0


def test_calibration_error_against_votes_asks_how_many_people_agree():
    """Sure by 0.8; seven, nine, six and ten of ten people agree, eight on average."""
    probabilities = np.tile([0.8, 0.2, 0, 0, 0, 0, 0], (4, 1))
    agree = np.array([0.7, 0.9, 0.6, 1.0])
    votes = np.column_stack([agree, 1 - agree, np.zeros((4, 5))])

    assert calibration_error(probabilities, votes) == pytest.approx(0.0)
    assert calibration_error(probabilities, one_hot(np.zeros(4, dtype=np.int64))) == pytest.approx(0.2)


def test_softmax_rows_sum_to_one_even_for_huge_logits():
    assert softmax(np.array([[1e4, 0, 0, 0, 0, 0, 0.0]])).tolist() == [[1, 0, 0, 0, 0, 0, 0]]


def test_cross_entropy_weighs_each_class_by_its_share_of_the_target():
    logits = np.log([[0.5, 0.25, 0.05, 0.05, 0.05, 0.05, 0.05]])

    assert cross_entropy(logits, np.array([[0.5, 0.5, 0, 0, 0, 0, 0]]), 1.0) == pytest.approx(1.5 * np.log(2))


def test_best_temperature_finds_the_one_that_made_the_labels():
    """Labels drawn from softmax(logits / 2.5) are calibrated at 2.5."""
    dice = np.random.default_rng(7)
    logits = dice.normal(scale=4, size=(20_000, 7))
    labels = np.array([dice.choice(7, p=p) for p in softmax(logits / 2.5)])

    temperature = best_temperature(logits, one_hot(labels))

    assert temperature == pytest.approx(2.5, rel=0.05)
    assert cross_entropy(logits, one_hot(labels), temperature) <= cross_entropy(logits, one_hot(labels), 2.5)
