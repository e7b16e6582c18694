#!/bin/sh
# Builds the site of the package into docs/, where pkgdown is installed. Needs the
# package itself to be installed: R CMD INSTALL .
set -eu
cd "$(dirname "$0")/.."

r_has() { Rscript -e 'quit(status = !requireNamespace(commandArgs(TRUE), quietly = TRUE))' "$1"; }
for package in pkgdown amocrm; do
  r_has "$package" || {
    printf 'The site was not built: the R package %s is not installed.\n' "$package" >&2
    exit 1
  }
done
# Nothing is asked of the network: articles and examples talk to AmoSandbox().
rm -rf docs
Rscript -e '
  options(pkgdown.internet = FALSE)
  pkgdown::build_site(install = FALSE, preview = FALSE, new_process = FALSE)
'
# README.md names the Russian one without a link, as the package leaves it out.
sed 's|<code>README.ru.md</code>|<a href="README.ru.html">README.ru.md</a>|' \
  docs/index.html >docs/index.new
mv docs/index.new docs/index.html
