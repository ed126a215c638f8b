"""python -m training.evaluate --data DIR --model FILE [--serve-fer-share W] [--part PublicTest] [--json FILE]

FILE with the model is a run's checkpoint (best.pt, last.pt) or an exported ONNX file; an ONNX file runs as in serving,
with the temperature of the contract beside it. A checkpoint is read as `training.export --serve-fer-share W` would
export it, and each head alone is shown too. Prints a table, and writes it as JSON where asked to.
Run from the repository's root with PYTHONPATH=.:layers/common.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from numpy.typing import NDArray

from functions.infer.contract import ContractMismatchError, InputContract, read_contract
from functions.infer.preprocess import face_input
from training import checkpoint
from training.checkpoint import CheckpointError
from training.data import (
    DataError,
    Faces,
    Usage,
    ferplus_majority,
    load_faces,
    network_input,
    require_rows,
    vote_shares,
)
from training.metrics import binary, calibration_error, cross_entropy, one_hot, seven_classes, softmax
from training.model import HEADS, EmotionNet

BATCH: Final = 256  # faces at a time; bounds the memory, does not change a result
SERVE_FER_SHARE: Final = 0.0  # the FER+ head alone: FER's labels call calm faces negative (decision 0007)

_Row = tuple[str, float, int]  # what it is, a share, and of how many faces


def torch_logits(net: EmotionNet, gray_nhw: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Logits (n, 2, 7) of the torch network for faces (n, 48, 48) uint8, heads in the order of HEADS."""
    with torch.inference_mode():
        batches = [
            net(torch.from_numpy(network_input(gray_nhw[i : i + BATCH]))) for i in range(0, len(gray_nhw), BATCH)
        ]
    return torch.cat(batches).double().numpy()


def served_logits(head_logits: NDArray[np.float64], fer_share: float) -> NDArray[np.float64]:
    """What serving gets, (n, 7), of both heads' logits (n, 2, 7): `fer_share` of the FER head's, the rest FER+'s."""
    logits: NDArray[np.float64] = np.array([fer_share, 1 - fer_share]) @ head_logits
    return logits


def onnx_logits(path: Path, gray_nhw: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Logits (n, 7) of an ONNX file for faces (n, 48, 48) uint8, one face at a time as in serving."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = InputContract().name
    answers = [session.run(["logits"], {name: face_input(gray_hw)[np.newaxis]})[0] for gray_hw in gray_nhw]
    return np.concatenate(answers).astype(np.float64)


def evaluate(logits: NDArray[np.float64], faces: Faces, temperature: float) -> dict[str, Any]:
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
        "binary_fer": binary(probabilities, faces.labels),
        "binary_ferplus": binary(probabilities[voted], majority[voted]),
        "calibration": _calibration(logits, one_hot(faces.labels), temperature),
        "calibration_ferplus": _calibration(logits[voted], one_hot(majority[voted]), temperature),
        "calibration_votes": _calibration(logits[seen], shares[seen], temperature),
    }


def evaluate_heads(head_logits: NDArray[np.float64], faces: Faces) -> dict[str, dict[str, Any]]:
    """The figures of each head alone, by its name, at temperature 1, for both heads' logits (n, 2, 7)."""
    return {head: evaluate(head_logits[:, i], faces, 1.0) for i, head in enumerate(HEADS)}


def _calibration(logits: NDArray[np.float64], targets: NDArray[np.float64], temperature: float) -> dict[str, Any]:
    return {
        "n": len(targets),
        "temperature": temperature,
        "ece": calibration_error(softmax(logits / temperature), targets),
        "ece_uncalibrated": calibration_error(softmax(logits), targets),
        "nll": cross_entropy(logits, targets, temperature),
        "nll_uncalibrated": cross_entropy(logits, targets, 1.0),
    }


def table(figures: dict[str, Any]) -> str:
    """The figures as lines for people: shares in percent, each with its n."""
    rows = [*_emotion_rows(figures), *_binary_rows(figures), *_calibration_rows(figures)]
    return "\n".join(f"{name:<40}{100 * share:6.2f} %  n = {n}" for name, share, n in rows)


