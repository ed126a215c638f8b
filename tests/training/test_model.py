"""The network has the promised shape and size, and can learn."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("torchvision")

import torch
from torch.nn import functional

from training.knobs import Knobs
from training.model import EmotionNet


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads wait for each other on busy cores: tiny layers then take ten times as long."""
    torch.set_num_threads(1)


@pytest.mark.parametrize("n", [1, 5])
def test_logits_are_seven_for_each_face(n):
    assert EmotionNet(width=4).eval()(torch.zeros(n, 1, 48, 48)).shape == (n, 7)


def test_default_network_fits_in_twelve_megabytes_of_float32():
    parameters = sum(p.numel() for p in EmotionNet(Knobs().width).parameters())

    assert parameters == 2_796_263
    assert parameters * 4 < 12_000_000


def test_last_stage_sees_three_by_three_maps():
    net = EmotionNet(width=4).eval()

    assert net.stages(net.stem(torch.zeros(1, 1, 48, 48))).shape == (1, 32, 3, 3)


def test_network_overfits_32_faces():
    """With labels that mean nothing: every weight must be reachable by the gradient to learn them by heart."""
    torch.manual_seed(1)
    net = EmotionNet(width=8)
    x_nchw, labels = torch.randn(32, 1, 48, 48), torch.randint(7, (32,))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

    for _ in range(30):
        optimizer.zero_grad()
        functional.cross_entropy(net(x_nchw), labels).backward()
        optimizer.step()

    assert functional.cross_entropy(net(x_nchw), labels).item() < 0.05
    assert (net(x_nchw).argmax(dim=1) == labels).all()
