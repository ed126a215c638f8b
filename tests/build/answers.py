"""What both shipped models and the detector say, of the faces in FACES.npy, as JSON {model: [[numbers], ...]}.

Runs on emulated processors too, so it imports what infer has and nothing else.
"""

import json
import sys
from pathlib import Path

import numpy as np

from functions.infer.classifier import served_classifiers
from functions.infer.face_network import PATCH_PX, load_detector
from functions.infer.faces import DETECTOR

MODELS = Path(__file__).parents[2] / "functions" / "infer" / "models"


def answers(faces_nchw):
    """A face at a time, as in serving: probabilities; the detector's score and points, in parts of its patch."""
    said = {
        name: [list(classifier.classify(face[None])[0].prediction.emotions.values()) for face in faces_nchw]
        for name, classifier in served_classifiers(MODELS).items()
    }
    return {**said, "short_range": [sighting(face[0]) for face in faces_nchw]}


def sighting(face_hw, network=None):
    """What the detector is surest of, in a patch of which the face is three quarters."""
    twice_hw = np.kron((face_hw + 2) * 63.75, np.ones((2, 2))).astype(np.uint8)
    patch_hw = np.pad(twice_hw, (PATCH_PX - len(twice_hw)) // 2, mode="edge")
    ((surest, *_),) = (network or load_detector(DETECTOR)).look([patch_hw])
    return [surest.score, surest.side, *surest.points_xy.ravel().tolist()]


def main():
    json.dump(answers(np.load(sys.argv[1])), sys.stdout)
