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
from functions.infer.windows import Gray, Points

PATCH_PX: Final = 128
GRID: Final = ((16, 2), (8, 6))  # cells a side, and anchors in each cell
LEAST_SCORE: Final = 0.3  # below it a sighting is not worth a closer look
SAME_FACE: Final = 0.3  # common area of two boxes as a share of both together
SCORE_LIMIT: Final = 80.0  # of a raw score, as MediaPipe cuts it: float32 overflows in exp() beyond 88
POINTS: Final = 8  # centre, size, then right eye (left in a picture), left eye, nose, mouth, right ear, left ear


class DetectorContract(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside the network's file. `origin` and `metrics` are for people."""

    name: str
    sha256: str  # of the ONNX file, lower-case hex
    licence: str
    origin: dict[str, str]
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


class FaceNetwork:
    """The network, ready to run. Threads may share it."""

    def __init__(self, contract: DetectorContract, session: onnxruntime.InferenceSession) -> None:
        self.contract: Final = contract
        self._session = session

    def look(self, patches: Sequence[Gray]) -> list[list[Sighting]]:
        """What is seen in each patch, uint8 (128, 128), surest first, in parts of the patch's side."""
        inputs_nchw = np.stack(patches)[:, np.newaxis].astype(np.float32) / 127.5 - 1.0
        boxes, scores = self._session.run(["boxes", "scores"], {"picture": inputs_nchw})
        return [_sightings(boxes[index], scores[index, :, 0]) for index in range(len(patches))]


def load_network(folder: Path) -> FaceNetwork:
    """The one detector in the folder. Raises: ContractMismatchError."""
    onnx_path, json_path = folder / "short_range.onnx", folder / "short_range.json"
    try:
        contract = msgspec.json.decode(json_path.read_bytes(), type=DetectorContract)
        found = sha256_of(onnx_path)
    except (OSError, msgspec.MsgspecError) as error:
        raise ContractMismatchError(f"face detector: {error}") from error
    if contract.sha256 != found:
        raise ContractMismatchError(f"face detector: sha256 is {contract.sha256} in the contract but {found} here")
    if contract.pair_sum_max != 0:
        raise ContractMismatchError("face detector: it must be float32, so pair_sum_max must be 0")
    return FaceNetwork(contract, open_model(onnx_path))


def overlap(one: Sighting, other: Sighting) -> float:
    """The common area of two faces' boxes as a share of both together, [0, 1]."""
    apart_x, apart_y = np.abs(one.points_xy[0] - other.points_xy[0])
    least, mean = min(one.side, other.side), (one.side + other.side) / 2
    common = float(np.clip(mean - apart_x, 0, least) * np.clip(mean - apart_y, 0, least))
    return common / (one.side**2 + other.side**2 - common)


def distinct(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings without those of a face that another one sees more surely; surest first."""
    kept: list[Sighting] = []
    for one in sorted(sightings, key=lambda sighting: -sighting.score):
        if all(overlap(one, surer) < SAME_FACE for surer in kept):
            kept.append(one)
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
    scores = 1.0 / (1.0 + np.exp(-np.clip(raw_scores.astype(np.float64), -SCORE_LIMIT, SCORE_LIMIT)))
    (seeing,) = np.nonzero(scores >= LEAST_SCORE)
    seeing = seeing[np.argsort(-scores[seeing], kind="stable")]
    values = boxes[seeing].reshape(-1, POINTS, 2).astype(np.float64) / PATCH_PX
    sides = values[:, 1].mean(axis=1)
    points_xy = np.delete(values, 1, axis=1) + _ANCHORS[seeing, np.newaxis]
    found = []
    left = [Sighting(float(scores[i]), float(sides[n]), points_xy[n]) for n, i in enumerate(seeing)]
    while left:
        surest = left[0]
        same = [one for one in left if one is surest or overlap(one, surest) > SAME_FACE]
        left = [one for one in left if one is not surest and overlap(one, surest) <= SAME_FACE]
        weights = [one.score for one in same]
        side = np.average([one.side for one in same], weights=weights)
        points = np.average([one.points_xy for one in same], axis=0, weights=weights)
        found.append(Sighting(surest.score, float(side), points))
    return found
