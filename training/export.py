"""python -m training.export --data DIR --checkpoint FILE [--serve-fer-share W] [--flip-average] [--int8] [--out DIR]
                              [--name mvp] [--covered FILE] [--prior-share T] [--photos FILE] --version V

Writes NAME.onnx and its contract NAME.json: the averaged weights of FILE (a run's best.pt, or a release's weights),
both heads as one, temperature, threshold and "not sure" bounds chosen on PublicTest, figures on PublicTest, and where
all of it comes from. Nothing is written unless ONNX Runtime gives the same logits as torch on real faces. With
--flip-average the file itself asks the network twice, for a face and its mirror image. With --int8 it is then
quantised, calibrated on Training faces; it is refused if that costs more than 0.3 points of accuracy, if integers could
overflow on any processor, or if exact arithmetic answers otherwise here. With --covered the file also says which faces
are covered, by the network of training.covered. With --prior-share rare emotions are named more often. With --photos,
which is what training.photos --json wrote of the same export without it, threshold and bounds suit these photos, too.
The weights are first rounded to float16 and kept as NAME.pt: in training/weights for the models that serve, else in
--out.
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
from functions.infer.contract import InputContract, ModelContract, sha256_of
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
from training.metrics import best_temperature, one_hot
from training.model import HEADS, CoverNet, EmotionNet, ServedNet
from training.onnx_file import COVERED_OUTPUT, SERVED_OUTPUT, onnx_logits, onnx_outputs
from training.operating_point import PhotosError, Sample, choose, held_out, photo_sample, score
from training.processor import processor
from training.proof import (
    COMPARED_FACES,
    EXACT_FACES,
    ExportError,
    compare,
    compare_exact,
    int8_cost,
    proved_pair_sum,
)
from training.quantise import CALIBRATION_FACES, QuantisationError, quantise

FER_OUTPUT: Final = "fer_logits"
MODELS: Final = Path("functions/infer/models")
WEIGHTS: Final = Path("training/weights")  # of the models in MODELS
_OPSET: Final = 18  # the oldest that torch's exporter writes without converting; every current runtime reads it


@dataclasses.dataclass(frozen=True, kw_only=True)
class Release:
    """The choices of an export: where to, under which version, which mixture of the heads is served, and how."""

    target: Path
    version: str
    serve_fer_share: float
    weights: Path  # where the float16 weights are kept
    flip_average: bool = False
    prior_share: float = 0.0  # how much of `added` was asked for
    added: NDArray[np.float32] | None = None  # (7,), to the served logits
    photos: Path | None = None  # what training.photos --json wrote of this very export
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


def fitted_temperature(logits: NDArray[np.float64], faces: Faces, fer_share: float) -> float:
    """The temperature that suits logits (n, 7) best, by FER's labels and FER+'s votes in the shares that are served."""
    targets = fer_share * one_hot(faces.labels) + (1 - fer_share) * vote_shares(faces.votes)
    return best_temperature(logits, targets)


def against_prior(training: Faces, share: float) -> NDArray[np.float32]:
    """What to add to logits (7,) so that rare emotions are named more often: minus `share` of the log of their votes.

    The votes are Training's. At 1 every emotion would count as equally frequent (Menon et al., "Long-tail learning via
    logit adjustment", 2021).
    """
    log_votes = np.log(vote_shares(training.votes).sum(axis=0).clip(min=1))
    return np.asarray(share * (log_votes.mean() - log_votes), dtype=np.float32)


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
    if release.added is not None:
        logits = logits + release.added
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        written, kept = Path(folder) / target.name, Path(folder) / release.weights.name
        checkpoint.save_weights(saved, kept)
        write_onnx(_served(net, release), written)
        record = compare(logits[:COMPARED_FACES], written, faces.gray_nhw[:COMPARED_FACES])
        if release.calibration_nhw is not None:
            quantised = quantise(written, release.calibration_nhw, written)
            record["int8"] = {**quantised, **int8_cost(logits, onnx_logits(written, faces.gray_nhw), faces)}
        choice = {name: getattr(release, name) for name in ("serve_fer_share", "flip_average", "prior_share")}
        contract = _contract(
            written,
            faces,
            release,
            training={**_training_record(saved, data), "weights_sha256": sha256_of(kept)},
            export={**choice, **record, "commit": provenance.commit(), "versions": provenance.versions()},
        )
        _put(contract, written, kept, release)
    return contract


def _served(net: EmotionNet, release: Release) -> ServedNet:
    added = None if release.added is None else torch.from_numpy(release.added)
    return ServedNet(
        net, release.serve_fer_share, flip_average=release.flip_average, added=added, covers=release.covers
    )


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
    samples = {"ferplus": Sample(*sides(logits, faces, temperature))}
    if release.photos:
        samples["photos"] = photo_sample(release.photos, sha256_of(path), SERVED_OUTPUT, temperature)
    point = choose(*samples.values())
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
            "chosen_on": {name: score(*sample, point) for name, sample in samples.items()},
            "held_out": dict(zip(samples, held_out(*samples.values()), strict=True)),
            "heads": evaluate_heads({"fer": fer_logits[0]} if fer_logits else {}, faces),
            **({"covered": covered} if covered else {}),
        },
        **records,
    )


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
    parser.add_argument(
        "--prior-share", type=float, default=0.0, help="how far rare emotions are lifted: 0 (default) not at all, 1 all"
    )
    parser.add_argument("--photos", type=Path, help="training.photos --json of the same export (default: FER+ alone)")
    parser.add_argument("--covered", type=Path, help="weights of training.covered (default: covers are not looked for)")
    parser.add_argument("--out", type=Path, default=MODELS, help="folder of the files (default: %(default)s)")
    parser.add_argument("--name", default="mvp", help="file name without its ending")
    parser.add_argument("--version", required=True, help="version of the model, x.y.z: another one for other weights")
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError, CheckpointError, ExportError, PhotosError, QuantisationError, OSError):
        needs_training = options.int8 or options.prior_share
        faces = load_faces(options.data, Usage.PUBLIC_TEST, *([Usage.TRAINING] if needs_training else []))
        training = faces.part(Usage.TRAINING)
        release = Release(
            target=options.out / f"{options.name}.onnx",
            version=options.version,
            serve_fer_share=options.serve_fer_share,
            weights=(WEIGHTS if options.out.resolve() == MODELS.resolve() else options.out) / f"{options.name}.pt",
            flip_average=options.flip_average,
            prior_share=options.prior_share,
            added=against_prior(training, options.prior_share) if options.prior_share else None,
            photos=options.photos,
            calibration_nhw=calibration_faces(training, seed=0) if options.int8 else None,
            covers=load_covers(options.covered) if options.covered else None,
        )
        saved, data = checkpoint.load_weights(options.checkpoint), data_sha256(options.data)
        contract = export(saved, faces.part(Usage.PUBLIC_TEST), data, release)
    print(f"{release.target}: sha256 {contract.sha256}, temperature {contract.temperature}, {processor()}")
    print(f"export {contract.export}")


if __name__ == "__main__":
    main()
