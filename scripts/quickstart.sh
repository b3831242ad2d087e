#!/usr/bin/env bash
# From a fresh clone to a first taxonomy: libtorch, a release build, images of rooms, four stages.
set -euo pipefail
cd "$(dirname "$0")/.."

need() { # program, what it is for, how to get it
  command -v "$1" >/dev/null 2>&1 || { echo "missing: $1 ($2). $3" >&2; exit 4; }
}
need cargo "builds everything" "Get it from https://rustup.rs"
need c++ "libtorch's wrappers are C++" "Debian, Ubuntu: apt-get install g++"
need python3 "fetches libtorch" "Debian, Ubuntu: apt-get install python3 python3-pip"

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
  results/quick/report/index.html      all of it on one page
Go on with:
  $bin solve --budget 3 --order 1
  $bin export --format dot
  $bin init --name mine
TXT
