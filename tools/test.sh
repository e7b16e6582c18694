#!/bin/sh
# All tests: Rust (format, clippy, cargo test), R (lintr, testthat) and
# R CMD check of the built package. What a system does not offer (rustfmt,
# clippy, lintr, cargo-deny) is skipped with a word.
set -eu
cd "$(dirname "$0")/.."

set -- test
. tools/setup.sh

# Tests against recorded data that does not belong to the package.
if [ -d ../shared ]; then
  AMOCRM_TEST_DATA=$(cd ../shared && pwd)
  export AMOCRM_TEST_DATA
fi
export LC_ALL="${LC_ALL:-C.UTF-8}"
# One folder for all that cargo builds: nothing is compiled twice.
export AMOCRM_CARGO_TARGET_DIR="$PWD/src/rust/target"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
step() { printf '\n== %s\n' "$*"; }
skip() { printf '\n== skipped, not installed: %s\n' "$*"; }

cargo_in() { (cd src/rust && cargo "$@"); }

rust_checks() {
  if cargo fmt --version >/dev/null 2>&1; then
    step "cargo fmt"
    cargo_in fmt --all -- --check
  else skip "rustfmt"; fi
  if cargo clippy --version >/dev/null 2>&1; then
    step "cargo clippy"
    cargo_in clippy --workspace --all-targets --locked -- -D warnings
  else skip "clippy"; fi
  if cargo deny --version >/dev/null 2>&1; then
    step "cargo deny"
    cargo_in deny check licenses sources bans
    if cargo_in deny fetch db >/dev/null 2>&1; then
      cargo_in deny check advisories
    else
      printf '\n== skipped, no network: the advisories of cargo-deny\n'
    fi
  else skip "cargo-deny"; fi
}

rust_tests() {
  step "cargo test"
  cargo_in test -p amocrm-client -p amocrm-sandbox --locked
}

r_lint() {
  if Rscript -e 'quit(status = !requireNamespace("lintr", quietly = TRUE))'; then
    step "lintr"
    Rscript -e 'lints <- lintr::lint_package(); print(lints); quit(status = length(lints) > 0)'
  else skip "lintr"; fi
}

r_check() {
  step "R CMD build"
  root=$PWD
  (cd "$work" && R CMD build "$root")
  step "R CMD check"
  (
    cd "$work"
    _R_CHECK_FORCE_SUGGESTS_=false R CMD check --no-manual amocrm_*.tar.gz || true
    cat amocrm.Rcheck/tests/testthat.Rout* 2>/dev/null || true
  )
  log="$work/amocrm.Rcheck/00check.log"
  step "R CMD check, the findings"
  grep -A 12 -E '\.\.\. (ERROR|WARNING|NOTE)' "$log" || echo "none"
  tail -n 1 "$log"
  tail -n 1 "$log" | grep -Eq '^Status: (OK|[0-9]+ NOTEs?)$'
}

# Installed size in kilobytes, limit 8 MB.
r_size() {
  step "installed size"
  size=$(du -sk "$work/amocrm.Rcheck/amocrm" | cut -f1)
  echo "$size kB"
  [ "$size" -lt 8192 ]
}

rust_checks
rust_tests
r_lint
r_check
r_size
step "all tests passed"
