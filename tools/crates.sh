#!/bin/sh
# Prints the crates that the package is built from, as "name version" lines: on
# any of the systems that src/rust/deny.toml names, without those of tests.
set -eu
cd "$(dirname "$0")/../src/rust"

targets=$(sed -n '/^targets/,/^\]/s/^ *"\(.*\)",$/--target \1/p' deny.toml)
# Into a variable first, so that a failure of cargo is one of the script.
# shellcheck disable=SC2086 # a list of words
tree=$(cargo tree --package amocrm --edges normal,build $targets --locked \
  --prefix none --no-dedupe --format '{p}')
# The crates of the workspace come with a path, those of crates.io without.
printf '%s\n' "$tree" | sed -n '\| (/|d; s/^\([^ ]*\) v\([^ ]*\).*/\1 \2/p' | LC_ALL=C sort -u
