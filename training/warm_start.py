"""A new run that begins with the trunk of an exported network, for when the time does not reach for one from scratch.

The exporter folds batch norm into the convolutions. Here it is taken apart again: each batch norm gets the statistics
that its convolution has on real faces, and such a scale and offset that the trunk answers as the file's does. The
stem's stride may be another than the file's; both heads begin afresh.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.model import EmotionNet

FACES: Final = 512  # for the statistics; the run's own soon replace them
_FILTER_NORM: Final = 3**-0.5  # of torch's initial filters; under batch norm the length only sets how fast they turn


class WarmStartError(Exception):
    """The file is not an exported network of this shape."""


def warm_start(net: EmotionNet, path: Path, x_nchw: Tensor) -> None:
    """The trunk of `net` is that of the exported file; `x_nchw` are some Training faces (n, 1, h, w), unchanged ones.

    Raises: WarmStartError.
    """
    folded = _initializers(path)
    modules = dict(net.named_modules())
    hooks = []
    for name in [name for name, module in modules.items() if isinstance(module, nn.Conv2d)]:
        convolution, weight = modules[name], folded.get(f"{name}.weight", torch.empty(0))
        if weight.shape != convolution.weight.shape:
            shapes = tuple(weight.shape), tuple(convolution.weight.shape)
            raise WarmStartError(f"{path}: {name}.weight is {shapes[0]} instead of {shapes[1]}")
        shrink = float(_FILTER_NORM / weight.flatten(1).norm(dim=1).mean())
        convolution.weight.data.copy_(weight * shrink)
        norm = modules[_norm_after(name)]
        hooks.append(norm.register_forward_pre_hook(_unfolding(shrink, folded[f"{name}.weight_bias"])))
    with torch.no_grad():
        net.eval()(x_nchw)
    for hook in hooks:
        hook.remove()


def _initializers(path: Path) -> dict[str, Tensor]:
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # what protobuf raises on other bytes is no part of onnx's interface
        raise WarmStartError(f"{path}: {error}") from error
    return {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}


def _norm_after(convolution: str) -> str:
    """The name of the batch norm behind it: conv1 has bn1, and in a sequence 0 has 1."""
    *path, last = convolution.split(".")
    return ".".join([*path, "1" if last == "0" else last.replace("conv", "bn")])


def _unfolding(shrink: float, bias: Tensor) -> Callable[[nn.Module, Any], None]:
    """A hook that sets a batch norm, before it sees its first batch, to undo `shrink` and to add the folded bias."""

    def set_norm(norm: Any, inputs: tuple[Tensor]) -> None:
        variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt() / shrink)
        norm.bias.copy_(bias + mean / shrink)

    return set_norm
