#!/bin/sh
# sh tools/postgres.sh COMMAND ...: runs a command beside a PostgreSQL of its own, which is
# empty at first and gone afterwards. AMOCRM_TEST_POSTGRES tells the command the folder of
# its socket. Without PostgreSQL the command runs all the same, with a word.
set -eu

# The newest of Debian's versions, or the one on the PATH.
find_programs() {
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
    "$(dirname "$(command -v initdb || printf '/')")"; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      printf '%s' "$folder"
      return
    fi
  done
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

programs=$(find_programs)
if [ -z "$programs" ] || { [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; }; then
  printf 'skipped, it is not installed: PostgreSQL\n' >&2
  exec "$@"
fi

# A short path: that of a socket has at most 107 bytes.
folder=$(mktemp -d /tmp/amocrm-pg.XXXXXX)
remove() {
  (cd "$folder" && as_owner "$programs/pg_ctl" -D "$folder/data" -m immediate stop) >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap remove EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$(id -u)" != 0 ] || chown postgres "$folder"

# Nobody else gets into the folder, so whoever reaches the socket is let in. Nothing listens
# to the network.
start() {
  as_owner "$programs/initdb" -D "$folder/data" -U postgres --auth=trust --no-sync \
    --encoding=UTF8 --locale=C &&
    as_owner "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w start -o \
      "-k $folder -c listen_addresses= -c fsync=off"
}
# From a folder that its owner may enter.
if ! started=$(cd "$folder" && start 2>&1); then
  printf '%s\n' "$started" >&2
  cat "$folder/log" >&2 || true
  exit 1
fi

status=0
AMOCRM_TEST_POSTGRES=$folder "$@" || status=$?
exit "$status"
