"""A run can begin with an exported network's trunk: batch norm, folded by the exporter, is taken apart again."""

import dataclasses

import pytest

pytest.importorskip("torch")
pytest.importorskip("torchvision")
pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")

import numpy as np
import torch

from training import evaluate, export, onnx_file
from training.data import Usage, load_faces
from training.knobs import Knobs
from training.model import EmotionNet, ServedNet
from training.train import Run
from training.warm_start import WarmStartError, warm_start

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A network whose batch norms have seen faces, and its file."""
    torch.set_num_threads(1)
    torch.manual_seed(3)
    net = EmotionNet(width=4, stem_stride=2)
    for _ in range(5):
        net(torch.randn(16, 1, 48, 48) * 0.7 + 0.3)
    path = tmp_path_factory.mktemp("model") / "first.onnx"
    export.write_onnx(ServedNet(net.eval(), 0.0), path)
    return path


def with_the_files_head(net, path):
    """The network as the file has it, its head included, which a warm start leaves alone."""
    from training.warm_start import _initializers

    served, head = ServedNet(net, 0.0), _initializers(path)
    served.head.weight.data.copy_(head["head.weight"])
    served.head.bias.data.copy_(head["head.bias"])
    return served


def test_warm_started_trunk_answers_as_the_file_does(exported):
    gray_nhw = np.random.default_rng(1).integers(0, 256, (6, 48, 48), dtype=np.uint8)
    net = EmotionNet(width=4, stem_stride=2)

    warm_start(net, exported, torch.randn(64, 1, 48, 48))

    x_nchw = torch.from_numpy(evaluate.network_input(gray_nhw))
    ours = with_the_files_head(net, exported).eval()(x_nchw)[0].detach().numpy()
    assert np.abs(ours - onnx_file.onnx_logits(exported, gray_nhw)).max() < 1e-4


def test_warm_started_trunk_answers_so_in_training_too(exported):
    """Where batch norm uses the batch's own statistics, here those that it was set from."""
    x_nchw = torch.randn(64, 1, 48, 48)
    net = EmotionNet(width=4, stem_stride=2)

    warm_start(net, exported, x_nchw)

    served = with_the_files_head(net, exported)
    torch.testing.assert_close(served.train()(x_nchw), served.eval()(x_nchw), atol=1e-3, rtol=0)


def test_filters_get_the_length_of_fresh_ones(exported):
    net = EmotionNet(width=4, stem_stride=1)

    warm_start(net, exported, torch.randn(8, 1, 32, 32))

    lengths = [module.weight.flatten(1).norm(dim=1).mean() for _, module in net.stages.named_modules() if conv(module)]
    assert torch.stack(lengths).tolist() == pytest.approx([3**-0.5] * len(lengths))


def conv(module):
    return isinstance(module, torch.nn.Conv2d)


def test_warm_start_with_a_file_of_another_width_names_the_weight(exported):
    with pytest.raises(
        WarmStartError, match=r"first\.onnx: stem\.0\.weight is \(4, 1, 3, 3\) instead of \(8, 1, 3, 3\)"
    ):
        warm_start(EmotionNet(width=8, stem_stride=2), exported, torch.zeros(2, 1, 48, 48))


@pytest.mark.parametrize("content", [None, b"not a network"])
def test_warm_start_with_no_network_names_the_file(tmp_path, content):
    path = tmp_path / "no.onnx"
    if content:
        path.write_bytes(content)

    with pytest.raises(WarmStartError, match=r"no\.onnx"):
        warm_start(EmotionNet(width=4, stem_stride=2), path, torch.zeros(2, 1, 48, 48))


def test_run_begins_with_the_file_and_averages_from_there(exported, data_folder):
    faces = load_faces(data_folder)
    knobs = Knobs(width=4, stem_stride=2, batch_size=8, epochs=1, threads=1, start_from=str(exported))
    run, fresh = (
        Run(faces.part(Usage.TRAINING), faces.part(Usage.PUBLIC_TEST), each)
        for each in (knobs, dataclasses.replace(knobs, start_from=""))
    )

    run.begin()
    fresh.begin()

    assert not torch.equal(run.net.stem[0].weight, fresh.net.stem[0].weight)
    assert torch.equal(run.net.heads.weight, fresh.net.heads.weight)
    assert run.train_epoch()["epoch"] == 1
