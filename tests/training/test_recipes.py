"""A recipe says everything about its run, and the notebooks run from top to bottom and show no face."""

import argparse
import dataclasses
import json
import re
import shlex
from pathlib import Path

import pytest

from functions.infer.contract import read_contract
from training import notebook
from training.knobs import Knobs, add_knobs, knobs_from

TRAINING = Path(notebook.__file__).parent
RECIPES, FOLDER = TRAINING / "recipes", TRAINING / "notebooks"
EXPORTED = TRAINING.parent / "functions" / "infer" / "models"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def training_options(recipe):
    """What the recipe gives to `training.train`, as a shell reads it; its loop over seeds at the first one."""
    script = (RECIPES / f"{recipe}.sh").read_text(encoding="utf-8").replace('"$seed"', "1")
    command = re.search(r"^ *train_into .*?[^\\]\n", script, re.S | re.M).group()
    return shlex.split(command.replace("\\\n", " ").replace("--minutes 8", "").replace('"${@:3}"', ""))[2:]


def knobs_of(recipe):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    add_knobs(parser)
    return knobs_from(vars(parser.parse_args(training_options(recipe))))


def test_defaults_are_the_last_run_from_random_weights():
    assert knobs_of("fourth") == Knobs()


@pytest.mark.parametrize("recipe", ["fourth", "fifth", "baseline", "seeds", "gpu"])
def test_recipe_writes_out_every_knob(recipe):
    """The defaults of the knobs may change, a recipe may not."""
    named = {word.removeprefix("--").replace("-", "_") for word in training_options(recipe) if word.startswith("--")}

    assert named == {field.name for field in dataclasses.fields(Knobs)}
    assert knobs_of(recipe).seed == 1


def test_seeds_differ_from_the_run_from_random_weights_in_length_alone():
    record, short = (dataclasses.asdict(knobs_of(recipe)) for recipe in ("fourth", "seeds"))

    differ = {name for name in record if record[name] != short[name]}
    assert differ == {"epochs", "warmup_epochs", "ema_decay", "small_side_px", "small_share"}


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


def test_cell_that_fails_ends_the_run():
    cells = [{"cell_type": "code", "source": ["x = 1\n", "y = x / 0"]}]

    with pytest.raises(ZeroDivisionError):
        notebook.executed({"cells": cells})


def test_command_puts_what_is_printed_into_the_file(tmp_path):
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": ["print('seven')"]}]}))

    notebook.main([str(path)])

    assert outputs(json.loads(path.read_text()))[0]["text"] == ["seven\n"]
