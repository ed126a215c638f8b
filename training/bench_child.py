"""python -m training.bench_child WHAT KIND MODEL

One contender of `training.bench` in its own process, on one thread. WHAT is "faces", each 48 x 48 gray bytes, or
"photos", each a JPEG that goes through the whole of serving (decode, Haar, level, crop, classify). Says first in how
many seconds the contender was ready, then answers each line of stdin, such bytes in hex, with a line of JSON. Nothing
beyond the standard library is imported before the clock starts. With KIND "fer" this runs in an interpreter that has
PyPI's `fer` instead of this project's packages.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from burnout.clock import Stopwatch
from burnout.emotions import Emotion

PROCESS_STATUS: Final = Path("/proc/self/status")  # Linux

_ORDER: Final = {emotion: place for place, emotion in enumerate(Emotion)}

Scores = dict[Any, float]  # of each emotion
Answer = Callable[[bytes], list[Scores]]  # a face's or a photo's bytes → of each face in them


def onnx_served(model: Path) -> Any:
    """The classifier of an exported file, as infer runs it, one thread. Raises: ContractMismatchError."""
    from functions.infer.classifier import load_classifiers  # noqa: PLC0415 - this import is what is timed

    return load_classifiers(model.parent)[model.stem]


def eager_net(checkpoint_path: Path) -> Any:
    """A checkpoint's serving head in torch, to be run layer by layer on one thread. Raises: CheckpointError."""
    import torch  # noqa: PLC0415

    from training import checkpoint  # noqa: PLC0415
    from training.model import ServedNet  # noqa: PLC0415

    torch.set_num_threads(1)
    saved = checkpoint.load_weights(checkpoint_path)
    # As the recipes export it: the FER+ head serves and is asked twice, unless it was not trained, as in baseline. If
    # that changes, the column "as mvp" of the benchmark shows it.
    is_plain = saved.knobs.fer_share == 1
    return ServedNet(checkpoint.averaged_net(saved), float(is_plain), flip_average=not is_plain).eval()


def torch_eager(model: Path) -> Any:
    """What stands in for the classifier when a checkpoint runs in torch, as far as infer uses it here."""
    import torch  # noqa: PLC0415

    net = eager_net(model)

    def classify(faces_nchw: Any) -> list[Any]:
        with torch.inference_mode():
            shares_n7 = net(torch.from_numpy(faces_nchw))[0].softmax(dim=1).tolist()
        predictions = (SimpleNamespace(emotions=dict(zip(Emotion, shares, strict=True))) for shares in shares_n7)
        return [SimpleNamespace(prediction=each, covered=False) for each in predictions]

    return SimpleNamespace(contract=SimpleNamespace(version="", sha256=""), classify=classify)


def bare_faces(classifier: Any) -> Answer:
    """The classifier alone, for faces."""
    import numpy as np  # noqa: PLC0415 - each contender has paid for it by now

    from functions.infer.preprocess import face_input  # noqa: PLC0415

    def answer(data: bytes) -> list[Scores]:
        face_hw = np.frombuffer(data, dtype=np.uint8).reshape(48, 48)
        return [dict(classifier.classify(face_input(face_hw)[None])[0].prediction.emotions)]

    return answer


def whole_photos(classifier: Any) -> Answer:
    """The classifier behind infer's detector, for photos."""
    from functions.infer.analysis import analyse  # noqa: PLC0415
    from functions.infer.faces import FaceFinder  # noqa: PLC0415

    finder = FaceFinder()

    def answer(data: bytes) -> list[Scores]:
        faces = analyse(data, finder, {"model": classifier}, Stopwatch()).faces
        return [dict(face.models["model"].emotions) for face in faces]

    return answer


def fer_package() -> Answer:
    """PyPI's `fer` with the network that it brings, for faces. The face's box is given, so it looks for none."""
    # Not a dependency of this project, hence no import statement. Offsets would add a border to faces cut so closely.
    fer = importlib.import_module("fer.fer").FER(offsets=(0, 0))
    cv2, np = importlib.import_module("cv2"), importlib.import_module("numpy")

    def answer(data: bytes) -> list[Scores]:
        face_hw = np.frombuffer(data, dtype=np.uint8).reshape(48, 48)
        (found,) = fer.detect_emotions(cv2.cvtColor(face_hw, cv2.COLOR_GRAY2BGR), [(0, 0, 48, 48)])
        return [{Emotion(name): share for name, share in found["emotions"].items()}]

    return answer


CLASSIFIERS: Final[dict[str, Callable[[Path], Any]]] = {"onnx": onnx_served, "torch": torch_eager}
READERS: Final[dict[str, Callable[[Any], Answer]]] = {"faces": bare_faces, "photos": whole_photos}


def answer_lines(what: str, kind: str, model: Path) -> None:
    """Answers until stdin ends: milliseconds of wall clock and of CPU, and the strongest emotion of each face."""
    if (what, kind) == ("photos", "torch"):
        # infer's modules import it, which a service on torch would not: its clock starts afterwards.
        import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415, F401
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a package prints is not an answer
    started_s = time.perf_counter()
    answer = fer_package() if kind == "fer" else READERS[what](CLASSIFIERS[kind](model))
    print(json.dumps({"ready_s": time.perf_counter() - started_s}), file=answers, flush=True)
    for line in sys.stdin:
        data = bytes.fromhex(line)
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        found = answer(data)
        took = {
            "ms": 1000 * (time.perf_counter() - began_s),
            "cpu_ms": 1000 * (time.process_time() - began_cpu_s),
        }
        emotions = [_ORDER[max(scores, key=scores.__getitem__)] for scores in found]
        print(json.dumps({**took, "emotions": emotions, "peak_mb": peak_mb()}), file=answers, flush=True)


def peak_mb() -> float | None:
    """The most memory that this process has had resident, in MB; None where the system does not tell (not Linux)."""
    # Not getrusage: its maximum also counts the process that started this one.
    lines = PROCESS_STATUS.read_text().splitlines() if PROCESS_STATUS.is_file() else []
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return kilobytes[0] / 1024 if kilobytes else None


if __name__ == "__main__":
    answer_lines(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
