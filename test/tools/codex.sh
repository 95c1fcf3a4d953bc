#!/usr/bin/env bash
# OpenAI Codex CLI: speaks only the Responses API (POST $OPENAI_PATH/responses), so run.sh leaves it out until there is one.
# Env: VERSION (default 0.169.0)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-0.169.0}
npm_install "codex-$VERSION" "@openai/codex@$VERSION"
new_task
mkdir -p "$W/home/.codex"
cat > "$W/home/.codex/config.toml" << J
model = "$MODEL"
model_provider = "glm"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.glm]
name = "GLM"
base_url = "$BASE$OPENAI_PATH"
env_key = "GLM_API_KEY"
wire_api = "responses"
J
run_client CODEX_HOME="$W/home/.codex" GLM_API_KEY="$KEY" "$BIN/codex" exec --skip-git-repo-check "$PROMPT"
verdict "$VERSION"
