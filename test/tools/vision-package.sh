#!/usr/bin/env bash
# The published stdio vision server, unmodified, with the key of a plan and our general base: each of its tools opens a file of
# this machine and is answered by our vision model, at the expense of the plan's calls of vision; then a trial runs out.
# The inspector plays the coding tool that starts it. Env beside BASE and KEY: LITE_KEY, whose trial of vision has 1 call.
. "$(dirname "$0")/_lib.sh"
VERSION=${VERSION:-0.1.5}
INSPECTOR=${INSPECTOR:-2.12.0}
npm_install "inspector-$INSPECTOR" --ignore-scripts "@modelcontextprotocol/inspector@$INSPECTOR"
INSPECT=$BIN/mcp-inspector
npm_install "vision-$VERSION" --ignore-scripts "@z_ai/mcp-server@$VERSION"
new_task
STARTED=$(date +%s)
fail() {
  echo "FAIL $TOOL $VERSION $(($(date +%s) - STARTED))s $1"
  exit 1
}
PNG=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
base64 -d <<< "$PNG" > "$W/proj/shot.png"
cp "$W/proj/shot.png" "$W/proj/film.mp4"

# package KEY ARGS... : it is told no model, so it asks for the one that it knows
package() {
  local key=$1
  shift
  run_client "$INSPECT" --cli -e "Z_AI_API_KEY=$key" -e "Z_AI_BASE_URL=$BASE/api/paas/v4/" "$BIN/zai-mcp-server" "$@"
}
# call KEY TOOL
call() {
  local args=("prompt=What is it?") shot=$W/proj/shot.png
  case $2 in
    ui_to_artifact) args+=(output_type=code "image_source=$shot") ;;
    ui_diff_check) args+=("expected_image_source=$shot" "actual_image_source=$shot") ;;
    analyze_video) args+=("video_source=$W/proj/film.mp4") ;;
    *) args+=("image_source=$shot") ;;
  esac
  package "$1" --method tools/call --tool-name "$2" --tool-arg "${args[@]}"
}
used() { # how many of the plan's calls of vision are used, as meters read it
  node -e 'fetch(process.argv[1], { headers: { authorization: process.argv[2] } }).then(async (answer) => {
    const { data } = await answer.json()
    console.log(data.limits.flatMap((limit) => limit.usageDetails ?? []).find(({ modelCode }) => modelCode === "vision").usage)
  })' "$BASE/api/monitor/usage/quota/limit" "$KEY"
}

package "$KEY" --method tools/list
tools=$(grep -oE '^ {6}"name": "[^"]+"' "$W/out" | cut -d '"' -f 4)
[ "$(wc -w <<< "$tools")" = 8 ] || fail "it does not list its eight tools"
before=$(used)
for tool in $tools; do
  call "$KEY" "$tool"
  # The sandbox upstream tells of no films, and takes the words about a chart for the request of a title: there an answer is enough.
  case $tool in
    analyze_video | analyze_data_visualization) answer='sandbox simulation' ;;
    *) answer='I see an image \(image/png' ;;
  esac
  [ "$RC" = 0 ] && grep -qE "$answer" "$W/out" || fail "$tool was not answered (rc $RC)"
done
[ $(($(used) - before)) = 8 ] || fail "eight calls of vision cost $(($(used) - before))"

call "$LITE_KEY" analyze_image
call "$LITE_KEY" analyze_image
grep -q 'Trial Limit Exhausted for vision' "$W/out" || fail "the end of the trial was not shown"
echo "PASS $TOOL $VERSION $(($(date +%s) - STARTED))s eight tools at the expense of the plan, and the end of a trial"
