#!/usr/bin/env bash
# training/recipes/export.sh DATA_DIR OUT_DIR
# The models that serve, 0.4.1, out of the weights that are kept in training/weights: exported, quantised and measured
# anew, with their contracts, into OUT_DIR. Minutes; nothing is trained.
. "$(dirname "$0")/common.sh"

python -m training.export --data "$data" --checkpoint training/weights/mvp.pt --serve-fer-share 0 --flip-average --int8 \
  --covered training/weights/covered.pt \
  --name mvp --version 0.4.1 --out "$out"
python -m training.export --data "$data" --checkpoint training/weights/baseline.pt --serve-fer-share 1 \
  --name baseline --version 0.4.1 --out "$out"
