"""The notebooks run from top to bottom, and what is committed of them is small and shows no face."""

import json
from pathlib import Path

import pytest

pytest.importorskip("cv2")

from functions.infer.contract import read_contract
from training import notebook

FOLDER = Path(notebook.__file__).with_name("notebooks")
EXPORTED = FOLDER.parents[1] / "functions" / "infer" / "models"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def outputs(done):
    return [output for cell in done["cells"] if cell["cell_type"] == "code" for output in cell["outputs"]]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom(path, data_folder, tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(data_folder)
    monkeypatch.chdir(tmp_path)

    done = notebook.executed(json.loads(path.read_text()))

    code = [cell for cell in done["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(cell["outputs"] for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_committed_notebook_is_small_and_only_printed(path):
    shown = outputs(json.loads(path.read_text()))

    assert path.stat().st_size < 20_000
    assert shown
    assert {output["output_type"] for output in shown} == {"stream"}


def test_committed_results_are_those_of_the_models_that_serve():
    shown = outputs(json.loads((FOLDER / "results.ipynb").read_text()))
    printed = "".join(line for output in shown for line in output["text"])

    for contract in map(read_contract, (EXPORTED / f"{name}.json" for name in ("mvp", "baseline"))):
        assert f"{contract.name} {contract.version}: " in printed
        assert contract.metrics["processor"] in printed


def test_both_notebooks_are_there():
    assert [path.stem for path in NOTEBOOKS] == ["data", "results"]


def test_cell_that_fails_ends_the_run():
    cells = [{"cell_type": "code", "source": ["x = 1\n", "y = x / 0"]}]

    with pytest.raises(ZeroDivisionError):
        notebook.executed({"cells": cells})


def test_command_puts_what_is_printed_into_the_file(tmp_path):
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": ["print('seven')"]}]}))

    notebook.main([str(path)])

    assert outputs(json.loads(path.read_text()))[0]["text"] == ["seven\n"]
