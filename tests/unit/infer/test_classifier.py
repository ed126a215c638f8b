"""A pair that does not match is refused with a sentence that names the field; the numbers are probabilities."""

import math
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng as dice
from onnx import TensorProto

from burnout.emotions import Emotion
from functions.infer.classifier import chosen, load_classifiers, prediction_of, served_classifiers
from functions.infer.contract import ContractMismatchError, InputContract, ModelContract
from functions.infer.preprocess import face_input
from tests.unit.infer.conftest import LABELS, write_contract, write_onnx
from training.occlusions import COVERS, LOOKALIKES, drawn

MODELS = Path(__file__).parents[3] / "functions" / "infer" / "models"
LOGITS = st.lists(st.floats(-500, 500), min_size=7, max_size=7)


def contract(*, temperature=1.0, threshold=0.5, unsure=(0.4, 0.6)):
    return ModelContract(
        name="toy",
        version="1",
        sha256="",
        labels=tuple(Emotion),
        input=InputContract(),
        temperature=temperature,
        threshold=threshold,
        unsure=unsure,
        metrics={},
        training={},
        export={},
    )


def faces_with(*rows):
    """Inputs whose first seven pixels are these rows: the toy net hands them out as logits."""
    faces_nchw = np.zeros((len(rows), 1, 48, 48), np.float32)
    for face_hw, row in zip(faces_nchw[:, 0], rows, strict=True):
        face_hw[0, :7] = row
    return faces_nchw


def test_each_face_gets_softmax_of_logits_over_temperature(model_folder):
    toy = load_classifiers(model_folder)["toy"]

    (happy, _), (angry, _) = toy.classify(faces_with([0, 0, 0, 3, 0, 0, 0], [3, 0, 0, 0, 0, 0, 0]))

    likely, unlikely = (math.exp(z / 1.5) / (math.exp(2) + 6) for z in (3, 0))
    assert happy.emotions["happy"] == pytest.approx(likely)
    assert happy.emotions["sad"] == pytest.approx(unlikely)
    assert happy.negative == pytest.approx(4 * unlikely)
    assert happy.label == "positive"
    assert list(happy.emotions) == LABELS
    assert angry.negative == pytest.approx(likely + 3 * unlikely)
    assert angry.label == "negative"


def test_no_faces_have_no_scores(model_folder):
    assert load_classifiers(model_folder)["toy"].classify(np.zeros((0, 1, 48, 48), np.float32)) == []


@given(LOGITS, st.floats(0.05, 20))
def test_scores_are_probabilities(logits, temperature):
    result = prediction_of(np.array(logits), contract(temperature=temperature))

    assert sum(result.emotions.values()) == pytest.approx(1)
    assert all(0 <= probability <= 1 for probability in result.emotions.values())
    assert 0 <= result.negative <= 1
    assert result.negative == pytest.approx(sum(result.emotions[name] for name in ("angry", "disgust", "fear", "sad")))


@given(LOGITS, st.floats(0.01, 0.99))
def test_negative_is_at_the_threshold_and_above(logits, threshold):
    result = prediction_of(np.array(logits), contract(threshold=threshold))

    assert (result.label == "negative") == (result.negative >= threshold)


def test_exactly_the_threshold_is_negative():
    half = prediction_of(np.array([0.0, -1000, -1000, 0.0, -1000, -1000, -1000]), contract(threshold=0.5))

    assert half.negative == 0.5
    assert half.label == "negative"


@given(LOGITS, st.floats(0.05, 0.5), st.floats(0.5, 0.95))
def test_no_side_is_named_from_the_lower_bound_to_below_the_upper_one(logits, lower, upper):
    result = prediction_of(np.array(logits), contract(unsure=(lower, upper)))

    assert result.sure == (result.negative < lower or result.negative >= upper)
    assert result.label == ("negative" if result.negative >= 0.5 else "positive"), "the label is the threshold's"


def test_band_holds_its_lower_bound_and_not_its_upper_one():
    negative = prediction_of(np.zeros(7), contract()).negative

    assert not prediction_of(np.zeros(7), contract(unsure=(negative, 0.9))).sure
    assert prediction_of(np.zeros(7), contract(unsure=(0.3, negative))).sure


