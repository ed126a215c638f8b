"""What an exported file must show before it serves: torch's answers, on every processor, and int8 that costs little."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from functions.infer.contract import PAIR_SUM_LIMIT
from training.data import Faces
from training.evaluate import evaluate
from training.metrics import softmax
from training.onnx_file import SERVED_OUTPUT, onnx_logits, onnx_outputs
from training.processor import processor
from training.quantise import pair_sum_max

TOLERANCE: Final = 1e-4  # of a logit; rounding in another order moves it by a tenth of this, a wrong layer by far more
COMPARED_FACES: Final = 256
EXACT_TOLERANCE: Final = 0.005  # of a probability; mvp 0.5.0: 0.0041 at most of 1,000 faces; overflow: up to 0.5
EXACT_FACES: Final = 64
INT8_MAY_COST: Final = 0.003  # of the accuracy on FER's labels, and of that on the FER+ majority


class ExportError(Exception):
    """The exported file does not give torch's answers, so it must not be served."""


def compare(expected: NDArray[np.float64], path: Path, gray_nhw: NDArray[np.uint8]) -> dict[str, Any]:
    """How far ONNX Runtime is from torch's logits (n, 7) on the same faces. Raises: ExportError above TOLERANCE."""
    return _close(onnx_logits(path, gray_nhw), expected, TOLERANCE, f"{path.name}: logits differ from torch")


def compare_exact(path: Path, gray_nhw: NDArray[np.uint8], temperature: float) -> dict[str, Any]:
    """How far this processor's arithmetic moves any probability. Raises: ExportError above EXACT_TOLERANCE."""
    usual, exact = (
        softmax(onnx_outputs(path, gray_nhw, [SERVED_OUTPUT], optimised=optimised)[:, 0] / temperature)
        for optimised in (True, False)
    )
    complaint = f"{path.name}: on this processor ({processor()}) probabilities differ from exact arithmetic"
    return _close(usual, exact, EXACT_TOLERANCE, complaint)


def _close(
    found: NDArray[np.float64], expected: NDArray[np.float64], tolerance: float, complaint: str
) -> dict[str, Any]:
    difference = float(np.abs(found - expected).max())
    if not difference <= tolerance:  # so that NaN is refused, too
        raise ExportError(f"{complaint} by {difference:.2g}, more than {tolerance:g}")
    return {"max_abs_difference": difference, "n": len(found), "tolerance": tolerance}


def proved_pair_sum(path: Path) -> int:
    """What the contract says of the file's integers. Raises: ExportError if they could overflow."""
    found = pair_sum_max(path)
    if found > PAIR_SUM_LIMIT:
        raise ExportError(f"{path.name}: two products may add up to {found}, an int16 holds {PAIR_SUM_LIMIT}")
    return found


def int8_cost(logits: NDArray[np.float64], in_int8: NDArray[np.float64], faces: Faces) -> dict[str, Any]:
    """What int8 changes of float32's answers (n, 7): shares of the accuracy lost (below 0: gained), each with its n.

    Raises: ExportError if a loss is more than INT8_MAY_COST.
    """
    before, after = (evaluate(each, faces, 1.0) for each in (logits, in_int8))
    lost = {key: before[key]["accuracy"] - after[key]["accuracy"] for key in ("fer", "ferplus_majority")}
    for key, share in lost.items():
        if share > INT8_MAY_COST:
            raise ExportError(f"int8 costs {100 * share:.2f} points on {key}, more than {100 * INT8_MAY_COST:g}")
    return {
        "accuracy_lost": lost,
        "n": {key: before[key]["n"] for key in lost},
        "same_emotion": float((logits.argmax(axis=1) == in_int8.argmax(axis=1)).mean()),
        "max_abs_difference": float(np.abs(logits - in_int8).max()),
    }
