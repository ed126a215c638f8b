#!/usr/bin/env bash
# training/recipes/seeds.sh DATA_DIR RUNS_DIR
# How much another seed changes: three short runs of recipe fourth.sh (4 epochs instead of 38, the first two at 32 px),
# each evaluated, then the mean and the standard deviation of their figures. Started again, it goes on where it stopped.
set -euo pipefail

data=$(realpath "$1")
mkdir -p "$2"
runs=$(realpath "$2")
cd "$(dirname "$0")/../.."
export OMP_WAIT_POLICY=PASSIVE

for seed in 1 2 3; do
  run="$runs/seed-$seed"
  if [ -f "$run/public_test.json" ]; then continue; fi
  resume=()
  if [ -f "$run/last.pt" ]; then resume=(--resume); fi
  python -m training.train --data "$data" --out "$run" "${resume[@]}" \
    --seed "$seed" --start-from "" --epochs 4 --batch-size 128 --width 32 --stem-stride 1 \
    --lr-max 0.05 --warmup-epochs 1 --momentum 0.9 --weight-decay 5e-4 --fer-share 0.5 --label-smoothing 0.1 \
    --ema-decay 0.99 --flip-probability 0.5 --shift-fraction 0.12 --rotation-deg 15 --scale-fraction 0.15 \
    --brightness 0.2 --contrast 0.2 --erase-probability 0.3 \
    --blur-probability 0.1 --blur-sigma-px 1.6 --dark-probability 0.1 --dark-light-share 0.15 --gamma 1.5 \
    --noise-probability 0.1 --noise-gray 16 --jpeg-probability 0.1 --mixup-alpha 0 \
    --small-side-px 32 --small-share 0.5 --threads 0
  python -m training.evaluate --data "$data" --model "$run/last.pt" --json "$run/public_test.json" > "$run/public_test.txt"
done
python -m training.seeds "$runs"/seed-*/public_test.json