@given(LOGITS)
def test_named_side_has_at_least_half_of_the_probability(logits):
    result = prediction_of(np.array(logits), contract(threshold=0.45))

    side = result.negative if result.label == "negative" else 1 - result.negative
    assert side >= 0.5 or not result.sure


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        ({"name": "other"}, "name is other in the contract but toy here"),
        ({"sha256": "f" * 64}, "sha256 is ffff"),
        ({"labels": LABELS[::-1]}, "labels is"),
        ({"labels": LABELS[:6]}, "labels is"),
        ({"labels": [*LABELS[:6], "contempt"]}, r"toy\.json: Invalid enum value 'contempt'"),
        ({"input": {"mean": 0.485}}, r"input\.mean is 0\.485 in the contract but 0\.5 here"),
        ({"input": {"std": 1.0}}, r"input\.std is 1\.0 in the contract but 0\.25 here"),
        ({"input": {"shape": [1, 64, 64]}}, r"input\.shape is \(1, 64, 64\)"),
        ({"input": {"dtype": "uint8"}}, r"input\.dtype is uint8"),
        ({"input": {"layout": "NHWC"}}, r"input\.layout is NHWC"),
        ({"input": {"name": "picture"}}, r"inputs is \['picture'\] in the contract but \['face'\] here"),
        ({"output": "probabilities"}, r"outputs is \['probabilities'\]"),
        ({"temperature": 0}, "temperature is 0.0, must be above 0"),
        ({"temperature": "warm"}, r"toy\.json: Expected `float`, got `str`"),
        ({"threshold": 1}, "threshold is 1.0, must be between 0 and 1"),
        ({"threshold": 0}, "threshold is 0.0, must be between 0 and 1"),
        ({"unsure": [0.0, 0.6]}, "unsure is 0.0 to 0.6, must hold the threshold and 0.5"),
        ({"unsure": [0.4, 1.0]}, "unsure is 0.4 to 1.0"),
        ({"unsure": [0.6, 0.4]}, "unsure is 0.6 to 0.4"),
        ({"threshold": 0.3}, "unsure is 0.4 to 0.6"),
        ({"threshold": 0.45, "unsure": [0.4, 0.48]}, "unsure is 0.4 to 0.48"),
        ({"fer_output": "fer_logits"}, r"outputs is \['logits', 'fer_logits'\] in the contract but \['logits'\] here"),
        ({"covered_output": "covered"}, "covered_output and covered_from go together"),
        ({"covered_output": "covered", "covered_from": 0.5}, r"outputs is \['logits', 'covered'\] in the contract"),
        ({"version": None}, r"toy\.json: Expected `str`, got `null`"),
    ],
)
def test_contract_that_does_not_match_is_refused_by_name(model_folder, spoilt, sentence):
    write_contract(model_folder / "toy.json", model_folder / "toy.onnx", **spoilt)

    with pytest.raises(ContractMismatchError, match=sentence):
        load_classifiers(model_folder)


@pytest.mark.parametrize(
    ("net", "sentence"),
    [
        ({"inputs": ("pixels",)}, r"inputs is \['face'\] in the contract but \['pixels'\] here"),
        (
            {"outputs": ("logits", "fer_logits")},
            r"outputs is \['logits'\] in the contract but \['logits', 'fer_logits'\]",
        ),
        ({"outputs": ("scores",)}, r"outputs is \['logits'\] in the contract but \['scores'\] here"),
        ({"side": 64}, r"input\.shape is \[None, 1, 48, 48\] in the contract but \[None, 1, 64, 64\] here"),
        ({"classes": 8}, r"output shape is \[None, 7\] in the contract but \[None, 8\] here"),
        ({"faces": 1}, r"input\.shape is \[None, 1, 48, 48\] in the contract but \[1, 1, 48, 48\] here"),
        ({"dtype": TensorProto.DOUBLE}, r"input\.dtype is tensor\(float\) in the contract but tensor\(double\) here"),
    ],
)
def test_net_that_does_not_match_is_refused_by_name(tmp_path, net, sentence):
    write_onnx(tmp_path / "toy.onnx", **net)
    write_contract(tmp_path / "toy.json", tmp_path / "toy.onnx")

    with pytest.raises(ContractMismatchError, match=sentence):
        load_classifiers(tmp_path)


def test_second_output_is_never_served(tmp_path):
    write_onnx(tmp_path / "toy.onnx", outputs=("logits", "fer_logits"))
    write_contract(tmp_path / "toy.json", tmp_path / "toy.onnx", fer_output="fer_logits")

    ((happy, covered),) = load_classifiers(tmp_path)["toy"].classify(faces_with([0, 0, 0, 3, 0, 0, 0]))

    assert max(happy.emotions, key=lambda emotion: happy.emotions[emotion]) == "happy"
    assert not covered, "a model that does not tell calls no face covered"


