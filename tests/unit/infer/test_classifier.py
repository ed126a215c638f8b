"""Models: a pair that does not match stops infer at start; what is served are calibrated probabilities."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from burnout.emotions import NEGATIVE, Emotion
from functions.infer.classifier import chosen, load_classifiers, scores
from functions.infer.contract import ContractMismatchError, read_contract, sha256_of
from functions.infer.preprocess import face_input

MODELS = Path(__file__).parents[3] / "functions/infer/models"


def write_model(folder, *, stem="tiny", classes=7, side=48, **changes):
    """A network whose logits are the face's mean times 0, 1, 2 …, and its contract, which `changes` break."""
    face = helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", 1, side, side])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", classes])
    weights = helper.make_tensor("weights", TensorProto.FLOAT, [1, classes], [float(i) for i in range(classes)])
    nodes = [
        helper.make_node("GlobalAveragePool", ["face"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
    ]
    graph = helper.make_graph(nodes, "tiny", [face], [logits], [weights])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), folder / f"{stem}.onnx"
    )
    contract = {
        "name": stem,
        "version": "1",
        "sha256": sha256_of(folder / f"{stem}.onnx"),
        "labels": [str(emotion) for emotion in Emotion],
        "input": {},
        "temperature": 2.0,
        "threshold": 0.5,
        "metrics": {},
        "training": {},
        "export": {},
    }
    (folder / f"{stem}.json").write_text(json.dumps(contract | changes))


def test_matching_pair_is_loaded_and_answers_with_calibrated_probabilities(tmp_path):
    write_model(tmp_path)
    white = face_input(np.full((48, 48), 255, np.uint8))  # input 2.0, so logits 0, 2, 4 … and halved by the temperature

    (answer,) = load_classifiers(tmp_path)["tiny"].classify(white[np.newaxis])

    expected = np.exp(np.arange(7)) / np.exp(np.arange(7)).sum()
    assert list(answer.emotions.values()) == pytest.approx(expected, abs=1e-6)
    assert answer.negative == pytest.approx(expected[[0, 1, 2, 4]].sum(), abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sha256": "0" * 64}, "sha256"),
        ({"name": "other"}, "other"),
        ({"labels": ["happy", "angry", "disgust", "fear", "sad", "surprise", "neutral"]}, "labels"),
        ({"labels": ["angry"]}, "labels"),
        ({"labels": ["joy"] * 7}, "joy"),
        ({"input": {"mean": 0.4}}, "mean"),
        ({"input": {"shape": [1, 64, 64]}}, "shape"),
        ({"input": {"name": "image"}}, "inputs"),
        ({"output": "probabilities"}, "outputs"),
        ({"temperature": 0.0}, "temperature"),
        ({"threshold": 1.0}, "threshold"),
        ({"temperature": "hot"}, "temperature"),
    ],
)
def test_contract_that_does_not_match_is_one_clear_error(tmp_path, changes, field):
    write_model(tmp_path, **changes)

    with pytest.raises(ContractMismatchError, match=field):
        load_classifiers(tmp_path)


@pytest.mark.parametrize("shape", [{"classes": 6}, {"side": 64}])
def test_network_of_another_shape_is_refused(tmp_path, shape):
    write_model(tmp_path, **shape)

    with pytest.raises(ContractMismatchError, match="shape"):
        load_classifiers(tmp_path)


@pytest.mark.parametrize("missing", ["tiny.onnx", "tiny.json"])
def test_half_a_pair_is_refused(tmp_path, missing):
    write_model(tmp_path)
    (tmp_path / missing).unlink()

    with pytest.raises(ContractMismatchError, match=missing):
        load_classifiers(tmp_path)


def test_no_models_and_no_model_are_refused(tmp_path):
    with pytest.raises(ContractMismatchError, match="no models"):
        load_classifiers(tmp_path)
    write_model(tmp_path)
    (tmp_path / "tiny.onnx").write_bytes(b"not a network")
    broken = json.loads((tmp_path / "tiny.json").read_text()) | {"sha256": sha256_of(tmp_path / "tiny.onnx")}
    (tmp_path / "tiny.json").write_text(json.dumps(broken))
    with pytest.raises(ContractMismatchError, match="not a model"):
        load_classifiers(tmp_path)


def test_unknown_model_is_an_operators_mistake(tmp_path):
    write_model(tmp_path)
    models = load_classifiers(tmp_path)

    assert set(chosen(models, ())) == {"tiny"}
    with pytest.raises(ValueError, match="no such model: baseline"):
        chosen(models, ("tiny", "baseline"))


@given(st.lists(st.floats(-1e6, 1e6), min_size=7, max_size=7))
def test_any_logits_give_probabilities(logits):
    contract = read_contract(MODELS / "mvp.json")

    answer = scores(np.array(logits), contract)

    assert sum(answer.emotions.values()) == pytest.approx(1.0)
    assert answer.negative == pytest.approx(min(1.0, sum(answer.emotions[emotion] for emotion in NEGATIVE)))
    assert (answer.label == "negative") == (answer.negative >= contract.threshold)


def test_shipped_model_fits_the_image_and_its_contract():
    models = load_classifiers(MODELS)

    assert "mvp" in models
    assert (MODELS / "mvp.onnx").stat().st_size < 12_000_000
    assert models["mvp"].contract.metrics
