"""What both shipped models say, of the faces in FACES.npy, as JSON {model: [[7 probabilities], ...]}.

Runs on emulated processors too, so it imports what infer has and nothing else.
"""

import json
import sys
from pathlib import Path

import numpy as np

from functions.infer.classifier import served_classifiers

MODELS = Path(__file__).parents[2] / "functions" / "infer" / "models"


def answers(faces_nchw):
    """A face at a time, as in serving."""
    return {
        name: [list(classifier.classify(face[None])[0].prediction.emotions.values()) for face in faces_nchw]
        for name, classifier in served_classifiers(MODELS).items()
    }


def main():
    json.dump(answers(np.load(sys.argv[1])), sys.stdout)
