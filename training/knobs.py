"""The knobs of a training run: one frozen dataclass, and a command line made from its fields."""

import argparse
import dataclasses
from collections.abc import Mapping
from typing import Any


def knob(default: Any, meaning: str) -> Any:
    """A dataclass field whose meaning (unit and reason) is also its `--help` text."""
    return dataclasses.field(default=default, metadata={"help": meaning})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Knobs:
    """Everything that decides a run's result, apart from the data. The recipes write out those of each run.

    The defaults are those of the last run from random weights, recipes/fourth.sh; what serves went on from its weights
    (recipes/fifth.sh). LOG.md says what came of others.
    """

    seed: int = knob(1, "integer; fixes the initial weights, the order of the faces and every augmentation")
    start_from: str = knob(
        "",
        "weights of this width that the run begins with, not random ones: training/weights/mvp.pt or a run's best.pt",
    )
    epochs: int = knob(38, "passes over Training; soft labels are learnt by heart later than hard ones")
    batch_size: int = knob(128, "faces a step; the fastest per face on two cores, and small enough to regularise")
    width: int = knob(32, "channels of the first stage (then 2x, 4x, 8x); 32 keeps the fp32 ONNX file under 12 MB")
    stem_stride: int = knob(
        1, "pixels the stem steps by; 1 keeps the first stage's 48 x 48 map, for 2 to 4 times the time of 2"
    )
    lr_max: float = knob(0.05, "peak learning rate of SGD; the best of 0.02, 0.05 and 0.1 in short trials (LOG.md)")
    warmup_epochs: float = knob(
        3.0, "epochs of rising learning rate; large first steps spoil the batch-norm statistics"
    )
    momentum: float = knob(0.9, "Nesterov momentum per step; the value of the ResNet papers")
    weight_decay: float = knob(
        5e-4, "L2 on weights only, per step; on batch norm and biases it harms and helps nothing"
    )
    fer_share: float = knob(
        0.5, "FER head's share of the loss, FER+ head has the rest; FER's labels alone call calm faces negative"
    )
    label_smoothing: float = knob(
        0.1, "mass spread over all classes, FER head only: a third of FER's labels are disputed, votes are soft already"
    )
    ema_decay: float = knob(0.998, "share of the old average kept per step; averages about 500 steps, two epochs")
    flip_probability: float = knob(0.5, "per face; expressions are nearly symmetric, so mirroring doubles the data")
    shift_fraction: float = knob(
        0.12, "largest shift as a share of the side; face boxes of a detector vary by this much"
    )
    rotation_deg: float = knob(15.0, "largest rotation in degrees either way; how people tilt their heads for a selfie")
    scale_fraction: float = knob(0.15, "largest zoom in or out; face boxes of a detector vary by this much")
    brightness: float = knob(
        0.2, "largest change of brightness as a share of the full range; rooms are lit differently"
    )
    contrast: float = knob(0.2, "largest relative change of contrast; cameras differ")
    erase_probability: float = knob(0.3, "per face; hides a box as a hand or a mask does. Light: the schedule is short")
    blur_probability: float = knob(
        0.1, "per face; out of focus. 1 px of blur cost the network that never saw it 7 points (README.md)"
    )
    blur_sigma_px: float = knob(1.6, "largest Gaussian sigma in pixels of the 48 px face; serving mostly refuses 2")
    dark_probability: float = knob(0.1, "per face; too little light, and gamma. A fifth of the light cost 11 points")
    dark_light_share: float = knob(0.15, "least share of the light that is left; a fifth is what serving still answers")
    gamma: float = knob(1.5, "largest gamma, and its inverse the smallest; phones curve the gray scale differently")
    side_light_probability: float = knob(0.0, "per face; light from one side only, as beside a window or a screen")
    side_light_share: float = knob(0.2, "least share of the light on the far side of a face lit from one side")
    noise_probability: float = knob(0.1, "per face; a sensor's noise. 15 gray levels cost 21 points")
    noise_gray: float = knob(16.0, "largest standard deviation of that noise in gray levels, of 255")
    jpeg_probability: float = knob(0.1, "per face; JPEG of quality 20 to 90 at 48 px. Quality 30 cost 7 points")
    mixup_alpha: float = knob(
        0.0, "of the Beta that mixes two faces and their labels; 0 is off, as for short schedules"
    )
    small_side_px: int = knob(40, "side of the faces in the first epochs; 40 px cost two thirds of 48 px")
    small_share: float = knob(0.6, "share of the epochs, the first ones, with faces of that side; 0 is off")
    threads: int = knob(
        0,
        "CPU threads; 0 is one or all cores, whichever is faster now. A knob because sums in another order change the "
        "last digits: only a fixed number gives the same run again to the bit",
    )


def add_knobs(parser: argparse.ArgumentParser) -> None:
    """Adds one option per knob to the parser, e.g. `--batch-size 64`."""
    for field in dataclasses.fields(Knobs):
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=type(field.default),
            default=field.default,
            help=f"{field.metadata['help']} (default: {field.default})",
        )


def knobs_from(options: Mapping[str, Any]) -> Knobs:
    """The knobs among parsed options; options that are no knobs are left alone."""
    return Knobs(**{field.name: options[field.name] for field in dataclasses.fields(Knobs)})
