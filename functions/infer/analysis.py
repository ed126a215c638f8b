"""Photo bytes → what infer answers: decode, find, measure, classify. Knows nothing of S3 or Lambda."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from burnout.clock import Stopwatch
from burnout.inference import Face, ImageFacts, Inference, ModelVersion, Quality, View
from functions.infer.classifier import Classifier, Reading
from functions.infer.faces import FaceFinder, FoundFace
from functions.infer.image import Apart, ImageError, Photo, in_a_new_process, read_photo
from functions.infer.preprocess import FACE_SIZE_PX, face_input
from functions.infer.windows import Gray


def analyse(
    data: bytes,
    finder: FaceFinder,
    classifiers: Mapping[str, Classifier],
    stopwatch: Stopwatch,
    apart: Apart = in_a_new_process,
) -> Inference:
    """What the models see in a photo. The same bytes give the same answer. Raises: ImageError."""
    with stopwatch.stage("decode"):
        photo = read_photo(data, apart)
    with stopwatch.stage("detect"):
        found = finder.find(photo.gray_hw)
    if not found and not photo.is_whole:
        raise ImageError("damaged", "its end is missing, and no face in the rest")
    with stopwatch.stage("classify"):
        faces = _faces(photo, found, classifiers)
    return Inference(
        image=ImageFacts(width_px=photo.width_px, height_px=photo.height_px, brightness=round(photo.brightness, 4)),
        faces=faces,
        models={
            name: ModelVersion(version=each.contract.version, sha256=each.contract.sha256)
            for name, each in classifiers.items()
        },
        elapsed_ms=stopwatch.stage_ms,
    )


def quality(crop_hw: Gray) -> Quality:
    """How readable a face crop is, uint8 gray of any size: measured at 48 x 48 px, on what the network will see."""
    small_hw = cv2.resize(crop_hw, (FACE_SIZE_PX, FACE_SIZE_PX), interpolation=cv2.INTER_AREA)
    sharpness = float(cv2.Laplacian(small_hw, cv2.CV_64F).var())
    return Quality(sharpness=round(sharpness, 1), brightness=round(float(small_hw.mean()) / 255.0, 4))


def _faces(photo: Photo, found: list[FoundFace], classifiers: Mapping[str, Classifier]) -> tuple[Face, ...]:
    if not found:
        return ()
    faces_nchw = np.stack([face_input(face.crop_hw) for face in found])
    by_model = {name: classifier.classify(faces_nchw) for name, classifier in classifiers.items()}
    return tuple(
        Face(
            box_px=photo.full_size_px(face.box_px),
            quality=quality(face.crop_hw),
            models={name: readings[index].prediction for name, readings in by_model.items()},
            view=_view(face, [readings[index] for readings in by_model.values()]),
        )
        for index, face in enumerate(found)
    )


def _view(face: FoundFace, readings: Sequence[Reading]) -> View:
    """What the finder saw; a face that it holds for whole may be covered, as far as any model tells."""
    return "covered" if face.view == "whole" and any(reading.covered for reading in readings) else face.view
