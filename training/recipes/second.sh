#!/usr/bin/env bash
# training/recipes/second.sh DATA_DIR RUN_DIR
# Two heads, FER's labels and FER+'s votes: trains, exports into functions/infer/models and evaluates the exported file.
# Started again with the same RUN_DIR, it goes on after the last whole epoch.
. "$(dirname "$0")/common.sh"

# Every knob is written out: the defaults may change, this run may not.
train_into "$run" \
  --seed 1 --epochs 48 --batch-size 128 --width 32 \
  --lr-max 0.05 --warmup-epochs 3 --momentum 0.9 --weight-decay 5e-4 --fer-share 0.5 --label-smoothing 0.1 \
  --ema-decay 0.998 --flip-probability 0.5 --shift-fraction 0.12 --rotation-deg 15 --scale-fraction 0.15 \
  --brightness 0.2 --contrast 0.2 --erase-probability 0.3 --threads 2 \
  --stem-stride 2 --blur-probability 0 --dark-probability 0 --noise-probability 0 --jpeg-probability 0 \
  --mixup-alpha 0 --small-share 0

python -m training.export --data "$data" --checkpoint "$run/best.pt" --serve-fer-share 0 --name mvp --version 0.2.0
python -m training.evaluate --data "$data" --model functions/infer/models/mvp.onnx --json "$run/public_test.json"
