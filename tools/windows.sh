#!/bin/sh
# Builds the Rust part for Windows, runs its tests in Wine, and links and loads
# amocrm.dll as R would: with tools/config.R, src/Makevars.win.in and
# src/amocrm-win.def, beside an R.dll that only has the names of R's functions.
# R itself is not run. Some 30 minutes, most of which tests wait for.
#
#   sh tools/windows.sh        all of it
#   sh tools/windows.sh link   the library only
#
# Works by apt (Debian 12 and 13, Ubuntu), as root or with sudo. All that it builds is in
# .lib/windows, which can be deleted.
set -eu
cd "$(dirname "$0")/.."

part=${1:-all}
set -- run
. tools/setup.sh

target=x86_64-pc-windows-gnu
mingw=x86_64-w64-mingw32
work=$PWD/.lib/windows
mkdir -p "$work/bin"

packages=
have "$mingw-gcc" || packages="gcc-mingw-w64-x86-64-posix"
have wine || packages="$packages wine wine64"
if [ -n "$packages" ]; then
  missing="MinGW or Wine"
  have apt-get || die "Missing: $missing, which this installs where there is apt-get only."
  apt_update
  # shellcheck disable=SC2086 # a list of words
  apt_install $packages
fi

# --- Rust's standard library for Windows -----------------------------------------

has_std() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }

# Debian's rustc comes without it: cargo builds it from the sources of Debian's package.
if ! has_std && ! { have rustup && rustup target add "$target" && has_std; }; then
  sources=$(dpkg -S "$(command -v rustc)" 2>/dev/null | sed -n 's/^rustc\([^:]*\):.*/rust\1-src/p')
  [ -n "$sources" ] || die "Rust's standard library for $target can't be had here: see rustup target add"
  missing="the sources of Rust's standard library"
  apt_update
  apt_install "$sources"
  # -Z build-std, which a released cargo allows in no other way.
  export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_unwind
fi
say "MinGW's gcc $("$mingw-gcc" -dumpversion), $(wine --version 2>/dev/null)"

# The compiler as Rtools calls it.
for name in "$mingw.static.posix-gcc.exe" "$mingw.static.posix-gcc"; do
  ln -sf "$(command -v "$mingw-gcc")" "$work/bin/$name"
done
PATH=$work/bin:$PATH
export PATH CC_x86_64_pc_windows_gnu="$mingw-gcc" CARGO_TARGET_DIR="$work/target" \
  CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER="$mingw-gcc" CARGO_INCREMENTAL=0

# --- Wine ------------------------------------------------------------------------

export WINEPREFIX="$work/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml="
trap 'wineserver -k 2>/dev/null || true' EXIT
wineboot --init >/dev/null 2>&1
system=$WINEPREFIX/drive_c/windows/system32
# Rust's random numbers come from a library that Wine has since version 9.
if [ ! -e "$system/bcryptprimitives.dll" ]; then
  cat >"$work/prng.c" <<'C'
#include <windows.h>
#include <ntsecapi.h>
BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
C
  "$mingw-gcc" -shared -o "$system/bcryptprimitives.dll" "$work/prng.c" -ladvapi32
fi
# cargo sets these variables to the certificates of Linux. Wine takes no certificates
# besides those of its system.
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="env -u SSL_CERT_FILE -u SSL_CERT_DIR wine"

# --- The library as R links it -----------------------------------------------------

copy=$work/package
rm -rf "$copy"
mkdir "$copy"
tar -cf - DESCRIPTION configure.win tools src/*.c src/*.def src/*.in \
  --exclude=target src/rust | tar -xf - -C "$copy"

# What configure.win does on Windows.
(cd "$copy" && Rscript -e '
  .Platform$OS.type <- "windows"
  Sys.info <- function() c(sysname = "Windows", machine = "x86-64")
  Sys.setenv(R_ARCH = "/x64", AMOCRM_CARGO_TARGET_DIR = Sys.getenv("CARGO_TARGET_DIR"))
  source("tools/config.R")
')

# An R.dll with the names of R that Rust code may call. What it is given to register is
# counted.
make_r_dll() {
  library=$(Rscript -e 'cat(Sys.glob(file.path(R.home("lib"), "libR.so")))')
  [ -n "$library" ] || library=$(ldconfig -p | sed -n 's/.*libR\.so .*=> //p' | head -n 1)
  nm -D --defined-only "$library" | awk '{ print $3, $2 }' | sed 's/@@*[^ ]*//' | sort -u >"$work/names"
  # What the objects of the archive lack, by name.
  "$mingw-nm" -u "$1" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u >"$work/lacking"
  join "$work/names" "$work/lacking" | awk '
    BEGIN { print "#include <stdio.h>" }
    $1 == "R_registerRoutines" {
      print "typedef struct { const char *name; void *run; int count; } Routine;"
      print "int R_registerRoutines(void *dll, void *c, const Routine *calls, void *f, void *e) {"
      print "  int count = 0; while (calls && calls[count].name) count++;"
      print "  printf(\"%d\\n\", count); fflush(stdout); return 1; }"
      next
    }
    $2 ~ /[BDRV]/ { print "void *" $1 ";"; next }
    { print "void *" $1 "(void) { return 0; }" }
  ' >"$work/R.c"
  "$mingw-gcc" -w -shared -fno-builtin -o "$work/R.dll" "$work/R.c"
}

