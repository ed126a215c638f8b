"""A recipe says everything about its run: the defaults of the knobs may move on, a recipe may not."""

import argparse
import dataclasses
import re
import shlex
from pathlib import Path

import pytest

from training.knobs import Knobs, add_knobs, knobs_from

RECIPES = Path(__file__).parents[2] / "training" / "recipes"


def training_options(recipe):
    """What the recipe gives to `training.train`, as a shell reads it; its loop over seeds at the first one."""
    script = (RECIPES / f"{recipe}.sh").read_text(encoding="utf-8").replace('"$seed"', "1")
    command = re.search(r"python -m training\.train .*?[^\\]\n", script, re.S).group()
    return [word for word in shlex.split(command.replace("\\\n", " "))[3:] if word != "${resume[@]}"]


@pytest.mark.parametrize("recipe", ["fourth", "baseline", "seeds"])
def test_recipe_writes_out_every_knob(recipe):
    options = training_options(recipe)
    named = {word.removeprefix("--").replace("-", "_") for word in options if word.startswith("--")}

    assert named - {"data", "out"} == {field.name for field in dataclasses.fields(Knobs)}


def knobs_of(recipe):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--data")
    parser.add_argument("--out")
    add_knobs(parser)
    return knobs_from(vars(parser.parse_args(training_options(recipe))))


def test_defaults_are_the_run_that_serves():
    assert knobs_of("fourth") == Knobs()


def test_recipe_of_baseline_is_one_that_train_takes():
    assert knobs_of("baseline").seed == 1


def test_seeds_differ_from_the_run_that_serves_in_length_alone():
    record, short = (dataclasses.asdict(knobs_of(recipe)) for recipe in ("fourth", "seeds"))

    differ = {name for name in record if record[name] != short[name]}
    assert differ == {"epochs", "warmup_epochs", "ema_decay", "small_side_px", "small_share"}
