#!/bin/sh
# Installs what is missing, builds the package into a library of its own in
# this checkout, and shows AmoNotes() reading an account on this computer.
set -eu
cd "$(dirname "$0")/.."

set -- run
. tools/setup.sh

library="$PWD/.lib/demo"
mkdir -p "$library"
say "building amocrm (the first time takes some minutes) ..."
# NOT_CRAN keeps what cargo builds, in src/rust/target: a second run is quick.
NOT_CRAN=true R CMD INSTALL --no-docs --no-test-load --library="$library" . \
  >"$library/install.log" 2>&1 || {
  cat "$library/install.log" >&2
  die "amocrm could not be built: see above."
}
R_LIBS="$library${R_LIBS:+:$R_LIBS}" Rscript tools/demo.R