# R's own rule for a DLL.
cat >"$work/link.mk" <<'MAKE'
include Makevars.win
$(SHLIB): $(OBJECTS)
	$(CC) -shared -s -static-libgcc -o $@ amocrm-win.def $(OBJECTS) $(PKG_LIBS) -L$(R_DLL) -lR
MAKE
link_dll() {
  cd "$copy/src"
  set -- -f "$work/link.mk" SHLIB=amocrm.dll OBJECTS=entrypoint.o CC="$mingw-gcc" R_DLL="$work"
  R_HOME=$(R RHOME)
  R_INCLUDE_DIR=$(Rscript -e 'cat(R.home("include"))')
  export R_HOME R_INCLUDE_DIR
  archive=$CARGO_TARGET_DIR/$target/release/libamocrm.a
  make "$@" "$archive"
  make_r_dll "$archive"
  make "$@" CLEAN= amocrm.dll
  mv amocrm.dll "$work"
}
(link_dll)

say "amocrm.dll: $(du -k "$work/amocrm.dll" | cut -f 1) kB"

exports=$("$mingw-objdump" -p "$work/amocrm.dll" |
  awk '/Ordinal\/Name Pointer/ { inside = 1; next } inside && !NF { exit } inside { print $NF }')
[ "$exports" = R_init_amocrm ] || die "amocrm.dll exports other names than R_init_amocrm: $exports"

# Libraries of each Windows since version 10, and R. R since 4.2 brings the C library
# ucrt, that is api-ms-win-crt-*; Debian's MinGW takes the older msvcrt.
imports=$("$mingw-objdump" -p "$work/amocrm.dll" | sed -n 's/.*DLL Name: //p' |
  tr '[:upper:]' '[:lower:]' | sort -u)
for library in $imports; do
  case "$library" in
    r.dll | msvcrt.dll | api-ms-win-crt-*.dll | api-ms-win-core-synch-l1-2-0.dll) ;;
    advapi32.dll | bcrypt.dll | bcryptprimitives.dll | crypt32.dll | kernel32.dll) ;;
    ntdll.dll | userenv.dll | ws2_32.dll) ;;
    *) die "amocrm.dll needs $library, which is not expected" ;;
  esac
done

# As library.dynam() does: R.dll is there already, and R_init_amocrm() registers the
# routines.
cat >"$work/load.c" <<'C'
#include <windows.h>
int main(void) {
  HMODULE library = LoadLibraryA("amocrm.dll");
  if (!library) return 1;
  void (*init)(void *) = (void (*)(void *))GetProcAddress(library, "R_init_amocrm");
  if (!init) return 2;
  init(0);
  return 0;
}
C
"$mingw-gcc" -o "$work/load.exe" "$work/load.c"
registered=$(cd "$work" && wine ./load.exe | tr -d '\r') || die "amocrm.dll can't be loaded"
# Those that R calls, and two with which extendr describes them.
wanted=$(($(grep -o 'wrap__[a-z_]*' R/extendr-wrappers.R | sort -u | wc -l) + 2))
[ "$registered" = "$wanted" ] || die "registered routines: $registered, not $wanted"
say "loaded in Wine: $registered routines are registered"

# --- The tests ---------------------------------------------------------------------

if [ "$part" = all ]; then
  # Paths with blanks and Cyrillic letters, as many users of Windows have them.
  mkdir -p "$work/Иван Петров"
  TMP=$(winepath -w "$work/Иван Петров")
  TEMP=$TMP
  export TMP TEMP
  cd src/rust
  cargo test -p amocrm-client -p amocrm-sandbox -p amocrm-store --target "$target" \
    --locked --no-fail-fast
fi
