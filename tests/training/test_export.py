"""What export writes is what serving reads: the same logits as torch, and a contract that fits the file."""

import json
import re
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from burnout.emotions import Emotion
from functions.infer import contract as contract_module
from functions.infer.classifier import load_classifiers
from functions.infer.contract import read_contract, sha256_of
from training import checkpoint, evaluate, export, onnx_file, proof, quantise
from training.covered import torch_covers
from training.data import Usage, load_faces, vote_shares
from training.knobs import Knobs
from training.model import CoverNet
from training.operating_point import OperatingPoint
from training.processor import processor

# torch's exporter warns about its own use of what Python and torch have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def net(checkpoint_path):
    """What is exported, in torch."""
    return checkpoint.averaged_net(checkpoint.load(checkpoint_path).rounded())


def test_exported_network_gives_the_chosen_mixture_and_the_fer_head_as_torch_does(exported, net, faces):
    fer, ferplus = np.moveaxis(evaluate.torch_logits(net, faces.gray_nhw), 1, 0)

    served, second = (onnx_file.onnx_logits(exported, faces.gray_nhw, name) for name in ("logits", "fer_logits"))

    assert np.abs(served - (0.3 * fer + 0.7 * ferplus)).max() < 1e-5
    assert np.abs(second - fer).max() < 1e-5


def test_exported_contract_fits_the_file(exported):
    contract = read_contract(exported.with_suffix(".json"))

    assert contract.name == "tiny"
    assert contract.version == "1.2.3"
    assert contract.sha256 == sha256_of(exported)
    assert contract.labels == tuple(Emotion)
    assert contract.input.shape == (1, 48, 48)
    assert contract.export["n"] == 8
    assert contract.export["max_abs_difference"] < contract.export["tolerance"] == 1e-4
    assert contract.export["serve_fer_share"] == 0.3
    assert contract.metrics["fer"]["n"] == 8
    assert set(contract.metrics["heads"]) == {"fer"}
    assert [half["n"] for half in contract.metrics["held_out"]["ferplus"]] == [4, 4]
    assert contract.unsure[0] <= contract.threshold <= contract.unsure[1]
    assert contract.training["knobs"]["width"] == 4
    assert set(contract.training["data_sha256"]) == {"fer2013.csv", "fer2013new.csv"}


def test_exported_file_has_the_promised_names_and_no_path_of_this_machine(exported):
    model = onnx.load(exported)
    (face,), outputs = model.graph.input, model.graph.output

    assert face.name == "face"
    assert face.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert [d.dim_param or d.dim_value for d in face.type.tensor_type.shape.dim] == ["batch", 1, 48, 48]
    assert [output.name for output in outputs] == ["logits", "fer_logits"]
    for output in outputs:
        assert [d.dim_param or d.dim_value for d in output.type.tensor_type.shape.dim] == ["batch", 7]
    assert b".py" not in exported.read_bytes()
    assert [path.name for path in sorted(exported.parent.iterdir())] == ["tiny.json", "tiny.onnx", "tiny.pt"]


def test_file_may_ask_twice_and_average(export_to, net, faces, tmp_path):
    """The same network with the FER head alone."""
    twice_asked = export_to(tmp_path, "twice", "--serve-fer-share", "1", "--flip-average")
    fer = evaluate.flip_averaged(lambda gray_nhw: evaluate.torch_logits(net, gray_nhw)[:, 0])

    contract = load_classifiers(twice_asked.parent)["twice"].contract

    assert contract.export["flip_average"]
    assert contract.fer_output is None
    assert contract.metrics["heads"] == {}
    assert np.abs(onnx_file.onnx_logits(twice_asked, faces.gray_nhw) - fer(faces.gray_nhw)).max() < 1e-5


def test_rare_emotions_are_lifted_in_what_is_served_and_not_in_the_fer_head(
    export_to, exported, faces, folder, tmp_path
):
    votes = vote_shares(load_faces(folder).part(Usage.TRAINING).votes).sum(axis=0).clip(min=1)

    lifted = export_to(tmp_path, "lifted", "--serve-fer-share", "0.3", "--prior-share", "0.5")

    (served, fer), (was_served, was_fer) = (
        [onnx_file.onnx_logits(path, faces.gray_nhw, name) for name in ("logits", "fer_logits")]
        for path in (lifted, exported)
    )
    expected = -0.5 * np.log(votes)
    for added in served - was_served:
        assert added == pytest.approx(expected - expected.mean(), abs=1e-4)
    assert fer == pytest.approx(was_fer, abs=1e-4)
    assert read_contract(lifted.with_suffix(".json")).export["prior_share"] == 0.5


