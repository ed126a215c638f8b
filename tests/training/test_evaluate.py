"""What `evaluate` writes of a checkpoint and of an exported file: the same table, pictures, figures without copies."""

import json
from pathlib import Path

import numpy as np
import pytest

from functions.infer.contract import read_contract
from training import evaluate
from training.data import Usage
from training.operating_point import OperatingPoint

# torch's exporter warns about its own use of what Python and torch have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture
def figures_of(folder, tmp_path):
    """What the command `evaluate` writes of a model."""

    def run(model: Path, *options: str, data: Path = folder):
        answer = tmp_path / "figures.json"
        evaluate.main(["--data", str(data), "--model", str(model), "--json", str(answer), *options])
        return json.loads(answer.read_text())

    return run


def test_evaluate_gives_the_same_table_for_checkpoint_and_onnx(exported, checkpoint_path, figures_of, capsys):
    """The ONNX file comes with a temperature, so calibration and binary figures may differ; seven classes may not."""
    answers = [figures_of(model, "--serve-fer-share", "0.3") for model in (checkpoint_path, exported)]

    assert answers[0]["fer"] == answers[1]["fer"]
    assert answers[0]["ferplus_majority"] == answers[0]["fer"]  # the votes agree with FER's labels
    assert answers[1]["calibration"]["temperature"] == read_contract(exported.with_suffix(".json")).temperature
    assert answers[1]["calibration"]["nll"] <= answers[1]["calibration"]["nll_uncalibrated"] + 1e-9
    assert set(answers[0]["heads"]) == {"fer", "ferplus"}
    assert answers[1]["heads"]["fer"]["fer"] == answers[0]["heads"]["fer"]["fer"]
    assert answers[1]["cost"]["bytes"] == exported.stat().st_size
    assert answers[1]["cost"]["n"] == 8
    assert 0 < answers[1]["cost"]["ms_median"] <= answers[1]["cost"]["ms_p95"]
    assert "the ferplus head alone\n7 classes: accuracy" in capsys.readouterr().out


def test_evaluate_draws_a_confusion_matrix_for_each_set_of_labels(exported, figures_of, tmp_path):
    found = figures_of(exported, "--pictures", str(tmp_path / "drawn"))

    assert np.sum(found["confusion"]["fer"]) == 8
    assert np.trace(found["confusion"]["fer"]) == 8 * found["fer"]["accuracy"]
    names = ["tiny-fer.png", "tiny-ferplus-majority.png"]
    assert [path.name for path in sorted((tmp_path / "drawn").iterdir())] == names
    for name in names:
        assert (tmp_path / "drawn" / name).read_bytes().startswith(b"\x89PNG")


def test_evaluate_shows_the_figures_of_the_faces_without_copies(exported, rows, write_csvs, figures_of, capsys):
    """Two of the eight test faces are in Training too, one of them lit otherwise."""
    rows = list(rows)
    rows[0] = rows[0]._replace(pixels=rows[33].pixels)
    rows[1] = rows[1]._replace(pixels=bytes(value // 2 + 30 for value in rows[34].pixels))

    fresh = figures_of(exported, data=write_csvs(rows))["without_copies"]

    assert (fresh["identical"]["fer"]["n"], fresh["near"]["fer"]["n"]) == (7, 6)
    assert "without near copies: 7 classes" in capsys.readouterr().out


def test_who_is_told_negative_is_beyond_the_upper_bound(faces):
    """Faces with a negative mass of 0.85: all are called negative, and told so only where that reaches the bound."""
    tested = faces.part(Usage.PUBLIC_TEST)
    logits = np.log(np.full((8, 7), 0.05) + 0.65 * (np.arange(7) == 0))

    for upper, told in ((0.8, 1.0), (0.9, 0.0)):
        figures = evaluate.evaluate(logits, tested, 1.0, OperatingPoint(0.5, 0.4, upper))
        assert set(figures["binary_ferplus"]["called_negative"].values()) == {1.0}
        assert set(figures["told_negative"].values()) == {told}
