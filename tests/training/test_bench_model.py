"""The benchmark measures each contender in its own process, and names those that cannot run."""

import dataclasses
import re
import sys

import pytest

pytest.importorskip("torch")
pytest.importorskip("torchvision")
pytest.importorskip("cv2")
pytest.importorskip("onnxruntime")

import numpy as np

from tests.training.tiny import tiny_checkpoint
from training import bench, checkpoint, evaluate, onnx_file
from training.bench import Contender, ContenderError, Result
from training.data import Faces, Usage, load_faces


@pytest.fixture(scope="module")
def folder(rows, write_csvs):
    return write_csvs(rows)


@pytest.fixture(scope="module")
def faces(folder) -> Faces:
    return load_faces(folder).part(Usage.PUBLIC_TEST)


@pytest.fixture(scope="module")
def checkpoint_path(folder, tmp_path_factory):
    """A tiny network that has learnt next to nothing."""
    return tiny_checkpoint(folder, tmp_path_factory.mktemp("run") / "best.pt")


def test_served_model_is_measured_and_contenders_that_are_not_there_are_named(folder, capsys):
    bench.main(["--data", str(folder)])

    said = capsys.readouterr().out
    assert "PublicTest, 8 faces, 8 with a FER+ majority" in said
    assert re.search(r"^mvp, ONNX Runtime .* 100\.0% +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d +\S+ +8$", said, re.M)
    assert re.search(r"^mvp, torch eager +skipped: no --checkpoint", said, re.M)
    assert re.search(r"^baseline, torch eager +skipped: no --baseline-checkpoint", said, re.M)
    assert re.search(r"^PyPI's fer +skipped: no --fer-python", said, re.M)


def test_served_model_says_what_evaluation_of_its_file_says(faces):
    model = bench.MODELS / "mvp.onnx"

    result = bench.measure(Contender("mvp", "onnx", model), faces.gray_nhw)

    assert result.emotions.tolist() == onnx_file.onnx_logits(model, faces.gray_nhw).argmax(axis=1).tolist()
    assert len(result.ms) == len(faces)
    assert len(result.ready_s) == bench.STARTS
    assert all(cost > 0 for cost in (*result.ms, *result.ready_s))


def test_torch_runs_the_head_of_the_checkpoint_that_serves(faces, checkpoint_path):
    net = checkpoint.averaged_net(checkpoint.load(checkpoint_path))
    heads_of = evaluate.flip_averaged(lambda gray_nhw: evaluate.torch_logits(net, gray_nhw))

    result = bench.measure(Contender("eager", "torch", checkpoint_path), faces.gray_nhw)

    served = evaluate.served_logits(heads_of(faces.gray_nhw), evaluate.SERVE_FER_SHARE)
    assert result.emotions.tolist() == served.argmax(axis=1).tolist()


def test_torch_runs_the_fer_head_of_a_run_that_taught_no_other(faces, checkpoint_path, tmp_path):
    saved = checkpoint.load(checkpoint_path)
    path = tmp_path / "baseline.pt"
    checkpoint.save(dataclasses.replace(saved, knobs=dataclasses.replace(saved.knobs, fer_share=1.0)), path)

    result = bench.measure(Contender("eager", "torch", path), faces.gray_nhw)

    heads = evaluate.torch_logits(checkpoint.averaged_net(saved), faces.gray_nhw)
    assert result.emotions.tolist() == heads[:, 0].argmax(axis=1).tolist()


@pytest.mark.parametrize(
    ("contender", "reason"),
    [
        (Contender("fer", "fer", bench.ROOT, python=sys.executable), "No module named 'fer'"),
        (Contender("fer", "fer", bench.ROOT, python="no/such/python"), "no/such/python"),
        (Contender("eager", "torch", bench.ROOT / "no.pt"), "no.pt"),
        (Contender("eager", "torch", bench.ROOT, missing="because"), "because"),
    ],
)
def test_contender_that_cannot_run_says_why_in_one_line(contender, reason, faces):
    with pytest.raises(ContenderError, match=re.escape(reason)) as caught:
        bench.measure(contender, faces.gray_nhw)

    assert "\n" not in str(caught.value)


def test_row_counts_the_majority_only_where_there_is_one():
    # FER's labels are all 3; the votes name 3, 4 and nobody.
    votes = np.array([[0, 0, 0, 9, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 9, 0, 0, 1, 0, 0], [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]])
    faces = Faces(np.zeros((3, 48, 48), np.uint8), np.array([3, 3, 3]), votes, np.array(["PublicTest"] * 3))
    mvp = Result(np.array([3, 4, 0]), [1.0, 2.0, 9.0], [0.1, 0.3, 0.2], 120.4)
    other = Result(np.array([3, 3, 3]), [1.0, 2.0, 9.0], [0.1, 0.3, 0.2], None)

    cells = [re.split(r" +", bench.row("x", result, mvp, faces)) for result in (mvp, other)]

    assert cells[0] == ["x", "100.0%", "33.3%", "100.0%", "2.00", "8.30", "0.20", "120", "3"]
    assert cells[1] == ["x", "50.0%", "100.0%", "33.3%", "2.00", "8.30", "0.20", "-", "3"]


def test_folder_without_the_files_is_one_line_and_a_failure(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        bench.main(["--data", str(tmp_path)])

    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith("fer2013.csv: not in")


def test_exported_model_is_measured_without_the_others_of_its_folder(tmp_path):
    model = bench.alone(bench.MODELS / "mvp.onnx", tmp_path)

    assert sorted(path.name for path in model.parent.iterdir()) == ["mvp.json", "mvp.onnx"]
    assert model.read_bytes() == (bench.MODELS / "mvp.onnx").read_bytes()
    assert bench.alone(bench.ROOT / "best.pt", tmp_path) == bench.ROOT / "best.pt"
