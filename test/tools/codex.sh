#!/usr/bin/env bash
# OpenAI Codex CLI, Responses API (POST $RESPONSES_PATH/responses), with the config.toml that docs/codex.md shows.
# Env: VERSION (default 0.169.0); CATALOG=1 adds the model catalog of that page, with which Codex edits files by its freeform tool
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-0.169.0}
npm_install "codex-$VERSION" "@openai/codex@$VERSION"
new_task
mkdir -p "$W/home/.codex"
# shown LANGUAGE : the example of the page in that language, with this server and model
shown() {
  sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$(dirname "$0")/../../docs/codex.md" | sed -e '1d;$d' \
    -e "s#http://127.0.0.1:8787/api/v1#$BASE$RESPONSES_PATH#" -e "s#\"glm-4.7\"#\"$MODEL\"#"
}
helped || shown toml > "$W/home/.codex/config.toml"
shown json > "$W/home/.codex/glm.json"
# Unattended, and quiet.
settings=(-c approval_policy=never -c sandbox_mode=danger-full-access -c check_for_update_on_startup=false -c analytics.enabled=false)
[ "${CATALOG:-0}" = 1 ] && settings+=(-c "model_catalog_json=\"$W/home/.codex/glm.json\"")
run_client CODEX_HOME="$W/home/.codex" CODEPLAN_KEY="$KEY" \
  "$BIN/codex" exec --skip-git-repo-check "${settings[@]}" "$PROMPT"
verdict "$VERSION"
