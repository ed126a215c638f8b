"""Patches of a picture → the faces that the detector's network sees in them. Knows nothing of cascades or of crops.

The network is MediaPipe's BlazeFace for short range, in float32; `training.face_detector` makes its file. It looks at
128 x 128 pixels, names a score, a box and six points at each of 896 anchors, and many anchors see the same face.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no annotations
from numpy.typing import NDArray

from functions.infer.classifier import open_model
from functions.infer.contract import ContractMismatchError, sha256_of
from functions.infer.windows import Gray, Points, Window

PATCH_PX: Final = 128
GRID: Final = ((16, 2), (8, 6))  # cells a side, and anchors in each cell
LEAST_RAW_SCORE: Final = -0.85  # below it, which is a score of 0.3, a sighting is not worth a closer look
SAME_FACE: Final = 0.3  # common area of two boxes as a share of both together
SCORE_LIMIT: Final = 80.0  # of a raw score, as MediaPipe cuts it
POINTS: Final = 8  # centre, size, then right eye (left in a picture), left eye, nose, mouth, right ear, left ear


class DetectorContract(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside the network's file. `origin` and `metrics` are for people."""

    name: str
    sha256: str  # of the ONNX file, lower-case hex
    licence: str
    origin: dict[str, str]
    input_px: int
    pair_sum_max: int  # 0: float32 has no integers that could overflow on a processor without VNNI
    alone: float  # the score from which the network alone is believed
    witnessed: float  # and from which it is where a cascade sees a face or an eye, too
    small: float  # and from which a small face is, where a cascade sees an eye
    metrics: dict[str, Any]


class Sighting(NamedTuple):
    """One face in one window. Lengths and points are parts of the window's side, or pixels of the picture."""

    score: float  # (0, 1), of the anchor that is surest
    side: float
    points_xy: Points  # (7, 2): centre, right eye (left in a picture), left eye, nose, mouth, right ear, left ear

    def in_picture(self, window: Window) -> "Sighting":
        """From parts of the window's side to pixels of the picture."""
        return Sighting(self.score, self.side * window.side, window.points(self.points_xy))


class Detector:
    """The network, ready to run. Threads may share it."""

    def __init__(self, contract: DetectorContract, session: onnxruntime.InferenceSession) -> None:
        self.contract: Final = contract
        self._session = session

    def look(self, patches: Sequence[Gray]) -> list[list[Sighting]]:
        """What is seen in each patch, uint8 (128, 128), surest first, in parts of the patch's side."""
        inputs_nchw = np.stack(patches)[:, np.newaxis].astype(np.float32) / 127.5 - 1.0
        boxes, scores = self._session.run(["boxes", "scores"], {"picture": inputs_nchw})
        return [_sightings(boxes[index], scores[index, :, 0]) for index in range(len(patches))]


def load_detector(folder: Path) -> Detector:
    """The one detector in the folder. Raises: ContractMismatchError."""
    onnx_path, json_path = folder / "short_range.onnx", folder / "short_range.json"
    try:
        contract = msgspec.json.decode(json_path.read_bytes(), type=DetectorContract)
        found = sha256_of(onnx_path)
    except (OSError, msgspec.MsgspecError) as error:
        raise ContractMismatchError(f"face detector: {error}") from error
    if contract.sha256 != found:
        raise ContractMismatchError(f"face detector: sha256 is {contract.sha256} in the contract but {found} here")
    if contract.input_px != PATCH_PX:
        raise ContractMismatchError(f"face detector: input_px is {contract.input_px}, must be {PATCH_PX}")
    if contract.pair_sum_max != 0:
        raise ContractMismatchError("face detector: it must be float32, so pair_sum_max must be 0")
    return Detector(contract, open_model(onnx_path))


def distinct(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings without those of a face that another one sees more surely; surest first."""
    left = sorted(sightings, key=lambda sighting: -sighting.score)
    kept = []
    while left:
        kept.append(left[0])
        shares = _overlaps(np.array([one.points_xy[0] for one in left]), np.array([one.side for one in left]))
        left = [one for one, share in zip(left[1:], shares[1:], strict=True) if share < SAME_FACE]
    return kept


def _anchors() -> NDArray[np.float64]:
    """(896, 2): the middle of each anchor's cell, in parts of the patch's side, in the network's order."""
    middles = []
    for cells, repeated in GRID:
        y, x = np.divmod(np.arange(cells * cells), cells)
        middles.append(np.repeat((np.stack((x, y), axis=1) + 0.5) / cells, repeated, axis=0))
    return np.concatenate(middles)


_ANCHORS: Final = _anchors()


def _sightings(boxes: NDArray[np.float32], raw_scores: NDArray[np.float32]) -> list[Sighting]:
    """One sighting a face: the mean of the anchors that see it, weighted by their scores."""
    (seeing,) = np.nonzero(raw_scores >= LEAST_RAW_SCORE)
    seeing = seeing[np.argsort(-raw_scores[seeing], kind="stable")]
    scores = 1.0 / (1.0 + np.exp(-np.minimum(raw_scores[seeing].astype(np.float64), SCORE_LIMIT)))
    values = boxes[seeing].reshape(-1, POINTS, 2).astype(np.float64) / PATCH_PX
    sides = values[:, 1].mean(axis=1)
    points_xy = np.delete(values, 1, axis=1) + _ANCHORS[seeing, np.newaxis]
    found = []
    while len(scores):
        same = _overlaps(points_xy[:, 0], sides) >= SAME_FACE
        same[0] = True
        weights = scores[same] / scores[same].sum()
        middle = np.tensordot(weights, points_xy[same], axes=1)
        found.append(Sighting(float(scores[0]), float(weights @ sides[same]), middle))
        scores, sides, points_xy = scores[~same], sides[~same], points_xy[~same]
    return found


def _overlaps(centers_xy: NDArray[np.float64], sides: NDArray[np.float64]) -> NDArray[np.float64]:
    """The common area of the first box with each as a share of both together, [0, 1]."""
    least = np.minimum(sides, sides[0])[:, np.newaxis]
    common = np.clip((sides + sides[0])[:, np.newaxis] / 2 - np.abs(centers_xy - centers_xy[0]), 0, least).prod(axis=1)
    return np.asarray(common / (sides**2 + sides[0] ** 2 - common), dtype=np.float64)
