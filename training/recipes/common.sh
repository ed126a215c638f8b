# training/recipes/common.sh: what every recipe begins with, sourced with the recipe's arguments.
# $data is the first folder; the others are made: $run is the second, and $out the third, where there is one.
set -euo pipefail

data=$(realpath "${1:?DATA_DIR is missing: the first lines of the recipe say what it takes}")
mkdir -p "${@:2}"
run=$(realpath "${2:?the second folder is missing: the first lines of the recipe say what it takes}")
out=$(realpath "${3:-$2}")
cd "$(dirname "$0")/../.."
# A thread that waits must sleep, not spin: on cores shared with others spinning costs a third of the speed.
export OMP_WAIT_POLICY=PASSIVE

# train_into RUN KNOBS: started again with the same folder, it goes on after the last whole epoch.
train_into() {
  local resume=()
  if [ -f "$1/last.pt" ]; then resume=(--resume); fi
  python -m training.train --data "$data" --out "$1" "${resume[@]}" "${@:2}"
}
