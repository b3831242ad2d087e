#!/usr/bin/env bash
# Everything that must hold before a change goes in; CI runs exactly this.
# Without arguments: format, lints with and without libtorch, all tests and doctests.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/need.sh

step() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; "$@"; }

step cargo fmt --all --check
# Only the root package has a feature: without it, the command line must build and work alone.
step cargo clippy -p taskonomy --no-default-features --all-targets -- -D warnings
step cargo test --quiet --no-fail-fast -p taskonomy --no-default-features
step scripts/libtorch.sh
step cargo clippy --workspace --all-targets -- -D warnings
step cargo test --quiet --no-fail-fast --workspace
printf '\nall checks passed in %s s\n' "$SECONDS"
