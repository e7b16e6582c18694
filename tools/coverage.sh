#!/bin/sh
# Tells how many lines the tests run: those of R by covr, those of Rust by
# cargo-llvm-cov. What a system does not have is skipped with a word. The bridge,
# src/rust/src, is run by R's tests, which count R's lines only.
#
#   apt-get install r-cran-covr
#   cargo install cargo-llvm-cov && rustup component add llvm-tools
#   sh tools/coverage.sh
set -eu
cd "$(dirname "$0")/.."

set -- test
. tools/setup.sh

work=$PWD/.lib/coverage
rm -rf "$work"
mkdir -p "$work"
: "${AMOCRM_CARGO_TARGET_DIR:=$PWD/src/rust/target}"
export AMOCRM_CARGO_TARGET_DIR CARGO_TARGET_DIR="$AMOCRM_CARGO_TARGET_DIR" NOT_CRAN=true
if [ -z "${AMOCRM_TEST_DATA:-}" ] && [ -d ../shared ]; then
  AMOCRM_TEST_DATA=$(cd ../shared && pwd)
  export AMOCRM_TEST_DATA
fi

# The programs of LLVM must be of rustc's own version: rustup's, or Debian's.
find_llvm() {
  [ -z "${LLVM_COV:-}" ] || return 0
  for folder in "$(rustc --print sysroot)"/lib/rustlib/*/bin \
    "/usr/lib/llvm-$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')/bin"; do
    if [ -x "$folder/llvm-cov" ] && [ -x "$folder/llvm-profdata" ]; then
      export LLVM_COV="$folder/llvm-cov" LLVM_PROFDATA="$folder/llvm-profdata"
      return 0
    fi
  done
  return 1
}

printf '\n== R\n'
if Rscript -e 'quit(status = !requireNamespace("covr", quietly = TRUE))'; then
  # From a copy, as covr leaves what it compiles.
  sh tools/build.sh "$work" >"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 1
  }
  Rscript -e '
    print(covr::package_coverage(commandArgs(TRUE), type = "tests", quiet = FALSE))
  ' "$work/amocrm" >"$work/r.log" 2>&1 || {
    cat "$work/r.log" >&2
    exit 1
  }
  sed -n '/Coverage:/,$p' "$work/r.log"
else
  echo "skipped: the R package covr is not installed"
fi

printf '\n== Rust\n'
if ! cargo llvm-cov --version >/dev/null 2>&1; then
  echo "skipped: cargo-llvm-cov is not installed"
elif ! find_llvm; then
  echo "skipped: LLVM's programs of rustc's version are not installed"
else
  (cd src/rust && cargo llvm-cov -p amocrm-client -p amocrm-sandbox -p amocrm-store --locked --summary-only) \
    >"$work/rust.log" 2>&1 || {
    cat "$work/rust.log" >&2
    exit 1
  }
  # The columns of lines: all, not run, part that was run.
  awk '/^Filename/ { shown = 1 } shown && $10 ~ /%$/ { printf "%-36s %6s %6s %8s\n", $1, $8, $9, $10 }' \
    "$work/rust.log"
fi
