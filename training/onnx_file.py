"""An exported network, asked as serving asks it: in ONNX Runtime, on one thread, one face at a time."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from functions.infer.contract import InputContract
from functions.infer.preprocess import face_input
from training.processor import processor

SERVED_OUTPUT: Final = "logits"
COVERED_OUTPUT: Final = "covered"
WARM_UP, TIMED = 20, 300  # faces: the first few are slower, and a median needs no more


def onnx_session(path: Path, *, optimised: bool = True) -> onnxruntime.InferenceSession:
    """The file in the serving runtime, on one thread. Not `optimised`, int8 is computed exactly, in float32, slowly."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def onnx_outputs(
    path: Path, gray_nhw: NDArray[np.uint8], outputs: Sequence[str], *, optimised: bool = True
) -> NDArray[np.float64]:
    """Logits (n, k, 7) of k outputs of an ONNX file for faces (n, 48, 48) uint8, one face at a time as in serving."""
    session, name = onnx_session(path, optimised=optimised), InputContract().name
    answers = [
        np.stack(session.run(list(outputs), {name: face_input(gray_hw)[np.newaxis]}), axis=1) for gray_hw in gray_nhw
    ]
    return np.concatenate(answers).astype(np.float64)


def onnx_logits(path: Path, gray_nhw: NDArray[np.uint8], output: str = SERVED_OUTPUT) -> NDArray[np.float64]:
    """Logits (n, 7) of one of them."""
    return onnx_outputs(path, gray_nhw, [output])[:, 0]


def cost(path: Path, gray_nhw: NDArray[np.uint8]) -> dict[str, Any]:
    """What an ONNX file costs: bytes, and milliseconds from a gray face to its logits, one at a time on one thread."""
    session, name = onnx_session(path), InputContract().name
    took_ms = []
    for gray_hw in (*gray_nhw[:WARM_UP], *gray_nhw[:TIMED]):
        began_s = time.perf_counter()
        session.run(["logits"], {name: face_input(gray_hw)[np.newaxis]})
        took_ms.append(1000 * (time.perf_counter() - began_s))
    timed_ms = took_ms[len(gray_nhw[:WARM_UP]) :]
    return {
        "bytes": path.stat().st_size,
        "ms_median": float(np.median(timed_ms)),
        "ms_p95": float(np.percentile(timed_ms, 95)),
        "n": len(timed_ms),
        "machine": processor(),
    }
