#!/usr/bin/env bash
# training/recipes/fourth.sh DATA_DIR RUN_DIR OUT_DIR
# mvp 0.4.0: a stride-1 stem from random weights, the camera's faults on a tenth of the faces each. Trains, exports in
# int8 into OUT_DIR, with the mirror image averaged in the file, and evaluates the exported file. Started again with the
# same RUN_DIR, it goes on after the last whole epoch.
# 0.4.1 was exported from the weights of that run (LOG.md), and 0.5.0 went on from them (fifth.sh).
. "$(dirname "$0")/common.sh"

# Every knob is written out: the defaults may change, this run may not. The run of 2026-11-26 began with 56 epochs and
# was lowered to 42 after the fifth and to 38 after the twelfth (LOG.md): its rates before that were a little higher.
train_into "$run" \
  --seed 1 --start-from "" --epochs 38 --batch-size 128 --width 32 --stem-stride 1 \
  --lr-max 0.05 --warmup-epochs 3 --momentum 0.9 --weight-decay 5e-4 --fer-share 0.5 --label-smoothing 0.1 \
  --ema-decay 0.998 --flip-probability 0.5 --shift-fraction 0.12 --rotation-deg 15 --scale-fraction 0.15 \
  --brightness 0.2 --contrast 0.2 --erase-probability 0.3 \
  --blur-probability 0.1 --blur-sigma-px 1.6 --dark-probability 0.1 --dark-light-share 0.15 --gamma 1.5 \
  --side-light-probability 0 --side-light-share 0.2 \
  --noise-probability 0.1 --noise-gray 16 --jpeg-probability 0.1 --mixup-alpha 0 \
  --small-side-px 40 --small-share 0.6 --threads 0

python -m training.export --data "$data" --checkpoint "$run/best.pt" --serve-fer-share 0 --flip-average --int8 \
  --name mvp --version 0.4.0 --out "$out"
python -m training.evaluate --data "$data" --model "$out/mvp.onnx" --json "$run/public_test.json" --pictures "$run"
