#!/usr/bin/env bash
# Everything that must hold before a change goes in; CI runs exactly this.
# Without arguments: format, lints with and without libtorch, all tests and doctests.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/need.sh

step() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; "$@"; }

# libtorch comes while the part without it is built and tested.
log=$(mktemp)
scripts/libtorch.sh >"$log" 2>&1 &
fetching=$!
trap 'kill "$fetching" 2>/dev/null || true; rm -f "$log"' EXIT
libtorch() {
  local status=0
  wait "$fetching" || status=$?
  cat "$log"
  return "$status"
}

# Without the feature `torch`, the command line must build and work alone. The other packages are
# selected too, though only the root has such tests: dependencies then get the same features as
# with libtorch, and are built once instead of twice.
alone=(--workspace --no-default-features
  --exclude taskonomy-nn --exclude taskonomy-networks --exclude taskonomy-transfers)

step cargo fmt --all --check
step cargo clippy "${alone[@]}" --all-targets -- -D warnings
step cargo test --quiet --no-fail-fast "${alone[@]}" --bins --test cli --test architecture
step libtorch
step cargo clippy --workspace --all-targets -- -D warnings
step cargo test --quiet --no-fail-fast --workspace
printf '\nall checks passed in %s s\n' "$SECONDS"
