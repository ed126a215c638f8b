"""The networks for one 48 x 48 gray face: a ResNet-18 for the emotion, and a small one for whether it is covered.

Their input is `functions.infer.preprocess.face_input`'s output.
"""

from typing import Final

import torch
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock  # type: ignore[import-untyped]

from burnout.emotions import Emotion

HEADS: Final = ("fer", "ferplus")  # whose labels each head learns, in the order of the output

_BLOCKS_PER_STAGE: Final = 2
_STAGES: Final = 4
_THIRDS: Final = 3
_LEAST_SPREAD: Final = 0.12  # of the input's range [-2, 2]: an even picture's noise is not enlarged to a face


class EmotionNet(nn.Module):
    """ResNet-18 shape with a narrow first stage and a linear head for each set of labels; 2.8 million parameters.

    There is no max pooling. With a stride of 1 in the stem the stages see 48, 24, 12 and 6 pixels a side; with 2, as in
    mvp 0.2.0, half of that for a third of the time. The weights have the same shapes either way.
    """

    def __init__(self, width: int, stem_stride: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, width, kernel_size=3, stride=stem_stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        )
        widths = [width * 2**stage for stage in range(_STAGES)]
        self.stages = nn.Sequential(
            *(_stage(widths[max(i - 1, 0)], widths[i], stride=2 if i else 1) for i in range(_STAGES))
        )
        self.heads = nn.Linear(widths[-1], len(HEADS) * len(Emotion))

    def forward(self, x_nchw: Tensor) -> Tensor:
        """Logits (n, 2, 7), heads in the order of HEADS, for faces (n, 1, 48, 48)."""
        maps = self.stages(self.stem(x_nchw))
        logits: Tensor = self.heads(maps.mean(dim=(2, 3)))
        return logits.view(-1, len(HEADS), len(Emotion))


class CoverNet(nn.Module):
    """Five convolutions, pooled by thirds of the height, since a mask lies low and glasses high; 44,645 parameters."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for channels_in, channels_out, stride in ((1, 12, 2), (12, 24, 2), (24, 32, 1), (32, 48, 2), (48, 48, 1)):
            layers.append(nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False))
            layers += [nn.BatchNorm2d(channels_out), nn.ReLU()]
        self.layers, self.head = nn.Sequential(*layers), nn.Linear(_THIRDS * 48, 1)

    def forward(self, x_nchw: Tensor) -> Tensor:
        """A logit (n, 1), whether a face of (n, 1, 48, 48) is covered, whatever its light and contrast."""
        centred = x_nchw - x_nchw.mean(dim=(2, 3), keepdim=True)
        spread = (centred * centred).mean(dim=(2, 3), keepdim=True).sqrt() + _LEAST_SPREAD
        maps = self.layers(centred / spread)
        logits: Tensor = self.head(maps.reshape(-1, 48, _THIRDS, 12).mean(dim=3).reshape(-1, _THIRDS * 48))
        return logits


class ServedNet(nn.Module):
    """What serving runs: `fer_share` of the FER head's logits and the rest of the FER+ head's, as one linear layer.

    Unless it serves alone, the FER head is a second output, for figures on FER's labels. With `flip_average` a face and
    its mirror image are asked, and their features averaged; behind linear heads that is the mean of their logits.
    `added` (7,) is added to the served logits. `covers` is asked beside it, and its logit is the last output.
    """

    def __init__(
        self,
        net: EmotionNet,
        fer_share: float,
        *,
        flip_average: bool = False,
        added: Tensor | None = None,
        covers: CoverNet | None = None,
    ) -> None:
        super().__init__()
        self.stem, self.stages, self.flip_average, self.covers = net.stem, net.stages, flip_average, covers
        shares = torch.tensor([[fer_share, 1 - fer_share], *([[1.0, 0.0]] if fer_share < 1 else [])])
        self.head = nn.Linear(net.heads.in_features, len(shares) * len(Emotion))
        with torch.no_grad():
            for ours, theirs in zip(self.head.parameters(), net.heads.parameters(), strict=True):
                ours.copy_(
                    torch.tensordot(shares, theirs.view(len(HEADS), len(Emotion), *theirs.shape[1:]), 1).view_as(ours)
                )
            if added is not None:
                self.head.bias[: len(Emotion)] += added

    def forward(self, x_nchw: Tensor) -> tuple[Tensor, ...]:
        """Logits (n, 7) in the order of Emotion, served ones first, for faces (n, 1, 48, 48); then (n, 1) of covers."""
        views = torch.cat([x_nchw, x_nchw.flip(3)]) if self.flip_average else x_nchw
        features = self.stages(self.stem(views)).mean(dim=(2, 3))
        if self.flip_average:
            features = features.view(2, -1, features.shape[1]).mean(dim=0)
        emotions = self.head(features).split(len(Emotion), dim=1)
        return (*emotions, *([] if self.covers is None else [self.covers(x_nchw)]))


def _stage(channels_in: int, channels_out: int, stride: int) -> nn.Sequential:
    shortcut = None
    if stride != 1 or channels_in != channels_out:
        shortcut = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(channels_out)
        )
    first = BasicBlock(channels_in, channels_out, stride, shortcut)
    return nn.Sequential(first, *(BasicBlock(channels_out, channels_out) for _ in range(_BLOCKS_PER_STAGE - 1)))