def test_operating_point_suits_photos_that_this_very_model_read(export_to, exported, tmp_path, capsys):
    photos = tmp_path / "photos.json"
    logits = {"logits": [0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0]}
    said = {"clear": True, "is_main": True, "view": "whole", "logits": logits, "model_sha256": sha256_of(exported)}
    photos.write_text(json.dumps([{**said, "label": label} for label in ("happy", "sad")]))

    again = export_to(tmp_path, "tiny", "--serve-fer-share", "0.3", "--photos", str(photos))

    contract = read_contract(again.with_suffix(".json"))
    assert contract.sha256 == sha256_of(exported)
    assert {name: figures["n"] for name, figures in contract.metrics["chosen_on"].items()} == {
        "ferplus": 8,
        "photos": 2,
    }
    with pytest.raises(SystemExit):
        export_to(tmp_path, "tiny", "--serve-fer-share", "0.4", "--photos", str(photos))
    assert "of another model" in capsys.readouterr().err
    assert sha256_of(again) == contract.sha256


@pytest.fixture(scope="module")
def in_int8(export_to, tmp_path_factory) -> Path:
    """The same network in eight bits; eight test faces cannot say what that costs, so the limit is lifted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "INT8_MAY_COST", 1.0)
        return export_to(tmp_path_factory.mktemp("models"), "small", "--serve-fer-share", "0.3", "--int8")


def test_int8_file_is_what_serving_loads_with_its_cost_in_the_contract(in_int8):
    contract = load_classifiers(in_int8.parent)["small"].contract

    cost = contract.export["int8"]
    assert cost["calibration_faces"] == 32
    assert set(cost["accuracy_lost"]) == {"fer", "ferplus_majority"}
    assert cost["n"] == {"fer": 8, "ferplus_majority": 8}
    assert 0 <= cost["same_emotion"] <= 1
    assert contract.export["max_abs_difference"] < contract.export["tolerance"]  # of float32, before
    assert [path.name for path in sorted(in_int8.parent.iterdir())] == ["small.json", "small.onnx", "small.pt"]


@pytest.mark.parametrize("options", [(), ("--int8",)])
def test_file_that_knows_covers_answers_as_both_networks_do_and_covers_stay_in_floats(
    export_to, exported, in_int8, faces, tmp_path, monkeypatch, options
):
    torch.manual_seed(1)
    covers = CoverNet().eval()
    torch.save(covers.state_dict(), tmp_path / "covered.pt")
    monkeypatch.setattr(proof, "INT8_MAY_COST", 1.0)

    made = export_to(tmp_path, "both", "--serve-fer-share", "0.3", "--covered", str(tmp_path / "covered.pt"), *options)

    contract, alone = load_classifiers(tmp_path)["both"].contract, in_int8 if options else exported
    said = onnx_file.onnx_logits(made, faces.gray_nhw, "covered")[:, 0]
    assert np.abs(said - torch_covers(covers)(faces.gray_nhw)).max() < 1e-5
    assert np.array_equal(*(onnx_file.onnx_logits(each, faces.gray_nhw) for each in (made, alone)))
    assert contract.covered_from == pytest.approx(np.quantile(said[32:], 0.98), abs=1e-3)
    assert contract.metrics["covered"]["n"]["as they are"] == 8


def test_file_that_is_no_covers_is_refused_in_one_line(export_to, checkpoint_path, tmp_path, capsys):
    with pytest.raises(SystemExit):
        export_to(tmp_path / "out", "both", "--covered", str(checkpoint_path))

    assert capsys.readouterr().err == f"{checkpoint_path}: not the weights that training.covered writes\n"


def test_int8_file_has_whole_numbers_inside_and_nearly_the_same_answers(in_int8, exported, faces):
    filters = [each for each in onnx.load(in_int8).graph.initializer if len(each.dims) == 4]
    stem, *others = sorted(filters, key=lambda each: each.dims[1])  # the stem has one channel in

    ours, full = (onnx_file.onnx_logits(path, faces.gray_nhw) for path in (in_int8, exported))
    assert (stem.dims[1], stem.data_type) == (1, onnx.TensorProto.FLOAT)
    assert {each.data_type for each in others} == {onnx.TensorProto.INT8}
    assert max(np.abs(numpy_helper.to_array(each).astype(int)).max() for each in others) == 64
    assert 0 < np.abs(ours - full).max() < 0.1 * np.abs(full).max()


def test_figures_of_an_int8_contract_are_those_of_the_int8_file(in_int8, faces):
    contract = read_contract(in_int8.with_suffix(".json"))
    tested = faces.part(Usage.PUBLIC_TEST)

    point = OperatingPoint(contract.threshold, *contract.unsure)
    logits = onnx_file.onnx_logits(in_int8, tested.gray_nhw)
    figures = evaluate.evaluate(logits, tested, contract.temperature, point)

    assert contract.metrics["calibration"] == pytest.approx(figures["calibration"])
    assert contract.metrics["fer"] == figures["fer"]
    assert contract.metrics["operating_point"] == pytest.approx(figures["operating_point"])
    assert contract.metrics["told_negative"] == figures["told_negative"]


def test_int8_that_costs_too_much_is_refused(faces):
    tested = faces.part(Usage.PUBLIC_TEST)
    right = np.eye(7)[tested.labels] * 5
    wrong = right.copy()
    wrong[0] = -wrong[0]

    with pytest.raises(export.ExportError, match=r"int8 costs 12\.50 points on fer, more than 0\.3"):
        proof.int8_cost(right, wrong, tested)
    assert proof.int8_cost(wrong, right, tested)["accuracy_lost"]["fer"] == -0.125


def test_contract_proves_that_no_integers_overflow_and_that_exact_arithmetic_agrees(in_int8, exported):
    small, full = (read_contract(path.with_suffix(".json")) for path in (in_int8, exported))

    assert 0 < small.pair_sum_max == quantise.pair_sum_max(in_int8) <= 255 * 128
    assert full.pair_sum_max == 0
    assert small.metrics["exact_arithmetic"]["max_abs_difference"] < 0.005
    assert small.metrics["processor"] == processor()


def test_file_whose_integers_may_overflow_is_not_exported(in_int8, tmp_path):
    model = onnx.load(in_int8)
    (weights, *_) = (each for each in model.graph.initializer if len(each.dims) == 4 and each.data_type == 3)  # int8
    values = numpy_helper.to_array(weights).copy()
    values.reshape(len(values), -1)[0, :2] = 127
    weights.CopyFrom(numpy_helper.from_array(values, weights.name))
    onnx.save(model, tmp_path / "old.onnx")

    with pytest.raises(export.ExportError, match=r"old\.onnx: two products may add up to 64770, an int16 holds 32767"):
        proof.proved_pair_sum(tmp_path / "old.onnx")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("pair_sum_max", lambda path: 64_770, r"may add up to 64770"),
        ("EXACT_TOLERANCE", -1.0, r"differ from exact arithmetic"),
        ("TOLERANCE", -1.0, r"logits differ from torch"),
    ],
)
def test_refused_export_changes_no_file(exported, export_to, monkeypatch, capsys, name, value, sentence):
    monkeypatch.setattr(proof, name, value)
    before = {path.name: path.read_bytes() for path in exported.parent.iterdir()}

    with pytest.raises(SystemExit):
        export_to(exported.parent, "tiny", "--serve-fer-share", "0.9")

    assert re.search(sentence, capsys.readouterr().err)
    assert {path.name: path.read_bytes() for path in exported.parent.iterdir()} == before


@pytest.mark.parametrize("worst", [float("nan"), float("inf"), 1e7])
def test_network_that_float16_does_not_hold_is_refused(checkpoint_path, export_to, tmp_path, capsys, worst):
    saved = checkpoint.load(checkpoint_path)
    saved.ema["stem.0.weight"][0, 0, 0, 0] = worst
    checkpoint.save(saved, tmp_path / "broken.pt")

    with pytest.raises(SystemExit):
        export_to(tmp_path / "out", "broken", saved=tmp_path / "broken.pt")

    assert "stem.0.weight is not finite, or too large for float16" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_weights_of_the_models_that_serve_go_to_their_folder_however_it_is_spelt(monkeypatch, tmp_path):
    released = []
    monkeypatch.chdir(Path(export.__file__).parents[1])
    for name in ("load_faces", "data_sha256"):
        monkeypatch.setattr(export, name, mock.MagicMock())
    monkeypatch.setattr(export.checkpoint, "load_weights", lambda path: None)
    monkeypatch.setattr(export, "export", lambda saved, faces, data, release: released.append(release) or mock.Mock())

    for out in ("functions/infer/models", str(Path("functions/infer/models").resolve()), str(tmp_path)):
        export.main(["--data", "d", "--checkpoint", "c", "--version", "1", "--out", out])

    assert [release.weights.parent for release in released] == [export.WEIGHTS, export.WEIGHTS, tmp_path]


def test_weights_of_a_release_export_to_the_same_bytes_again(exported, export_to, tmp_path):
    again = export_to(tmp_path, "tiny", "--serve-fer-share", "0.3", saved=exported.with_suffix(".pt"))

    for suffix in (".onnx", ".pt"):
        assert again.with_suffix(suffix).read_bytes() == exported.with_suffix(suffix).read_bytes()


@pytest.mark.parametrize("name", ["mvp", "baseline"])
def test_weights_that_a_committed_model_came_from_are_kept(name):
    contract = read_contract(Path(contract_module.__file__).parent / "models" / f"{name}.json")
    kept = Path(checkpoint.__file__).parent / "weights" / f"{name}.pt"

    assert sha256_of(kept) == contract.training["weights_sha256"]
    assert kept.stat().st_size < 6_000_000
    assert checkpoint.load_weights(kept).knobs == Knobs(**contract.training["knobs"])
