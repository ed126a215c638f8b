"""python -m training.evaluate --data DIR --model FILE [--serve-fer-share W] [--part PublicTest] [--json FILE]
                                [--pictures DIR]

FILE with the model is a run's checkpoint (best.pt, last.pt) or an exported ONNX file; an ONNX file runs as in serving,
with the temperature, threshold and bounds of the contract beside it. A checkpoint is read as `training.export
--serve-fer-share W` would export it, at temperature 1 and 0.5. Each head alone is shown too, if the file has it, with a
temperature of its own. Prints a table, the same for the faces that have no copy and no near copy in Training, and what
an ONNX file costs; writes it as JSON, and confusion matrices as pictures, where asked to.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from functions.infer.contract import ContractMismatchError, read_contract
from training import checkpoint
from training.checkpoint import CheckpointError
from training.command_line import one_line_for, parser_of
from training.copies import find_copies
from training.data import DataError, Faces, Usage, chunks, ferplus_majority, load_faces, network_input, vote_shares
from training.metrics import (
    IS_NEGATIVE,
    best_temperature,
    binary,
    calibration_error,
    confusion,
    cross_entropy,
    negative_mass,
    one_hot,
    seven_classes,
    softmax,
)
from training.model import HEADS, EmotionNet
from training.onnx_file import cost, onnx_outputs
from training.operating_point import OperatingPoint, score
from training.pictures import confusion_picture, write_png
from training.processor import processor
from training.tables import table

NEUTRAL: Final = OperatingPoint()  # the side with the larger mass, always named
SERVE_FER_SHARE: Final = 0.0  # the FER+ head alone; what serves, the recipes say (decision 0018)

_LABELS: Final = {"fer": "FER's labels", "ferplus_majority": "FER+ majority"}


def torch_logits(net: EmotionNet, gray_nhw: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Logits (n, 2, 7) of the torch network for faces (n, 48, 48) uint8, heads in the order of HEADS."""
    with torch.inference_mode():
        batches = [net(torch.from_numpy(network_input(batch_nhw))) for batch_nhw in chunks(gray_nhw)]
    return torch.cat(batches).double().numpy()


def served_logits(head_logits: NDArray[np.float64], fer_share: float) -> NDArray[np.float64]:
    """What serving gets, (n, 7), of both heads' logits (n, 2, 7): `fer_share` of the FER head's, the rest FER+'s."""
    logits: NDArray[np.float64] = np.array([fer_share, 1 - fer_share]) @ head_logits
    return logits


def flip_averaged(logits_of: Callable[[NDArray[np.uint8]], NDArray[np.float64]]) -> Callable[..., NDArray[np.float64]]:
    """The same network asked twice: the mean of its logits for the faces (n, 48, 48) and for their mirror images."""
    return lambda gray_nhw: (logits_of(gray_nhw) + logits_of(gray_nhw[:, :, ::-1])) / 2


def evaluate(
    logits: NDArray[np.float64], faces: Faces, temperature: float, point: OperatingPoint = NEUTRAL
) -> dict[str, Any]:
    """All figures of merit, each with its n, for logits (n, 7) and the faces that they belong to.

    FER+ figures are on the faces whose votes name a single one of the seven emotions, those of `calibration_votes` on
    all that have votes for any of the seven: there "right" is the share of these votes that agree.
    """
    probabilities = softmax(logits / temperature)
    predicted = logits.argmax(axis=1)
    majority = ferplus_majority(faces.votes)
    voted = majority >= 0
    shares = vote_shares(faces.votes).astype(np.float64)
    seen = shares.any(axis=1)
    return {
        "fer": seven_classes(predicted, faces.labels),
        "ferplus_majority": seven_classes(predicted[voted], majority[voted]),
        "binary_fer": binary(probabilities, faces.labels, threshold=point.threshold),
        "binary_ferplus": binary(probabilities[voted], majority[voted], threshold=point.threshold),
        "operating_point": score(*sides(logits, faces, temperature), point),
        "told_negative": binary(probabilities[voted], majority[voted], threshold=point.unsure_to)["called_negative"],
        "calibration": _calibration(logits, one_hot(faces.labels), temperature),
        "calibration_ferplus": _calibration(logits[voted], one_hot(majority[voted]), temperature),
        "calibration_votes": _calibration(logits[seen], shares[seen], temperature),
    }


def evaluate_heads(heads: Mapping[str, NDArray[np.float64]], faces: Faces) -> dict[str, dict[str, Any]]:
    """The figures of each head alone, by its name, for its logits (n, 7); at 0.5, and the temperature that suits it."""
    targets: dict[str, NDArray[Any]] = {"fer": one_hot(faces.labels), "ferplus": vote_shares(faces.votes)}
    return {head: evaluate(logits, faces, best_temperature(logits, targets[head])) for head, logits in heads.items()}


