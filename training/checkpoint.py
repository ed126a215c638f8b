"""Checkpoints of a run: everything that a resumed run needs to go on exactly as if it had never stopped."""

import os
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.knobs import Knobs
from training.model import EmotionNet


class CheckpointError(Exception):
    """A checkpoint is absent, damaged, or belongs to a run with other knobs."""


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
    """The checkpoint in a file, its tensors on the CPU. Raises: CheckpointError, also for mvp 0.1.0's network."""
    try:
        # weights_only: a checkpoint holds tensors and numbers, and unpickling anything else could run code.
        state = torch.load(path, map_location="cpu", weights_only=True)
        if "head.weight" in state["ema"]:
            raise CheckpointError(f"{path}: a network with one head, of mvp 0.1.0; this code has two, fer and ferplus")
        return Checkpoint(**{**state, "knobs": Knobs(**state["knobs"])})
    except (OSError, EOFError, RuntimeError, KeyError, TypeError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path}: {error}") from error


def averaged_net(checkpoint: Checkpoint) -> EmotionNet:
    """The network with the averaged weights, ready for inference on the CPU."""
    net = EmotionNet(checkpoint.knobs.width)
    net.load_state_dict(checkpoint.ema)
    return net.eval()
