#!/usr/bin/env bash
# npm run test:tools: real coding tools do a small task through a Codeplan server in front of the sandbox upstream, once
# with an upstream that speaks Chat Completions and once with one that speaks Messages, so that every pair is crossed. Then
# meters that others published read what subscribers have used (meters.sh), and Claude Code, the official MCP inspector and the
# published vision package use the services.
#
#   bash test/tools/run.sh [direct] [client...]
#
# A case with HELPER=1 is a tool that `codeplan setup` alone has configured.
#
#   direct      straight to the sandbox upstream, without a server: tells a fault of the server from one of a client
#   client...   only these (HELPER for all that the helper configures), e.g. "claude-code sdk-openai meter-omp"; "refusals" for refusals.sh alone
#
# Env: CODEPLAN_TOOLS_CACHE (where clients are installed), LIMIT (seconds a client may take, 120), LOGS (a folder that keeps all output)
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
export LIMIT=${LIMIT:-120}
. "$HERE/_server.sh"

# Each case: a script and the environment that makes it this case.
CASES=(
  "claude-code"
  "claude-code STEPS=3 PROMPT_EXTRA=[[parallel=2]]"
  "claude-code HELPER=1"
  "codex"
  "codex STEPS=3 PROMPT_EXTRA=[[parallel=2]]"
  "codex CATALOG=1 STEPS=2"
  "codex RESPONSES_PATH=/api/coding/paas/v4"
  "codex HELPER=1"
  "opencode"
  "opencode STEPS=3 PROMPT_EXTRA=[[parallel=2]]"
  "opencode WIRE=anthropic"
  "opencode HELPER=1"
  "qwen-code"
  "qwen-code STEPS=2"
  "qwen-code HELPER=1"
  "kilo HELPER=1"
  "cline HELPER=1"
  "sdk-anthropic"
  "sdk-anthropic STREAM=0 PROMPT_EXTRA=[[parallel=2]]"
  "sdk-openai"
  "sdk-openai STREAM=0 PROMPT_EXTRA=[[parallel=2]]"
  "sdk-openai WIRE=responses"
  "sdk-openai WIRE=responses STREAM=0 PROMPT_EXTRA=[[parallel=2]]"
)

# model_of KIND : the first model of the catalog that is served by an upstream of this kind
model_of() { sed -n "s/.*upstream: sandbox-$1, model: \([^ ]*\) .*/\1/p" "$ROOT/catalog.yaml" | head -n 1; }

# seen DIALECT FIRST : what the upstream saw from call FIRST on: "ok", or why that is not what it should have seen
seen() {
  get "$SANDBOX/sandbox/calls" | json "(() => {
    const calls = it.calls.filter((call) => call.order >= $2)
    const refused = calls.find((call) => call.refused)
    if (refused) return 'the upstream refused call ' + refused.order + ': ' + refused.refused
    if ('$1' && calls.some((call) => call.dialect !== '$1')) return 'a call reached the upstream in the wrong dialect'
    return calls.length < 2 ? 'the upstream saw ' + calls.length + ' call(s)' : 'ok'
  })()"
}

# prompts : how many prompts the subscriber has asked, as the usage API tells; 0 without a server
prompts() {
  [ "$MODE" = direct ] && echo 0 && return
  node -e 'fetch(process.argv[1], { headers: { authorization: process.argv[2] } })
    .then(async (answer) => console.log((await answer.json()).prompts.length))' \
    "$BASE/api/usage/v1/prompts?limit=500" "Bearer $KEY"
}

# run_case KIND MODEL CASE
run_case() {
  local script=${3%% *} settings=() log line first saw asked
  [ "$3" = "$script" ] || read -ra settings <<< "${3#* }"
  log="$LOGS/$1-$(printf '%s' "$3" | tr -c 'a-zA-Z0-9.=\n-' _).log"
  # A bare SDK is no coding tool: it is served by a plan that observes, which is another subscriber's.
  local KEY=$KEY
  [[ $MODE == plan && $script == sdk-* ]] && KEY=$SDK_KEY
  first=$(get "$SANDBOX/sandbox/calls" | json '(it.calls.at(-1)?.order ?? 0) + 1')
  asked=$(prompts)
  env "${settings[@]}" BASE="$BASE" KEY="$KEY" MODEL="$2" SMALL_MODEL="$2" bash "$HERE/$script.sh" > "$log" 2>&1 < /dev/null
  line=$(grep -aE '^(PASS|FAIL) ' "$log" | tail -n 1)
  saw=$(seen "${1#direct}" "$first")
  # A task is one question, however many calls it takes.
  [ "$MODE" = plan ] && asked=$(($(prompts) - asked)) && [ "$asked" != 1 ] && saw="$saw; it cost $asked prompts"
  if [ "${line%% *}" = PASS ] && [ "$saw" = ok ]; then
    report PASS "$1 upstream: $3: ${line#PASS }"
  else
    report FAIL "$1 upstream: $3: ${line#* }; $saw"
    tail -n 25 "$log" | sed 's/^/    /'
  fi
}

