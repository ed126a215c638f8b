"""A run's checkpoints, from which it goes on as if it had never stopped, and the weights that a release came from.

A release's weights lie in training/weights, in float16 and under 6 MB: they can be exported again, evaluated, and
trained on from, but not resumed.
"""

import os
import pickle
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.knobs import Knobs
from training.model import EmotionNet


class CheckpointError(Exception):
    """A checkpoint is absent, damaged, of another network, or belongs to a run with other knobs."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A trained network: what is evaluated and exported, and what another run may begin with."""

    knobs: Knobs
    epoch: int  # epochs done
    ema: dict[str, Tensor]  # the averaged weights
    metrics: dict[str, Any]  # this epoch's line of metrics.jsonl

    def rounded(self) -> "Weights":
        """The same with filters and matrices rounded to float16: what `save_weights` keeps, still float32 here.

        Raises: CheckpointError if a number is not finite afterwards.
        """
        ema = {name: tensor.float() for name, tensor in _halved(self.ema).items()}
        broken = [name for name, tensor in ema.items() if not tensor.isfinite().all()]
        if broken:
            raise CheckpointError(f"{broken[0]} is not finite, or too large for float16")
        return Weights(knobs=self.knobs, epoch=self.epoch, ema=ema, metrics=self.metrics)


@dataclass(frozen=True, kw_only=True)
class Checkpoint(Weights):
    """The state after a whole epoch."""

    model: dict[str, Tensor]
    optimizer: dict[str, Any]
    scheduler: dict[str, Any]
    generator: Tensor  # state of the one random generator behind order and augmentation


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Writes the checkpoint so that a crash leaves the old file or the new one, never half of one."""
    _write({**vars(checkpoint), "knobs": asdict(checkpoint.knobs)}, path)


def save_weights(weights: Weights, path: Path) -> None:
    """Writes a release's weights, filters and matrices in float16 (2 bytes each); the same bytes for the same ones."""
    kept = {"knobs": asdict(weights.knobs), "epoch": weights.epoch, "metrics": weights.metrics}
    _write({**kept, "ema": _halved(weights.ema)}, path)


def _halved(ema: dict[str, Tensor]) -> dict[str, Tensor]:
    """Filters and matrices in float16; the few numbers of batch norms and biases as they are."""
    return {name: tensor.half() if tensor.dim() > 1 else tensor for name, tensor in ema.items()}


def _write(state: dict[str, Any], path: Path) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def load(path: Path) -> Checkpoint:
    """The checkpoint in a file, its tensors on the CPU. Raises: CheckpointError, also for another network's."""
    saved = load_weights(path)
    if not isinstance(saved, Checkpoint):
        raise CheckpointError(f"{path}: the weights of a release, which a run can begin with but not resume")
    return saved


def load_weights(path: Path) -> Weights:
    """What a checkpoint or a release's file says of the network, in float32 on the CPU. Raises: CheckpointError."""
    try:
        # weights_only: a checkpoint holds tensors and numbers, and unpickling anything else could run code.
        state = torch.load(path, map_location="cpu", weights_only=True)
        # A default in place of a knob that it was made without could load its weights into another network.
        if differing := state["knobs"].keys() ^ {field.name for field in fields(Knobs)}:
            raise CheckpointError(
                f"{path}: of another version of this code, which differs in the knob {min(differing)}"
            )
        state["knobs"] = Knobs(**state["knobs"])
        state["ema"] = {name: each.float() if each.dim() > 1 else each for name, each in state["ema"].items()}
        saved = Checkpoint(**state) if "optimizer" in state else Weights(**state)
        require_network(saved, saved.knobs, path)
    except OSError as error:
        raise CheckpointError(f"{path}: {error}") from error
    except (
        EOFError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
        AttributeError,
        pickle.UnpicklingError,
    ) as error:
        said = _first_line(error)
        raise CheckpointError(f"{path}: not a run's checkpoint, nor a release's weights: {said}") from error
    return saved


def _first_line(error: Exception) -> str:
    """torch adds lines of advice; one says how to switch its protection off."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def averaged_net(weights: Weights) -> EmotionNet:
    """The network with the averaged weights, ready for inference on the CPU."""
    net = _network(weights.knobs)
    net.load_state_dict(weights.ema)
    return net.eval()


def require_network(saved: Weights, knobs: Knobs, path: Path) -> None:
    """Raises: CheckpointError naming the first weight that the network of these knobs has differently."""
    with torch.device("meta"):  # shapes only
        expected = {name: tuple(weight.shape) for name, weight in _network(knobs).state_dict().items()}
    found = {name: tuple(weight.shape) for name, weight in saved.ema.items()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            raise CheckpointError(
                f"{path}: another network than ResNet-18 of width {knobs.width} with two heads: "
                f"{name} is {found.get(name, 'absent')} instead of {expected.get(name, 'absent')}"
            )


def _network(knobs: Knobs) -> EmotionNet:
    return EmotionNet(knobs.width, knobs.stem_stride)
