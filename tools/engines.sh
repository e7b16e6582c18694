#!/bin/sh
# sh tools/engines.sh: one folder that AmoSync() keeps, read by DuckDB, ClickHouse,
# Arrow and Spark. Each counts leads and sums their budgets by month, as the guide to
# copies does, and has to find what AmoRead() finds. The engines come from PyPI into
# .lib/engines; Spark needs Java and is skipped without it. The exit status is not 0
# if one of them finds something else.
set -eu
cd "$(dirname "$0")/.."

engines=$PWD/.lib/engines
[ -x "$engines/bin/pip" ] || python3 -m venv "$engines"
for package in duckdb chdb pyarrow pyspark; do
  "$engines/bin/pip" install --quiet "$package" || printf 'skipped, not on PyPI: %s\n' "$package"
done

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
Rscript tools/engines.R "$copy"
"$engines/bin/python" tools/engines.py "$copy"
