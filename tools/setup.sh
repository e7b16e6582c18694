#!/bin/sh
# Installs what building amocrm needs and is missing, and leaves alone what is
# there.
#
#   sh tools/setup.sh run    what the package itself needs (default)
#   sh tools/setup.sh test   and what its tests need
#
# Works by apt (Debian 12 and 13, Ubuntu), as root or with sudo. Elsewhere it
# says what to install. tools/demo.sh and tools/test.sh source it, to get its
# PATH and locale, too.
set -eu
[ -f tools/setup.sh ] || cd "$(dirname "$0")/.."

# DESCRIPTION says which R, Rust and R packages are needed: Imports to run, and
# Suggests to test.
R_WANTED=$(sed -n 's/^ *R (>= \([0-9.]*\)).*/\1/p' DESCRIPTION)
RUST_WANTED=$(sed -n 's/.*rustc (>= \([0-9.]*\)).*/\1/p' DESCRIPTION)
# Installed for tests where apt has them; the tests skip what is not there.
R_TOOLS="lintr roxygen2 spelling"

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# --- What is there ------------------------------------------------------------

r_is_new_enough() {
  have Rscript && Rscript -e 'quit(status = getRversion() < commandArgs(TRUE))' "$R_WANTED"
}

# Whether R is the system's own: another one does not see apt's R packages.
r_is_from_apt() {
  have dpkg && dpkg -S "$(readlink -f "$(command -v R)")" >/dev/null 2>&1
}

can_compile() {
  have make && cc -E -include stdio.h -x c /dev/null >/dev/null 2>&1
}

# The R packages of DESCRIPTION that are missing or too old.
missing_r_packages() {
  Rscript -e '
    fields <- c("Imports", if (commandArgs(TRUE) == "test") "Suggests")
    wanted <- trimws(unlist(strsplit(read.dcf("DESCRIPTION", fields), ",")))
    wanted <- wanted[nzchar(wanted) & !is.na(wanted)]
    version <- ifelse(grepl("(", wanted, fixed = TRUE), gsub(".*\\(|[^0-9.]", "", wanted), "0")
    name <- sub("[^A-Za-z0-9.].*", "", wanted)
    is_there <- function(name, version) {
      requireNamespace(name, quietly = TRUE) && packageVersion(name) >= version
    }
    cat(name[!mapply(is_there, name, version)])
  ' "$1"
}

# Whether a program of Rust, such as cargo, is there and new enough.
rust_program_will_do() {
  version=$("$1" --version 2>/dev/null | sed -n 's/^[a-z]* \([0-9.]*\).*/\1/p')
  [ -n "$version" ] &&
    [ "$(printf '%s\n' "$RUST_WANTED" "$version" | sort -V | head -n 1)" = "$RUST_WANTED" ]
}

# Finds a Rust that is new enough and puts it on the PATH: the one that is there
# already, rustup's, or one of Ubuntu's packages with a version in their names.
find_rust() {
  path=$PATH
  for folder in "" "${CARGO_HOME:-${HOME:-}/.cargo}/bin" /usr/lib/rust-*/bin; do
    PATH="${folder:+$folder:}$path"
    if rust_program_will_do cargo && rust_program_will_do rustc; then
      export PATH
      return 0
    fi
  done
  PATH=$path
  return 1
}

# --- What apt has -------------------------------------------------------------

# The version that apt would install, 0 when it has none.
candidate() {
  version=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p')
  printf '%s' "${version:-0}"
}

# Whether apt would install this package in this version or a newer one.
apt_offers() { dpkg --compare-versions "$(candidate "$1")" ge "$2"; }

# The packages with a Rust that is new enough, or nothing.
rust_packages() {
  # Debian 12 has a newer Rust, for its browsers, under the names with -web;
  # Ubuntu has versions beside each other.
  versioned=$(apt-cache search --names-only '^rustc-[0-9.]+$' 2>/dev/null |
    sed -n 's/^rustc\(-[0-9.]*\) .*/\1/p' | sort -rV)
  for suffix in "" -web $versioned; do
    if apt_offers "rustc$suffix" "$RUST_WANTED" && [ "$(candidate "cargo$suffix")" != 0 ]; then
      printf '%s' "cargo$suffix rustc$suffix"
      return
    fi
  done
}

# --- Installing ---------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "Missing: $missing. Only root can install it: run this as root, or install sudo."
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null
}

# Refreshes the package lists, once.
apt_update() {
  [ -z "${apt_is_updated:-}" ] || return 0
  apt_get update || die "apt-get update failed: see above."
  apt_is_updated=yes
}

# Installs packages, but removes none.
apt_install() {
  say "installing by apt: $*"
  apt_get install -y --no-install-recommends --no-remove "$@" ||
    die "apt could not install this: $*
When it says that packages need to be removed, an older one is in the way, such as
Debian 12's own Rust. Remove it yourself (apt-get remove rustc cargo), then run this again."
}

