"""infer's check of itself: a drawn face that every model must answer."""

from types import SimpleNamespace

import numpy as np
import pytest

from functions.infer.classifier import Classifier, load_classifiers
from functions.infer.self_check import SelfCheckError, check


def test_drawing_is_a_face_and_every_model_answers_it(finder, model_folder):
    assert check(finder, load_classifiers(model_folder)) == {"ok": {}}


def test_finder_that_sees_nothing_fails_the_check(model_folder):
    blind = SimpleNamespace(find=lambda _: [])

    with pytest.raises(SelfCheckError, match="0 faces"):
        check(blind, load_classifiers(model_folder))


def test_model_that_gives_no_numbers_fails_the_check(finder, model_folder):
    contract = load_classifiers(model_folder)["toy"].contract
    nothing = SimpleNamespace(run=lambda *_: [np.full((1, 7), np.nan)])

    with pytest.raises(SelfCheckError, match="toy: no probabilities"):
        check(finder, {"toy": Classifier(contract, nothing)})
