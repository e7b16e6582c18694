#!/bin/sh
# All tests: Rust (format, clippy, the oldest Rust, cargo test), R (lintr),
# spelling, and R CMD check of the built package, which runs testthat. What a
# system does not have (rustfmt, clippy, cargo-deny, lintr, spelling, PostgreSQL) is
# skipped with a word. One failure does not keep the others from running.
set -eu
cd "$(dirname "$0")/.."

set -- test
. tools/setup.sh

# One folder for all that cargo builds: crates are compiled once.
: "${AMOCRM_CARGO_TARGET_DIR:=$PWD/src/rust/target}"
CARGO_TARGET_DIR=$AMOCRM_CARGO_TARGET_DIR
export AMOCRM_CARGO_TARGET_DIR CARGO_TARGET_DIR
# Recorded data that does not belong to the package.
if [ -z "${AMOCRM_TEST_DATA:-}" ] && [ -d ../shared ]; then
  AMOCRM_TEST_DATA=$(cd ../shared && pwd)
  export AMOCRM_TEST_DATA
fi
root=$PWD
work=$root/.lib/check
rm -rf "$work"
mkdir -p "$work"

failed=
# Runs a step: its title, and the command.
step() {
  title=$1
  shift
  printf '\n== %s\n' "$title"
  "$@" || failed="$failed
  $title"
}
skip() { printf '\n== %s: skipped, it is not installed\n' "$1"; }

# The exit code is kept, as a pipe would give that of tee.
test_rust() {
  {
    in_rust cargo test -p amocrm-client -p amocrm-sandbox -p amocrm-store --locked
    echo $? >"$work/cargo-test.status"
    # Tests of outside data are ignored unless they are asked for.
    if [ -n "${AMOCRM_TEST_DATA:-}" ]; then
      in_rust cargo test -p amocrm-client --locked --test payloads -- --ignored ||
        echo $? >"$work/cargo-test.status"
    fi
  } | tee "$work/cargo-test.log"
  [ "$(cat "$work/cargo-test.status")" = 0 ]
}

in_rust() { (cd src/rust && "$@"); }

# cargo's tools are there when they tell their version.
cargo_has() { cargo "$1" --version >/dev/null 2>&1; }
r_has() { Rscript -e 'quit(status = !requireNamespace(commandArgs(TRUE), quietly = TRUE))' "$1"; }

# The advisories change by themselves and are fetched.
deny_rust() {
  in_rust cargo deny check bans licenses sources || return
  if in_rust cargo deny fetch db >/dev/null 2>&1; then
    in_rust cargo deny check advisories
  else
    printf 'skipped, no network: the advisories\n'
  fi
}

lint_r() {
  Rscript -e '
    lints <- list(lintr::lint_package(), lintr::lint_dir("tools"))
    for (found in lints) print(found)
    quit(status = sum(lengths(lints)) > 0)
  '
}

# Words that are right and no dictionary has are in inst/WORDLIST. Russian needs
# the dictionary of Debian's hunspell-ru.
# shellcheck disable=SC2016 # R's dollars
check_spelling() {
  Rscript -e '
    is_russian <- function(found) grepl("[\u0400-\u04ff]", found$word)
    english <- spelling::spell_check_package(".")
    english <- english[!is_russian(english), ]
    print(english)
    if (!"ru_RU" %in% hunspell::list_dictionaries()) {
      cat("skipped, no dictionary: Russian\n")
      quit(status = nrow(english) > 0)
    }
    russian <- spelling::spell_check_files(
      c("README.ru.md", "po/R-ru.po", Sys.glob("vignettes/*-ru.Rmd")),
      ignore = readLines("inst/WORDLIST", encoding = "UTF-8"), lang = "ru_RU"
    )
    russian <- russian[is_russian(russian), ]
    print(russian)
    quit(status = nrow(english) + nrow(russian) > 0)
  '
}

# NOT_CRAN runs the tests that testthat would skip on CRAN. CRAN's own checks
# want checkbashisms (Debian: devscripts); those that need the network are off.
check_package() {
  as_cran=
  if have checkbashisms; then as_cran=--as-cran; fi
  # A test sends the signal of Ctrl-C, which what runs in the background ignores.
  heeding="env --default-signal=INT"
  $heeding true 2>/dev/null || heeding=
  # Tests of copies in PostgreSQL have a server of their own.
  (
    cd "$work"
    export NOT_CRAN=true _R_CHECK_FORCE_SUGGESTS_=false _R_CHECK_CRAN_INCOMING_=false \
      _R_CHECK_SYSTEM_CLOCK_=false
    # The guides run once, when they are built again.
    export _R_CHECK_VIGNETTES_SKIP_RUN_MAYBE_=true
    # They mostly wait: many more run at once than there are cores.
    export TESTTHAT_CPUS="${TESTTHAT_CPUS:-10}"
    # shellcheck disable=SC2086 # nothing, or words
    sh "$root/tools/postgres.sh" $heeding R CMD check $as_cran --no-manual amocrm_*.tar.gz
  ) || true
  tail -n 1 "$work/amocrm.Rcheck/00check.log" | grep -Eq '^Status: (OK|[0-9]+ NOTEs?)$'
}

# More than 1 MB of it is what reads and writes Parquet files, and 1.6 MB are the guides
# in two languages with their pictures.
check_size() {
  size=$(du -sk "$work/amocrm.Rcheck/amocrm" | cut -f 1)
  printf '%s kB, must be under 11264\n' "$size"
  [ "$size" -lt 11264 ]
}

if cargo_has fmt; then
  step "cargo fmt" in_rust cargo fmt --all --check
else skip "cargo fmt"; fi
if cargo_has clippy; then
  step "cargo clippy" in_rust cargo clippy --workspace --all-targets --locked -- -D warnings
else skip "cargo clippy"; fi
step "Oldest Rust" sh tools/msrv.sh
if cargo_has deny; then
  step "cargo deny" deny_rust
else skip "cargo deny"; fi
step "cargo test" test_rust
step "Authors and licences" Rscript tools/authors.R --check
if r_has lintr; then
  step "lintr" lint_r
else skip "lintr"; fi
if r_has spelling; then
  step "Spelling" check_spelling
else skip "Spelling"; fi
step "R CMD build" sh tools/build.sh "$work"
step "R CMD check" check_package
step "Installed size" check_size

printf '\n== What R CMD check found\n'
awk '/^(\*|Status)/ { shown = / (ERROR|WARNING|NOTE)$|^Status/ } shown' \
  "$work/amocrm.Rcheck/00check.log" || true
printf '\n== What the tests said\n'
grep '^test result' "$work/cargo-test.log" || true
if [ -z "${AMOCRM_TEST_DATA:-}" ]; then
  printf 'skipped: %s of them, which need outside data (AMOCRM_TEST_DATA)\n' \
    "$(grep -c 'ignored, needs outside data' "$work/cargo-test.log")"
fi
sed -n '/^> /,$p' "$work"/amocrm.Rcheck/tests/testthat.Rout* || true

if [ -n "$failed" ]; then
  printf '\n== Failed:%s\nLogs: %s\n' "$failed" "$work" >&2
  exit 1
fi
printf '\n== Everything passed\n'
