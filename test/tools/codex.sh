#!/usr/bin/env bash
# OpenAI Codex CLI, Responses API (POST $RESPONSES_PATH/responses), with the config.toml of the documentation.
# Env: VERSION (default 0.169.0); CATALOG=1 adds the model catalog, with which Codex edits files by its freeform tool apply_patch
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-0.169.0}
npm_install "codex-$VERSION" "@openai/codex@$VERSION"
new_task
mkdir -p "$W/home/.codex"
catalog=
if [ "${CATALOG:-0}" = 1 ]; then
  catalog="model_catalog_json = \"$W/home/.codex/glm.json\""
  cat > "$W/home/.codex/glm.json" << J
{
  "models": [
    {
      "slug": "$MODEL", "display_name": "$MODEL", "description": null, "visibility": "list", "supported_in_api": true,
      "priority": 1, "availability_nux": null, "upgrade": null,
      "base_instructions": "You are a coding agent. Do what you are asked with the tools you have.",
      "shell_type": "unified_exec", "apply_patch_tool_type": "freeform", "experimental_supported_tools": [],
      "default_reasoning_level": "high",
      "supported_reasoning_levels": [{ "effort": "high", "description": "Thinks" }],
      "supports_reasoning_summaries": true, "support_verbosity": false, "default_verbosity": null,
      "supports_parallel_tool_calls": true, "context_window": 200000, "input_modalities": ["text"],
      "truncation_policy": { "mode": "bytes", "limit": 10000 }
    }
  ]
}
J
fi
cat > "$W/home/.codex/config.toml" << J
model = "$MODEL"
model_provider = "codeplan"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
$catalog
[analytics]
enabled = false
[model_providers.codeplan]
name = "Codeplan"
base_url = "$BASE$RESPONSES_PATH"
env_key = "CODEPLAN_KEY"
wire_api = "responses"
J
run_client CODEX_HOME="$W/home/.codex" CODEPLAN_KEY="$KEY" "$BIN/codex" exec --skip-git-repo-check "$PROMPT"
verdict "$VERSION"
