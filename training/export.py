"""python -m training.export --data DIR --checkpoint FILE [--serve-fer-share W] [--flip-average] [--int8] [--out DIR]
                              [--name mvp] [--covered FILE] --version V

Writes NAME.onnx and its contract NAME.json: the averaged weights of FILE (a run's best.pt, or a release's weights),
both heads as one, temperature, threshold and "not sure" bounds chosen on PublicTest, figures on PublicTest, and where
all of it comes from. Nothing is written unless ONNX Runtime gives the same logits as torch on real faces. With
--flip-average the file itself asks the network twice, for a face and its mirror image. With --int8 it is then
quantised, calibrated on Training faces; it is refused if that costs more than 0.3 points of accuracy, if integers could
overflow on any processor, or if exact arithmetic answers otherwise here. With --covered the file also says which faces
are covered, by the network of training.covered. The weights are first rounded to float16 and kept as NAME.pt: in
training/weights for the models that serve, else in --out.
"""

import dataclasses
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from burnout.emotions import Emotion
from functions.infer.contract import PAIR_SUM_LIMIT, InputContract, ModelContract, sha256_of
from functions.infer.preprocess import FACE_SIZE_PX
from training import checkpoint, provenance
from training.checkpoint import CheckpointError, Weights
from training.command_line import one_line_for, parser_of
from training.covered import covered_in, load_covers
from training.data import DataError, Faces, Usage, data_sha256, load_faces, vote_shares
from training.evaluate import (
    add_fer_share,
    evaluate,
    evaluate_heads,
    flip_averaged,
    served_logits,
    sides,
    torch_logits,
)
from training.metrics import best_temperature, one_hot, softmax
from training.model import HEADS, CoverNet, ServedNet
from training.onnx_file import COVERED_OUTPUT, SERVED_OUTPUT, onnx_logits, onnx_outputs
from training.operating_point import choose, held_out
from training.processor import processor
from training.quantise import CALIBRATION_FACES, QuantisationError, pair_sum_max, quantise

TOLERANCE: Final = 1e-4  # of a logit; rounding in another order moves it by a tenth of this, a wrong layer by far more
COMPARED_FACES: Final = 256
FER_OUTPUT: Final = "fer_logits"
EXACT_TOLERANCE: Final = 0.005  # of a probability; mvp 0.4.1: 0.002, of 1,200 faces one 0.0053; overflow: up to 0.5
EXACT_FACES: Final = 64
MODELS: Final = Path("functions/infer/models")
WEIGHTS: Final = Path("training/weights")  # of the models in MODELS
INT8_MAY_COST: Final = 0.003  # of the accuracy on FER's labels, and of that on the FER+ majority
_OPSET: Final = 18  # the oldest that torch's exporter writes without converting; every current runtime reads it


class ExportError(Exception):
    """The exported file does not give torch's answers, so it must not be served."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Release:
    """The choices of an export: where to, under which version, which mixture of the heads is served, and how."""

    target: Path
    version: str
    serve_fer_share: float
    weights: Path  # where the float16 weights are kept
    flip_average: bool = False
    calibration_nhw: NDArray[np.uint8] | None = None  # Training faces (n, 48, 48); with them the file is in int8
    covers: CoverNet | None = None  # with it the file says which faces are covered


def write_onnx(net: ServedNet, path: Path) -> None:
    """Writes the network as one self-contained ONNX file.

    `face` float32 (batch, 1, 48, 48) → `logits` (batch, 7), `fer_logits` likewise unless the FER head serves alone, and
    `covered` (batch, 1) if the network says it.
    """
    faces = torch.zeros(3, 1, FACE_SIZE_PX, FACE_SIZE_PX)
    emotions = [SERVED_OUTPUT, FER_OUTPUT][: len(net.head.bias) // len(Emotion)]
    torch.onnx.export(
        net.eval(),
        (faces,),
        path,
        input_names=[InputContract().name],
        output_names=[*emotions, *([COVERED_OUTPUT] if net.covers else [])],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        opset_version=_OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    model = onnx.load(path)
    _strip_traces(model)
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _strip_traces(model: onnx.ModelProto) -> None:
    """Removes the exporter's notes: they hold source paths of this machine, so two machines would differ."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
        part.ClearField("doc_string")


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


def fitted_temperature(logits: NDArray[np.float64], faces: Faces, fer_share: float) -> float:
    """The temperature that suits logits (n, 7) best, by FER's labels and FER+'s votes in the shares that are served."""
    targets = fer_share * one_hot(faces.labels) + (1 - fer_share) * vote_shares(faces.votes)
    return best_temperature(logits, targets)


