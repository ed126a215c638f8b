"""Checkpoints of a run: everything that a resumed run needs to go on exactly as if it had never stopped."""

import os
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from training.knobs import Knobs
from training.model import EmotionNet

# What runs up to mvp 0.2.0 did before these were knobs. Other values would load their weights into another network.
_BEFORE_THE_KNOB: Final = {
    "start_from": "",
    "stem_stride": 2,
    "blur_probability": 0.0,
    "dark_probability": 0.0,
    "noise_probability": 0.0,
    "jpeg_probability": 0.0,
    "mixup_alpha": 0.0,
    "small_share": 0.0,
}


class CheckpointError(Exception):
    """A checkpoint is absent, damaged, of another network, or belongs to a run with other knobs."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The state after a whole epoch."""

    knobs: Knobs
    epoch: int  # epochs done
    model: dict[str, Tensor]
    ema: dict[str, Tensor]  # the averaged weights: what is evaluated and exported
    optimizer: dict[str, Any]
    scheduler: dict[str, Any]
    generator: Tensor  # state of the one random generator behind order and augmentation
    metrics: dict[str, Any]  # this epoch's line of metrics.jsonl


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Writes the checkpoint so that a crash leaves the old file or the new one, never half of one."""
    state = {**vars(checkpoint), "knobs": asdict(checkpoint.knobs)}
    partial = path.with_suffix(".partial")
    with partial.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def load(path: Path) -> Checkpoint:
    """The checkpoint in a file, its tensors on the CPU. Raises: CheckpointError, also for another network's."""
    try:
        # weights_only: a checkpoint holds tensors and numbers, and unpickling anything else could run code.
        state = torch.load(path, map_location="cpu", weights_only=True)
        if "head.weight" in state["ema"]:
            raise CheckpointError(f"{path}: a network with one head, of mvp 0.1.0; this code has two, fer and ferplus")
        saved = Checkpoint(**{**state, "knobs": Knobs(**{**_BEFORE_THE_KNOB, **state["knobs"]})})
        _check_network(saved, path)
    except (OSError, EOFError, RuntimeError, KeyError, TypeError, AttributeError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path}: {error}") from error
    return saved


def averaged_net(checkpoint: Checkpoint) -> EmotionNet:
    """The network with the averaged weights, ready for inference on the CPU."""
    net = _network(checkpoint.knobs)
    net.load_state_dict(checkpoint.ema)
    return net.eval()


def _network(knobs: Knobs) -> EmotionNet:
    return EmotionNet(knobs.width, knobs.stem_stride)


def _check_network(saved: Checkpoint, path: Path) -> None:
    """Raises: CheckpointError naming the first weight that the network of the checkpoint's knobs has differently."""
    with torch.device("meta"):  # shapes only
        expected = {name: tuple(weight.shape) for name, weight in _network(saved.knobs).state_dict().items()}
    found = {name: tuple(weight.shape) for name, weight in saved.ema.items()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            raise CheckpointError(
                f"{path}: another network than ResNet-18 of width {saved.knobs.width} with two heads: "
                f"{name} is {found.get(name, 'absent')} instead of {expected.get(name, 'absent')}"
            )
