#!/usr/bin/env bash
# Cline's command, OpenAI wire. Its provider lies in its own store, where only Cline writes: the helper prints the command that
# does it, and this runs what was printed.
# Env: VERSION (default 3.0.65)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-3.0.65}
npm_install "cline-$VERSION" --ignore-scripts "cline@$VERSION"
new_task
HELPER=1
helped | tee "$W/said"
printed=$(grep -oE 'cline auth .*' "$W/said")
[ -n "$printed" ] || { echo "FAIL $TOOL $VERSION 0s the helper printed no command" && exit 1; }
run_client CODEPLAN_KEY="$KEY" PATH="$BIN:$PATH" bash -c "$printed"
[ "$RC" = 0 ] || { echo "FAIL $TOOL $VERSION ${SECS}s the printed command ended with rc $RC: $printed" && exit 1; }
run_client "$BIN/cline" -P openai -m "$MODEL" "$PROMPT"
verdict "$VERSION"
