"""The loss of both heads and the learning rate's way."""

import math

import pytest
import torch

from training.knobs import Knobs
from training.optimisation import rate_share, two_head_loss


def test_rate_rises_to_its_peak_and_falls_to_nothing():
    shares = [rate_share(done, 0.25) for done in (0, 0.125, 0.25, 0.625, 1)]

    assert shares == pytest.approx([0.04, 0.52, 1, 0.5, 0])


def test_loss_is_each_heads_cross_entropy_in_its_share():
    """The FER head is sure and wrong by ln 4 (1/4 for its label), the FER+ head by ln 2; smoothing is off."""
    fer = torch.log(torch.tensor([0.25, 0.75, *[1e-9] * 5]))
    ferplus = torch.log(torch.tensor([*[1e-9] * 5, 0.5, 0.5]))
    knobs = Knobs(fer_share=0.25, label_smoothing=0.0)
    shares = torch.tensor([[0, 0, 0, 0, 0, 0.3, 0.7]])

    loss = two_head_loss(torch.stack([fer, ferplus])[None], torch.tensor([0]), shares, knobs)

    assert loss.item() == pytest.approx(0.25 * math.log(4) + 0.75 * math.log(2), abs=1e-5)


def test_face_without_votes_teaches_only_the_fer_head():
    logits = torch.randn(2, 2, 7, requires_grad=True)
    shares = torch.tensor([[0.0] * 7, [1.0] + [0.0] * 6])

    two_head_loss(logits, torch.tensor([3, 3]), shares, Knobs()).backward()

    assert (logits.grad[0, 1] == 0).all()
    assert (logits.grad[0, 0] != 0).all()
    assert (logits.grad[1] != 0).all()
