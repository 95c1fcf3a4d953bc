#!/usr/bin/env bash
# omp usage, of oh-my-pi: it asks quota/limit and model-usage with the raw key, and reads credits as well as tokens. It runs
# on Bun, here for x64 Linux.
# Env besides that of _lib.sh: FRONT, CA, PROMPTS, TOKENS (see meters.sh); VERSION (default 18.2.3)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-18.2.3}
# Without its optional parts (models that run locally) it is a third as large.
npm_install "omp-$VERSION" --ignore-scripts --omit=optional @oven/bun-linux-x64@1.4.4 \
  "@oh-my-pi/pi-natives-linux-x64@$VERSION" "@oh-my-pi/pi-coding-agent@$VERSION"
new_task
# The zone in which it asks must be the plan's.
run_meter TZ=Asia/Shanghai NODE_EXTRA_CA_CERTS="$CA" ZAI_API_KEY="$KEY" \
  "$DIR/node_modules/@oven/bun-linux-x64/bin/bun" "$BIN/omp" usage --json --provider zai