def test_face_is_covered_from_the_contracts_logit_on(tmp_path):
    write_onnx(tmp_path / "toy.onnx", outputs=("logits", "covered"))
    write_contract(tmp_path / "toy.json", tmp_path / "toy.onnx", covered_output="covered", covered_from=0.25)

    readings = load_classifiers(tmp_path)["toy"].classify(faces_with([0.5] * 7, [0.25] * 7, [0.2] * 7))

    assert [reading.covered for reading in readings] == [True, True, False]


def no_net(folder):
    (folder / "toy.onnx").write_bytes(b"weights?")
    write_contract(folder / "toy.json", folder / "toy.onnx")


def changed_net(folder):
    net = onnx.load(folder / "toy.onnx")
    net.doc_string = "one byte more"
    onnx.save(net, folder / "toy.onnx")


def without(*names):
    return lambda folder: [(folder / name).unlink() for name in names]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (no_net, r"toy\.onnx: not a model that ONNX Runtime loads"),
        (changed_net, "sha256"),
        (without("toy.onnx"), "toy.onnx is missing"),
        (without("toy.json"), "toy.json is missing"),
        (without("toy.onnx", "toy.json"), "no models"),
    ],
)
def test_folder_without_whole_pairs_is_refused(model_folder, spoil, sentence):
    spoil(model_folder)

    with pytest.raises(ContractMismatchError, match=sentence):
        load_classifiers(model_folder)


@pytest.mark.parametrize(
    ("proved", "sentence"),
    [
        (None, "toy: its contract does not prove that its integers cannot overflow on processors without VNNI; export"),
        (64_770, "toy: pair_sum_max is 64770, must be 0 to 32767, or processors without VNNI overflow; export"),
        (32_768, "pair_sum_max is 32768"),
        (-1, "pair_sum_max is -1"),
    ],
)
def test_net_whose_integers_may_overflow_on_some_processor_is_refused_with_the_way_out(model_folder, proved, sentence):
    write_contract(model_folder / "toy.json", model_folder / "toy.onnx", pair_sum_max=proved)

    with pytest.raises(ContractMismatchError, match=sentence) as refused:
        load_classifiers(model_folder)
    assert "training/recipes/export.sh DATA_DIR OUT_DIR" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_shipped_models_are_the_two_that_are_served_and_are_small_together():
    models = served_classifiers(MODELS)

    assert list(models) == ["baseline", "mvp"]
    assert sum(path.stat().st_size for path in MODELS.iterdir()) < 20_000_000
    assert all(model.contract.metrics for model in models.values())


@pytest.mark.parametrize("name", [*COVERS, *LOOKALIKES])
def test_shipped_model_tells_what_covers_a_face_from_what_only_looks_like_it(astronaut_hw, name):
    draw, _ = (COVERS | LOOKALIKES)[name]
    face_hw, rng = cv2.resize(astronaut_hw[66:161, 177:272], (48, 48), interpolation=cv2.INTER_AREA), dice(0)

    faces_nchw = np.stack([face_input(drawn(face_hw, draw, rng)) for _ in range(20)])

    covered = sum(reading.covered for reading in load_classifiers(MODELS)["mvp"].classify(faces_nchw))
    assert covered >= 16 if name in COVERS else covered <= 2


@pytest.mark.parametrize(
    ("names", "found"),
    [(["mvp"], "mvp"), (["baseline", "mvp", "new"], "baseline, mvp, new"), (["mpv", "baseline"], "baseline, mpv")],
)
def test_missing_or_extra_model_is_refused_before_the_first_photo(tmp_path, names, found):
    for name in names:
        write_onnx(tmp_path / f"{name}.onnx")
        write_contract(tmp_path / f"{name}.json", tmp_path / f"{name}.onnx")

    with pytest.raises(ContractMismatchError, match=f"{found} instead of baseline, mvp$"):
        served_classifiers(tmp_path)


def test_names_choose_models_and_an_unknown_one_is_the_operators_mistake():
    assert chosen({"baseline": "b", "mvp": "m"}, ()) == {"baseline": "b", "mvp": "m"}
    assert chosen({"baseline": "b", "mvp": "m"}, ["mvp"]) == {"mvp": "m"}
    with pytest.raises(ValueError, match=r"no such model: mpv; there are baseline, mvp"):
        chosen({"baseline": "b", "mvp": "m"}, ["mvp", "mpv"])
