#!/bin/sh
# Builds the source package as for CRAN, with its crates, and installs it where
# there is no network. Takes some minutes.
set -eu
cd "$(dirname "$0")/.."

set -- run
. tools/setup.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/library"
sh tools/vendor.sh
sh tools/build.sh "$work" vendored
du -k "$work"/amocrm_*.tar.gz

# An own network that has nothing but, with luck, the loopback interface; else
# cargo, which is the one to go out, finds no way to do so.
if unshare -rn true 2>/dev/null; then
  offline="unshare -rn"
else
  say "unshare -rn does not work here: cargo gets a proxy that is not there instead"
  offline="env CARGO_HTTP_PROXY=http://127.0.0.1:9"
fi
export R_LIBS="$work/library${R_LIBS:+:$R_LIBS}"
# What would make it no build for CRAN.
unset NOT_CRAN AMOCRM_CARGO_TARGET_DIR CARGO_TARGET_DIR 2>/dev/null || true
# shellcheck disable=SC2016,SC2086 # for the shell inside; a command and its words
$offline sh -c '
  if [ "$2" != env ] && ! ip link set lo up; then can_read=no; fi
  R CMD INSTALL --library="$1/library" "$1"/amocrm_*.tar.gz
  [ "${can_read:-yes}" = yes ] || exec Rscript -e "library(amocrm)"
  exec Rscript -e "amocrm::AmoNotes(amocrm::AmoSandbox(notes = 3), \"lead\")[1:3]"
' sh "$work" "${offline%% *}"
