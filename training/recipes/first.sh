#!/usr/bin/env bash
# training/recipes/first.sh DATA_DIR RUN_DIR
# The run of record of mvp 0.1.0: trains, exports into functions/infer/models and evaluates the exported file.
# Its network had one head, so it is run with the code of commit 34824c2; today's code would train two.
# 45 minutes on two free CPU cores. Started again with the same RUN_DIR, it goes on after the last whole epoch.
. "$(dirname "$0")/common.sh"

# Every knob is written out: the defaults may change, this run may not.
train_into "$run" \
  --seed 1 --epochs 32 --batch-size 128 --width 32 \
  --lr-max 0.05 --warmup-epochs 3 --momentum 0.9 --weight-decay 5e-4 --label-smoothing 0.1 --ema-decay 0.998 \
  --flip-probability 0.5 --shift-fraction 0.1 --rotation-deg 10 --scale-fraction 0.1 \
  --brightness 0.2 --contrast 0.2 --erase-probability 0.25 --threads 2

python -m training.export --data "$data" --checkpoint "$run/best.pt" --name mvp --version 0.1.0
python -m training.evaluate --data "$data" --model functions/infer/models/mvp.onnx --json "$run/public_test.json"
