#!/usr/bin/env bash
# Claude Code with the three MCP servers added lists and calls every tool of them; then a trial runs out before its eyes.
# Sourced settings as for the others (BASE, KEY); LITE_KEY: the key of a subscriber whose trial of web search has 1 call.
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-2.1.330}
npm_install "claude-code-$VERSION" "@anthropic-ai/claude-code@$VERSION"
new_task
mkdir -p "$W/home/.claude"

settings() { # settings KEY
  cat > "$W/home/.claude/settings.json" << J
{ "env": { "ANTHROPIC_AUTH_TOKEN": "$1", "ANTHROPIC_BASE_URL": "$BASE$ANTHROPIC_PATH", "ANTHROPIC_DEFAULT_OPUS_MODEL": "$MODEL",
  "ANTHROPIC_DEFAULT_SONNET_MODEL": "$MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL": "$SMALL_MODEL" } }
J
  rm -f "$W/home/.claude.json"
  for one in web-search:web_search_prime web-reader:web_reader vision:vision; do
    run_client DISABLE_AUTOUPDATER=1 "$BIN/claude" mcp add -s user -t http "${one%%:*}" "$BASE/api/mcp/${one#*:}/mcp" --header "Authorization: Bearer $1"
  done
}
claude() { # claude PROMPT
  run_client CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_AUTOUPDATER=1 DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 IS_SANDBOX=1 \
    ENABLE_TOOL_SEARCH=false "$BIN/claude" -p "$1" --dangerously-skip-permissions --output-format stream-json --verbose
}
fail() {
  echo "FAIL $TOOL $VERSION ${SECS}s $1"
  exit 1
}

settings "$KEY"
run_client DISABLE_AUTOUPDATER=1 "$BIN/claude" mcp list
[ "$(grep -c 'Connected' "$W/out")" = 3 ] || fail "not all three servers are connected"

# A picture of one point: enough for the tools to be called.
PNG=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
IMAGE="data:image/png;base64,$PNG"
uses="[[use=mcp__web-search__webSearchPrime {\"search_query\": \"row locks\", \"count\": 2}]]"
uses+=" [[use=mcp__web-reader__webReader {\"url\": \"http://127.0.0.1/\"}]]"
for tool in extract_text_from_screenshot diagnose_error_screenshot understand_technical_diagram analyze_data_visualization analyze_image; do
  uses+=" [[use=mcp__vision__$tool {\"image_source\": \"$IMAGE\", \"prompt\": \"What is it?\"}]]"
done
uses+=" [[use=mcp__vision__ui_to_artifact {\"image_source\": \"$IMAGE\", \"output_type\": \"code\", \"prompt\": \"Build it.\"}]]"
uses+=" [[use=mcp__vision__ui_diff_check {\"expected_image_source\": \"$IMAGE\", \"actual_image_source\": \"$IMAGE\", \"prompt\": \"Compare.\"}]]"
claude "Use the tools. $uses"
# All nine were called: a search came back, the reader has refused to go inside, and the vision model has seen its images.
for name in webSearchPrime webReader extract_text_from_screenshot diagnose_error_screenshot understand_technical_diagram \
  analyze_data_visualization analyze_image ui_to_artifact ui_diff_check; do
  grep -q "\"name\":\"mcp__[a-z-]*__$name\"" "$W/out" || fail "$name was not called"
done
grep -q 'Row locks in PostgreSQL' "$W/out" || fail "the search came to nothing"
grep -q 'not on the public internet' "$W/out" || fail "the reader did not refuse an address inside"
[ "$(grep -o 'I see an image (image/png' "$W/out" | wc -l)" -ge 7 ] || fail "vision did not see its images"

settings "$LITE_KEY"
again="[[use=mcp__web-search__webSearchPrime {\"search_query\": \"row locks\"}]]"
claude "Use the tools. $again $again"
grep -q 'Trial Limit Exhausted for web search' "$W/out" || fail "the end of the trial was not shown"
echo "PASS $TOOL $VERSION ${SECS}s three servers, nine tools, and the end of a trial"
