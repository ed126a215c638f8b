#!/usr/bin/env bash
# training/recipes/seeds.sh DATA_DIR RUNS_DIR
# How much another seed changes: three short runs of recipe fourth.sh (4 epochs instead of 38, the first two at 32 px),
# each evaluated, then the mean and the standard deviation of their figures. Started again, it goes on where it stopped.
. "$(dirname "$0")/common.sh"

for seed in 1 2 3; do
  one="$run/seed-$seed"
  if [ -f "$one/public_test.json" ]; then continue; fi
  train_into "$one" \
    --seed "$seed" --start-from "" --epochs 4 --batch-size 128 --width 32 --stem-stride 1 \
    --lr-max 0.05 --warmup-epochs 1 --momentum 0.9 --weight-decay 5e-4 --fer-share 0.5 --label-smoothing 0.1 \
    --ema-decay 0.99 --flip-probability 0.5 --shift-fraction 0.12 --rotation-deg 15 --scale-fraction 0.15 \
    --brightness 0.2 --contrast 0.2 --erase-probability 0.3 \
    --blur-probability 0.1 --blur-sigma-px 1.6 --dark-probability 0.1 --dark-light-share 0.15 --gamma 1.5 \
    --side-light-probability 0 --side-light-share 0.2 \
    --noise-probability 0.1 --noise-gray 16 --jpeg-probability 0.1 --mixup-alpha 0 \
    --small-side-px 32 --small-share 0.5 --threads 0
  python -m training.evaluate --data "$data" --model "$one/last.pt" --json "$one/public_test.json" > "$one/public_test.txt"
done
python -m training.seeds "$run"/seed-*/public_test.json
