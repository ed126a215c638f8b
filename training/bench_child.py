"""python -m training.bench_child KIND MODEL FACES.npy ANSWERS.json

One contender of `training.bench` in its own process: loads it, shows it the faces one by one on one thread, and writes
what it said and what that took. Nothing beyond the standard library is imported before the clock starts. With KIND
"fer" it runs in an interpreter that has PyPI's `fer` instead of this project's packages.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from burnout.emotions import Emotion

PROCESS_STATUS: Final = Path("/proc/self/status")  # Linux

_ORDER: Final = {emotion: place for place, emotion in enumerate(Emotion)}

Answer = Callable[[Any], dict[Any, float]]  # a gray face (48, 48) uint8 → the score of each emotion


def onnx_served(model: Path) -> Answer:
    """An exported file as infer runs it, one thread. Raises: ContractMismatchError."""
    from functions.infer.classifier import load_classifiers  # noqa: PLC0415 - this import is what is timed
    from functions.infer.preprocess import face_input  # noqa: PLC0415

    classifier = load_classifiers(model.parent)[model.stem]
    return lambda face_hw: dict(classifier.classify(face_input(face_hw)[None])[0].emotions)


def eager_net(checkpoint_path: Path) -> Any:
    """A checkpoint's serving head in torch, to be run layer by layer on one thread. Raises: CheckpointError."""
    import torch  # noqa: PLC0415 - this import is what is timed

    from training import checkpoint  # noqa: PLC0415
    from training.model import ServedNet  # noqa: PLC0415

    torch.set_num_threads(1)
    saved = checkpoint.load_weights(checkpoint_path)
    # As both recipes export them: the FER+ head serves and is asked twice, unless it learnt nothing, as in baseline. If
    # that changes, the column "as mvp" of the benchmark shows it.
    is_plain = saved.knobs.fer_share == 1
    return ServedNet(checkpoint.averaged_net(saved), float(is_plain), flip_average=not is_plain).eval()


def torch_eager(model: Path) -> Answer:
    """A checkpoint's serving head in torch. Raises: CheckpointError."""
    import torch  # noqa: PLC0415

    from functions.infer.preprocess import face_input  # noqa: PLC0415

    net = eager_net(model)

    def answer(face_hw: Any) -> dict[Any, float]:
        with torch.inference_mode():
            shares = net(torch.from_numpy(face_input(face_hw)[None]))[0].softmax(dim=1)[0].tolist()
        return dict(zip(Emotion, shares, strict=True))

    return answer


def fer_package(_: Path) -> Answer:
    """PyPI's `fer` with the network that it brings. The face's box is given, so it looks for none."""
    # Not a dependency of this project, hence no import statement. Offsets would add a border to faces cut so closely.
    fer = importlib.import_module("fer.fer").FER(offsets=(0, 0))
    cv2 = importlib.import_module("cv2")

    def answer(face_hw: Any) -> dict[Any, float]:
        height, width = face_hw.shape
        (found,) = fer.detect_emotions(cv2.cvtColor(face_hw, cv2.COLOR_GRAY2BGR), [(0, 0, width, height)])
        return {Emotion(name): share for name, share in found["emotions"].items()}

    return answer


LOADERS: Final[dict[str, Callable[[Path], Answer]]] = {
    "onnx": onnx_served,
    "torch": torch_eager,
    "fer": fer_package,
}


def measured(kind: str, model: Path, faces: Path) -> dict[str, Any]:
    """Seconds from the first import to a loaded model, then milliseconds and the strongest emotion of each face."""
    started_s = time.perf_counter()
    answer = LOADERS[kind](model)
    ready_s = time.perf_counter() - started_s
    import numpy as np  # noqa: PLC0415 - each contender has paid for it by now

    milliseconds, emotions = [], []
    for face_hw in np.load(faces):
        began_s = time.perf_counter()
        scores = answer(face_hw)
        milliseconds.append(1000 * (time.perf_counter() - began_s))
        emotions.append(_ORDER[max(scores, key=scores.__getitem__)])
    return {"ready_s": ready_s, "ms": milliseconds, "emotions": emotions, "peak_mb": peak_mb()}


def peak_mb() -> float | None:
    """The most memory that this process has had resident, in MB; None where the system does not tell (not Linux)."""
    # Not getrusage: its maximum also counts the process that started this one.
    lines = PROCESS_STATUS.read_text().splitlines() if PROCESS_STATUS.is_file() else []
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return kilobytes[0] / 1024 if kilobytes else None


if __name__ == "__main__":
    _kind, _model, _faces, _answers = sys.argv[1:]
    Path(_answers).write_text(json.dumps(measured(_kind, Path(_model), Path(_faces))))