def export(saved: Weights, faces: Faces, data: dict[str, Any], release: Release) -> ModelContract:
    """Writes `release.target` (.onnx), its contract (.json) and its weights, and gives the contract.

    `faces` are PublicTest's. Raises: ExportError if ONNX Runtime and torch differ, int8 costs too much, or integers may
    overflow; QuantisationError; then all three files are as they were.
    """
    saved = saved.rounded()
    net, target = checkpoint.averaged_net(saved), release.target
    heads_of = partial(torch_logits, net)
    both = flip_averaged(heads_of) if release.flip_average else heads_of
    logits = served_logits(both(faces.gray_nhw), release.serve_fer_share)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        written, kept = Path(folder) / target.name, Path(folder) / release.weights.name
        checkpoint.save_weights(saved, kept)
        flip_average, covers = release.flip_average, release.covers
        write_onnx(ServedNet(net, release.serve_fer_share, flip_average=flip_average, covers=covers), written)
        record = compare(logits[:COMPARED_FACES], written, faces.gray_nhw[:COMPARED_FACES])
        if release.calibration_nhw is not None:
            quantised = quantise(written, release.calibration_nhw, written)
            record["int8"] = {**quantised, **int8_cost(logits, onnx_logits(written, faces.gray_nhw), faces)}
        choice = {"serve_fer_share": release.serve_fer_share, "flip_average": release.flip_average}
        contract = _contract(
            written,
            faces,
            release,
            training={**_training_record(saved, data), "weights_sha256": sha256_of(kept)},
            export={**choice, **record, "commit": provenance.commit(), "versions": provenance.versions()},
        )
        _put(contract, written, kept, release)
    return contract


def _put(contract: ModelContract, written: Path, kept: Path, release: Release) -> None:
    described = written.with_suffix(".json")
    described.write_bytes(msgspec.json.format(msgspec.json.encode(contract), indent=2) + b"\n")
    release.weights.parent.mkdir(parents=True, exist_ok=True)
    kept.replace(release.weights)
    written.replace(release.target)
    described.replace(release.target.with_suffix(".json"))  # last: until then infer says that the pair does not match


def _contract(path: Path, faces: Faces, release: Release, **records: dict[str, Any]) -> ModelContract:
    """What is to be known of a file: measured with itself, on PublicTest's faces."""
    fer_output = FER_OUTPUT if release.serve_fer_share < 1 else None
    outputs = [SERVED_OUTPUT, *([fer_output] if fer_output else [])]
    logits, *fer_logits = np.moveaxis(onnx_outputs(path, faces.gray_nhw, outputs), 1, 0)
    temperature = fitted_temperature(logits, faces, release.serve_fer_share)
    point = choose(*sides(logits, faces, temperature))
    exact = compare_exact(path, faces.gray_nhw[:EXACT_FACES], temperature)
    covered_from, covered = covered_in(path, faces.gray_nhw) if release.covers else (None, None)
    return ModelContract(
        name=release.target.stem,
        version=release.version,
        sha256=sha256_of(path),
        labels=tuple(Emotion),
        input=InputContract(),
        output=SERVED_OUTPUT,
        fer_output=fer_output,
        covered_output=COVERED_OUTPUT if release.covers else None,
        covered_from=covered_from,
        temperature=temperature,
        threshold=point.threshold,
        unsure=(point.unsure_from, point.unsure_to),
        pair_sum_max=proved_pair_sum(path),
        metrics={
            "part": Usage.PUBLIC_TEST,
            "processor": processor(),
            "exact_arithmetic": exact,
            **evaluate(logits, faces, temperature, point),
            "held_out": held_out(*sides(logits, faces, temperature)),
            "heads": evaluate_heads({"fer": fer_logits[0]} if fer_logits else {}, faces),
            **({"covered": covered} if covered else {}),
        },
        **records,
    )


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


def calibration_faces(training: Faces, seed: int) -> NDArray[np.uint8]:
    """Some Training faces (n, 48, 48) by chance, the same for the same seed."""
    picked = np.random.default_rng(seed).permutation(len(training))[:CALIBRATION_FACES]
    return training.gray_nhw[np.sort(picked)]


def _training_record(saved: Weights, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "parameters": sum(p.numel() for p in checkpoint.averaged_net(saved).parameters()),  # both heads
        "labels": list(HEADS),
        "seed": saved.knobs.seed,
        "epoch": saved.epoch,
        "knobs": dataclasses.asdict(saved.knobs),
        "run": saved.metrics,
        "data_sha256": data,
    }


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="best.pt of a run, or a release's weights")
    add_fer_share(parser)
    parser.add_argument("--flip-average", action="store_true", help="mean of the logits of a face and its mirror image")
    parser.add_argument(
        "--int8", action="store_true", help="int8: 4 times smaller, 2 to 3 times faster (default: float32)"
    )
    parser.add_argument("--covered", type=Path, help="weights of training.covered (default: covers are not looked for)")
    parser.add_argument("--out", type=Path, default=MODELS, help="folder of the files (default: %(default)s)")
    parser.add_argument("--name", default="mvp", help="file name without its ending")
    parser.add_argument("--version", required=True, help="version of the model, x.y.z: another one for other weights")
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError, CheckpointError, ExportError, QuantisationError, OSError):
        faces = load_faces(options.data, Usage.PUBLIC_TEST, *([Usage.TRAINING] if options.int8 else []))
        release = Release(
            target=options.out / f"{options.name}.onnx",
            version=options.version,
            serve_fer_share=options.serve_fer_share,
            weights=(WEIGHTS if options.out.resolve() == MODELS.resolve() else options.out) / f"{options.name}.pt",
            flip_average=options.flip_average,
            calibration_nhw=calibration_faces(faces.part(Usage.TRAINING), seed=0) if options.int8 else None,
            covers=load_covers(options.covered) if options.covered else None,
        )
        saved, data = checkpoint.load_weights(options.checkpoint), data_sha256(options.data)
        contract = export(saved, faces.part(Usage.PUBLIC_TEST), data, release)
    print(f"{release.target}: sha256 {contract.sha256}, temperature {contract.temperature}, {processor()}")
    print(f"export {contract.export}")


if __name__ == "__main__":
    main()
