#!/bin/sh
# Installs what is missing, builds the package into a library of its own in
# this checkout, and shows AmoNotes() reading an account on this computer.
set -eu
cd "$(dirname "$0")/.."

set -- run
. tools/setup.sh

library="$PWD/.lib"
mkdir -p "$library"
say "building amocrm (the first time takes some minutes) ..."
# What cargo builds stays in the checkout, so that a second run is quick.
NOT_CRAN=true R CMD INSTALL --no-docs --no-test-load --library="$library" . >"$library/install.log" 2>&1 || {
  cat "$library/install.log" >&2
  exit 1
}
R_LIBS="$library${R_LIBS:+:$R_LIBS}" LC_ALL="${LC_ALL:-C.UTF-8}" Rscript tools/demo.R
