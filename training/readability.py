"""python -m training.readability --data DIR [--faces N]

How blurred or dark a face may be before the shipped model only guesses: its accuracy on blurred and darkened PublicTest
faces, beside the sharpness and brightness that infer measures on them. docs/decisions/0003 chose its limits from this.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from functions.infer.analysis import quality
from functions.infer.classifier import Classifier, load_classifiers
from functions.infer.preprocess import face_input
from training.data import Faces, Usage, load_faces
from training.processor import processor

MODELS: Final = Path(__file__).parents[1] / "functions" / "infer" / "models"
BLURS_PX: Final = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0)  # Gaussian's sigma, in pixels of the 48 px face
LIGHTS: Final = (1.0, 0.5, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05)  # share of the light that is left
SENSOR_NOISE: Final = 2.0  # standard deviation in gray levels; a dark room's noise does not get darker with it

Gray = NDArray[np.uint8]


def blurred(face_hw: Gray, sigma_px: float) -> Gray:
    """The face out of focus; sigma 0 leaves it as it is."""
    return np.asarray(cv2.GaussianBlur(face_hw, (0, 0), sigma_px), dtype=np.uint8) if sigma_px else face_hw


def darkened(face_hw: Gray, light: float, rng: np.random.Generator) -> Gray:
    """The face with so much of its light, and the sensor's noise."""
    noisy = face_hw * light + rng.normal(0, SENSOR_NOISE, face_hw.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def row(name: str, faces: Faces, change: Callable[[Gray], Gray], classifier: Classifier) -> str:
    """A line of the table: accuracy, and the 5th, 50th and 95th percentile of sharpness and brightness."""
    changed = [change(face_hw) for face_hw in faces.gray_nhw]
    answers = classifier.classify(np.stack([face_input(face_hw) for face_hw in changed]))
    guesses = np.array([np.argmax(list(answer.emotions.values())) for answer in answers])
    measured = [quality(face_hw) for face_hw in changed]
    sharpness = np.percentile([each.sharpness for each in measured], (5, 50, 95))
    brightness = np.percentile([each.brightness for each in measured], (5, 50, 95))
    return (
        f"{name:12}{(guesses == faces.labels).mean():9.1%}   "
        + "".join(f"{value:8.0f}" for value in sharpness)
        + "   "
        + "".join(f"{value:7.3f}" for value in brightness)
    )


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with fer2013.csv and fer2013new.csv")
    parser.add_argument("--faces", type=int, default=1500, help="the first so many of PublicTest (default: 1500)")
    options = parser.parse_args(argv)
    public_test = load_faces(options.data).part(Usage.PUBLIC_TEST)
    faces = public_test.where(np.arange(len(public_test)) < options.faces)
    classifier = load_classifiers(MODELS)["mvp"]
    rng = np.random.default_rng(0)
    print(processor())
    print(f"n = {len(faces)}   accuracy        sharpness 5/50/95 %    brightness 5/50/95 %")
    for sigma_px in BLURS_PX:
        print(row(f"blur {sigma_px}", faces, partial(blurred, sigma_px=sigma_px), classifier))
    for light in LIGHTS:
        print(row(f"light {light}", faces, partial(darkened, light=light, rng=rng), classifier))


if __name__ == "__main__":
    main()
