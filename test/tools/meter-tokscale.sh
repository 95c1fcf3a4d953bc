#!/usr/bin/env bash
# tokscale usage: it asks quota/limit and subscription/list with a Bearer key. A binary, for x64 Linux.
# Env besides that of _lib.sh: FRONT, CA, PROMPTS, TOKENS (see meters.sh); VERSION (default 4.17.0)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-4.17.0}
npm_install "tokscale-$VERSION" "@tokscale/cli-linux-x64-gnu@$VERSION"
new_task
run_meter SSL_CERT_FILE="$CA" ZAI_API_KEY="$KEY" \
  "$DIR/node_modules/@tokscale/cli-linux-x64-gnu/bin/tokscale" usage --json
