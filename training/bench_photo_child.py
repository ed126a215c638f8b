"""python -m training.bench_photo_child KIND MODEL CONTRACT FOLDER

One contender of `training.bench_photo` in its own process: a photo's bytes through the whole of serving (decode, Haar,
level, crop, classify), with ONNX Runtime (KIND "onnx", MODEL an exported file) or torch ("torch", MODEL a checkpoint,
read with CONTRACT's temperature and bounds). Answers each line of stdin, the name of a photo in FOLDER, with a line of
JSON; in the first one the milliseconds begin before the first import.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from training.bench_child import eager_net


def onnx_served(model: Path, _: Path) -> Any:
    """The classifier of an exported file, as infer runs it."""
    from functions.infer.classifier import load_classifiers  # noqa: PLC0415 - this import is what is timed

    return load_classifiers(model.parent)[model.stem]


def torch_eager(model: Path, contract_path: Path) -> Any:
    """What stands in for it when a checkpoint runs in torch: the same contract, scores and batch, another network."""
    import torch  # noqa: PLC0415

    from functions.infer.classifier import prediction_of  # noqa: PLC0415
    from functions.infer.contract import read_contract  # noqa: PLC0415

    net, contract = eager_net(model), read_contract(contract_path)

    def classify(faces_nchw: Any) -> list[Any]:
        with torch.inference_mode():
            logits_n7 = net(torch.from_numpy(faces_nchw))[0].double().numpy()
        return [prediction_of(logits, contract) for logits in logits_n7]

    return SimpleNamespace(contract=contract, classify=classify)


LOADERS: Final[dict[str, Callable[[Path, Path], Any]]] = {"onnx": onnx_served, "torch": torch_eager}


def answer_lines(kind: str, model: Path, contract: Path, folder: Path) -> None:
    """Answers until stdin ends."""
    if kind == "torch":
        # infer's modules import it, which a service on torch would not: its clock starts afterwards.
        import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415, F401
    photos = map(str.rstrip, sys.stdin)
    data = (folder / next(photos)).read_bytes()
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    from functions.infer.analysis import Stopwatch, analyse  # noqa: PLC0415 - these imports are what is timed
    from functions.infer.faces import FaceFinder  # noqa: PLC0415

    classifiers, finder = {"model": LOADERS[kind](model, contract)}, FaceFinder()
    while True:
        found = analyse(data, finder, classifiers, Stopwatch())
        took = {
            "ms": 1000 * (time.perf_counter() - began_s),
            "cpu_ms": 1000 * (time.process_time() - began_cpu_s),
        }
        labels = [max(face.models["model"].emotions.items(), key=lambda share: share[1])[0] for face in found.faces]
        print(json.dumps({**took, "emotions": labels}), flush=True)
        name = next(photos, None)
        if name is None:
            return
        data = (folder / name).read_bytes()
        began_s, began_cpu_s = time.perf_counter(), time.process_time()


if __name__ == "__main__":
    answer_lines(sys.argv[1], *map(Path, sys.argv[2:]))
