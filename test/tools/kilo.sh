#!/usr/bin/env bash
# Kilo Code's command, OpenAI wire. The wrapper @kilocode/cli asks for a platform package that is not published: this is that package.
# Env: VERSION (default 7.7.9)
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-7.7.9}
npm_install "kilo-$VERSION" --ignore-scripts "@kilocode/cli-linux-x64@$VERSION"
new_task
HELPER=1
helped
# Unattended, and quiet: the rest is the helper's.
echo '{ "autoupdate": false, "share": "disabled", "permission": "allow" }' > "$W/proj/kilo.json"
run_client XDG_CONFIG_HOME="$W/home/.config" KILO_DISABLE_AUTOUPDATE=1 KILO_DISABLE_MODELS_FETCH=1 KILO_DISABLE_LSP_DOWNLOAD=1 \
  KILO_DISABLE_DEFAULT_PLUGINS=1 "$DIR/node_modules/@kilocode/cli-linux-x64/bin/kilo" run --auto "$PROMPT"
verdict "$VERSION"