# Says what to install by hand, and ends.
die_without_apt() {
  die "amocrm needs:
  R $R_WANTED or newer          https://cran.r-project.org
  a C compiler and make   macOS: xcode-select --install
                          Windows: Rtools, https://cran.r-project.org/bin/windows/Rtools
  Rust $RUST_WANTED or newer      https://rustup.rs
                          Windows, after that: rustup target add x86_64-pc-windows-gnu
                          Fedora has all three: dnf install R-core-devel make cargo rust
Missing here: $*. This script can install it where there is apt-get only."
}

# Installs what is missing for a level, run or test.
install_programs() {
  packages=
  missing=
  if ! r_is_new_enough; then
    packages="r-base-core"
    missing="R"
  fi
  if ! can_compile; then
    packages="$packages gcc libc6-dev make"
    missing="${missing:+$missing, }a C compiler and make"
  fi
  if [ "$1" = test ] && ! have pandoc; then
    packages="$packages pandoc"
    missing="${missing:+$missing, }pandoc, which builds the vignettes"
  fi
  if ! find_rust; then
    packages="$packages rust"
    missing="${missing:+$missing, }Rust"
  fi
  [ -n "$packages" ] || return 0
  have apt-get || die_without_apt "$missing"

  apt_update
  case "$packages" in *r-base-core*)
    apt_offers r-base-core "$R_WANTED" ||
      die "amocrm needs R $R_WANTED or newer, and this system has an older one: see
https://cran.r-project.org/bin/linux for a newer one."
    ;;
  esac
  case "$packages" in *rust)
    rust=$(rust_packages)
    [ -n "$rust" ] ||
      die "amocrm needs Rust $RUST_WANTED or newer, and this system has none: see https://rustup.rs"
    packages="${packages%rust} $rust ca-certificates"
    ;;
  esac
  # shellcheck disable=SC2086 # a list of words
  apt_install $packages
  r_is_new_enough || die "An older R comes first on the PATH: $(command -v Rscript)"
  find_rust || die "A Rust older than $RUST_WANTED comes first on the PATH: $(command -v rustc)"
}

install_r_packages() {
  missing=$(missing_r_packages "$1")
  [ -n "$missing" ] || return 0
  if r_is_from_apt; then
    apt_update
    # shellcheck disable=SC2046,SC2086 # lists of words
    apt_install $(printf 'r-cran-%s\n' $missing | tr '[:upper:]' '[:lower:]')
  else
    say "installing R packages: $missing"
    # shellcheck disable=SC2086 # a list of words
    Rscript -e '
      repos <- getOption("repos")
      repos[repos == "@CRAN@"] <- "https://cloud.r-project.org"
      install.packages(commandArgs(TRUE), repos = repos)
    ' $missing >&2 || true
  fi
  missing=$(missing_r_packages "$1")
  [ -z "$missing" ] || die "R at $(command -v R) lacks these packages, please install them: $missing"
}

install_r_tools() {
  r_is_from_apt || return 0
  missing=
  for tool in $R_TOOLS; do
    Rscript -e 'quit(status = !requireNamespace(commandArgs(TRUE), quietly = TRUE))' "$tool" ||
      missing="$missing r-cran-$tool"
  done
  [ -e /usr/share/hunspell/ru_RU.dic ] || missing="$missing hunspell-ru"
  [ -n "$missing" ] || return 0
  apt_update
  # shellcheck disable=SC2086 # a list of words
  apt_install $missing
}

# A server and a driver of R for the copies in PostgreSQL. On other people's computers it
# would stay and run, so only root gets it, as in a container.
install_postgres() {
  if [ "$(id -u)" != 0 ] || ! r_is_from_apt; then return 0; fi
  missing=
  [ -n "$(find /usr/lib/postgresql -name initdb 2>/dev/null)" ] || missing=postgresql
  if ! Rscript -e 'quit(status = !any(c("RPostgres", "RPostgreSQL") %in% rownames(installed.packages())))'; then
    apt_update
    # Debian 12 has the older driver alone.
    if [ "$(candidate r-cran-rpostgres)" != 0 ]; then
      missing="$missing r-cran-rpostgres"
    else
      missing="$missing r-cran-rpostgresql"
    fi
  fi
  [ -n "$missing" ] || return 0
  apt_update
  # shellcheck disable=SC2086 # a list of words
  apt_install $missing
}

# --- All of it ----------------------------------------------------------------

level="${1:-run}"
case "$level" in
  run | test) ;;
  *) die "usage: sh tools/setup.sh [run|test]" ;;
esac
install_programs "$level"
install_r_packages "$level"
if [ "$level" = test ]; then
  install_r_tools
  install_postgres
fi

# The data is in Cyrillic: without a locale in UTF-8 R would print its codes.
if [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
  LC_ALL=C.UTF-8
  export LC_ALL
fi
say "R $(Rscript -e 'cat(format(getRversion()))'), $(rustc --version), $(cargo --version)"
