"""python -m training.covered --data DIR [--out FILE] [--seed 0]

Learns which faces are covered by a mask, dark glasses or a hand, from Training faces on which covers are drawn, and
writes the small network's weights; `training.export --covered FILE` puts it beside the network of emotions, into one
file. It knows nothing of that network, so new weights there need no new ones here. Minutes of one core. Why a network
of its own, and how well it does: docs/decisions/0016.
"""

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.augment import augment
from training.checkpoint import CheckpointError
from training.command_line import one_line_for, parser_of
from training.data import DataError, Usage, chunks, load_faces, network_input
from training.knobs import Knobs
from training.model import CoverNet
from training.occlusions import COVERS, LOOKALIKES, Draw, drawn
from training.onnx_file import COVERED_OUTPUT, onnx_logits

WEIGHTS: Final = Path("training/weights/covered.pt")
LEARNT_FACES: Final = 24_000  # half of them covered
EPOCHS: Final = 8
BATCH: Final = 128
_LR_MAX, _WEIGHT_DECAY = 4e-3, 1e-2
_SMOOTHING: Final = 0.05  # some faces of FER-2013 are covered, and taken for bare ones
TESTED_FACES: Final = 1_500
# Of PublicTest's faces as they are so many are called covered: that sets the threshold. Some of them are covered.
CALLED_COVERED: Final = 0.02
# Selfies' faults, but no erased boxes: those would be covers.
_FAULTS: Final = replace(Knobs(), erase_probability=0.0, shift_fraction=0.07, rotation_deg=10.0)


def learnt(training_nhw: NDArray[np.uint8], seed: int) -> CoverNet:
    """The network, taught on at most 24,000 of the faces (n, 48, 48)."""
    torch.manual_seed(seed)
    faces_nhw, _, covered = drawings(training_nhw, LEARNT_FACES, seed)
    generator = torch.Generator().manual_seed(seed)
    batches = [augment(torch.from_numpy(network_input(each)), _FAULTS, generator) for each in chunks(faces_nhw)]
    x_nchw, target = torch.cat(batches), torch.from_numpy(covered).float()
    target = target * (1 - 2 * _SMOOTHING) + _SMOOTHING
    net, steps = CoverNet(), -(-len(x_nchw) // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=_WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _LR_MAX, total_steps=EPOCHS * steps)
    for epoch in range(EPOCHS):
        losses = []
        for batch in torch.split(torch.randperm(len(x_nchw), generator=generator), BATCH):
            loss = functional.binary_cross_entropy_with_logits(net(x_nchw[batch])[:, 0], target[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {np.mean(losses):.3f}", flush=True)
    return net.eval()


def load_covers(path: Path) -> CoverNet:
    """The network that the command wrote. Raises: CheckpointError for any other file."""
    net = CoverNet()
    try:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (OSError, EOFError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path}: not the weights that training.covered writes") from error
    return net.eval()


def drawings(
    gray_nhw: NDArray[np.uint8], n: int, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.str_], NDArray[np.bool_]]:
    """At most n of the faces by chance, every second one with a cover drawn on it: faces, what is drawn, covered?"""
    rng = np.random.default_rng(seed)
    picked_nhw = gray_nhw[rng.permutation(len(gray_nhw))[:n]]
    covered = np.arange(len(picked_nhw)) % 2 == 1
    names = [_chosen(COVERS if each else LOOKALIKES, rng) for each in covered]
    draws = {name: draw for name, (draw, _) in (*COVERS.items(), *LOOKALIKES.items())}
    faces = [drawn(gray_hw, draws[name], rng) for gray_hw, name in zip(picked_nhw, names, strict=True)]
    return np.stack(faces), np.array(names), covered


def threshold_and_figures(
    logits_of: Callable[[NDArray[np.uint8]], NDArray[np.float64]], gray_nhw: NDArray[np.uint8]
) -> tuple[float, dict[str, Any]]:
    """From which logit on a face is covered, and what that does: shares called covered, of faces (n, 48, 48)."""
    as_they_are = logits_of(gray_nhw)
    threshold = round(float(np.quantile(as_they_are, 1 - CALLED_COVERED)), 3)
    faces_nhw, names, _ = drawings(gray_nhw, TESTED_FACES, seed=1)
    called = logits_of(faces_nhw) >= threshold
    return threshold, {
        "called_covered": {
            "as they are": float((as_they_are >= threshold).mean()),
            **{str(name): float(called[names == name].mean()) for name in np.unique(names)},
        },
        "n": {"as they are": len(gray_nhw), **{str(name): int((names == name).sum()) for name in np.unique(names)}},
    }


def covered_in(path: Path, gray_nhw: NDArray[np.uint8]) -> tuple[float, dict[str, Any]]:
    """`threshold_and_figures` of an exported file, on PublicTest's faces (n, 48, 48)."""

    def logits_of(faces_nhw: NDArray[np.uint8]) -> NDArray[np.float64]:
        return onnx_logits(path, faces_nhw, COVERED_OUTPUT)[:, 0]

    return threshold_and_figures(logits_of, gray_nhw)


def _chosen(kinds: Mapping[str, tuple[Draw, float]], rng: np.random.Generator) -> str:
    names: Sequence[str] = list(kinds)
    return names[int(rng.choice(len(names), p=[share for _, share in kinds.values()]))]


def torch_covers(net: CoverNet) -> Callable[[NDArray[np.uint8]], NDArray[np.float64]]:
    """Faces (n, 48, 48) → logits (n,) of the torch network."""

    def logits_of(gray_nhw: NDArray[np.uint8]) -> NDArray[np.float64]:
        with torch.inference_mode():
            found: list[Tensor] = [net(torch.from_numpy(network_input(batch_nhw))) for batch_nhw in chunks(gray_nhw)]
        return torch.cat(found)[:, 0].double().numpy()

    return logits_of


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file of the weights (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of drawings, order and first weights")
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError, OSError):
        faces = load_faces(options.data, Usage.TRAINING, Usage.PUBLIC_TEST)
        net = learnt(faces.part(Usage.TRAINING).gray_nhw, options.seed)
        torch.save(net.state_dict(), options.out)
    print(threshold_and_figures(torch_covers(net), faces.part(Usage.PUBLIC_TEST).gray_nhw))


if __name__ == "__main__":
    main()
