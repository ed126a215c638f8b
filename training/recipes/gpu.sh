#!/usr/bin/env bash
# training/recipes/gpu.sh PACK_DIR RUN_DIR [--KNOB VALUE ...]
# For a GPU that is there for ten minutes: mvp's network from random weights in under nine, as many of 150 epochs as fit
# into eight. RUN_DIR gets best.pt (float16, 5.7 MB: evaluated and exported elsewhere, on a CPU), metrics.jsonl, and the
# checkpoints in a folder of their own. Nothing is downloaded. It needs
#   PACK_DIR, 50 MiB: python -m training.pack --data DATA_DIR --out PACK_DIR
#   of the checkout training/ (of its weights those to begin with), functions/infer/*.py, layers/common/burnout/*.py
#   Python 3.11 or later with torch for CUDA, torchvision, numpy, opencv-python-headless and tqdm
# Other runs, by knobs that replace those below:
#   --start-from training/weights/mvp.pt --lr-max 0.02      a second warm cycle of what serves
#   --width 64                                              a wider network, 22 MB in float16: a teacher
. "$(dirname "$0")/common.sh" "${@:1:2}"

command -v python > /dev/null || python() { python3 "$@"; }
export PYTHONPATH="$PWD/layers/common${PYTHONPATH:+:$PYTHONPATH}"
export WANDB_MODE=disabled
python -c '
import importlib.util, sys
missing = [name for name in ("torch", "torchvision", "numpy", "cv2", "tqdm") if not importlib.util.find_spec(name)]
if missing:
    sys.exit(f"{sys.executable} has no " + ", ".join(missing))
import torch
if not torch.cuda.is_available() and sys.argv[1] != "1":
    sys.exit("torch sees no GPU; WITHOUT_GPU=1 tries the recipe on the CPU")
' "${WITHOUT_GPU:-0}"

# Every knob is written out: the defaults may change, this run may not.
train_into "$run/checkpoints" --minutes 8 \
  --seed 1 --start-from "" --epochs 150 --batch-size 128 --width 32 --stem-stride 1 \
  --lr-max 0.05 --warmup-epochs 5 --momentum 0.9 --weight-decay 5e-4 --fer-share 0.5 --label-smoothing 0.1 \
  --ema-decay 0.999 --flip-probability 0.5 --shift-fraction 0.12 --rotation-deg 15 --scale-fraction 0.2 \
  --brightness 0.2 --contrast 0.25 --erase-probability 0.4 \
  --blur-probability 0.1 --blur-sigma-px 1.6 --dark-probability 0.15 --dark-light-share 0.12 --gamma 1.8 \
  --side-light-probability 0.15 --side-light-share 0.2 \
  --noise-probability 0.1 --noise-gray 16 --jpeg-probability 0.1 --mixup-alpha 0.2 \
  --small-side-px 40 --small-share 0 --threads 1 "${@:3}"

cp "$run/checkpoints/metrics.jsonl" "$run"
python -c '
import sys
from pathlib import Path
from training import checkpoint
best = checkpoint.load_weights(Path(sys.argv[1])).rounded()
checkpoint.save_weights(best, Path(sys.argv[2]))
print(f"{sys.argv[2]}: epoch {best.epoch} of {best.knobs.epochs}")
print(*(f"{name}: {value}" for name, value in best.metrics.items() if name.startswith("public")), sep="\n")
' "$run/checkpoints/best.pt" "$run/best.pt"
