#!/usr/bin/env bash
# From a fresh clone to a first taxonomy: libtorch, a release build, images of rooms, four stages.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/need.sh

scripts/libtorch.sh
cargo build --release
bin="${CARGO_TARGET_DIR:-target}/release/taskonomy"
"$bin" doctor
"$bin" run pipelines/quick.toml
"$bin" data show data/quick --output results/quick/rooms.png
cat <<TXT

Look at:
  results/quick/rooms.png              the images with their labels
  results/quick/stage1/*/examples.png  what the networks see
  results/quick/stage4/taxonomy.svg    the policy
  results/quick/report/index.html      tables and charts on one page
Go on with:
  $bin solve --budget 3 --order 1
  $bin export --format dot
  $bin init --name mine
TXT
