"""The recipe for a GPU runs here in two steps; what it does on a device is compared with the CPU's, or pretended."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from tests.training.test_augment import gray_faces
from training import augment, camera, checkpoint, disturbances, on_device, pack, train
from training.knobs import Knobs
from training.pace import fitting

RECIPE = Path(train.__file__).parent / "recipes" / "gpu.sh"
TWO_STEPS = ["--epochs", "1", "--batch-size", "16", "--width", "4", "--stem-stride", "2"]


def smooth_faces() -> np.ndarray:
    return disturbances.blurred(gray_faces(20), 1.0)


@pytest.mark.parametrize("sigma_px", [0.16, 0.7, 1.6])
def test_blur_on_a_device_is_opencvs(sigma_px):
    gray_nhw = gray_faces(20)

    changed = on_device.blurred(torch.from_numpy(gray_nhw)[:, None].float(), torch.full((20,), sigma_px), 1.6)

    assert np.abs(changed[:, 0].numpy() - disturbances.blurred(gray_nhw, sigma_px)).max() <= 1.5


@pytest.mark.parametrize("quality", [20, 49, 50, 90])
def test_jpeg_on_a_device_is_opencvs(quality):
    """But for coefficients just between two steps, which either may round the other way."""
    gray_nhw = smooth_faces()

    changed = on_device.compressed(torch.from_numpy(gray_nhw)[:, None].float(), torch.full((20,), quality))

    expected = disturbances.compressed(gray_nhw, quality).astype(float)
    assert np.abs(changed[:, 0].numpy() - expected).mean() < 0.15 * np.abs(gray_nhw - expected).mean() + 0.3


@pytest.mark.parametrize(
    "change",
    [
        *(augment._moved, augment._relit, augment._erased),
        *(camera._out_of_focus, camera._badly_lit, camera._lit_from_one_side, camera._noisy, camera._compressed),
    ],
    ids=lambda change: change.__name__,
)
def test_faces_on_a_device_never_meet_a_tensor_elsewhere(change):
    """torch computes nothing for a pretended device, but refuses what a real one would refuse."""
    with FakeTensorMode(), torch.device("cuda"):
        x_nchw = torch.rand(4, 1, 48, 48)

        changed = change(x_nchw, Knobs(side_light_probability=1.0), torch.Generator("cpu"))

    assert (changed.device.type, changed.shape) == ("cuda", x_nchw.shape)


@pytest.mark.parametrize(
    ("done", "took_s", "minutes", "expected"),
    [(1, 20, 8, 24), (2, 23, 8, 41), (60, 230, 8, 125), (100, 230, 8, 150), (125, 479, 8, 125), (3, 999, 0, 150)],
)
def test_epochs_that_fit_follow_the_pace_so_far(done, took_s, minutes, expected):
    assert fitting(150, done, took_s, minutes) == expected


def test_run_ends_when_its_minutes_are_over(folder, tmp_path):
    options = ["--data", str(folder), "--out", str(tmp_path), *TWO_STEPS, "--threads", "1", "--epochs", "3"]

    train.main([*options, "--minutes", "1e-9"])
    assert checkpoint.load(tmp_path / "last.pt").epoch == 1

    train.main([*options, "--minutes", "1e9", "--resume"])
    assert checkpoint.load(tmp_path / "last.pt").epoch == 3


@pytest.fixture
def recipe(folder, tmp_path):
    """Runs the recipe in a shell that knows nothing but where Python is."""
    pack.pack(folder, tmp_path / "pack")

    def run(*knobs, python=Path(sys.executable).parent, **environment):
        command = ["bash", RECIPE, tmp_path / "pack", tmp_path / "run", *knobs]
        path = {"PATH": f"{python}{os.pathsep}{os.defpath}"}
        return subprocess.run(command, env=path | environment, capture_output=True, text=True, check=False)

    return run


def test_recipe_leaves_the_best_weights_and_says_their_figures(recipe, tmp_path):
    ended = recipe(*TWO_STEPS, WITHOUT_GPU="1")

    assert ended.returncode == 0, ended.stderr
    (line,) = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    best = checkpoint.load_weights(tmp_path / "run" / "best.pt")
    assert (best.epoch, best.knobs.width, best.metrics) == (1, 4, json.loads(line))
    assert torch.load(tmp_path / "run" / "best.pt", weights_only=True)["ema"]["heads.weight"].dtype == torch.float16
    assert f"public_test_accuracy: {best.metrics['public_test_accuracy']}" in ended.stdout.splitlines()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_recipe_without_a_gpu_says_so_and_trains_nothing(recipe, tmp_path):
    ended = recipe(*TWO_STEPS)

    assert (ended.returncode, ended.stderr) == (1, "torch sees no GPU; WITHOUT_GPU=1 tries the recipe on the CPU\n")
    assert not list((tmp_path / "run").iterdir())


def test_recipe_names_the_packages_that_are_missing(recipe, tmp_path):
    bare = tmp_path / "bare" / "python"
    bare.parent.mkdir()
    bare.write_text(f'#!/bin/sh\nexec {shutil.which("python3", path=os.defpath)} -S "$@"\n')
    bare.chmod(0o755)

    ended = recipe(*TWO_STEPS, python=bare.parent)

    assert ended.returncode == 1
    assert ended.stderr.endswith(" has no torch, torchvision, numpy, cv2, tqdm\n")
