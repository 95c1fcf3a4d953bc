#!/usr/bin/env bash
# Claude Code with the settings.json of the plan's documentation.
# Env: VERSION (default 2.1.330), OPUS_MODEL (default $MODEL), NONESSENTIAL=1 to leave title requests on
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-2.1.330}
npm_install "claude-code-$VERSION" "@anthropic-ai/claude-code@$VERSION"
new_task
by_hand() {
  mkdir -p "$W/home/.claude"
  cat > "$W/home/.claude/settings.json" << J
{
  "env": {
    "ANTHROPIC_AUTH_TOKEN": "$KEY",
    "ANTHROPIC_BASE_URL": "$BASE$ANTHROPIC_PATH",
    "API_TIMEOUT_MS": "3000000",
    "ANTHROPIC_DEFAULT_OPUS_MODEL": "${OPUS_MODEL:-$MODEL}",
    "ANTHROPIC_DEFAULT_SONNET_MODEL": "$MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "$SMALL_MODEL"
  }
}
J
}
quiet=CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
[ "${NONESSENTIAL:-0}" = 1 ] && quiet=DISABLE_AUTOUPDATER=1
# The helper's settings say that themselves.
if helped; then quiet=DISABLE_AUTOUPDATER=1; else by_hand; fi
run_client "$quiet" DISABLE_AUTOUPDATER=1 DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 IS_SANDBOX=1 \
  "$BIN/claude" -p "$PROMPT" --dangerously-skip-permissions
verdict "$VERSION"
