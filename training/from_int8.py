"""python -m training.from_int8 --data DIR

The float weights of mvp and baseline 0.4.0, whose checkpoints are gone, out of the committed int8 files: every filter
times its scale, batch norm taken apart by `warm_start`, both heads. Into training/weights. Run once, with the files of
commit 80519ff; LOG.md has what came of it.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training import checkpoint
from training.data import Usage, load_faces, network_input, without_test_copies
from training.knobs import Knobs
from training.model import EmotionNet
from training.warm_start import FACES, warm_start

MODELS, WEIGHTS = Path("functions/infer/models"), Path("training/weights")


def dequantised(path: Path) -> dict[str, np.ndarray]:
    """Every constant of the network by its float name."""
    graph = onnx.load(path).graph
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    found = dict(constants)
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in constants:
            values, scale = (constants[name] for name in node.input[:2])
            zero = constants[node.input[2]] if len(node.input) > 2 else np.zeros_like(scale)
            axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
            shape = [-1 if i == axis and scale.ndim else 1 for i in range(values.ndim)]
            scale, zero = (np.asarray(each, np.float64).reshape(shape) for each in (scale, zero))
            name = node.output[0].removesuffix("_DequantizeLinear_Output")
            found[name] = ((values - zero) * scale).astype(np.float32)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    faces = without_test_copies(load_faces(parser.parse_args().data)).part(Usage.TRAINING)
    WEIGHTS.mkdir(exist_ok=True)
    for name in ("mvp", "baseline"):
        contract = json.loads((MODELS / f"{name}.json").read_text())
        knobs = Knobs(**contract["training"]["knobs"])
        constants = dequantised(MODELS / f"{name}.onnx")
        net = EmotionNet(knobs.width, knobs.stem_stride)
        graph = onnx.helper.make_graph([], "g", [], [], [numpy_helper.from_array(v, k) for k, v in constants.items()])
        with tempfile.TemporaryDirectory() as folder:
            onnx.save(onnx.helper.make_model(graph), Path(folder) / "float.onnx")
            warm_start(net, Path(folder) / "float.onnx", torch.from_numpy(network_input(faces.gray_nhw[:FACES])))
        for parameter, kind in ((net.heads.weight, "weight"), (net.heads.bias, "bias")):
            served = torch.from_numpy(constants[f"head.{kind}"])
            if served.shape[-1 if kind == "bias" else 0] == parameter.shape[0]:  # served: FER+, then FER
                served = torch.cat([served[7:], served[:7]])
            else:  # baseline: FER alone; its other head learnt nothing
                served = torch.cat([served, torch.zeros_like(served)])
            parameter.data.copy_(served)
        ema = {key: value.detach() for key, value in net.state_dict().items()}
        saved = checkpoint.Weights(knobs=knobs, epoch=contract["training"]["epoch"], ema=ema, metrics=contract["training"]["run"])
        checkpoint.save_weights(saved, WEIGHTS / f"{name}.pt")
        print(name, (WEIGHTS / f"{name}.pt").stat().st_size)


if __name__ == "__main__":
    main()
