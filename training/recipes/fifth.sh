#!/usr/bin/env bash
# training/recipes/fifth.sh DATA_DIR RUN_DIR OUT_DIR
# mvp 0.5.0: a second warm cycle from 0.4.1's weights, with mixup, light from one side and more of the camera's faults.
# Trains, exports in int8 into OUT_DIR and evaluates the exported file. Started again with the same RUN_DIR, it goes on
# after the last whole epoch. What serves has a threshold and bounds that suit photos, too (export.sh, README.md).
. "$(dirname "$0")/common.sh"

# Every knob is written out: the defaults may change, this run may not. The run of 2026-11-29 began with 60 epochs and two
# threads, went on with one thread after the fifth, and was lowered to 32, 28 and 25 epochs after the fifth, seventh and
# fourteenth (LOG.md): its rates before that were a little higher.
begun_with="$run/mvp-0.4.1.pt"  # training/weights has 0.5.0's by now
git show 4b02b8c:training/weights/mvp.pt > "$begun_with"
train_into "$run" \
  --seed 1 --start-from "$begun_with" --epochs 25 --batch-size 128 --width 32 --stem-stride 1 \
  --lr-max 0.05 --warmup-epochs 2 --momentum 0.9 --weight-decay 5e-4 --fer-share 0.5 --label-smoothing 0.1 \
  --ema-decay 0.998 --flip-probability 0.5 --shift-fraction 0.12 --rotation-deg 15 --scale-fraction 0.2 \
  --brightness 0.2 --contrast 0.25 --erase-probability 0.4 \
  --blur-probability 0.1 --blur-sigma-px 1.6 --dark-probability 0.15 --dark-light-share 0.12 --gamma 1.8 \
  --side-light-probability 0.15 --side-light-share 0.2 \
  --noise-probability 0.1 --noise-gray 16 --jpeg-probability 0.1 --mixup-alpha 0.2 \
  --small-side-px 40 --small-share 0.6 --threads 1

python -m training.export --data "$data" --checkpoint "$run/best.pt" --serve-fer-share 0.25 --prior-share 0.5 \
  --flip-average --int8 --covered training/weights/covered.pt --name mvp --version 0.5.0 --out "$out"
python -m training.evaluate --data "$data" --model "$out/mvp.onnx" --json "$run/public_test.json" --pictures "$run"
