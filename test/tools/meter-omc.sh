#!/usr/bin/env bash
# The status line of oh-my-claudecode: it asks quota/limit with the raw key.
# Env besides that of _lib.sh: FRONT, CA, PROMPTS, TOKENS (see meters.sh); VERSION (default 5.5.0)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-5.5.0}
# Its native parts are not needed for a status line.
npm_install "omc-$VERSION" --ignore-scripts --omit=optional "oh-my-claude-sisyphus@$VERSION"
new_task
# What Claude Code hands to a status line.
echo '{"cwd":"'"$W/proj"'","version":"2.1.330","model":{"id":"glm-4.7","display_name":"GLM"}}' > "$W/status.json"
run_meter NODE_USE_ENV_PROXY=1 NODE_EXTRA_CA_CERTS="$CA" ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic \
  ANTHROPIC_AUTH_TOKEN="$KEY" bash -c "'$BIN/omc' hud < '$W/status.json'"
