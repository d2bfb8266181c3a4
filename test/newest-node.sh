#!/bin/sh
# Runs the whole test suite on this Node and on the newest one, which the npm package `node` brings as a binary.
# Any further arguments are test files, instead of all. ONLY_NEWEST=1 leaves this Node out, where it was tested just before.
set -eu
cd "$(dirname "$0")/.."

# `npm install --prefix` keeps the download in .cache/, so that a second run needs no network for it.
npm install --prefix .cache/newest-node --no-save --no-package-lock --silent --no-audit --no-fund node@latest >&2
newest="$PWD/.cache/newest-node/node_modules/node/bin/node"

status=0
for node in "$(command -v node)" "$newest"; do
  [ "${ONLY_NEWEST:-}" = 1 ] && [ "$node" != "$newest" ] && continue
  echo "== Node $("$node" --version)"
  # Child processes of the tests must be the same Node.
  PATH="$(dirname "$node"):$PATH" "$node" --single-threaded-gc --import ./test/support/patience.mjs --import tsx test/run-all.ts "$@" || status=1
done
echo "== tested: $(node --version) and $("$newest" --version)"
exit "$status"
