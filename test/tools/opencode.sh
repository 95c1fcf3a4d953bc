#!/usr/bin/env bash
# OpenCode with its coding-plan provider (OpenAI wire) or with the Anthropic provider.
# Env: VERSION (default 1.18.33); WIRE=openai|anthropic
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-1.18.33}
npm_install "opencode-$VERSION" "opencode-ai@$VERSION"
new_task
if [ "${WIRE:-openai}" = anthropic ]; then
  provider=glm npm=@ai-sdk/anthropic url=$BASE$ANTHROPIC_PATH/v1
else
  provider=zhipuai-coding-plan npm=@ai-sdk/openai-compatible url=$BASE$OPENAI_PATH
fi
by_hand() {
  cat > "$W/proj/opencode.json" << J
{
  "autoupdate": false,
  "share": "disabled",
  "permission": "allow",
  "model": "$provider/$MODEL",
  "small_model": "$provider/$SMALL_MODEL",
  "provider": {
    "$provider": {
      "npm": "$npm",
      "name": "GLM",
      "options": { "baseURL": "$url", "apiKey": "$KEY" },
      "models": {
        "$SMALL_MODEL": { "name": "$SMALL_MODEL", "tool_call": true, "limit": { "context": 128000, "output": 98304 } },
        "$MODEL": {
          "name": "$MODEL", "reasoning": true, "tool_call": true, "limit": { "context": 200000, "output": 131072 }
        }
      }
    }
  }
}
J
}
if helped; then
  # Unattended, and quiet: the rest is the helper's.
  echo '{ "autoupdate": false, "share": "disabled", "permission": "allow" }' > "$W/proj/opencode.json"
  chosen=()
else
  by_hand
  chosen=(-m "$provider/$MODEL")
fi
run_client XDG_CONFIG_HOME="$W/home/.config" OPENCODE_DISABLE_AUTOUPDATE=1 OPENCODE_DISABLE_MODELS_FETCH=1 \
  OPENCODE_DISABLE_LSP_DOWNLOAD=1 OPENCODE_DISABLE_DEFAULT_PLUGINS=1 \
  "$BIN/opencode" run "${chosen[@]}" "$PROMPT"
verdict "$VERSION"
