#!/usr/bin/env bash
# npm run test:tools: real coding tools do a small task through a Codeplan server in front of the sandbox upstream, once
# with an upstream that speaks Chat Completions and once with one that speaks Messages, so that every pair is crossed. Then
# meters that others published read what subscribers have used (meters.sh).
#
#   bash test/tools/run.sh [direct] [client...]
#
#   direct      straight to the sandbox upstream, without a server: tells a fault of the server from one of a client
#   client...   only these, e.g. "claude-code sdk-openai meter-omp"
#
# Env: CODEPLAN_TOOLS_CACHE (where clients are installed), LIMIT (seconds a client may take, 120), LOGS (a folder that keeps all output)
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
# The checkout brings the Node that runs TypeScript.
export PATH="$ROOT/node_modules/.bin:$PATH"
export LIMIT=${LIMIT:-120}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/codeplan-tools.XXXXXX")
LOGS=${LOGS:-$WORK/logs}
mkdir -p "$LOGS"
PASSED=0
FAILED=0
PIDS=()

# Each case: a script and the environment that makes it this case.
CASES=(
  "claude-code"
  "claude-code STEPS=3 PROMPT_EXTRA=[[parallel=2]]"
  "codex"
  "codex STEPS=3 PROMPT_EXTRA=[[parallel=2]]"
  "codex CATALOG=1 STEPS=2"
  "codex RESPONSES_PATH=/api/coding/paas/v4"
  "opencode"
  "opencode STEPS=3 PROMPT_EXTRA=[[parallel=2]]"
  "opencode WIRE=anthropic"
  "qwen-code"
  "qwen-code STEPS=2"
  "sdk-anthropic"
  "sdk-anthropic STREAM=0 PROMPT_EXTRA=[[parallel=2]]"
  "sdk-openai"
  "sdk-openai STREAM=0 PROMPT_EXTRA=[[parallel=2]]"
  "sdk-openai WIRE=responses"
  "sdk-openai WIRE=responses STREAM=0 PROMPT_EXTRA=[[parallel=2]]"
)

stop() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2> /dev/null; done
  for pid in "${PIDS[@]}"; do
    for _ in $(seq 100); do kill -0 "$pid" 2> /dev/null && sleep 0.1; done
    kill -KILL "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
  done
  rm -rf "$WORK"
}
trap stop EXIT
trap 'exit 130' INT TERM

report() { # report PASS|FAIL TEXT
  if [ "$1" = PASS ]; then PASSED=$((PASSED + 1)); else FAILED=$((FAILED + 1)); fi
  echo "$1 $2"
}

give_up() { # give_up WHAT LOG
  echo "FAIL $1"
  tail -n 30 "$2"
  printf '\n%s passed, %s failed\n' "$PASSED" "$((FAILED + 1))"
  exit 1
}

# json EXPRESSION : reads JSON from standard input as `it`, prints what the expression makes of it, fails if that is nothing
json() {
  node -e 'const it = JSON.parse(require("fs").readFileSync(0, "utf8")); const made = eval(process.argv[1])
    if (made === undefined) process.exitCode = 1; else console.log(made)' "$1"
}

# get URL : prints the body, fails on any other status than 200
get() {
  node -e 'fetch(process.argv[1]).then(async (answer) => {
    process.stdout.write(await answer.text())
    process.exitCode = answer.ok ? 0 : 1
  }, () => { process.exitCode = 1 })' "$1"
}

free_port() {
  node -e 'const server = require("net").createServer()
    server.listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close() })'
}

start_sandbox() { # start_sandbox OPTIONS... : sets SANDBOX
  local log=$LOGS/sandbox.log
  node "$ROOT/apps/sandbox/src/main.ts" --port 0 "$@" > "$log" 2>&1 &
  PIDS+=($!)
  for _ in $(seq 100); do
    SANDBOX=$(sed -n 's/^sandbox upstream on //p' "$log")
    [ -n "$SANDBOX" ] && return
    sleep 0.1
  done
  give_up "the sandbox upstream does not start" "$log"
}

operator() { node "$ROOT/apps/server/bin/codeplan-server.js" "$@" 2>> "$LOGS/operator.log"; }

start_server() { # sets BASE
  local log=$LOGS/server.log ready
  export PORT HOST=127.0.0.1 CODEPLAN_DATA=$WORK/data CODEPLAN_CATALOG=$WORK/catalog.yaml
  PORT=$(free_port)
  unset DATABASE_URL
  # The default catalog, with the built-in simulation replaced by an engine behind a real address, and a plan that is told
  # to meters in credits.
  sed -e "s#\(kind: openai, base_url: \)sandbox#\1\"$SANDBOX/v1\"#" \
    -e "s#\(kind: anthropic, base_url: \)sandbox#\1\"$SANDBOX\"#" -e '/^  - id: max$/a\    reported_as: credits' \
    "$ROOT/catalog.yaml" > "$CODEPLAN_CATALOG"
  [ "$(grep -c "base_url: \"$SANDBOX" "$CODEPLAN_CATALOG")" = 2 ] ||
    give_up "catalog.yaml has no longer one sandbox upstream of each kind" "$CODEPLAN_CATALOG"
  node "$ROOT/apps/server/bin/codeplan-server.js" start > "$log" 2>&1 &
  PIDS+=($!)
  BASE=http://127.0.0.1:$PORT
  for _ in $(seq 120); do
    get "$BASE/readyz" > /dev/null && ready=1 && break
    kill -0 "${PIDS[-1]}" 2> /dev/null || break
    sleep 0.5
  done
  [ -n "${ready:-}" ] || give_up "the server does not get ready" "$log"
}

new_subscriber() { # new_subscriber EMAIL PLAN : sets KEY
  operator member add "$1" --json > "$LOGS/member.json" || give_up "member add" "$LOGS/operator.log"
  operator grant "$1" "$2" --months 1 --json > "$LOGS/grant.json" || give_up "grant" "$LOGS/operator.log"
  KEY=$(operator key create "$1" --json | json it.key) || give_up "key create" "$LOGS/operator.log"
}

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
  [ ${#ONLY[@]} = 0 ] || [[ " ${ONLY[*]} " == *" ${1%% *} "* ]]
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
    # The sandbox upstream speaks no Responses: that is the server's work, too.
    [[ $one == codex* || $one == *WIRE=responses* ]] || { chosen "$one" && run_case direct glm-4.7 "$one"; }
  done
else
  start_sandbox
  start_server
  new_subscriber tools@example.org pro
  for kind in openai anthropic; do
    for one in "${CASES[@]}"; do
      chosen "$one" && run_case "$kind" "$(model_of "$kind")" "$one"
    done
  done
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

printf '\n%s passed, %s failed\n' "$PASSED" "$FAILED"
[ "$FAILED" = 0 ]
