"""python -m training.bench_child WHAT KIND MODEL

One contender (`training.contender`) in its own process, on one thread. WHAT is "faces", each 48 x 48 gray bytes, or
"photos", each a file that goes through the whole of serving (decode, find, level, crop, classify). MODEL is a file, or
a folder of exported models that are all asked. Says first in how many seconds the contender was ready, then answers
each line of stdin, such bytes in hex, with a line of JSON: what it took, and the faces. Nothing beyond the standard
library is imported before the clock starts. With KIND "fer" this runs in an interpreter that has PyPI's `fer` instead
of this project's packages, and otherwise in one of any checkout whose serving can be asked as here.
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

Found = dict[str, Any]  # a face: "emotions", the score of each, and in a photo "box_px"
Answer = Callable[[bytes], list[Found]]  # a face's or a photo's bytes → the faces in them


def onnx_served(model: Path) -> dict[str, Any]:
    """The classifiers of a folder, or of a file's, as infer runs them, one thread. Raises: ContractMismatchError."""
    from functions.infer.classifier import load_classifiers  # noqa: PLC0415 - this import is what is timed

    return load_classifiers(model if model.is_dir() else model.parent)


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


def torch_eager(model: Path) -> dict[str, Any]:
    """What stands in for the classifier when a checkpoint runs in torch, as far as infer uses it here."""
    import torch  # noqa: PLC0415

    net = eager_net(model)

    def classify(faces_nchw: Any) -> list[Any]:
        with torch.inference_mode():
            shares_n7 = net(torch.from_numpy(faces_nchw))[0].softmax(dim=1).tolist()
        predictions = (SimpleNamespace(emotions=dict(zip(Emotion, shares, strict=True))) for shares in shares_n7)
        return [SimpleNamespace(prediction=each, covered=False) for each in predictions]

    return {"torch": SimpleNamespace(contract=SimpleNamespace(version="", sha256=""), classify=classify)}


def bare_faces(classifiers: dict[str, Any]) -> Answer:
    """The only classifier alone, for faces."""
    import numpy as np  # noqa: PLC0415 - each contender has paid for it by now

    from functions.infer.preprocess import face_input  # noqa: PLC0415

    (classifier,) = classifiers.values()

    def answer(data: bytes) -> list[Found]:
        face_hw = np.frombuffer(data, dtype=np.uint8).reshape(48, 48)
        return [{"emotions": dict(classifier.classify(face_input(face_hw)[None])[0].prediction.emotions)}]

    return answer


def whole_photos(classifiers: dict[str, Any]) -> Answer:
    """The classifiers behind infer's detector, for photos; the last one's emotions."""
    from functions.infer.analysis import analyse  # noqa: PLC0415
    from functions.infer.faces import FaceFinder  # noqa: PLC0415

    finder, name = FaceFinder(), max(classifiers)

    def answer(data: bytes) -> list[Found]:
        faces = analyse(data, finder, classifiers, Stopwatch()).faces
        return [{"emotions": dict(face.models[name].emotions), "box_px": face.box_px} for face in faces]

    return answer


def fer_package(what: str) -> Answer:
    """PyPI's `fer` with the network that it brings. For photos it looks for faces itself, with its own defaults."""
    # Not a dependency of this project, hence no import statement. A face's box is given: a border would be added to it.
    package = importlib.import_module("fer.fer")
    cv2, np = importlib.import_module("cv2"), importlib.import_module("numpy")
    fer = package.FER(offsets=(0, 0)) if what == "faces" else package.FER()

    def answer(data: bytes) -> list[Found]:
        if what == "faces":
            face_hw = np.frombuffer(data, dtype=np.uint8).reshape(48, 48)
            found = fer.detect_emotions(cv2.cvtColor(face_hw, cv2.COLOR_GRAY2BGR), [(0, 0, 48, 48)])
        else:
            found = fer.detect_emotions(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))
        return [
            {
                "emotions": {Emotion(name): share for name, share in face["emotions"].items()},
                "box_px": [int(side) for side in face["box"]],
            }
            for face in found
        ]

    return answer


CLASSIFIERS: Final[dict[str, Callable[[Path], dict[str, Any]]]] = {"onnx": onnx_served, "torch": torch_eager}
READERS: Final[dict[str, Callable[[dict[str, Any]], Answer]]] = {"faces": bare_faces, "photos": whole_photos}


def answer_lines(what: str, kind: str, model: Path) -> None:
    """Answers until stdin ends: milliseconds of wall clock and of CPU, and each face."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a package prints is not an answer
    started_s = time.perf_counter()
    answer = fer_package(what) if kind == "fer" else READERS[what](CLASSIFIERS[kind](model))
    print(json.dumps({"ready_s": time.perf_counter() - started_s}), file=answers, flush=True)
    for line in sys.stdin:
        data = bytes.fromhex(line)
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        faces = answer(data)
        took = {
            "ms": 1000 * (time.perf_counter() - began_s),
            "cpu_ms": 1000 * (time.process_time() - began_cpu_s),
        }
        print(json.dumps({**took, "faces": faces, "peak_mb": peak_mb()}), file=answers, flush=True)


def peak_mb() -> float | None:
    """The most memory that this process has had resident, in MB; None where the system does not tell (not Linux)."""
    # Not getrusage: its maximum also counts the process that started this one.
    lines = PROCESS_STATUS.read_text().splitlines() if PROCESS_STATUS.is_file() else []
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return kilobytes[0] / 1024 if kilobytes else None


if __name__ == "__main__":
    answer_lines(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
