#!/usr/bin/env bash
# The step of action.yml: PATHS, CONFIG, FAIL_ON, SARIF and OPTIONS come by the environment. Exits as audit-check does.
set -uo pipefail

arguments=(-f text -f "sarif=$SARIF" --sarif-profile github)
# The page of the job shows what was found.
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || arguments+=(-f "github-summary=$GITHUB_STEP_SUMMARY")
[ -z "$CONFIG" ] || arguments+=(--config "$CONFIG")
[ -z "$FAIL_ON" ] || arguments+=(--fail-on "$FAIL_ON")
while IFS= read -r word; do [ -z "$word" ] || arguments+=("$word"); done <<<"$OPTIONS"
paths=()
while IFS= read -r word; do [ -z "$word" ] || paths+=("$word"); done <<<"$PATHS"

# What begins with a dash is a path here, never an option.
node "$GITHUB_ACTION_PATH/bin/audit-check.js" verify "${arguments[@]}" -- ${paths[@]+"${paths[@]}"}
status=$?
echo "exit-code=$status" >>"$GITHUB_OUTPUT"
exit "$status"
