"""Knobs of a run that changes no face, and a network small enough for a test."""

from pathlib import Path

from training import checkpoint
from training.data import Usage, load_faces
from training.knobs import Knobs
from training.train import Run

# What a test of one change, or of none, begins with.
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


def tiny_checkpoint(folder: Path, path: Path) -> Path:
    """The checkpoint of one epoch on the rows of the folder, four channels wide, is in `path`."""
    faces = load_faces(folder)
    knobs = Knobs(width=4, stem_stride=2, batch_size=8, epochs=1, warmup_epochs=0.5, threads=1)
    run = Run(faces.part(Usage.TRAINING), faces.part(Usage.PUBLIC_TEST), knobs)
    checkpoint.save(run.state(run.train_epoch()), path)
    return path
