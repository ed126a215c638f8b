"""Knobs of a run that changes no face: what a test of one change, or of none, begins with."""

from training.knobs import Knobs

STILL = Knobs(
    flip_probability=0.0,
    shift_fraction=0.0,
    rotation_deg=0.0,
    scale_fraction=0.0,
    brightness=0.0,
    contrast=0.0,
    erase_probability=0.0,
    blur_probability=0.0,
    dark_probability=0.0,
    noise_probability=0.0,
    jpeg_probability=0.0,
    mixup_alpha=0.0,
    small_share=0.0,
)
