"""Pictures and tiny models for infer's tests. Nothing here is larger or slower than its test needs."""

import json
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from functions.infer.contract import sha256_of
from functions.infer.faces import FaceFinder
from tests.fuzz.hostile_photos import saved

encoded = saved
PHOTOS = Path(__file__).parents[2] / "photos"
LABELS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


@pytest.fixture(scope="session")
def astronaut_bytes():
    return (PHOTOS / "astronaut.jpg").read_bytes()


@pytest.fixture(scope="session")
def astronaut_hw(astronaut_bytes):
    """512 x 512 px, uint8 gray; one face, 95 px wide at (177, 66)."""
    return cv2.imdecode(np.frombuffer(astronaut_bytes, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.fixture(scope="session")
def finder():
    return FaceFinder()


def write_onnx(path, *, inputs=("face",), outputs=("logits",), side=48, classes=7, faces="n", dtype=TensorProto.FLOAT):
    """A net whose outputs are all the input's first pixels; of `covered` the first one alone."""
    flat = helper.make_node("Flatten", [inputs[0]], ["flat"])
    widths = {output: 1 if output == "covered" else classes for output in outputs}
    first = [helper.make_node("Slice", ["flat", "from", f"to_{widths[each]}", "axis"], [each]) for each in outputs]
    constants = [
        helper.make_tensor(name, TensorProto.INT64, [1], [value])
        for name, value in (("from", 0), ("axis", 1), *{(f"to_{width}", width) for width in widths.values()})
    ]
    graph = helper.make_graph(
        [flat, *first],
        "first_pixels",
        [helper.make_tensor_value_info(name, dtype, [faces, 1, side, side]) for name in inputs],
        [helper.make_tensor_value_info(name, dtype, [faces, width]) for name, width in widths.items()],
        constants,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


def write_contract(path, onnx_path, **changes):
    """A contract that fits the ONNX file; `changes` spoil it, `input` field by field."""
    fields = {
        "name": onnx_path.stem,
        "version": "1.2.3",
        "sha256": sha256_of(onnx_path) if onnx_path.exists() else "0" * 64,
        "labels": LABELS,
        "temperature": 1.5,
        "threshold": 0.5,
        "unsure": [0.4, 0.6],
        "pair_sum_max": 0,
        "metrics": {},
        "training": {},
        "export": {},
    }
    spoilt_input = changes.pop("input", {})
    usual_input = {"name": "face", "shape": [1, 48, 48], "dtype": "float32", "layout": "NCHW", "mean": 0.5, "std": 0.25}
    path.write_text(json.dumps({**fields, "input": {**usual_input, **spoilt_input}, **changes}), encoding="utf-8")


@pytest.fixture
def model_folder(tmp_path):
    """A folder with one model named toy and its contract."""
    write_onnx(tmp_path / "toy.onnx")
    write_contract(tmp_path / "toy.json", tmp_path / "toy.onnx")
    return tmp_path


@pytest.fixture
def selfie():
    with Image.open(PHOTOS / "selfie.jpg") as image:
        yield image