def _emotion_rows(figures: dict[str, Any]) -> list[_Row]:
    fer, plus = figures["fer"], figures["ferplus_majority"]
    return [
        ("7 classes: accuracy", fer["accuracy"], fer["n"]),
        ("7 classes: macro F1", fer["macro_f1"], fer["n"]),
        *((f"recall of {emotion}", share, fer["faces"][emotion]) for emotion, share in fer["recall"].items()),
        ("agreement with FER+ majority", plus["accuracy"], plus["n"]),
        *((f"recall of {emotion}, FER+", share, plus["faces"][emotion]) for emotion, share in plus["recall"].items()),
    ]


def _binary_rows(figures: dict[str, Any]) -> list[_Row]:
    rows: list[_Row] = []
    for name, score in (("FER", figures["binary_fer"]), ("FER+", figures["binary_ferplus"])):
        rows += [(f"binary on {name}, {mean}", score[mean], score["n"]) for mean in ("micro", "macro")]
        rows += [(f"{side} recognised, {name}", share, score["faces"][side]) for side, share in score["recall"].items()]
        if score["auc"] is not None:
            rows.append((f"binary on {name}, area under the curve", score["auc"], score["n"]))
    faces = figures["ferplus_majority"]["faces"]
    called = figures["binary_ferplus"]["called_negative"]
    return rows + [(f"{emotion} called negative, FER+", share, faces[emotion]) for emotion, share in called.items()]


def _calibration_rows(figures: dict[str, Any]) -> list[_Row]:
    rows: list[_Row] = []
    for name, key in (("FER", "calibration"), ("FER+", "calibration_ferplus"), ("votes", "calibration_votes")):
        found = figures[key]
        rows.append((f"ECE on {name}, temperature 1", found["ece_uncalibrated"], found["n"]))
        if found["temperature"] != 1:
            rows.append((f"ECE on {name}, temperature {found['temperature']}", found["ece"], found["n"]))
    return rows


def figures_of(model: Path, faces: Faces, serve_fer_share: float) -> dict[str, Any]:
    """The figures of a checkpoint (at temperature 1, with those of `heads`) or of an ONNX file.

    Raises: CheckpointError, ContractMismatchError, OSError.
    """
    if model.suffix == ".onnx":
        temperature = read_contract(model.with_suffix(".json")).temperature
        return evaluate(onnx_logits(model, faces.gray_nhw), faces, temperature)
    head_logits = torch_logits(checkpoint.averaged_net(checkpoint.load(model)), faces.gray_nhw)
    served = evaluate(served_logits(head_logits, serve_fer_share), faces, 1.0)
    return {"serve_fer_share": serve_fer_share, **served, "heads": evaluate_heads(head_logits, faces)}


def add_serve_fer_share(parser: argparse.ArgumentParser) -> None:
    """Adds the option `--serve-fer-share`, a number from 0 to 1."""
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with fer2013.csv and fer2013new.csv")
    parser.add_argument("--model", type=Path, required=True, help="checkpoint (.pt) or exported network (.onnx)")
    add_serve_fer_share(parser)
    parser.add_argument("--part", type=Usage, choices=list(Usage), default=Usage.PUBLIC_TEST)
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args(argv)
    try:
        loaded = load_faces(options.data)
        require_rows(loaded, options.data, options.part)
        faces = loaded.part(options.part)
        figures = figures_of(options.model, faces, options.serve_fer_share)
    except (DataError, CheckpointError, ContractMismatchError, OSError) as error:
        parser.exit(1, f"{error}\n")
    print(table(figures))
    for head, alone in figures.get("heads", {}).items():
        print(f"\nthe {head} head alone\n{table(alone)}")
    if options.json:
        options.json.write_text(
            json.dumps({"part": options.part, "model": options.model.name, **figures}, indent=2) + "\n"
        )


if __name__ == "__main__":
    main()
