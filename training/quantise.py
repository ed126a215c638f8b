"""An exported network → the same in int8: smaller by four and faster by two to three, for some accuracy.

Static quantisation in QDQ form, activations unsigned and weights signed: ONNX Runtime is 3.5 times slower when both
are signed. Scales of activations come from faces of Training, those of weights from each filter. Weights use seven of
their eight bits, so that no processor's arithmetic overflows (functions/infer/contract.py); `pair_sum_max` proves it.
Of what leads to the first output the convolutions are quantised, and not the first: the sums between them cost little
time in float32, and rounding each of them to eight bits would move single answers by 0.02 from one processor to another
(LOG.md, 2026-11-29).
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime.quantization import (  # type: ignore[import-untyped]
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process  # type: ignore[import-untyped]

from functions.infer.contract import InputContract
from training.data import chunks, network_input

CALIBRATION_FACES: Final = 512
_PERCENTILE: Final = 99.99  # of activations within the range; the rest are cut off, for finer steps
_ACTIVATION_MAX: Final = 255  # uint8
# What an exported network consists of besides; each computes in float32, whatever the processor.
_FLOAT_OPERATORS: Final = {
    *("Conv", "Relu", "Add", "Sub", "Mul", "Div", "Sqrt"),
    *("ReduceMean", "Reshape", "Gemm", "Split", "Slice", "Concat"),
}


class QuantisationError(Exception):
    """A file has integers whose sums cannot be bounded. The text names it."""


def quantise(path: Path, gray_nhw: NDArray[np.uint8], target: Path) -> dict[str, Any]:
    """Writes the network of `path` in int8 to `target`, calibrated on faces (n, 48, 48); a record of how."""
    with TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(path), str(prepared))
        graph = onnx.load(prepared).graph
        convolutions = [node.name for node in _leading_to(graph, graph.output[0].name) if node.op_type == "Conv"]
        quantize_static(
            str(prepared),
            str(target),
            _Faces(gray_nhw),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": _PERCENTILE},
            nodes_to_quantize=convolutions[1:],
            reduce_range=True,  # weights within [-64, 64]
        )
    how = "QDQ, all convolutions but the first: uint8 activations, 7-bit weights per channel"
    return {"format": how, "calibration_faces": len(gray_nhw)}


def pair_sum_max(path: Path) -> int:
    """The largest sum, without its sign, of two products of an activation and a weight that the file can bring about.

    Which two weights of a channel a kernel adds up depends on how it packs them, so any two may be. A file without
    integers has 0. Raises: QuantisationError for a file with anything that `quantise` does not write.
    """
    graph = onnx.load(path).graph
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    readers = {name: node.op_type for node in graph.node for name in node.input}
    sums = [0]
    for node in graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear") and not node.domain:
            weights = constants.get(node.input[0])  # None: activations
            zero_point = constants.get(node.input[2]) if len(node.input) > 2 else None
            if zero_point is None or zero_point.dtype != (np.uint8 if weights is None else weights.dtype):
                raise QuantisationError(f"{path.name}: {node.name} has another type than training.quantise writes")
            if weights is None or weights.dtype == np.int32:  # biases are added in 32 bits
                continue
            axes = [attribute.i for attribute in node.attribute if attribute.name == "axis"]
            if zero_point.any() or axes != [0] or readers.get(node.output[0]) != "Conv":
                raise QuantisationError(f"{path.name}: {node.name} is not the filters of a convolution, by channel")
            sums.append(_largest_pair(weights))
        elif node.domain or node.op_type not in _FLOAT_OPERATORS:
            raise QuantisationError(f"{path.name}: {node.op_type}, which training.export does not write")
    return max(sums)


def _leading_to(graph: onnx.GraphProto, output: str) -> list[onnx.NodeProto]:
    """The nodes that an output is computed from, in the graph's order."""
    needed, found = {output}, []
    for node in reversed(graph.node):  # a graph is in the order of computing
        if needed & set(node.output):
            needed |= set(node.input)
            found.append(node)
    return found[::-1]


def _largest_pair(weights: NDArray[np.int8]) -> int:
    """The same of weights (channels, ...), by the two largest and the two smallest of each channel."""
    ordered = np.sort(weights.reshape(len(weights), -1).astype(np.int64), axis=1)
    largest, smallest = ordered[:, -2:].clip(min=0).sum(axis=1), ordered[:, :2].clip(max=0).sum(axis=1)
    return int(_ACTIVATION_MAX * max(largest.max(), -smallest.min()))


class _Faces(CalibrationDataReader):  # type: ignore[misc]
    """Feeds the calibration, as ONNX Runtime wants it fed."""

    def __init__(self, gray_nhw: NDArray[np.uint8]) -> None:
        self._batches: Iterator[NDArray[np.uint8]] = chunks(gray_nhw, 64)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next batch by the network's input name; None when there is none left."""
        batch = next(self._batches, None)
        return None if batch is None else {InputContract().name: network_input(batch)}
