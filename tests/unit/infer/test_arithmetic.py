"""A face's answer does not depend on the processor: the shipped files' integers cannot overflow, on any of them."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from functions.infer.classifier import Classifier, load_classifiers
from functions.infer.contract import PAIR_SUM_LIMIT
from functions.infer.face_network import Detector, load_detector
from functions.infer.faces import DETECTOR
from tests.build.answers import sighting
from tests.real_faces import real_faces
from tests.unit.infer.test_classifier import MODELS
from training.onnx_file import onnx_session
from training.quantise import QuantisationError, pair_sum_max

TOLERANCE = 0.005  # of a probability


def probabilities(classifier, faces_nchw):
    """(n, 7), a face at a time as in serving."""
    return np.array([list(classifier.classify(face[None])[0].prediction.emotions.values()) for face in faces_nchw])


def exact(name):
    """The shipped model without ONNX Runtime's int8 kernels: every product and sum in float32."""
    session = onnx_session(MODELS / f"{name}.onnx", optimised=False)
    return Classifier(load_classifiers(MODELS)[name].contract, session)


@pytest.mark.parametrize("name", ["mvp", "baseline"])
def test_64_real_faces_get_the_answer_of_exact_arithmetic(name):
    faces_nchw = real_faces()

    served, exactly = (probabilities(each, faces_nchw) for each in (load_classifiers(MODELS)[name], exact(name)))

    assert len(faces_nchw) == 64
    assert np.abs(served - exactly).max() < TOLERANCE
    assert np.ptp(served, axis=0).max() > 0.1, "views that all look alike would prove little"


def test_the_detector_sees_64_real_faces_as_exact_arithmetic_does():
    served = load_detector(DETECTOR)
    exactly = Detector(served.contract, onnx_session(DETECTOR / "short_range.onnx", optimised=False))

    seen, exact_seen = ([sighting(face[0], network) for face in real_faces()] for network in (served, exactly))

    assert np.abs(np.array(seen) - exact_seen).max() < 1e-4
    operators = {node.op_type for node in onnx.load(DETECTOR / "short_range.onnx").graph.node}
    assert operators == {"Conv", "Relu", "Add", "MaxPool", "Pad", "Transpose", "Reshape", "Concat"}, "float32 only"


@pytest.mark.parametrize("name", ["mvp", "baseline"])
def test_shipped_contract_says_what_the_file_proves(name):
    assert load_classifiers(MODELS)[name].contract.pair_sum_max == pair_sum_max(MODELS / f"{name}.onnx")


def write_qdq(path, weights, *, operator="Conv", zero_point=(0,), activations=TensorProto.UINT8, axis=0):
    """A 1 x 1 convolution in QDQ form with these int8 weights (channels, inputs)."""
    weights = np.array(weights, np.int8)[:, :, None, None]
    constants = [
        numpy_helper.from_array(weights, "w"),
        numpy_helper.from_array(np.full(len(weights), 0.1, np.float32), "w_scale"),
        *(numpy_helper.from_array(np.full(len(weights), value, np.int8), "w_zero") for value in zero_point),
        numpy_helper.from_array(np.array(0.1, np.float32), "x_scale"),
        helper.make_tensor("x_zero", activations, [], [0]),
    ]
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "x_scale", "x_zero"], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "x_scale", "x_zero"], ["xd"]),
        helper.make_node("DequantizeLinear", ["w", "w_scale", *("w_zero" for _ in zero_point)], ["wd"], axis=axis),
        helper.make_node(operator, ["xd", "wd"], ["y"]),
    ]
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "linear", sides[:1], sides[1:], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


@pytest.mark.parametrize(
    ("weights", "largest"),
    [
        ([[64, 64, 64]], 255 * 128),
        ([[127, 1, 0]], 255 * 128),
        ([[127, 2, 0]], 255 * 129),
        ([[1, -100, 50], [3, -30, -99]], 255 * 129),
        ([[100, -100], [100, -100]], 255 * 100),
        ([[0, 0]], 0),
        ([[-128, -128]], 255 * 256),
    ],
)
def test_largest_pair_is_that_of_the_worst_channel(tmp_path, weights, largest):
    assert pair_sum_max(write_qdq(tmp_path / "net.onnx", weights)) == largest


def test_weights_of_seven_bits_always_fit():
    assert 255 * 2 * 64 <= PAIR_SUM_LIMIT < 255 * 2 * 65


@pytest.mark.parametrize(
    "unusual",
    [
        {"zero_point": (3,)},
        {"zero_point": ()},
        {"activations": TensorProto.INT8},
        {"axis": 1},
        {"operator": "MatMul"},
        {"operator": "ConvInteger"},
        {"operator": "QLinearConv"},
    ],
    ids=str,
)
def test_integers_that_the_proof_does_not_cover_are_refused_by_name(tmp_path, unusual):
    with pytest.raises(QuantisationError, match=r"^net\.onnx: "):
        pair_sum_max(write_qdq(tmp_path / "net.onnx", [[1, 2], [3, 4]], **unusual))
