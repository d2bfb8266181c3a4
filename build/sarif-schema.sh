#!/bin/sh
# OASIS's JSON Schema of SARIF 2.1.0 into .cache/, for test/report/sarif-schema.test.ts: the copy that the crate serde-sarif
# carries, whose bytes are pinned. It is OASIS's text, so it is fetched and not kept here.
set -eu
cd "$(dirname "$0")/.."

crate=serde-sarif-0.6.5
sha256=f4a7ecbfce99c6661d6aee53a014c7d144c44865e2023aa45637edef908215d0
schema=.cache/sarif-schema-2.1.0.json

[ -f "$schema" ] && exit 0
mkdir -p .cache
packed=$(mktemp)
trap 'rm -f "$packed"' EXIT
curl --fail --silent --show-error --location --max-time 60 -o "$packed" "https://static.crates.io/crates/serde-sarif/$crate.crate"
echo "$sha256  $packed" | sha256sum --check --quiet
tar -xzOf "$packed" "$crate/src/schema.json" >"$schema.new"
mv "$schema.new" "$schema"
