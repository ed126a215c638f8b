"""Face inputs → calibrated probabilities, with the models that lie in a folder. Knows nothing of photos.

Every `NAME.onnx` needs its `NAME.json`, and the pair is compared field by field before the first photo: a net that is
read with another label order or scale still answers, only wrongly.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no annotations
from numpy.typing import NDArray

from burnout.emotions import NEGATIVE, Emotion
from burnout.inference import MODELS, Prediction
from functions.infer.contract import (
    PAIR_SUM_LIMIT,
    ContractMismatchError,
    InputContract,
    ModelContract,
    read_contract,
    sha256_of,
)

ORT_DTYPES: Final = {"float32": "tensor(float)"}


class Reading(NamedTuple):
    """What a model says of one face. Of a covered one its prediction means little."""

    prediction: Prediction
    covered: bool  # by a mask, dark glasses or a hand; False where the model does not tell


class Classifier:
    """One model, ready to run. Threads may share it."""

    def __init__(self, contract: ModelContract, session: onnxruntime.InferenceSession) -> None:
        self.contract: Final = contract
        self._session = session

    def classify(self, faces_nchw: NDArray[np.float32]) -> list[Reading]:
        """What the model says of each face, in order.

        Takes float32 (faces, 1, 48, 48) as `preprocess.face_input` makes them; no faces give an empty list.
        """
        if not len(faces_nchw):
            return []
        contract = self.contract
        asked = [output for output in (contract.output, contract.covered_output) if output is not None]
        logits, *covered = self._session.run(asked, {contract.input.name: faces_nchw})
        is_covered = covered[0][:, 0] >= contract.covered_from if covered else np.zeros(len(logits), bool)
        rows = zip(np.asarray(logits, dtype=np.float64), is_covered, strict=True)
        return [Reading(prediction_of(row, contract), bool(each)) for row, each in rows]


def prediction_of(logits: NDArray[np.float64], contract: ModelContract) -> Prediction:
    """The calibrated prediction of one face from its seven logits, float64, any finite values."""
    scaled = (logits - logits.max()) / contract.temperature  # the largest is 0, so nothing overflows
    exponentials = np.exp(scaled)
    probabilities = exponentials / exponentials.sum()
    emotions = {emotion: float(p) for emotion, p in zip(contract.labels, probabilities, strict=True)}
    negative = min(1.0, sum(emotions[emotion] for emotion in Emotion if emotion in NEGATIVE))
    lower, upper = contract.unsure
    return Prediction(
        negative=negative,
        label="negative" if negative >= contract.threshold else "positive",
        emotions=emotions,
        sure=not lower <= negative < upper,
    )


def load_classifiers(folder: Path) -> dict[str, Classifier]:
    """Every model in the folder by its name, in alphabetical order.

    Raises: ContractMismatchError when there is none, when one of a pair is missing, or when a pair does not match.
    """
    names = sorted({path.stem for path in chain(folder.glob("*.onnx"), folder.glob("*.json"))})
    if not names:
        raise ContractMismatchError(f"{folder.name}: no models")
    return {name: _load(folder, name) for name in names}


def served_classifiers(folder: Path) -> dict[str, Classifier]:
    """As `load_classifiers`, of the folder that people's photos are answered from: it holds `MODELS` and no other.

    Raises: ContractMismatchError.
    """
    classifiers = load_classifiers(folder)
    if tuple(classifiers) != MODELS:
        raise ContractMismatchError(f"{folder.name}: {', '.join(classifiers)} instead of {', '.join(MODELS)}")
    return classifiers


def chosen(classifiers: Mapping[str, Classifier], names: Sequence[str]) -> dict[str, Classifier]:
    """The classifiers of these names, or all for no names. Raises: ValueError for a name that is no model."""
    unknown = sorted(set(names) - classifiers.keys())
    if unknown:
        raise ValueError(f"no such model: {', '.join(unknown)}; there are {', '.join(classifiers)}")
    return {name: classifiers[name] for name in names or classifiers}


def _load(folder: Path, name: str) -> Classifier:
    onnx_path, json_path = folder / f"{name}.onnx", folder / f"{name}.json"
    for path in (onnx_path, json_path):
        if not path.is_file():
            raise ContractMismatchError(f"{name}: {path.name} is missing")
    contract = read_contract(json_path)
    _require(name, "name", contract.name, name)
    _require(name, "sha256", contract.sha256, sha256_of(onnx_path))
    _check_meaning(contract)
    _check_arithmetic(contract)
    session = open_model(onnx_path)
    _check_shape(contract, session)
    return Classifier(contract, session)


def open_model(path: Path) -> onnxruntime.InferenceSession:
    """An ONNX file in the serving runtime, on one thread. Raises: ContractMismatchError."""
    options = onnxruntime.SessionOptions()
    # A Lambda environment has one core, and threads that spin would use up paid time.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's exceptions have no public common class
        raise ContractMismatchError(f"{path.name}: not a model that ONNX Runtime loads") from error


def _check_meaning(contract: ModelContract) -> None:
    """The contract agrees with the preprocessing and the label order of this code, and its numbers make sense."""
    name, expected = contract.name, InputContract()
    _require(name, "labels", [str(label) for label in contract.labels], [str(emotion) for emotion in Emotion])
    for field in ("shape", "dtype", "layout", "mean", "std"):
        _require(name, f"input.{field}", getattr(contract.input, field), getattr(expected, field))
    if not contract.temperature > 0:
        raise ContractMismatchError(f"{name}: temperature is {contract.temperature}, must be above 0")
    if not 0 < contract.threshold < 1:
        raise ContractMismatchError(f"{name}: threshold is {contract.threshold}, must be between 0 and 1")
    if (contract.covered_output is None) != (contract.covered_from is None):
        raise ContractMismatchError(f"{name}: covered_output and covered_from go together")
    lower, upper = contract.unsure
    if not 0 < lower <= min(contract.threshold, 0.5) <= max(contract.threshold, 0.5) <= upper < 1:
        # Without 0.5 between the bounds, a side could be named that has less than half of the probability.
        raise ContractMismatchError(f"{name}: unsure is {lower} to {upper}, must hold the threshold and 0.5")


def _check_arithmetic(contract: ModelContract) -> None:
    """The contract says that the file answers the same on every processor.

    The exporter proves it from the file, and the contract's sha256 binds both. A forged contract is not noticed here.
    """
    proved = contract.pair_sum_max
    if proved is not None and 0 <= proved <= PAIR_SUM_LIMIT:
        return
    fault = "its contract does not prove that its integers cannot overflow on processors without VNNI"
    if proved is not None:
        fault = f"pair_sum_max is {proved}, must be 0 to {PAIR_SUM_LIMIT}, or processors without VNNI overflow"
    raise ContractMismatchError(
        f"{contract.name}: {fault}; export it anew from training/weights: training/recipes/export.sh DATA_DIR OUT_DIR"
    )


def _check_shape(contract: ModelContract, session: onnxruntime.InferenceSession) -> None:
    """The ONNX file takes and gives what the contract says, with the number of faces left free."""
    name = contract.name
    inputs, outputs = session.get_inputs(), session.get_outputs()
    _require(name, "inputs", [contract.input.name], [node.name for node in inputs])
    emotions = dict.fromkeys(filter(None, (contract.output, contract.fer_output)), len(Emotion))
    promised = emotions | dict.fromkeys(filter(None, (contract.covered_output,)), 1)
    _require(name, "outputs", list(promised), [node.name for node in outputs])
    _require(name, "input.dtype", ORT_DTYPES[contract.input.dtype], inputs[0].type)
    _require(name, "input.shape", [None, *contract.input.shape], _shape(inputs[0]))
    for output in outputs:
        _require(name, "output dtype", ORT_DTYPES["float32"], output.type)
        _require(name, "output shape", [None, promised[output.name]], _shape(output))


def _shape(node: Any) -> list[int | None]:
    """A node's shape, None for what may vary (ONNX Runtime gives it a name or nothing)."""
    return [side if isinstance(side, int) else None for side in node.shape]


def _require(model: str, what: str, contract_says: object, found: object) -> None:
    if contract_says != found:
        raise ContractMismatchError(f"{model}: {what} is {contract_says} in the contract but {found} here")
