#!/bin/sh
# Packs the crates that the package is built from into src/rust/vendor.tar.xz,
# so that it can be built without a network, as CRAN wants it. Both files that
# this writes are in no commit, but in the source package when they are there:
#
#   sh tools/vendor.sh && R CMD build .
#
# Needs GNU tar. Equal sources give equal bytes.
set -eu
cd "$(dirname "$0")/.."
rust=$PWD/src/rust

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh tools/crates.sh >"$work/built"
(cd "$rust" && cargo vendor --quiet --locked --versioned-dirs "$work/vendor" >/dev/null)

# cargo wants to see each crate of Cargo.lock. Those that are never built keep
# their Cargo.toml alone, with an empty library to go with it.
empty_crate() {
  for file in "$1"/* "$1"/.[!.]*; do
    case "${file##*/}" in
      Cargo.toml | .cargo-checksum.json) ;;
      *) rm -rf "$file" ;;
    esac
  done
  mkdir "$1/src"
  : >"$1/src/lib.rs"
}

# windows-sys has a folder for each part of Windows, and a feature of the same name
# that compiles it: most of them nobody asks for.
prune_windows_sys() {
  (cd "$rust" && cargo tree --locked --package amocrm --target x86_64-pc-windows-gnu \
    --edges normal,build --prefix none --no-dedupe --format '{p} {f}') >"$work/tree"
  sed -n 's/^windows-sys v[^ ]* //p' "$work/tree" | tr ',' '\n' | sort -u >"$work/features"
  for top in "$work"/vendor/windows-sys-*/src/Windows; do
    find "$top" -mindepth 1 -depth -type d | while read -r folder; do
      feature=$(printf '%s' "${folder#"$top"/}" | tr / _)
      grep -qx "$feature" "$work/features" || rm -rf "$folder"
    done
  done
}

while read -r name version; do
  touch "$work/vendor/$name-$version/.built"
done <"$work/built"
for crate in "$work"/vendor/*; do
  if [ -e "$crate/.built" ]; then
    # What a build does not read; licences and readme files, which some crates
    # include in their documentation, stay.
    (cd "$crate" && rm -rf .built .github .cargo_vcs_info.json Cargo.toml.orig Cargo.lock \
      tests test-macros integration-tests benches benchmarks examples fuzz)
  else
    empty_crate "$crate"
  fi
  # cargo checks the files that are listed here: none, as some are gone. What
  # Cargo.lock says about the crate, it still compares.
  sed -i 's/"files":{[^}]*}/"files":{}/' "$crate/.cargo-checksum.json"
done

prune_windows_sys
# Compiled with the feature arrow only, and in tests only.
rm -rf "$work"/vendor/parquet-*/src/arrow "$work"/vendor/zerocopy-derive-*/src/output_tests

tar -C "$work" --sort=name --format=gnu --mtime=@0 --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX -cf "$work/vendor.tar" vendor
xz -9e --threads=1 "$work/vendor.tar"
mv "$work/vendor.tar.xz" "$rust/vendor.tar.xz"

# Makevars gives this to cargo, which takes the path from src/.
cat >"$rust/vendor-config.toml" <<'TOML'
[source.crates-io]
replace-with = "vendored"

[source.vendored]
directory = "rust/vendor"
TOML

printf '%s crates of %s are built\n' "$(wc -l <"$work/built")" \
  "$(find "$work/vendor" -mindepth 1 -maxdepth 1 | wc -l)"
(cd "$rust" && sha256sum vendor.tar.xz && du -h vendor.tar.xz)
