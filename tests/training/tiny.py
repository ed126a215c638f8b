"""A network small enough for a test: four channels, after one epoch on the rows of a folder."""

from pathlib import Path
from typing import Any

from training import checkpoint
from training.data import Usage, load_faces
from training.knobs import Knobs
from training.train import Run


def tiny_checkpoint(folder: Path, path: Path, **knobs: Any) -> Path:
    """Writes the run's checkpoint to `path` and gives it back; `knobs` are those that differ."""
    faces = load_faces(folder)
    usual = {"width": 4, "stem_stride": 2, "batch_size": 8, "epochs": 1, "warmup_epochs": 0.5, "threads": 1}
    run = Run(faces.part(Usage.TRAINING), faces.part(Usage.PUBLIC_TEST), Knobs(**(usual | knobs)))
    checkpoint.save(run.state(run.train_epoch()), path)
    return path
