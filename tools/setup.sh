#!/bin/sh
# Installs what is missing to build amocrm, and leaves alone what is there.
#
#   sh tools/setup.sh run    what the package itself needs (default)
#   sh tools/setup.sh test   and what its tests need
#
# Debian 12 and 13 and Ubuntu, as root or with sudo. Elsewhere it says what to
# install. Other scripts source it to get the same PATH.
set -eu

RUST_WANTED=85 # Rust 1.85
R_WANTED="4.2"
R_PACKAGES_RUN="cli jsonlite"
R_PACKAGES_TEST="testthat withr knitr rmarkdown"

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "Something is missing and only root can install it: run this as root, or install sudo."
  fi
}

need_apt() {
  have apt-get || die "Missing: $*. This system has no apt-get, so please install it yourself:
  R $R_WANTED or newer (https://cran.r-project.org) with the packages $R_PACKAGES_RUN $R_PACKAGES_TEST,
  a C compiler, make, and Rust 1.$RUST_WANTED or newer (https://rustup.rs)."
}

# Refreshes the package lists once, before the first installation.
apt_updated=no
apt_update() {
  [ "$apt_updated" = yes ] && return
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
  apt_updated=yes
}

apt_install() {
  need_apt "$*"
  apt_update
  say "installing: $*"
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@" >&2
}

# --- R ----------------------------------------------------------------------

r_is_new_enough() {
  have Rscript && Rscript -e "quit(status = getRversion() < '$R_WANTED')" >/dev/null 2>&1
}

# R from Debian comes without its build tools; they are a package of their own.
can_compile() { have cc && have make && have gcc; }

missing_r_packages() {
  Rscript -e 'for (p in commandArgs(TRUE)) if (!requireNamespace(p, quietly = TRUE)) cat(p, "")' \
    "$@" 2>/dev/null
}

setup_r() {
  if ! r_is_new_enough; then
    need_apt "R $R_WANTED or newer"
    apt_install r-base-core r-base-dev
    r_is_new_enough || die "R $R_WANTED or newer is needed; this system offers an older one."
  fi
  can_compile || apt_install build-essential
  missing=$(missing_r_packages "$@")
  [ -z "$missing" ] && return
  if [ "$(command -v Rscript)" = /usr/bin/Rscript ] && have apt-get; then
    # shellcheck disable=SC2046,SC2086 # a list of words
    apt_install $(printf 'r-cran-%s ' $missing)
  else
    # An R that did not come from apt does not see apt's packages.
    say "installing R packages: $missing"
    # shellcheck disable=SC2086
    Rscript -e 'options(repos = c(CRAN = "https://cloud.r-project.org"))' \
      -e 'install.packages(commandArgs(TRUE))' $missing >&2
  fi
  missing=$(missing_r_packages "$@")
  [ -z "$missing" ] || die "These R packages could not be installed: $missing"
}

# --- Rust -------------------------------------------------------------------

# The minor version of a Rust program, 0 when it does not run.
rust_minor() {
  version=$("$1" --version 2>/dev/null | sed -n 's/^[a-z]* 1\.\([0-9]*\)\..*/\1/p')
  printf '%s' "${version:-0}"
}

rust_is_new_enough() {
  [ "$(rust_minor "${CARGO:-cargo}")" -ge "$RUST_WANTED" ] &&
    [ "$(rust_minor "${RUSTC:-rustc}")" -ge "$RUST_WANTED" ]
}

# The minor version that apt would install, 0 when it has none.
candidate_minor() {
  version=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: 1\.\([0-9]*\).*/\1/p')
  printf '%s' "${version:-0}"
}

# The newest of Ubuntu's packages with a version in their name, such as
# rustc-1.85, or nothing.
newest_versioned() {
  apt-cache search --names-only '^rustc-1\.[0-9]+$' 2>/dev/null |
    sed -n 's/^rustc-1\.\([0-9]*\) .*/\1/p' | sort -n | tail -n 1
}

setup_rust() {
  PATH="$PATH:$HOME/.cargo/bin"
  export PATH
  rust_is_new_enough && return
  need_apt "Rust 1.$RUST_WANTED or newer"
  apt_update
  newest=$(newest_versioned)
  if [ "$(candidate_minor rustc)" -ge "$RUST_WANTED" ]; then
    apt_install cargo rustc
  elif [ "$(candidate_minor rustc-web)" -ge "$RUST_WANTED" ]; then
    # Debian 12 keeps a newer Rust under this name, for its browsers.
    apt_install cargo-web rustc-web
  elif [ "${newest:-0}" -ge "$RUST_WANTED" ]; then
    apt_install "cargo-1.$newest" "rustc-1.$newest"
    shim_versioned_rust "$newest"
  else
    die "Rust 1.$RUST_WANTED or newer is needed and this system offers none: see https://rustup.rs"
  fi
  hash -r
  rust_is_new_enough ||
    die "Another Rust comes first on the PATH and is older than 1.$RUST_WANTED: $(command -v rustc)"
}

# Ubuntu's versioned programs have the version in their names: links without
# it, in a folder of their own that goes first on the PATH.
shim_versioned_rust() {
  shims="${XDG_CACHE_HOME:-$HOME/.cache}/amocrm-rust-1.$1"
  mkdir -p "$shims"
  for program in cargo rustc; do
    ln -sf "/usr/bin/$program-1.$1" "$shims/$program"
  done
  PATH="$shims:$PATH"
  export PATH
}

# A shim made by an earlier run.
use_earlier_shim() {
  for shims in "${XDG_CACHE_HOME:-$HOME/.cache}"/amocrm-rust-1.*; do
    if [ -x "$shims/cargo" ] && ! rust_is_new_enough; then
      PATH="$shims:$PATH"
      export PATH
    fi
  done
}

# --- All of it ----------------------------------------------------------------

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME
case "${1:-run}" in
  run) packages=$R_PACKAGES_RUN ;;
  test) packages="$R_PACKAGES_RUN $R_PACKAGES_TEST" ;;
  *) die "usage: sh tools/setup.sh [run|test]" ;;
esac
use_earlier_shim
# shellcheck disable=SC2086
setup_r $packages
# The vignettes are built with it.
[ "${1:-run}" = run ] || have pandoc || apt_install pandoc
setup_rust
say "R $(Rscript -e 'cat(as.character(getRversion()))'), $(rustc --version), $(cargo --version)"
