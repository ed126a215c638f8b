"""The contract of `infer`, typed once: what webhook sends and what comes back."""

from typing import Final, Literal

import msgspec

from burnout.emotions import Emotion

# Each but the last is also the key of its sentence. `not_an_image`: by its bytes no picture of a kind that is read;
# `damaged`: such a picture, but cut off or broken; `heic`: the same of HEIC or AVIF, for which there may be a preview;
# `too_large`: over a limit of size; `too_costly`: within them, but takes more time or memory than a picture may.
ErrorCode = Literal["not_an_image", "damaged", "heic", "too_large", "too_costly", "no_such_photo"]
Label = Literal["negative", "positive"]
View = Literal["whole", "covered", "profile"]
MVP: Final = "mvp"
BASELINE: Final = "baseline"
MODELS: Final = (BASELINE, MVP)  # baseline only where the two are compared: docs/decisions/0010


class InferRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which photo, and which models; no models named means every model in the image."""

    bucket: str
    key: str
    models: tuple[str, ...] = ()


class Prediction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One model's view of one face. All numbers are calibrated probabilities in [0, 1]."""

    negative: float  # mass of angry, disgust, fear and sad
    label: Label  # the side of the threshold, also when it is not sure
    emotions: dict[Emotion, float]  # all seven; they sum to 1
    sure: bool = True  # False: too near the threshold to name a side


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """How readable a face crop is."""

    sharpness: float  # variance of the Laplacian of the crop at a fixed size, uint8 scale; 0 and up
    brightness: float  # mean gray, [0, 1]


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """One face. The box is (x, y, width, height) in pixels of the upright image (EXIF orientation applied)."""

    box_px: tuple[int, int, int, int]
    quality: Quality
    models: dict[str, Prediction]
    view: View = "whole"  # covered: by a mask, dark glasses or a hand; profile: seen from the side


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The upright image. `brightness` is its mean gray in [0, 1]: a dark photo without a face is told apart by it."""

    width_px: int
    height_px: int
    brightness: float


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Which model file answered."""

    version: str
    sha256: str


class Inference(msgspec.Struct, frozen=True, kw_only=True):
    """What infer answers for an image: faces largest first, none found is an empty tuple."""

    image: ImageFacts
    faces: tuple[Face, ...]
    models: dict[str, ModelVersion]
    elapsed_ms: dict[str, float]  # fetch, decode, detect, classify


class InferFailure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a photo could not be read. `message` is for operators and holds nothing of the photo."""

    code: ErrorCode
    message: str
