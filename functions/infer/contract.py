"""The JSON contract that stands beside every ONNX file: what the file is, and how to read its output."""

import hashlib
from pathlib import Path
from typing import Any, Final

import msgspec

from burnout.emotions import Emotion
from functions.infer.preprocess import FACE_SIZE_PX, MEAN, STD

# Where a processor has AVX2 but no VNNI, ONNX Runtime adds each two products of an activation and a weight in an int16
# (VPMADDUBSW), which saturates: the answer is then another one. AWS Lambda promises AVX2 only.
PAIR_SUM_LIMIT: Final = 32_767


class InputContract(msgspec.Struct, frozen=True, kw_only=True):
    """The network's input as `preprocess.face_input` makes it, with a batch dimension in front."""

    name: str = "face"
    shape: tuple[int, int, int] = (1, FACE_SIZE_PX, FACE_SIZE_PX)  # channel, height, width
    dtype: str = "float32"
    layout: str = "NCHW"
    mean: float = MEAN
    std: float = STD


class ModelContract(msgspec.Struct, frozen=True, kw_only=True):
    """What `training.export` writes and `classifier` checks. `metrics` and `training` are for people."""

    name: str
    version: str
    sha256: str  # of the ONNX file, lower-case hex
    labels: tuple[Emotion, ...]  # in the order of the logits
    input: InputContract
    output: str = "logits"  # float32, shape (n, 7)
    fer_output: str | None = None  # a second one of that shape: the head that learnt FER's labels; never served
    covered_output: str | None = None  # float32, shape (n, 1): a logit, is the face covered?
    covered_from: float | None = None  # from this logit on it is
    temperature: float  # probabilities = softmax(logits / temperature)
    threshold: float  # `negative` at this probability mass and above
    unsure: tuple[float, float]  # from the first mass to below the second no side is named (Chow 1970)
    pair_sum_max: int | None = None  # largest sum of two such products, by `training.quantise`; 0 without integers
    metrics: dict[str, Any]
    training: dict[str, Any]
    export: dict[str, Any]


class ContractMismatchError(Exception):
    """A model file and its contract do not belong together; serving them would give wrong answers."""


def sha256_of(path: Path) -> str:
    """Lower-case hex SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_contract(path: Path) -> ModelContract:
    """The contract in a JSON file. Raises: ContractMismatchError naming the file and the wrong field."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelContract)
    except msgspec.MsgspecError as error:
        raise ContractMismatchError(f"{path.name}: {error}") from error
