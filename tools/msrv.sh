#!/bin/sh
# Checks the workspace with exactly the oldest Rust that DESCRIPTION promises:
# the one that is there, one of rustup's, or Debian's packages of it, unpacked
# into a folder of the check's own. Where none can be had it says so.
set -eu
cd "$(dirname "$0")/.."

wanted=$(sed -n 's/.*rustc (>= \([0-9.]*\)).*/\1/p' DESCRIPTION)
folder=$PWD/.lib/msrv

have() { command -v "$1" >/dev/null 2>&1; }

# Whether cargo and rustc are of the wanted version, whatever its last number.
is_wanted() {
  for program in cargo rustc; do
    case "$("$program" --version 2>/dev/null)" in
      "$program $wanted" | "$program $wanted "* | "$program $wanted."*) ;;
      *) return 1 ;;
    esac
  done
}

# rustup's own toolchain of that version, if it is installed.
use_rustup() {
  have rustup || return 1
  toolchain=$(rustup toolchain list 2>/dev/null | sed -n "s/^\($wanted[.-][^ ]*\).*/\1/p" | tail -n 1)
  [ -n "$toolchain" ] || return 1
  PATH=$(dirname "$(rustup which --toolchain "$toolchain" cargo)"):$PATH
  is_wanted
}

# The newest version of a package that is of the wanted Rust.
deb_version() {
  LC_ALL=C apt-cache madison "$1" 2>/dev/null | sed -n "s/.*| *\($wanted\.[^ ]*\) |.*/\1/p" |
    sort -rV | head -n 1
}

# Debian 12 has it under the names with -web, beside a newer one. apt downloads
# what is needed and not installed; nothing is installed or removed.
use_debs() {
  have apt-get && have dpkg-deb || return 1
  for suffix in -web ""; do
    version=$(deb_version "rustc$suffix")
    [ -n "$version" ] || continue
    unpack "$version" "rustc$suffix" "cargo$suffix" "libstd-rust$suffix-dev" || continue
    PATH=$folder/usr/bin:$PATH
    for libraries in "$folder"/usr/lib/*-linux-gnu* "$folder"/lib/*-linux-gnu*; do
      LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    done
    export LD_LIBRARY_PATH
    is_wanted && return 0
  done
  return 1
}

# Unpacks packages of this version, unless they are there.
unpack() {
  version=$1
  shift
  [ "$(cat "$folder/version" 2>/dev/null)" != "$version" ] || return 0
  rm -rf "$folder"
  mkdir -p "$folder/debs/partial"
  # shellcheck disable=SC2046 # a list of words
  apt-get -qq install -y --download-only --no-install-recommends --allow-downgrades \
    -o Debug::NoLocking=1 -o Dir::Cache::archives="$folder/debs" \
    $(printf "%s=$version\n" "$@") >/dev/null 2>&1 || return 1
  for deb in "$folder"/debs/*.deb; do
    dpkg-deb -x "$deb" "$folder" || return 1
  done
  rm -r "$folder/debs"
  printf '%s' "$version" >"$folder/version"
}

# A toolchain of the check's own, by rustup.
use_own_rustup() {
  have rustup || return 1
  RUSTUP_HOME=$folder/rustup
  export RUSTUP_HOME
  rustup toolchain install "$wanted.0" --profile minimal --no-self-update >/dev/null 2>&1 || return 1
  use_rustup
}

if ! is_wanted; then
  # What two versions of Rust compile is kept apart.
  CARGO_TARGET_DIR=$folder/target
  export CARGO_TARGET_DIR
  if ! { use_rustup || use_debs || use_own_rustup; }; then
    printf 'skipped, no Rust %s can be had here\n' "$wanted"
    exit 0
  fi
fi
printf '%s, %s\n' "$(rustc --version)" "$(cargo --version)"
cd src/rust
cargo check --workspace --all-targets --locked
