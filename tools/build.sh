#!/bin/sh
# Builds the source package amocrm_*.tar.gz in a folder, from a copy, since
# R CMD build copies a folder with all that it is to leave out.
#
#   sh tools/build.sh FOLDER            cargo fetches its crates
#   sh tools/build.sh FOLDER vendored   it brings them along: after tools/vendor.sh
set -eu
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

vendor="--exclude=./src/rust/vendor.tar.xz --exclude=./src/rust/vendor-config.toml"
[ "${2:-}" != vendored ] || vendor=
mkdir "$folder/amocrm"
# shellcheck disable=SC2086 # a list of words
tar -cf - --exclude=./.git --exclude=./.lib --exclude=./src/rust/target \
  --exclude=./src/rust/vendor $vendor . | tar -xf - -C "$folder/amocrm"
cd "$folder"
R CMD build amocrm
