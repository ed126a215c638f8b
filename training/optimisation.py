"""What a step of training lowers and how far it goes: the loss of both heads, weight decay and the learning rate."""

import math
from typing import Any, Final

from torch import Tensor, nn
from torch.nn import functional

from training.knobs import Knobs

_FIRST_RATE: Final = 1 / 25  # of the peak; batch norm's statistics are still of random weights then


def two_head_loss(logits: Tensor, labels: Tensor, shares: Tensor, knobs: Knobs) -> Tensor:
    """The loss in nats of logits (n, 2, 7) against FER's labels (n,) and the shares of FER+'s votes (n, 7).

    A face without votes, a row of zeros, adds nothing to the FER+ head's loss.
    """
    fer, ferplus = logits.unbind(dim=1)
    fer_loss = functional.cross_entropy(fer, labels, label_smoothing=knobs.label_smoothing)
    return knobs.fer_share * fer_loss + (1 - knobs.fer_share) * functional.cross_entropy(ferplus, shares)


def parameter_groups(net: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weights with decay; biases and batch norm's scales, which have one dimension, without."""
    decayed = [p for p in net.parameters() if p.ndim > 1]
    free = [p for p in net.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0.0}]


def rate_share(done: float, warmup: float) -> float:
    """The learning rate as a share of its peak, for the share of all steps that is done and that the warm-up takes.

    A half cosine up from 1/25, at most for half of the run, then one down to nothing.
    """
    warmup = min(warmup, 0.5)
    if done < warmup:
        return 1 - (1 - _FIRST_RATE) * (1 + math.cos(math.pi * done / warmup)) / 2
    return (1 + math.cos(math.pi * (done - warmup) / (1 - warmup))) / 2
