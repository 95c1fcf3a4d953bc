#!/usr/bin/env bash
# The official MCP inspector, unmodified, lists and calls every tool of the three servers, over streamable HTTP and over SSE with
# the key in the address; then a trial runs out before its eyes.
# Sourced settings as for the others (BASE, KEY); LITE_KEY: the key of a subscriber whose trial of web search has 1 call.
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-2.12.0}
npm_install "inspector-$VERSION" --ignore-scripts "@modelcontextprotocol/inspector@$VERSION"
new_task
fail() {
  echo "FAIL $TOOL $VERSION $(($(date +%s) - STARTED))s $1"
  exit 1
}
STARTED=$(date +%s)

# A picture of one point: enough for the tools to be called.
IMAGE="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SEEN='I see an image \(image/png'
# What each tool is called with, and what must come back. The reader goes nowhere inside, and no test goes outside.
declare -A ARGS=(
  [webSearchPrime]='search_query=row locks' [webReader]='url=http://127.0.0.1/' [ui_to_artifact]='output_type=code'
) EXPECTED=([webSearchPrime]='Row locks in PostgreSQL' [webReader]='not on the public internet')

# inspect SERVER KEY ARGS... : one run over $WIRE
inspect() {
  local at=$BASE/api/mcp/$1 key=$2
  shift 2
  if [ "$WIRE" = http ]; then
    run_client "$BIN/mcp-inspector" --cli "$at/mcp" --transport http --header "Authorization: Bearer $key" "$@"
  else
    run_client "$BIN/mcp-inspector" --cli "$at/sse?Authorization=$key" --transport sse "$@"
  fi
}

# call SERVER KEY TOOL
call() {
  local args=("${ARGS[$3]:-prompt=What is it?}")
  [ "$3" = ui_to_artifact ] && args+=("prompt=Build it.")
  case $3 in
    web*) ;;
    ui_diff_check) args+=("expected_image_source=$IMAGE" "actual_image_source=$IMAGE") ;;
    *) args+=("image_source=$IMAGE") ;;
  esac
  inspect "$1" "$2" --method tools/call --tool-name "$3" --tool-arg "${args[@]}"
}

CALLED=0
for WIRE in http sse; do
  for server in web_search_prime web_reader vision; do
    inspect "$server" "$KEY" --method tools/list --strict
    [ "$RC" = 0 ] || fail "$server does not list its tools over $WIRE (rc $RC)"
    tools=$(grep -oE '^ {6}"name": "[^"]+"' "$W/out" | cut -d '"' -f 4)
    for tool in $tools; do
      call "$server" "$KEY" "$tool"
      grep -qE "${EXPECTED[$tool]:-$SEEN}" "$W/out" || fail "$tool did not answer as it should over $WIRE"
      CALLED=$((CALLED + 1))
    done
  done
done
[ "$CALLED" = 18 ] || fail "$CALLED tools were listed and called, and not nine twice"

WIRE=http
call web_search_prime "$LITE_KEY" webSearchPrime
call web_search_prime "$LITE_KEY" webSearchPrime
grep -q 'Trial Limit Exhausted for web search' "$W/out" || fail "the end of the trial was not shown"
echo "PASS $TOOL $VERSION $(($(date +%s) - STARTED))s three servers, nine tools, two transports, and the end of a trial"
