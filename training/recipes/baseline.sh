#!/usr/bin/env bash
# training/recipes/baseline.sh DATA_DIR RUN_DIR OUT_DIR
# baseline 0.4.0, what mvp is compared with: FER's labels, mirrored faces, nothing else. Trains, exports into OUT_DIR
# and evaluates the exported file. Started again with the same RUN_DIR, it goes on after the last whole epoch.
# What serves, 0.4.1, was exported from the weights of that run (export.sh, LOG.md); another run needs another version.
. "$(dirname "$0")/common.sh"

# Every knob is written out: the defaults may change, this run may not.
train_into "$run" \
  --seed 1 --start-from "" --epochs 15 --batch-size 128 --width 32 --stem-stride 2 \
  --lr-max 0.05 --warmup-epochs 3 --momentum 0.9 --weight-decay 5e-4 --fer-share 1 --label-smoothing 0 \
  --ema-decay 0 --flip-probability 0.5 --shift-fraction 0 --rotation-deg 0 --scale-fraction 0 \
  --brightness 0 --contrast 0 --erase-probability 0 \
  --blur-probability 0 --blur-sigma-px 1.6 --dark-probability 0 --dark-light-share 0.15 --gamma 1.5 \
  --side-light-probability 0 --side-light-share 0.2 \
  --noise-probability 0 --noise-gray 16 --jpeg-probability 0 --mixup-alpha 0 \
  --small-side-px 32 --small-share 0 --threads 2

python -m training.export --data "$data" --checkpoint "$run/best.pt" --serve-fer-share 1 \
  --name baseline --version 0.4.0 --out "$out"
python -m training.evaluate --data "$data" --model "$out/baseline.onnx" --json "$run/public_test.json" --pictures "$run"
