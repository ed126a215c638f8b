"""The network has the promised shape and size, and can learn."""

import pytest
import torch
from torch.nn import functional

from training.knobs import Knobs
from training.model import CoverNet, EmotionNet, ServedNet


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads wait for each other on busy cores: tiny layers then take ten times as long."""
    torch.set_num_threads(1)


@pytest.mark.parametrize("n", [1, 5])
def test_logits_are_seven_of_each_head_for_each_face(n):
    net = EmotionNet(width=4, stem_stride=2).eval()

    assert net(torch.zeros(n, 1, 48, 48)).shape == (n, 2, 7)
    for flip_average in (False, True):
        served = ServedNet(net, 0.5, flip_average=flip_average, covers=CoverNet()).eval()(torch.zeros(n, 1, 48, 48))
        assert [logits.shape for logits in served] == [(n, 7), (n, 7), (n, 1)]


def test_default_network_as_served_fits_in_twelve_megabytes_of_float32():
    net = EmotionNet(Knobs().width, Knobs().stem_stride)
    parameters = sum(p.numel() for p in ServedNet(net, 0.5).parameters())

    assert sum(p.numel() for p in net.parameters()) == 2_798_062
    assert parameters == 2_798_062
    assert parameters * 4 < 12_000_000


def test_cover_is_seen_whatever_the_light_and_contrast():
    torch.manual_seed(1)
    net = CoverNet().eval()
    face, other = torch.randn(2, 1, 1, 6, 6).repeat_interleave(8, dim=3).repeat_interleave(8, dim=4)

    assert sum(p.numel() for p in net.parameters()) == 44_645
    assert (net(0.8 * face + 0.5) - net(face)).abs() < 0.2 * (net(other) - net(face)).abs()
    assert net(torch.zeros(1, 1, 48, 48)).isfinite().all()


@pytest.mark.parametrize(("stem_stride", "side"), [(1, 6), (2, 3)])
def test_stride_of_the_stem_sets_the_maps_not_the_weights(stem_stride, side):
    net = EmotionNet(width=4, stem_stride=stem_stride).eval()

    assert net.stages(net.stem(torch.zeros(1, 1, 48, 48))).shape == (1, 32, side, side)
    assert net.state_dict().keys() == EmotionNet(width=4, stem_stride=2).state_dict().keys()


def test_network_overfits_32_faces_with_other_labels_for_each_head():
    """With labels that mean nothing: every weight must be reachable by the gradient to learn them by heart."""
    torch.manual_seed(1)
    net = EmotionNet(width=8, stem_stride=2)
    x_nchw, labels = torch.randn(32, 1, 48, 48), torch.randint(7, (32, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

    for _ in range(30):
        optimizer.zero_grad()
        functional.cross_entropy(net(x_nchw).flatten(0, 1), labels.flatten()).backward()
        optimizer.step()

    assert functional.cross_entropy(net(x_nchw).flatten(0, 1), labels.flatten()).item() < 0.05
    assert (net(x_nchw).argmax(dim=2) == labels).all()
