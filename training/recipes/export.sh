#!/usr/bin/env bash
# training/recipes/export.sh DATA_DIR OUT_DIR [PHOTOS_JSON]
# The models that serve, mvp 0.5.0 and baseline 0.4.1, out of the weights that are kept in training/weights: exported,
# quantised and measured anew, with their contracts, into OUT_DIR. Minutes; nothing is trained. With what
# `training.photos --model OUT_DIR/mvp.onnx --json PHOTOS_JSON` wrote, threshold and bounds suit its photos, too: so mvp is
# exported, measured and exported again.
photos=()
if [ -n "${3:-}" ]; then photos=(--photos "$(realpath "$3")"); fi
set -- "$1" "$2"
. "$(dirname "$0")/common.sh"

python -m training.export --data "$data" --checkpoint training/weights/mvp.pt --serve-fer-share 0.25 --prior-share 0.5 \
  --flip-average --int8 --covered training/weights/covered.pt "${photos[@]}" \
  --name mvp --version 0.5.0 --out "$out"
python -m training.export --data "$data" --checkpoint training/weights/baseline.pt --serve-fer-share 1 \
  --name baseline --version 0.4.1 --out "$out"
