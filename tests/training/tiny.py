"""Knobs of a run that changes no face, and a network small enough for a test."""

import dataclasses
from pathlib import Path

from training import checkpoint
from training.data import Usage, load_faces
from training.knobs import Knobs
from training.train import Run

CHANGING = {field.name for field in dataclasses.fields(Knobs) if field.name.endswith(("_probability", "_fraction"))}
CHANGING |= {"rotation_deg", "brightness", "contrast", "mixup_alpha", "small_share"}
STILL = Knobs(**dict.fromkeys(CHANGING, 0.0))  # what a test of one change, or of none, begins with


def tiny_checkpoint(folder: Path, path: Path) -> Path:
    """The checkpoint of one epoch on the rows of the folder, four channels wide, is in `path`."""
    faces = load_faces(folder)
    knobs = Knobs(width=4, stem_stride=2, batch_size=8, epochs=1, warmup_epochs=0.5, threads=1)
    run = Run(faces.part(Usage.TRAINING), faces.part(Usage.PUBLIC_TEST), knobs)
    checkpoint.save(run.state(run.train_epoch()), path)
    return path