def sides(
    logits: NDArray[np.float64], faces: Faces, temperature: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Negative mass, and whether the majority is negative, of the faces whose votes name a single emotion."""
    majority = ferplus_majority(faces.votes)
    voted = majority >= 0
    return negative_mass(softmax(logits[voted] / temperature)), IS_NEGATIVE[majority[voted]]


def _calibration(logits: NDArray[np.float64], targets: NDArray[np.float64], temperature: float) -> dict[str, Any]:
    return {
        "n": len(targets),
        "temperature": temperature,
        "ece": calibration_error(softmax(logits / temperature), targets),
        "ece_uncalibrated": calibration_error(softmax(logits), targets),
        "nll": cross_entropy(logits, targets, temperature),
        "nll_uncalibrated": cross_entropy(logits, targets, 1.0),
    }


def confusions(logits: NDArray[np.float64], faces: Faces) -> dict[str, NDArray[np.int64]]:
    """What was said (columns) of faces of each emotion (rows), (7, 7), by both sets of labels as in `evaluate`."""
    predicted, majority = logits.argmax(axis=1), ferplus_majority(faces.votes)
    voted = majority >= 0
    return {
        "fer": confusion(predicted, faces.labels),
        "ferplus_majority": confusion(predicted[voted], majority[voted]),
    }


def without_copies(
    logits: NDArray[np.float64], part: Faces, training: Faces, temperature: float, point: OperatingPoint
) -> dict[str, dict[str, Any]]:
    """The figures of the faces (n,) that have no byte-identical face in Training, and of those with no near copy."""
    if not len(training):
        return {}
    found = find_copies(part, training)
    fresh = {"identical": ~found.identical, "near": ~found.near()}
    return {
        kind: evaluate(logits[kept], part.where(kept), temperature, point) for kind, kept in fresh.items() if kept.any()
    }


@dataclass(frozen=True)
class Model:
    """A checkpoint or an ONNX file, ready to be asked."""

    # Faces (n, 48, 48) -> logits (n, 7) of what is "served" and of each head that the file has, by its name.
    logits_of: Callable[[NDArray[np.uint8]], dict[str, NDArray[np.float64]]]
    temperature: float = 1.0
    point: OperatingPoint = NEUTRAL


def load_model(path: Path, serve_fer_share: float) -> Model:
    """The model in a file; a checkpoint has temperature 1. Raises: CheckpointError, ContractMismatchError, OSError."""
    if path.suffix == ".onnx":
        contract = read_contract(path.with_suffix(".json"))
        outputs = {"served": contract.output, **({"fer": contract.fer_output} if contract.fer_output else {})}
        outputs_of = partial(onnx_outputs, path, outputs=tuple(outputs.values()))
        point = OperatingPoint(contract.threshold, *contract.unsure)
        return Model(lambda gray_nhw: _by_name(outputs, outputs_of(gray_nhw)), contract.temperature, point)
    heads_of = partial(torch_logits, checkpoint.averaged_net(checkpoint.load_weights(path)))

    def logits_of(gray_nhw: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
        head_logits = heads_of(gray_nhw)
        return {"served": served_logits(head_logits, serve_fer_share), **_by_name(HEADS, head_logits)}

    return Model(logits_of)


def _by_name(names: Iterable[str], logits: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Logits (n, k, 7) taken apart: (n, 7) for each of k names."""
    return dict(zip(names, np.moveaxis(logits, 1, 0), strict=True))


def figures_of(model: Model, faces: Faces, part: Usage) -> dict[str, Any]:
    """Everything that is measured on a part of the faces, those of Training being there to find copies of."""
    tested = faces.part(part)
    heads = model.logits_of(tested.gray_nhw)
    logits = heads.pop("served")
    training = faces.part(Usage.TRAINING if part is not Usage.TRAINING else Usage.PRIVATE_TEST)
    return {
        **evaluate(logits, tested, model.temperature, model.point),
        "confusion": {labels: counts.tolist() for labels, counts in confusions(logits, tested).items()},
        "without_copies": without_copies(logits, tested, training, model.temperature, model.point),
        "heads": evaluate_heads(heads, tested),
    }


def add_fer_share(parser: argparse.ArgumentParser) -> None:
    """Adds `--serve-fer-share`, a number from 0 to 1."""
    parser.add_argument(
        "--serve-fer-share",
        type=_share,
        default=SERVE_FER_SHARE,
        metavar="W",
        help=f"served logits = W * FER head + (1 - W) * FER+ head, of a checkpoint (default: {SERVE_FER_SHARE})",
    )


def _share(text: str) -> float:
    if not 0 <= float(text) <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not within 0 and 1")
    return float(text)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__)
    parser.add_argument("--model", type=Path, required=True, help="checkpoint (.pt) or exported network (.onnx)")
    add_fer_share(parser)
    parser.add_argument("--part", type=Usage, choices=list(Usage), default=Usage.PUBLIC_TEST)
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--pictures", type=Path, help="folder for the confusion matrices, as MODEL-LABELS.png")
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError, CheckpointError, ContractMismatchError, OSError):
        faces = load_faces(options.data, options.part)
        model = load_model(options.model, options.serve_fer_share)
        figures = figures_of(model, faces, options.part)
        if options.model.suffix == ".onnx":
            figures["cost"] = cost(options.model, faces.part(options.part).gray_nhw)
    print(f"{options.model.name} on {options.part}, {processor()}\n\n{table(figures)}")
    record = {"part": options.part, "model": options.model.name, "processor": processor(), **figures}
    if options.json:
        options.json.write_text(json.dumps(record, indent=2) + "\n")
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
        for labels, counts in figures["confusion"].items():
            title = f"{options.model.stem} on {options.part}, {_LABELS[labels]}, n = {np.sum(counts)}"
            path = options.pictures / f"{options.model.stem}-{labels.replace('_', '-')}.png"
            write_png(confusion_picture(np.array(counts), title), path)


if __name__ == "__main__":
    main()
