"""Each contender is measured in its own process, on faces and then on whole photos; one that cannot run is named."""

import dataclasses
import re
import sys

import numpy as np
import pytest

from training import bench, checkpoint, evaluate, onnx_file
from training.bench import Result
from training.contender import MODELS, ROOT, Contender, ContenderError, alone
from training.data import Faces, Usage, load_faces


@pytest.fixture(scope="module")
def faces(folder) -> Faces:
    return load_faces(folder).part(Usage.PUBLIC_TEST)


@pytest.fixture(autouse=True)
def one_start(monkeypatch):
    monkeypatch.setattr(bench, "STARTS", 1)


def test_served_model_is_measured_and_contenders_that_are_not_there_are_named(folder, capsys):
    bench.main(["--data", str(folder)])

    said = capsys.readouterr().out
    assert "PublicTest, 8 faces, 8 with a FER+ majority" in said
    assert re.search(r"^mvp, ONNX Runtime .* 100\.0% +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d +\S+ +8$", said, re.M)
    assert re.search(r"^mvp, torch eager +skipped: no --checkpoint", said, re.M)
    assert re.search(r"^baseline, torch eager +skipped: no --baseline-checkpoint", said, re.M)
    assert re.search(r"^PyPI's fer +skipped: no --fer-python", said, re.M)


def test_served_model_says_what_evaluation_of_its_file_says(faces):
    model = MODELS / "mvp.onnx"

    result = bench.measure(Contender("mvp", "onnx", model), faces.gray_nhw)

    assert result.emotions == onnx_file.onnx_logits(model, faces.gray_nhw).argmax(axis=1).tolist()
    assert len(result.ms) == len(faces)
    assert len(result.ready_s) == bench.STARTS
    assert all(cost > 0 for cost in (*result.ms, *result.ready_s))


def test_torch_runs_the_head_of_the_checkpoint_that_serves(faces, checkpoint_path):
    net = checkpoint.averaged_net(checkpoint.load(checkpoint_path))
    heads_of = evaluate.flip_averaged(lambda gray_nhw: evaluate.torch_logits(net, gray_nhw))

    result = bench.measure(Contender("eager", "torch", checkpoint_path), faces.gray_nhw)

    served = evaluate.served_logits(heads_of(faces.gray_nhw), evaluate.SERVE_FER_SHARE)
    assert result.emotions == served.argmax(axis=1).tolist()


def test_torch_runs_the_fer_head_of_a_run_that_taught_no_other(faces, checkpoint_path, tmp_path):
    saved = checkpoint.load(checkpoint_path)
    path = tmp_path / "baseline.pt"
    checkpoint.save(dataclasses.replace(saved, knobs=dataclasses.replace(saved.knobs, fer_share=1.0)), path)

    result = bench.measure(Contender("eager", "torch", path), faces.gray_nhw)

    heads = evaluate.torch_logits(checkpoint.averaged_net(saved), faces.gray_nhw)
    assert result.emotions == heads[:, 0].argmax(axis=1).tolist()


@pytest.mark.parametrize(
    ("contender", "reason"),
    [
        (Contender("fer", "fer", ROOT, python=sys.executable), "No module named 'fer'"),
        (Contender("fer", "fer", ROOT, python="no/such/python"), "no/such/python"),
        (Contender("eager", "torch", ROOT / "no.pt"), "no.pt"),
        (Contender("eager", "torch", ROOT, missing="because"), "because"),
    ],
)
def test_contender_that_cannot_run_says_why_in_one_line(contender, reason, faces):
    with pytest.raises(ContenderError, match=re.escape(reason)) as caught:
        bench.measure(contender, faces.gray_nhw)

    assert "\n" not in str(caught.value)


def test_row_counts_the_majority_only_where_there_is_one():
    # FER's labels are all 3; the votes name 3, 4 and no single one.
    votes = np.array([[0, 0, 0, 9, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 9, 0, 0, 1, 0, 0], [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]])
    faces = Faces(np.zeros((3, 48, 48), np.uint8), np.array([3, 3, 3]), votes, np.array(["PublicTest"] * 3))
    mvp, other = (
        Result(emotions=said, ms=[1.0, 2.0, 9.0], ready_s=[0.1, 0.3, 0.2], peak_mb=peak_mb)
        for said, peak_mb in (([3, 4, 0], 120.4), ([3, 3, 3], None))
    )

    cells = [re.split(r" +", bench.row("x", result, mvp, faces)) for result in (mvp, other)]

    assert cells[0] == ["x", "100.0%", "33.3%", "100.0%", "2.00", "8.30", "0.20", "120", "3"]
    assert cells[1] == ["x", "50.0%", "100.0%", "33.3%", "2.00", "8.30", "0.20", "-", "3"]


def test_exported_model_is_measured_without_the_others_of_its_folder(tmp_path):
    model = alone(MODELS / "mvp.onnx", tmp_path)

    assert sorted(path.name for path in model.parent.iterdir()) == ["mvp.json", "mvp.onnx"]
    assert model.read_bytes() == (MODELS / "mvp.onnx").read_bytes()
    assert alone(ROOT / "best.pt", tmp_path) == ROOT / "best.pt"


def test_photos_are_measured_in_both_runtimes(folder, checkpoint_path, capsys, monkeypatch):
    monkeypatch.setattr(bench, "bench_faces", lambda faces, options: None)

    bench.main(["--data", str(folder), "--baseline-checkpoint", str(checkpoint_path), "--photos", "1"])

    said = capsys.readouterr().out
    for name in ("mvp, ONNX Runtime", "baseline, torch eager"):
        assert re.search(rf"^{name}( +\d+\.\d){{3}} +3$", said, re.M)
    assert re.search(r"^mvp takes -?\d+\.\d% less\.", said, re.M)


@pytest.mark.parametrize(("mvp_ms", "verdict"), [([94.0, 96.0], "met"), ([94.0, 97.0], "missed")])
def test_means_are_compared_with_the_bar(monkeypatch, mvp_ms, verdict):
    monkeypatch.setattr(bench, "by_turns", lambda *_: {"mvp": mvp_ms, "baseline": [90.0, 110.0]})

    assert bench.bench_photos([], MODELS, MODELS).endswith(f"% less. The bar of 5% is {verdict}.")