chosen() { # chosen CASE : no names given, or this one among them
  [ ${#ONLY[@]} = 0 ] || [[ " ${ONLY[*]} " == *" ${1%% *} "* || (" ${ONLY[*]} " == *" HELPER "* && $1 == *HELPER*) ]]
}

. "$HERE/meters.sh"

MODE=plan
[ "${1:-}" = direct ] && MODE=direct && shift
ONLY=("$@")

if [ "$MODE" = direct ]; then
  # Claude Code puts `role: "system"` among its messages; taking that out is the server's work.
  start_sandbox --lenient
  BASE=$SANDBOX KEY=sandbox
  export ANTHROPIC_PATH='' OPENAI_PATH=/v1
  for one in "${CASES[@]}"; do
    # The sandbox upstream speaks no Responses, and has no plan to set up: that is the server's work, too.
    [[ $one == codex* || $one == *WIRE=responses* || $one == *HELPER* ]] || { chosen "$one" && run_case direct glm-4.7 "$one"; }
  done
else
  start_sandbox
  start_server -e '/id: max$/,/^    prices:/s/^    prices:/    tool_policy: observe\n    prices:/' \
    -e 's/web_search: { included: true, calls: [0-9]*, per: once }/web_search: { included: true, calls: 1, per: once }/' \
    -e 's/vision: { included: true, calls: [0-9]*, per: once }/vision: { included: true, calls: 1, per: once }/'
  KEY=$(subscriber tools@example.org pro) || exit 1
  SDK_KEY=$(subscriber sdk@example.org max) || exit 1
  for kind in openai anthropic; do
    for one in "${CASES[@]}"; do
      chosen "$one" && run_case "$kind" "$(model_of "$kind")" "$one"
    done
  done
  for services in mcp inspector vision-package; do
    chosen "$services" || continue
    # Each with a trial that nobody has used.
    LITE_KEY=$(subscriber "$services@example.org" lite) || exit 1
    log=$LOGS/$services.log
    env BASE="$BASE" KEY="$KEY" LITE_KEY="$LITE_KEY" bash "$HERE/$services.sh" > "$log" 2>&1 < /dev/null
    line=$(grep -aE '^(PASS|FAIL) ' "$log" | tail -n 1)
    report "${line%% *}" "services: ${line#* }"
    [ "${line%% *}" = PASS ] || tail -n 25 "$log" | cut -c 1-400 | sed 's/^/    /'
  done
  if chosen sdk-embeddings; then
    BALANCE_KEY=$(subscriber balance@example.org) || exit 1
    operator balance add balance@example.org 1 --json > "$LOGS/balance.json" || give_up "balance add" "$LOGS/operator.log"
    line=$(env BASE="$BASE" KEY="$KEY" BALANCE_KEY="$BALANCE_KEY" bash "$HERE/sdk-embeddings.sh" 2>&1 < /dev/null | tee "$LOGS/sdk-embeddings.log" | grep -aE '^(PASS|FAIL) ' | tail -n 1)
    report "${line%% *}" "embeddings: ${line#* }"
    [ "${line%% *}" = PASS ] || tail -n 25 "$LOGS/sdk-embeddings.log" | sed 's/^/    /'
  fi
  for command in "usage tools@example.org" doctor; do
    # shellcheck disable=SC2086 # a command and its argument
    answer=$(operator $command --json | json 'typeof it') || answer=none
    if [ "$answer" = object ]; then report PASS "operator: $command"; else report FAIL "operator: $command: $answer"; fi
  done
  start_front
  run_meters used lite 20 meter-omc meter-tokscale meter-omp
  run_meters untouched lite 0 meter-omc meter-tokscale meter-omp
  run_meters credits max 20 meter-omp
fi

if [ "$MODE" = plan ] && chosen refusals; then
  bash "$HERE/refusals.sh" || FAILED=$((FAILED + 1))
fi
summary
