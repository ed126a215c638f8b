"""Whole photos: both contenders answer the same ones in turns, and what has no face does not count."""

import re

import pytest

pytest.importorskip("torch")
pytest.importorskip("torchvision")
pytest.importorskip("cv2")
pytest.importorskip("onnxruntime")

import numpy as np

from functions.infer.classifier import prediction_of
from functions.infer.contract import read_contract
from functions.infer.preprocess import face_input
from tests.training.tiny import tiny_checkpoint
from training import bench_photo, bench_photo_child, checkpoint, evaluate
from training.bench import MODELS
from training.bench_photo import Contender, Times
from training.data import Usage, load_faces


@pytest.fixture(scope="module")
def folder(rows, write_csvs):
    return write_csvs(rows)


@pytest.fixture(scope="module")
def checkpoint_path(folder, tmp_path_factory):
    """A tiny network in place of baseline's."""
    return tiny_checkpoint(folder, tmp_path_factory.mktemp("run") / "best.pt", fer_share=1.0)


def test_photos_with_a_face_are_measured_and_faces_of_noise_are_not(folder, checkpoint_path, capsys, monkeypatch):
    monkeypatch.setattr(bench_photo, "STARTS", 1)

    bench_photo.main(["--data", str(folder), "--baseline-checkpoint", str(checkpoint_path), "--photos", "1"])

    said = capsys.readouterr().out
    assert re.search(r" CPUs, .*; 3 photos$", said, re.M)
    for name in ("mvp, ONNX Runtime", "baseline, torch eager"):
        assert re.search(rf"^{name} +\d+\.\d +\d+\.\d +\d+\.\d +2 +\d+$", said, re.M)
    assert re.search(r"^mvp takes -?\d+\.\d% less in the median", said, re.M)


def test_torch_gives_the_scores_of_its_network_by_the_contract(folder, checkpoint_path):
    gray_nhw = load_faces(folder).part(Usage.PUBLIC_TEST).gray_nhw[:3]
    heads = evaluate.torch_logits(checkpoint.averaged_net(checkpoint.load(checkpoint_path)), gray_nhw)
    contract = read_contract(MODELS / "baseline.json")

    classifier = bench_photo_child.torch_eager(checkpoint_path, MODELS / "baseline.json")
    found = classifier.classify(np.stack([face_input(gray_hw) for gray_hw in gray_nhw]))

    expected = [prediction_of(logits, contract) for logits in heads[:, 0].astype(np.float64)]
    assert [each.negative for each in found] == pytest.approx([each.negative for each in expected], abs=1e-5)


def test_checkpoint_that_is_not_there_is_one_line(folder, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        bench_photo.main(["--data", str(folder), "--baseline-checkpoint", str(tmp_path / "no.pt"), "--photos", "1"])

    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("baseline, torch eager: ")
    assert "no.pt" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(("mvp_ms", "verdict"), [([94.0, 95.0, 200.0], "met"), ([94.0, 95.1, 200.0], "missed")])
def test_table_compares_the_medians_with_the_bar(mvp_ms, verdict):
    contenders = [Contender(name, "", MODELS, MODELS) for name in ("mvp", "baseline")]
    times = [Times([500.0], mvp_ms, [40.0] * 3), Times([3000.0, 1000.0, 2000.0], [90.0, 100.0, 100.0], [50.0] * 3)]

    _, mvp, baseline, *verdicts = bench_photo.table(contenders, times).splitlines()

    assert mvp.split()[1:] == [f"{mvp_ms[1]:.1f}", f"{np.percentile(mvp_ms, 95):.1f}", "40.0", "3", "500"]
    assert baseline.split()[1:] == ["100.0", "100.0", "50.0", "3", "2000"]
    assert "20.0% less of the CPU" in verdicts[0]
    assert "on 33% of the photos" in verdicts[1]
    assert verdicts[1].endswith(f"in the median is {verdict}.")
