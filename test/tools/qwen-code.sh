#!/usr/bin/env bash
# Qwen Code, OpenAI wire.
# Env: VERSION (default 0.24.4)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-0.24.4}
npm_install "qwen-code-$VERSION" "@qwen-code/qwen-code@$VERSION"
new_task
mkdir -p "$W/home/.qwen"
cat > "$W/home/.qwen/settings.json" << J
{
  // Unattended, and quiet.
  "security": { "auth": { "selectedType": "openai" } },
  "telemetry": { "enabled": false },
  "general": { "disableAutoUpdate": true, "enableAutoUpdate": false },
  "privacy": { "usageStatisticsEnabled": false }
}
J
by_variables=(OPENAI_API_KEY="$KEY" OPENAI_BASE_URL="$BASE$OPENAI_PATH" OPENAI_MODEL="$MODEL")
helped && by_variables=()
run_client "${by_variables[@]}" "$BIN/qwen" -p "$PROMPT" --yolo
verdict "$VERSION"
